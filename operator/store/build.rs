//! Rebuilds the crate when a migration file is added: the macro alone would not see it.

fn main() {
    println!("cargo::rerun-if-changed=../../migrations");
}
