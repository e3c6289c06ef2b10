//! Freeze trials: does the frozen network settle, where, and how fast does a released one forget?

use serde::{Deserialize, Serialize};

use super::steps_in;

/// Longest time that a frozen network is given to settle.
pub const FREEZE_LIMIT: f64 = 300.0;
/// Least cosine between the rates at the freeze and at the end of a successful trial.
pub const SUCCESS_COSINE: f64 = 0.9;
/// Longest time that a released network is watched.
pub const RELEASE_LIMIT: f64 = 200.0;
/// Cosine below which a released network has left the stored state.
pub const RELEASE_COSINE: f64 = 0.5;

/// The arithmetic of the simulation, which bounds how still a network can stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "clap", derive(clap::ValueEnum))]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    /// Single: the kernel.
    F32,
    /// Double: the reference simulator.
    F64,
}

impl Precision {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::F32 => "f32",
            Self::F64 => "f64",
        }
    }

    /// Largest `|dx_i/dt|` below which a frozen network counts as converged.
    pub fn speed_threshold(self) -> f64 {
        match self {
            Self::F32 => 1e-4,
            Self::F64 => 1e-6,
        }
    }
}

/// Cosine of the angle between two vectors of rates, in either precision.
///
/// `None` if they differ in length, or one is zero or not finite.
pub fn cosine<A: Copy + Into<f64>, B: Copy + Into<f64>>(a: &[A], b: &[B]) -> Option<f64> {
    if a.len() != b.len() {
        return None;
    }
    let (mut product, mut square_a, mut square_b) = (0.0, 0.0, 0.0);
    for (&a, &b) in a.iter().zip(b) {
        let (a, b): (f64, f64) = (a.into(), b.into());
        product += a * b;
        square_a += a * a;
        square_b += b * b;
    }
    let cosine = product / (square_a.sqrt() * square_b.sqrt());
    cosine.is_finite().then_some(cosine)
}

/// What to do next in a freeze trial.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FreezeProgress {
    /// Step on.
    Settling,
    /// The network stands still.
    Converged,
    /// [`FREEZE_LIMIT`] is over and the network still moves.
    TimedOut,
}

/// A freeze trial under way: feed it the speed of every step of the frozen network until it is done.
#[derive(Clone, Debug)]
pub struct FreezeTrial {
    dt: f64,
    threshold: f64,
    limit: u64,
    steps: u64,
    progress: FreezeProgress,
}

impl FreezeTrial {
    /// A trial that begins now, with steps of `dt`.
    pub fn new(dt: f64, precision: Precision) -> Self {
        let limit = steps_in(FREEZE_LIMIT, dt);
        Self {
            dt,
            threshold: precision.speed_threshold(),
            limit,
            steps: 0,
            progress: FreezeProgress::Settling,
        }
    }

    /// Takes `max_i |dx_i/dt|` of the next step. Once the trial is over, further steps change nothing.
    pub fn push(&mut self, max_speed: f64) -> FreezeProgress {
        if self.progress == FreezeProgress::Settling {
            self.steps += 1;
            if max_speed < self.threshold {
                self.progress = FreezeProgress::Converged;
            } else if self.steps >= self.limit {
                self.progress = FreezeProgress::TimedOut;
            }
        }
        self.progress
    }

    /// The verdict, with the [`cosine`] between the rates at the freeze and now.
    pub fn verdict(&self, cosine: Option<f64>) -> FreezeVerdict {
        let converged = self.progress == FreezeProgress::Converged;
        let success = converged && cosine.is_some_and(|cosine| cosine > SUCCESS_COSINE);
        FreezeVerdict {
            converged,
            success,
            cosine,
            time: self.steps as f64 * self.dt,
        }
    }
}

/// Outcome of one freeze trial.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct FreezeVerdict {
    /// The largest `|dx_i/dt|` fell below the threshold of the precision within [`FREEZE_LIMIT`].
    pub converged: bool,
    /// Converged, and to a state with a cosine above [`SUCCESS_COSINE`].
    pub success: bool,
    /// Cosine between the rates at the freeze and at the end.
    pub cosine: Option<f64>,
    /// Time from the freeze to the end of the trial.
    pub time: f64,
}

/// Time that a released network took to leave the stored state.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReleaseTime {
    /// First time after the release at which the cosine was below [`RELEASE_COSINE`], else [`RELEASE_LIMIT`].
    pub time: f64,
    /// The network had not left by [`RELEASE_LIMIT`]: the time is only a lower bound.
    pub censored: bool,
}

