//! Freezes along a trajectory: whether the frozen network comes to rest, where, and how fast it forgets once released.

mod demonstration;

pub use demonstration::{DEMONSTRATION, Demonstration};

use serde::{Deserialize, Serialize};

use super::arrays::Array;
use super::ensemble::{Cost, Measurement};
use super::hold::{Held, hold};
use super::plausible;
use super::trajectory::{Activity, pass, run};
use crate::estimators::{
    FREEZE_LIMIT, FreezeVerdict, MeanSem, RELEASE_LIMIT, ReleaseTime, ReleaseWatch, cosine, steps_in,
};
use crate::networks::{Ensemble, Simulation};
use crate::spectra::rightmost_eigenvalue;
use crate::watch::{Watch, advance};
use crate::{Refusal, Stopped};

/// Freeze trials of running networks.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Freeze {
    /// Trials of each network, at even intervals over the duration.
    pub trials: u32,
    /// Most neurons for which the eigenvalues of a frozen state are found, which takes a time of order N^3.
    pub largest_spectrum: usize,
}

/// What is measured of one network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// Whether it was active all the time.
    pub alive: bool,
    /// Mean square rate while the plasticity runs.
    pub c_phi_0: f64,
    /// The trials, in their order.
    pub trials: Vec<Trial>,
    /// Largest real part of the frozen Jacobian's spectrum where the first converged trial ended.
    pub rightmost_eigenvalue: Option<f64>,
    /// Mean magnitude of the cosine between the states that two converged trials held, over all pairs.
    pub stored_overlap: Option<f64>,
    /// One freeze to look at; with rates of the first network only.
    pub demonstration: Demonstration,
}

/// One freeze.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Trial {
    /// Whether it came to rest, and where.
    pub verdict: FreezeVerdict,
    /// How fast it left what it held; of converged trials.
    pub release: Option<ReleaseTime>,
}

/// Averages over active networks; shares are of the trials of a network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// Mean square rate while the plasticity runs.
    pub c_phi_0: Option<MeanSem>,
    /// Share of the networks that stayed active.
    pub alive: Option<MeanSem>,
    /// Trials over active networks.
    pub freeze_trials: usize,
    /// Came to rest.
    pub freeze_converged: Option<MeanSem>,
    /// Came to rest near where they were.
    pub freeze_success: Option<MeanSem>,
    /// Between the rates at the freeze and at the end, over converged trials.
    pub cosine: Option<MeanSem>,
    /// Of the frozen Jacobian; `None` above `largest_spectrum` neurons, where it is not computed.
    pub rightmost_eigenvalue: Option<MeanSem>,
    /// Mean magnitude of the cosine between the states that a network held in two converged trials.
    pub stored_overlap: Option<MeanSem>,
    /// Of converged trials; those still near the stored state after 200 count as 200.
    pub release_time: Option<MeanSem>,
    /// Share of the released networks that had not left by then.
    pub release_censored: Option<MeanSem>,
}

impl Default for Freeze {
    /// Six trials, spectra up to 512 neurons.
    fn default() -> Self {
        Self {
            trials: 6,
            largest_spectrum: 512,
        }
    }
}

fn trial_steps(dt: f64) -> u64 {
    steps_in(FREEZE_LIMIT, dt) + steps_in(RELEASE_LIMIT, dt)
}

impl Measurement for Freeze {
    const NAME: &'static str = "freeze";
    type Outcome = Outcome;
    type Summary = Summary;

    fn check(&self, of: &Ensemble) -> Result<Cost, Refusal> {
        let window = of.window_steps();
        if self.trials == 0 {
            return Err(Refusal::below("trials", 0, 1));
        }
        if u64::from(self.trials) > window {
            return Err(Refusal::above("trials", self.trials, window).reason("the steps of the duration"));
        }
        let (n, dt) = (of.network.n as u64, of.network.step());
        let samples = demonstration::steps(dt) / of.network.sampling().0;
        Ok(Cost {
            steps: of.burn_in_steps()
                + window
                + demonstration::steps(dt)
                + u64::from(self.trials) * trial_steps(dt),
            bytes: 4 * n * (samples + u64::from(self.trials)),
            outcome: 24 * samples + 80 * u64::from(self.trials),
        })
    }

    fn one(
        &self,
        of: &Ensemble,
        index: u32,
        network: &mut dyn Simulation,
        watch: &dyn Watch,
    ) -> Result<Outcome, Stopped> {
        pass(network, of.burn_in_steps(), watch)?;
        let demonstration = demonstration::demonstrate(of, index == 0, network, watch)?;
        let window = of.window_steps();
        let between_trials = (window / u64::from(self.trials)).max(1);
        let mut trials = Trials {
            dt: of.network.step(),
            largest_spectrum: self.largest_spectrum,
            ..Trials::default()
        };
        let mut activity = Activity::of(&of.network);
        run(network, window, watch, |step, network| {
            activity.look(network);
            if step.is_multiple_of(between_trials) && trials.done.len() < self.trials as usize {
                trials.freeze(network)?;
                advance(watch, trial_steps(trials.dt))?;
            }
            Ok(())
        })?;
        Ok(Outcome {
            alive: activity.alive(),
            c_phi_0: activity.c_phi_0(),
            stored_overlap: mean_overlap(&trials.held),
            trials: trials.done,
            rightmost_eigenvalue: trials.rightmost,
            demonstration,
        })
    }

