//! Random numbers of a seed. In: a seed and a name. Out: numbers. Pure.

/// Random numbers that are the same everywhere: SplitMix64.
pub(super) struct Random(u64);

impl Random {
    /// Of a seed, for one of the things that are made from it.
    pub(super) fn of(seed: u64, name: &str) -> Self {
        Self(name.bytes().fold(seed, |state, byte| (state ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From 0 to below `bound`.
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound.max(1)
    }

    /// From `-most` to `most`.
    pub(super) fn around(&mut self, most: u64) -> i64 {
        self.below(2 * most + 1).cast_signed() - most.cast_signed()
    }
}