/// Watches a released network: feed it the cosine to the stored state after every step.
#[derive(Clone, Debug)]
pub struct ReleaseWatch {
    dt: f64,
    limit: u64,
    steps: u64,
    found: Option<ReleaseTime>,
}

impl ReleaseWatch {
    /// A watch that begins at the release, with steps of `dt`.
    pub fn new(dt: f64) -> Self {
        Self {
            dt,
            limit: steps_in(RELEASE_LIMIT, dt),
            steps: 0,
            found: None,
        }
    }

    /// Takes the cosine after the next step (`None`: a silent or diverged network, which has left); answers once
    /// the release time is known.
    pub fn push(&mut self, cosine: Option<f64>) -> Option<ReleaseTime> {
        if self.found.is_none() {
            self.steps += 1;
            if cosine.is_none_or(|cosine| cosine.is_nan() || cosine < RELEASE_COSINE) {
                self.found = Some(ReleaseTime {
                    time: self.steps as f64 * self.dt,
                    censored: false,
                });
            } else if self.steps >= self.limit {
                self.found = Some(ReleaseTime {
                    time: RELEASE_LIMIT,
                    censored: true,
                });
            }
        }
        self.found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cosine_of_known_angles() {
        assert_eq!(cosine(&[1.0_f32, 0.0], &[0.0_f64, 2.0]), Some(0.0));
        let tilted = cosine(&[3.0, 0.0], &[1.0, 1.0]).unwrap();
        assert!((tilted - 0.5_f64.sqrt()).abs() < 1e-15);
        assert_eq!(cosine(&[0.0, 2.0], &[0.0, -0.5]), Some(-1.0));
        assert_eq!(cosine(&[0.0], &[1.0]), None);
        assert_eq!(cosine(&[1.0, 1.0], &[1.0]), None);
        assert_eq!(cosine(&[f64::NAN], &[1.0]), None);
    }

    #[test]
    fn a_decaying_speed_converges_at_the_threshold_of_its_precision() {
        // exp(-t) falls below 1e-4 at 9.21 and below 1e-6 at 13.82.
        for (precision, expected) in [(Precision::F32, 9.25), (Precision::F64, 13.85)] {
            let mut trial = FreezeTrial::new(0.05, precision);
            let mut step = 0;
            while trial.push((-0.05 * f64::from(step + 1)).exp()) == FreezeProgress::Settling {
                step += 1;
            }
            let verdict = trial.verdict(Some(0.95));
            assert!(verdict.converged && verdict.success);
            assert!((verdict.time - expected).abs() < 1e-9, "{}", verdict.time);
        }
    }

    #[test]
    fn a_network_that_keeps_moving_times_out_and_fails() {
        let mut trial = FreezeTrial::new(0.25, Precision::F32);
        let pushed = (1..)
            .take_while(|_| trial.push(f64::NAN) == FreezeProgress::Settling)
            .count();
        assert_eq!(pushed + 1, 1200);
        assert_eq!(trial.push(0.0), FreezeProgress::TimedOut, "the trial is over");
        let verdict = trial.verdict(Some(1.0));
        assert!(!verdict.converged && !verdict.success);
        assert_eq!(verdict.time, 300.0);
    }

    #[test]
    fn success_needs_the_stored_state() {
        let mut trial = FreezeTrial::new(0.05, Precision::F64);
        trial.push(0.0);
        assert!(!trial.verdict(Some(0.9)).success, "0.9 is not above 0.9");
        assert!(!trial.verdict(None).success);
        assert!(trial.verdict(Some(0.9001)).success);
    }

    #[test]
    fn release_time_is_the_first_crossing() {
        let mut watch = ReleaseWatch::new(0.05);
        let found = (1..)
            .find_map(|step| watch.push(Some(1.0 - 0.01 * f64::from(step))))
            .unwrap();
        assert!((found.time - 51.0 * 0.05).abs() < 1e-12 && !found.censored);
        assert_eq!(
            watch.push(Some(1.0)),
            Some(found),
            "a return to the state changes nothing"
        );
    }

    #[test]
    fn a_state_that_is_kept_is_censored() {
        let mut watch = ReleaseWatch::new(0.25);
        let steps = (1..).take_while(|_| watch.push(Some(0.5)).is_none()).count() + 1;
        assert_eq!(steps, 800);
        assert_eq!(
            watch.push(None),
            Some(ReleaseTime {
                time: 200.0,
                censored: true
            })
        );
    }
}
