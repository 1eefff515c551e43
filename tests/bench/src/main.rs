//! scratch
mod series;
use assayer_engine::backtest::{self, Columns};
use std::time::Instant;
fn main() -> anyhow::Result<()> {
    let all = series::bars(1_000_000)?;
    let bars = series::first(&all, 1_000_000)?;
    let s = series::spec(20, 100)?;
    let mut u = s.clone();
    u.instrument.dataset = "TEST.SET".into();
    let (mut x, mut y) = (1e9f64, 1e9f64);
    for _ in 0..60 {
        let t = Instant::now();
        let c = Columns::of(&u.instrument, &bars);
        let a = t.elapsed();
        let _r = backtest::unwatched(&c, &u, &bars)?;
        let b = t.elapsed();
        x = x.min(a.as_secs_f64());
        y = y.min((b - a).as_secs_f64());
    }
    println!("min cols {x} run {y}");
    let bars = series::first(&all, 50_000)?;
    let mut z = 1e9f64;
    for _ in 0..10 {
        let t = Instant::now();
        let c = Columns::of(&s.instrument, &bars);
        let mut n = 0;
        for f in 1..=20 {
            for sl in 11..=60 {
                let s = series::spec(f * 5, sl * 10)?;
                n += backtest::unwatched(&c, &s, &bars)?.result.trades.len();
            }
        }
        z = z.min(t.elapsed().as_secs_f64());
        if n == 0 {
            println!("0");
        }
    }
    println!("sweep {} M/s", 50.0 / z);
    Ok(())
}
