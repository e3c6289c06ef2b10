//! Spectra of one network along its trajectory.

use nalgebra::Complex;
use serde::{Deserialize, Serialize};

use crate::configuration::Configuration;
use crate::ensemble::PROGRESS_STRIDE;
use crate::estimators::{AliveTest, activity::REST_SPEED};
use crate::failure::Failure;
use crate::jacobian::State;
use crate::progress::Progress;
use crate::simulation::Simulation;
use crate::spectrum::eigenvalues;
use crate::theory::joint_edge::{JointEdge, frozen_edge};

/// What is measured of one network.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(in crate::commands) struct Outcome {
    pub(in crate::commands) alive: bool,
    pub(in crate::commands) snapshots: Vec<Snapshot>,
}

/// The spectra in one state, each eigenvalue by its real and imaginary part, from the right to the left.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(in crate::commands) struct Snapshot {
    /// Since the start of the simulation.
    pub(in crate::commands) time: f64,
    /// 2N of them: without the N^2 - N that equal -1/p for synapses that no neuron feels.
    pub(in crate::commands) joint: Vec<[f64; 2]>,
    /// N of them.
    pub(in crate::commands) frozen: Vec<[f64; 2]>,
    pub(in crate::commands) slopes: Vec<f64>,
    /// `|phi|^2 / N`.
    pub(in crate::commands) mean_square_rate: f64,
    pub(in crate::commands) predicted_rightmost: [f64; 2],
    pub(in crate::commands) predicted_rightmost_frozen: f64,
    /// Share of the joint eigenvalues with a real part above -1/p.
    pub(in crate::commands) fraction_above_band: f64,
}

/// Share of the joint eigenvalues that count as rightmost.
const RIGHTMOST: f64 = 0.05;
/// Rounding of an eigenvalue that equals -1/p, as N of them do at k = 0.
const ROUNDING: f64 = 1e-6;

impl Snapshot {
    pub(super) fn rightmost(&self) -> Complex<f64> {
        let [re, im] = self.joint.first().copied().unwrap_or([f64::NAN; 2]);
        Complex::new(re, im)
    }

    pub(super) fn rightmost_frozen(&self) -> f64 {
        self.frozen.first().map_or(f64::NAN, |eigenvalue| eigenvalue[0])
    }

    /// Mean absolute imaginary part of the rightmost 5% of the joint eigenvalues, one at least.
    pub(super) fn mean_abs_imaginary(&self) -> f64 {
        let count = ((RIGHTMOST * self.joint.len() as f64).round() as usize).max(1);
        self.joint.iter().take(count).map(|[_, im]| im.abs()).sum::<f64>() / count as f64
    }

    /// Joint eigenvalues with a positive real part.
    pub(super) fn unstable(&self) -> usize {
        self.joint.iter().filter(|[re, _]| *re > 0.0).count()
    }
}

/// Steps of a network's simulation that take as long as its eigenvalues in one state, per neuron.
const SPECTRUM_STEPS: u64 = 200;

/// Progress of a network that is done.
pub(super) fn steps(configuration: &Configuration, snapshots: u32) -> u64 {
    let window = configuration.burn_in_steps() + configuration.window_steps();
    window + u64::from(snapshots) * SPECTRUM_STEPS * configuration.n as u64
}

/// Runs one network, and linearises it at even intervals of the window.
pub(super) fn measure(
    configuration: &Configuration,
    snapshots: u32,
    simulation: &mut dyn Simulation,
    progress: &Progress,
) -> Result<Outcome, Failure> {
    let dt = f64::from(configuration.dt);
    let (burn_in, window) = (configuration.burn_in_steps(), configuration.window_steps());
    let between = (window / u64::from(snapshots)).max(1);
    let mut alive = AliveTest::new(dt);
    let (mut moved, mut found) = (false, Vec::new());
    for step in 1..=burn_in + window {
        simulation.step()?;
        if step > burn_in {
            alive.push(simulation.speed().rms);
            moved = simulation.speed().rms > REST_SPEED;
            if (step - burn_in).is_multiple_of(between) && found.len() < snapshots as usize {
                found.push(linearise(configuration, simulation, step as f64 * dt)?);
                progress.advance(SPECTRUM_STEPS * configuration.n as u64);
            }
        }
        if step.is_multiple_of(PROGRESS_STRIDE) {
            progress.advance(PROGRESS_STRIDE);
        }
    }
    progress.advance((burn_in + window) % PROGRESS_STRIDE);
    Ok(Outcome {
        alive: alive.alive().unwrap_or(moved),
        snapshots: found,
    })
}

/// The spectra in the present state.
fn linearise(
    configuration: &Configuration,
    simulation: &dyn Simulation,
    time: f64,
) -> Result<Snapshot, Failure> {
    let [g, k, p] = [configuration.g, configuration.k, configuration.p].map(f64::from);
    let (mut rates, mut slopes) = (Vec::new(), Vec::new());
    simulation.copy_rates_and_slopes(&mut rates, &mut slopes);
    let frozen = simulation.frozen_jacobian();
    let state = State {
        rates: &rates,
        slopes: &slopes,
        frozen: &frozen,
        k,
        p,
    };
    let n = rates.len();
    let joint = from_the_right(2 * n, &state.joint(), time)?;
    let c = state.mean_square_rate();
    let predicted = JointEdge::new([g, k, p], [(c, &slopes[..])]).rightmost();
    let predicted = predicted.map_or([f64::NAN; 2], |at| [at.re, at.im]);
    let above = joint.iter().filter(|[re, _]| *re > -1.0 / p + ROUNDING).count();
    Ok(Snapshot {
        time,
        fraction_above_band: above as f64 / joint.len() as f64,
        joint,
        frozen: from_the_right(n, &frozen, time)?,
        mean_square_rate: c,
        predicted_rightmost: predicted,
        predicted_rightmost_frozen: frozen_edge(g, &slopes),
        slopes,
    })
}

/// The eigenvalues in the order of their real parts, the largest first.
fn from_the_right(n: usize, matrix: &[f64], time: f64) -> Result<Vec<[f64; 2]>, Failure> {
    let found = eigenvalues(n, matrix).ok_or_else(|| {
        Failure::Check(format!(
            "the eigenvalues of {n} rows at time {time} did not converge"
        ))
    })?;
    let mut points: Vec<[f64; 2]> = found.iter().map(|at| [at.re, at.im]).collect();
    points.sort_by(|a, b| b[0].total_cmp(&a[0]).then(b[1].total_cmp(&a[1])));
    Ok(points)
}
