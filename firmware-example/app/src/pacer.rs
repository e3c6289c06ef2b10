//! When the next step is due, and how the steps keep time.

use freezable_chaos::frames::{Refusal, Timing};

use crate::board::{Board, WATCHDOG_SECONDS};

const MICROSECONDS: u32 = 1_000_000;
const NANOSECONDS: u64 = 1_000_000_000;
/// Longest period, in microseconds: far from the end of the watchdog's patience.
const LONGEST: u32 = 2 * MICROSECONDS;
const _: () = assert!(LONGEST < WATCHDOG_SECONDS * MICROSECONDS / 4);

/// Keeps the beginnings of the steps on a grid of periods.
#[derive(Clone, Copy, Debug, Default)]
pub struct Pacer {
    timing: Timing,
    /// The period in ticks; 0: as fast as possible.
    period: u32,
    /// When the next step is to begin.
    due: u32,
}

impl Pacer {
    /// A pacer with a period in microseconds, that has counted nothing.
    pub fn new<B: Board>(period: u32) -> Result<Self, Refusal<'static>> {
        // and half of the timer's range is longer than the longest period
        const { assert!(B::TICKS.is_multiple_of(MICROSECONDS) && B::TICKS / 1000 < MICROSECONDS) };
        if period > LONGEST {
            let longest = LONGEST;
            return Err(Refusal::Period { period, longest });
        }
        let timing = Timing {
            period,
            ..Timing::default()
        };
        Ok(Self {
            timing,
            period: period * (B::TICKS / MICROSECONDS),
            due: 0,
        })
    }

    /// Whether the steps have a rate to keep.
    pub fn is_paced(&self) -> bool {
        self.period != 0
    }

    /// The counts so far.
    pub fn timing(&self) -> Timing {
        self.timing
    }

    /// Steps begin again, the first at once: what passed without any asked for is no miss.
    pub fn begin(&mut self, now: u32) {
        self.due = now;
    }

    /// Ticks until the next step is to begin; 0 once it is due.
    pub fn wait(&self, now: u32) -> u32 {
        if self.is_paced() {
            // modulo 2^32, what is past is far in the future
            let wait = self.due.wrapping_sub(now);
            if wait.cast_signed() > 0 { wait } else { 0 }
        } else {
            0
        }
    }

    /// A step was completed, which took so many cycles.
    pub fn completed<B: Board>(&mut self, now: u32, cycles: u32) {
        let time = u64::from(cycles) * NANOSECONDS / u64::from(B::CLOCK);
        let time = u32::try_from(time).unwrap_or(u32::MAX);
        self.timing.last_step = time;
        if time > self.timing.longest_step {
            self.timing.longest_step = time;
        }
        if self.is_paced() {
            self.due = self.due.wrapping_add(self.period);
            let late = now.wrapping_sub(self.due);
            if late.cast_signed() > 0 {
                let missed = late.div_ceil(self.period);
                self.timing.missed = self.timing.missed.saturating_add(missed);
                self.due = self.due.wrapping_add(missed.wrapping_mul(self.period));
            }
        }
    }

    /// A telemetry sample found no room.
    pub fn dropped(&mut self) {
        self.timing.dropped = self.timing.dropped.saturating_add(1);
    }
}
