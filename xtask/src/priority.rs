//! A task of 1 kHz beside a network of 128 neurons, in RTIC and in embassy: how late it is at most, in the emulator.
//!
//! The kernel never masks interrupts, so that a task above the network's priority waits for what its framework does, and
//! for no step. The emulator takes an interrupt between two instructions; the counts that a real core adds (12 cycles of
//! entry, and what saving the floating-point registers takes) are not in it.

use anyhow::{Context, Result, ensure};
use freezable_chaos::Plasticity;

use crate::chips::NETDUINO;
use crate::emulated::Emulated;
use crate::emulator;
use crate::runner::Outcome;
use crate::starter::{Printed, STARTERS, Starter, Twin};

/// Neurons beside the task.
const NEURONS: usize = 128;
/// The program of a starter.
const EXAMPLE: &str = "priority";
/// Ticks looked at.
const TICKS: u64 = 1000;
/// Cycles that the task may be late, stated before anything was measured: an eightieth of its period of 16,000.
const LATE: u64 = 200;
/// Periods that a step takes at least, or the test would show nothing.
const PERIODS: u64 = 3;
/// An instruction takes 8 ns of the emulator's time, and the clock of the timer has 168 MHz there: 1.34 cycles each.
const CLOCK: [&str; 2] = ["-icount", "shift=3,sleep=off"];

/// In both frameworks.
pub fn check() -> Result<Outcome> {
    emulator::ensure()?;
    let frameworks = STARTERS
        .iter()
        .filter(|starter| ["rtic", "embassy"].contains(&starter.name));
    for starter in frameworks {
        check_one(starter)?;
    }
    Ok(Outcome::Passed)
}

fn check_one(starter: &Starter) -> Result<()> {
    let elf = starter.build(Some(EXAMPLE))?;
    let line = Emulated::start(NETDUINO, &elf, &CLOCK.map(str::to_owned))?.line()?;
    let found = Delays::read(&line).with_context(|| format!("{} prints `{line}`", starter.name))?;
    println!("{}: {line}", starter.name);
    ensure!(
        found.ticks >= TICKS && found.longest <= LATE && found.ticks >= PERIODS * found.steps,
        "{}: {line}; at least {TICKS} ticks, at most {LATE} cycles late, at least {PERIODS} ticks a step",
        starter.name
    );
    Twin::new(NEURONS).compare(&Printed {
        plasticity: Plasticity::Running,
        steps: found.steps,
        digest: found.digest,
    })
}

/// `TICKS ticks, LONGEST cycles late at most, STEPS steps, DIGEST`.
#[derive(Debug, PartialEq)]
struct Delays {
    ticks: u64,
    longest: u64,
    steps: u64,
    digest: u64,
}

impl Delays {
    fn read(line: &str) -> Result<Self> {
        let words: Vec<&str> = line.split([' ', ',']).collect();
        let &[
            ticks,
            "ticks",
            "",
            longest,
            "cycles",
            "late",
            "at",
            "most",
            "",
            steps,
            "steps",
            "",
            digest,
        ] = words.as_slice()
        else {
            anyhow::bail!("not a report");
        };
        Ok(Self {
            ticks: ticks.parse()?,
            longest: longest.parse()?,
            steps: steps.parse()?,
            digest: u64::from_str_radix(digest, 16)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_read_and_anything_else_refused() {
        let report = Delays::read("1004 ticks, 9 cycles late at most, 125 steps, 00000000000000ff").unwrap();
        assert_eq!(
            (report.ticks, report.longest, report.steps, report.digest),
            (1004, 9, 125, 255)
        );
        for bad in ["", "1004 ticks", "x ticks, 9 cycles late at most, 125 steps, ff"] {
            assert!(Delays::read(bad).is_err(), "{bad}");
        }
    }
}
