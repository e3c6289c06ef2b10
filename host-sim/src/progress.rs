//! Progress with the time left, on standard error: a bar on a terminal, now and then a line elsewhere (a log, a
//! batch system, CI).

use std::io::{IsTerminal, Write, stderr};
use std::ops::ControlFlow;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use science::Watch;

/// Progress of one job; share it by reference among threads.
#[derive(Debug)]
pub struct Progress {
    display: Display,
}

#[derive(Debug)]
enum Display {
    Hidden,
    Bar(ProgressBar),
    Lines { done: AtomicU64, meter: Mutex<Meter> },
}

impl Progress {
    /// Begins a job of `total` units (time steps, networks, ...).
    pub fn new(label: &str, total: u64) -> Self {
        if !stderr().is_terminal() {
            let meter = Mutex::new(Meter::new(label, total));
            return Self {
                display: Display::Lines {
                    done: AtomicU64::new(0),
                    meter,
                },
            };
        }
        let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr());
        let template = "{msg} {wide_bar:.blue/dim} {percent:>3} %, {eta} left";
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.progress_chars("━╸━"));
        }
        bar.set_message(label.to_owned());
        // A job of few, long units shows its time left between them too.
        bar.enable_steady_tick(Duration::from_secs(1));
        Self {
            display: Display::Bar(bar),
        }
    }

    /// Shows nothing.
    pub fn hidden() -> Self {
        Self {
            display: Display::Hidden,
        }
    }

    /// Counts `units` more as done. Cheap, but call it every few hundred time steps rather than in each.
    pub fn advance(&self, units: u64) {
        match &self.display {
            Display::Hidden => {}
            Display::Bar(bar) => bar.inc(units),
            Display::Lines { done, meter } => {
                let done = done.fetch_add(units, Ordering::Relaxed).saturating_add(units);
                // Another thread is about to print if the lock is taken.
                if let Ok(mut meter) = meter.try_lock() {
                    let elapsed = meter.began.elapsed();
                    if let Some(line) = meter.line(done, elapsed) {
                        say(&line);
                    }
                }
            }
        }
    }

    /// Prints a message without tearing the bar.
    pub fn note(&self, message: &str) {
        match &self.display {
            Display::Bar(bar) => bar.suspend(|| say(message)),
            Display::Hidden | Display::Lines { .. } => say(message),
        }
    }
}

impl Watch for Progress {
    fn advanced(&self, steps: u64) -> ControlFlow<()> {
        self.advance(steps);
        ControlFlow::Continue(())
    }

    fn may_break(&self) -> bool {
        false
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Display::Bar(bar) = &self.display {
            bar.finish_and_clear();
        }
    }
}

/// Prints a line on standard error; that nobody listens is no reason to stop a simulation, as `eprintln!` would.
pub(crate) fn say(line: &str) {
    let _ = writeln!(stderr().lock(), "{line}");
}

/// Shortest time between two lines.
const QUIET: Duration = Duration::from_secs(5);
/// Longest time between two lines, whatever the progress.
const PATIENCE: Duration = Duration::from_secs(60);

/// Decides when a line is due.
#[derive(Debug)]
struct Meter {
    label: String,
    total: u64,
    began: Instant,
    /// Time and tenths done at the last line.
    last: (Duration, u64),
}

impl Meter {
    fn new(label: &str, total: u64) -> Self {
        Self {
            label: label.to_owned(),
            total,
            began: Instant::now(),
            last: (Duration::ZERO, 0),
        }
    }

    /// The line due after `elapsed` with `done` units, if one is.
    fn line(&mut self, done: u64, elapsed: Duration) -> Option<String> {
        let done = done.min(self.total);
        let fraction = if self.total == 0 {
            1.0
        } else {
            done as f64 / self.total as f64
        };
        let tenths = (10.0 * fraction) as u64;
        let waited = elapsed.saturating_sub(self.last.0);
        let due = waited >= PATIENCE || (waited >= QUIET && tenths > self.last.1);
        if !due || done == 0 {
            return None;
        }
        self.last = (elapsed, tenths);
        let left = elapsed.mul_f64(1.0 / fraction - 1.0);
        Some(format!(
            "{}: {:.0} %, {} left",
            self.label,
            100.0 * fraction,
            spoken(left)
        ))
    }
}

/// A duration in the units in which one waits: "40 s", "12 min", "3.5 h".
pub(crate) fn spoken(duration: Duration) -> String {
    let seconds = duration.as_secs_f64();
    if seconds < 100.0 {
        format!("{seconds:.0} s")
    } else if seconds < 6000.0 {
        format!("{:.0} min", seconds / 60.0)
    } else {
        format!("{:.1} h", seconds / 3600.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn a_line_per_tenth_but_not_within_five_seconds() {
        let mut meter = Meter::new("sweep", 1000);
        assert_eq!(meter.line(150, seconds(4)), None);
        assert_eq!(
            meter.line(200, seconds(5)).as_deref(),
            Some("sweep: 20 %, 20 s left")
        );
        assert_eq!(meter.line(500, seconds(9)), None);
        assert_eq!(meter.line(299, seconds(30)), None, "still the third tenth");
        assert_eq!(
            meter.line(300, seconds(30)).as_deref(),
            Some("sweep: 30 %, 70 s left")
        );
    }

    #[test]
    fn a_slow_job_still_shows_signs_of_life() {
        let mut meter = Meter::new("sweep", 1000);
        assert_eq!(
            meter.line(0, seconds(90)),
            None,
            "nothing to tell the time left from"
        );
        assert_eq!(
            meter.line(10, seconds(90)).as_deref(),
            Some("sweep: 1 %, 2.5 h left")
        );
        assert_eq!(meter.line(11, seconds(149)), None);
        assert!(meter.line(11, seconds(150)).is_some());
    }

    #[test]
    fn odd_totals_do_no_harm() {
        assert!(Meter::new("none", 0).line(3, seconds(100)).is_none());
        let over = Meter::new("over", 2).line(5, seconds(100)).unwrap();
        assert_eq!(over, "over: 100 %, 0 s left");
    }

    #[test]
    fn threads_share_it() {
        let progress = Progress {
            display: Display::Lines {
                done: AtomicU64::new(0),
                meter: Meter::new("x", 8).into(),
            },
        };
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| (0..2).for_each(|_| progress.advance(1)));
            }
        });
        let Display::Lines { done, .. } = &progress.display else {
            panic!("a display of lines")
        };
        assert_eq!(done.load(Ordering::Relaxed), 8);
    }
}
