//! Prints the times for people.

use super::{Figures, LARGE, Memory};

/// Prints the tables.
pub fn print(figures: &Figures) {
    println!("compact network ({})", figures.figures_are);
    println!(
        "{:>7} {:10} {:9} {:12} {:>7} {:>9} {:>24}",
        "N", "what", "couplings", "instructions", "threads", "seconds", "10^9 synapses per second"
    );
    for row in &figures.rows {
        println!(
            "{:>7} {:10} {:9} {:12} {:>7} {:>9.4} {:>24.1}",
            row.n,
            row.what,
            row.couplings,
            row.instructions,
            row.threads,
            row.seconds,
            row.billions_per_second
        );
    }
    for Memory {
        couplings,
        n,
        megabytes,
    } in &figures.memory
    {
        println!("N = {n}, {couplings}: {megabytes:.0} MB at most");
    }
    if let Some(digest) = &figures.digest {
        println!("N = {LARGE}: stored and hashed, one and two threads have the digest {digest}");
    }
    for skipped in &figures.skipped {
        println!("skipped: {skipped}");
    }
    if let (Some(before), Some(after)) = (figures.load_before, figures.load_after) {
        println!("load of the machine: {before} before, {after} after");
    }
}