    fn is_plausible(&self, of: &Ensemble, index: u32, outcome: &Outcome) -> bool {
        let trial = |trial: &Trial| {
            plausible::cosines(trial.verdict.cosine)
                && plausible::not_negative([trial.verdict.time])
                && plausible::not_negative(trial.release.map(|release| release.time))
        };
        plausible::shares([outcome.c_phi_0])
            && plausible::shares(outcome.stored_overlap)
            && plausible::finite(outcome.rightmost_eigenvalue)
            && outcome.trials.len() == self.trials as usize
            && outcome.trials.iter().all(trial)
            && outcome.demonstration.is_plausible(of, index == 0)
    }

    fn summary(&self, _of: &Ensemble, outcomes: &[Outcome]) -> Summary {
        let alive: Vec<&Outcome> = outcomes.iter().filter(|outcome| outcome.alive).collect();
        let share = |holds: fn(&FreezeVerdict) -> bool| {
            MeanSem::of(alive.iter().map(|outcome| {
                let held = outcome
                    .trials
                    .iter()
                    .filter(|trial| holds(&trial.verdict))
                    .count();
                held as f64 / outcome.trials.len() as f64
            }))
        };
        // One value per network: the mean over its trials that have one.
        let mean_of = |value: fn(&Trial) -> Option<f64>| {
            MeanSem::of(alive.iter().filter_map(|outcome| {
                let values: Vec<f64> = outcome.trials.iter().filter_map(value).collect();
                (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
            }))
        };
        Summary {
            c_phi_0: MeanSem::of(alive.iter().map(|outcome| outcome.c_phi_0)),
            alive: MeanSem::share(outcomes.iter().map(|outcome| outcome.alive)),
            freeze_trials: alive.iter().map(|outcome| outcome.trials.len()).sum(),
            freeze_converged: share(|verdict| verdict.converged),
            freeze_success: share(|verdict| verdict.success),
            cosine: mean_of(|trial| trial.verdict.cosine.filter(|_| trial.verdict.converged)),
            rightmost_eigenvalue: MeanSem::of(
                alive.iter().filter_map(|outcome| outcome.rightmost_eigenvalue),
            ),
            stored_overlap: MeanSem::of(alive.iter().filter_map(|outcome| outcome.stored_overlap)),
            release_time: mean_of(|trial| trial.release.map(|release| release.time)),
            release_censored: mean_of(|trial| {
                trial.release.map(|release| f64::from(u8::from(release.censored)))
            }),
        }
    }

    fn arrays(&self, _of: &Ensemble, outcomes: &[Outcome]) -> Vec<Array> {
        let networks = ("network", outcomes.len());
        let each = [networks, ("trial", self.trials as usize)];
        let trials = || outcomes.iter().flat_map(|outcome| &outcome.trials);
        let of_trials = |value: fn(&Trial) -> f64| -> Vec<f64> { trials().map(value).collect() };
        let converged: Vec<bool> = trials().map(|trial| trial.verdict.converged).collect();
        let c_phi_0: Vec<f64> = outcomes.iter().map(|outcome| outcome.c_phi_0).collect();
        let mut arrays = vec![
            Array::alive(outcomes.iter().map(|outcome| outcome.alive)),
            Array::new(
                "c_phi_0",
                "mean square rate, plasticity running",
                &[networks],
                c_phi_0,
            ),
            Array::new(
                "converged",
                "whether the frozen network came to rest",
                &each,
                converged,
            ),
            Array::new(
                "cosine",
                "between the rates at the freeze and at the end; NaN where there is none",
                &each,
                of_trials(|trial| trial.verdict.cosine.unwrap_or(f64::NAN)),
            ),
            Array::new(
                "settling_time",
                "from the freeze to the end of the trial",
                &each,
                of_trials(|trial| trial.verdict.time),
            )
            .in_units("time"),
            Array::new(
                "release_time",
                "from the release until the stored state is left; NaN where the freeze did not converge",
                &each,
                of_trials(|trial| trial.release.map_or(f64::NAN, |release| release.time)),
            )
            .in_units("time"),
        ];
        arrays.extend(demonstration::arrays(outcomes));
        arrays
    }
}

/// The trials of one network.
#[derive(Default)]
struct Trials {
    dt: f64,
    largest_spectrum: usize,
    done: Vec<Trial>,
    rightmost: Option<f64>,
    /// What converged trials held.
    held: Vec<Vec<f32>>,
}

impl Trials {
    /// Freezes, waits, releases, waits; then puts the network back to where it was.
    fn freeze(&mut self, network: &mut dyn Simulation) -> Result<(), Stopped> {
        let before = network.save()?;
        let Held {
            stored,
            mut rates,
            verdict,
        } = hold(network, self.dt)?;
        if self.rightmost.is_none() && verdict.converged && network.n() <= self.largest_spectrum {
            self.rightmost = rightmost_eigenvalue(network.n(), &network.frozen_jacobian());
        }
        let mut release = None;
        if verdict.converged {
            // What was held, not where the freeze began, is what a release leaves.
            let state = std::mem::replace(&mut rates, stored);
            network.release();
            let mut watch = ReleaseWatch::new(self.dt);
            while release.is_none() {
                network.step()?;
                network.copy_rates(&mut rates);
                release = watch.push(cosine(&state, &rates));
            }
            self.held.push(state);
        }
        network.load(&before)?;
        self.done.push(Trial { verdict, release });
        Ok(())
    }
}

/// Mean magnitude of the cosine between every two of the states; none of fewer than two.
fn mean_overlap(states: &[Vec<f32>]) -> Option<f64> {
    let pairs = states
        .iter()
        .enumerate()
        .flat_map(|(at, one)| states[..at].iter().map(move |other| cosine(one, other)));
    let overlaps: Vec<f64> = pairs
        .map(|overlap| overlap.map(f64::abs))
        .collect::<Option<_>>()?;
    MeanSem::of(overlaps).map(|mean| mean.mean)
}
