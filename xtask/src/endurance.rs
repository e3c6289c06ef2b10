//! Ten million steps of both networks, bit for bit the same on this machine and on the emulated Cortex-M4F.

use std::collections::HashSet;
use std::time::Instant;

use anyhow::{Result, anyhow, ensure};
use golden_targets::Memory;
use golden_targets::endurance::{CYCLES, run};

use crate::cpu::Cpu;
use crate::{goldens, targets};

/// Runs both networks here and in the emulator, and compares the digest of x and A at the end of every cycle.
pub fn endurance() -> Result<()> {
    let start = Instant::now();
    let mut lines = Vec::new();
    let look = |model: &str, cycle, digest: u64| lines.push(format!("{model} {cycle} {digest:016x}"));
    run(&mut Box::new(Memory::new()), look).map_err(|failure| anyhow!("on this machine: {failure:?}"))?;
    ensure!(
        lines.len() == 2 * CYCLES as usize,
        "{} digests on this machine",
        lines.len()
    );
    let digests: HashSet<&str> = lines
        .iter()
        .filter_map(|line| line.split(' ').next_back())
        .collect();
    println!(
        "this machine: {} digests, {} of them distinct, in {:.0} s",
        lines.len(),
        digests.len(),
        start.elapsed().as_secs_f64()
    );
    let start = Instant::now();
    let output = targets::output_on_cortex_m(Cpu::M4f, "endurance")?;
    let found: Vec<&str> = output.lines().collect();
    goldens::compare("emulated Cortex-M4F", &found, &lines)?;
    println!("emulated Cortex-M4F: in {:.0} s", start.elapsed().as_secs_f64());
    Ok(())
}
