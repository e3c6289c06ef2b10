//! One point of a phase diagram.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicU64, Ordering};

use freezable_chaos::Purpose;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::{Class, PhaseMap};
use crate::Stopped;
use crate::estimators::{MeanSem, steps_in};
use crate::lyapunov::{self, Protocol};
use crate::measure::hold::hold;
use crate::measure::plausible;
use crate::measure::trajectory::{Activity, present_c_phi_0, run};
use crate::networks::{Ensemble, InitialState, Simulation, Synapses, with_simulation};
use crate::watch::{Watch, advance};

/// Time in which the tangent vector turns into the leading direction.
const TRANSIENT: f64 = 50.0;
/// A step with its tangent vector takes about as long as so many steps without.
const TANGENT_COST: u64 = 12;

/// A row of the phase diagram.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// Gain.
    pub g: f32,
    /// Strength of the plasticity.
    pub k: f32,
    /// Class of the point.
    pub class: Class,
    /// Share of freezes that succeed, over the chaotic runs of both starts.
    pub freeze_success: Option<MeanSem>,
    /// From x = 0.1 z, A = 0.
    pub small: StartRow,
    /// From x = 3 z, A = (k/N) phi phi^T.
    pub large: StartRow,
}

/// What becomes of all networks from one kind of start. Averages are over alive networks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StartRow {
    /// Class of the start.
    pub class: Class,
    /// Share of the networks that keep moving.
    pub alive: Option<MeanSem>,
    /// Largest exponent of neurons and synapses.
    pub lyapunov_max: Option<MeanSem>,
    /// C_phi(0), averaged over the duration.
    pub c_phi_0: Option<MeanSem>,
    /// Share of freezes that succeed, over chaotic networks.
    pub freeze_success: Option<MeanSem>,
    /// One per network.
    pub runs: Vec<Run>,
}

/// What becomes of one network.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// Class of the run.
    pub class: Class,
    /// C_phi(0), averaged over the duration.
    pub c_phi_0: f64,
    /// When it was found at rest, from the start on; `None` if it kept moving.
    pub rest_time: Option<f64>,
    /// Largest exponent, if it kept moving over the duration.
    pub lyapunov_max: Option<f64>,
    /// Split-half error of the exponent.
    pub split_half_error: Option<f64>,
    /// Time over which the exponent was measured.
    pub exponent_time: Option<f64>,
    /// Share of successful freezes.
    pub freeze_success: Option<f64>,
}

impl Point {
    /// Whether what was kept can be a point of this diagram, by its lengths and by what its numbers can be.
    pub fn is_plausible(&self, settings: &PhaseMap) -> bool {
        let run = |run: &Run| {
            plausible::shares([run.c_phi_0].into_iter().chain(run.freeze_success))
                && plausible::exponents(run.lyapunov_max)
                && plausible::not_negative([run.rest_time, run.exponent_time].into_iter().flatten())
        };
        let row = |row: &StartRow| {
            let shares = [row.alive, row.c_phi_0, row.freeze_success];
            row.runs.len() == settings.networks as usize
                && row.runs.iter().all(run)
                && plausible::shares(shares.into_iter().flatten().map(|share| share.mean))
                && plausible::exponents(row.lyapunov_max.map(|exponent| exponent.mean))
        };
        plausible::shares(self.freeze_success.map(|share| share.mean)) && row(&self.small) && row(&self.large)
    }
}

impl Run {
    fn is_alive(&self) -> bool {
        self.rest_time.is_none()
    }
}

/// Simulates a point: all networks, from small and from large starts. They run in parallel in rayon's present pool; the
/// outcome does not depend on it.
pub fn measure_point(settings: &PhaseMap, g: f32, k: f32, watch: &dyn Watch) -> Result<Point, Stopped> {
    let starts = [InitialState::Small, InitialState::Large];
    let configurations = starts.map(|start| settings.ensemble(g, k, start));
    let [small, large] = configurations;
    let configurations = [small?, large?];
    let runs: Result<Vec<Run>, Stopped> = (0..2 * settings.networks)
        .into_par_iter()
        .map(|run| {
            let (start, network) = (run / settings.networks, run % settings.networks);
            let configuration = &configurations[start as usize];
            with_simulation(configuration, network, |simulation| {
                measure_run(settings, configuration, network, simulation, watch)
            })
            .map_err(|failure| at_point(failure, g, k))
        })
        .collect();
    let mut small = runs?;
    let large = small.split_off(settings.networks as usize);
    let both = small.iter().chain(&large);
    let freeze_success = freeze_success(both);
    let is_a_large_run_chaotic = large.iter().any(|run| run.class == Class::Chaotic);
    let [small, large] = [small, large].map(StartRow::of);
    let starts = [small.class, large.class];
    Ok(Point {
        g,
        k,
        class: Class::of_point(g.into(), starts, freeze_success.as_ref(), is_a_large_run_chaotic),
        freeze_success,
        small,
        large,
    })
}

/// Steps of a point, in units of a step without tangent vector: what [`measure_point`] reports as progress.
pub(super) fn cost(settings: &PhaseMap) -> u64 {
    let run = settings.steps() + TANGENT_COST * tangent_steps(settings);
    2 * u64::from(settings.networks) * run
}

fn tangent_steps(settings: &PhaseMap) -> u64 {
    steps_in(TRANSIENT + settings.exponent_duration, settings.dt.into())
}

fn at_point(failure: Stopped, g: f32, k: f32) -> Stopped {
    match failure {
        Stopped::Failed(message) => Stopped::Failed(format!("at g = {g}, k = {k}: {message}")),
        other => other,
    }
}

impl StartRow {
    fn of(runs: Vec<Run>) -> Self {
        let alive = || runs.iter().filter(|run| run.is_alive());
        let freeze_success = freeze_success(&runs);
        let classes: Vec<Class> = runs.iter().map(|run| run.class).collect();
        Self {
            class: Class::of_start(&classes, freeze_success.as_ref()),
            alive: MeanSem::of(runs.iter().map(|run| f64::from(u8::from(run.is_alive())))),
            lyapunov_max: MeanSem::of(alive().filter_map(|run| run.lyapunov_max)),
            c_phi_0: MeanSem::of(alive().map(|run| run.c_phi_0)),
            freeze_success,
            runs,
        }
    }
}

/// Share of successful freezes of the chaotic runs.
fn freeze_success<'a>(runs: impl IntoIterator<Item = &'a Run>) -> Option<MeanSem> {
    let chaotic = runs.into_iter().filter(|run| run.class == Class::Chaotic);
    MeanSem::of(chaotic.filter_map(|run| run.freeze_success))
}

/// Burn-in; then the duration, with freezes at even intervals; then, of a network that kept moving, the exponent.
fn measure_run(
    settings: &PhaseMap,
    of: &Ensemble,
    index: u32,
    network: &mut dyn Simulation,
    watch: &dyn Watch,
) -> Result<Run, Stopped> {
    let dt = of.network.step();
    let (burn_in, window) = (of.burn_in_steps(), of.window_steps());
    let between_trials = (window / u64::from(settings.trials)).max(1);
    let mut activity = Activity::of(&of.network);
    let (mut trials, mut successes) = (0, 0);
    run(network, burn_in + window, watch, |step, network| {
        let Some(step) = step.checked_sub(burn_in).filter(|step| *step > 0) else {
            return Ok(());
        };
        activity.look(network);
        // Of a network that came to rest no trial counts.
        let is_moving = activity.rest_time().is_none();
        if step.is_multiple_of(between_trials) && trials < settings.trials && is_moving {
            trials += 1;
            let before = network.save()?;
            successes += u32::from(hold(network, dt)?.verdict.success);
            network.load(&before)?;
        }
        Ok(())
    })?;
    let mut run = Run {
        class: Class::Undecided,
        c_phi_0: activity.c_phi_0(),
        rest_time: activity.rest_time().map(|time| burn_in as f64 * dt + time),
        lyapunov_max: None,
        split_half_error: None,
        exponent_time: None,
        freeze_success: None,
    };
    let mut left = TANGENT_COST * tangent_steps(settings);
    if run.is_alive() {
        run.freeze_success = Some(f64::from(successes) / f64::from(trials));
        let dear = Dear {
            watch,
            reported: AtomicU64::new(0),
        };
        let found = lyapunov::measure(
            &mut *network.tangent_map(Synapses::Running)?,
            &Protocol {
                exponents: 1,
                transient: TRANSIENT,
                duration: [settings.exponent_duration / 2.0, settings.exponent_duration],
                tolerance: settings.exponent_tolerance,
            },
            &mut of.network.generator(index, Purpose::Tangent),
            &dear,
        )?;
        left = left.saturating_sub(dear.reported.into_inner());
        run.lyapunov_max = Some(found.spectrum[0]);
        run.split_half_error = Some(found.split_half_error);
        run.exponent_time = Some(found.time);
        run.class = Class::alive(found.spectrum[0], found.split_half_error, found.time);
        if !found.alive {
            // It came to rest while the exponent was measured, at the end of that at the latest.
            run.rest_time = Some((burn_in + window) as f64 * dt + TRANSIENT + found.time);
        }
    }
    if !run.is_alive() {
        run.class = Class::at_rest(present_c_phi_0(network));
    }
    advance(watch, left)?;
    Ok(run)
}

/// Steps with a tangent vector, which count for several without.
struct Dear<'a> {
    watch: &'a dyn Watch,
    reported: AtomicU64,
}

impl Watch for Dear<'_> {
    fn advanced(&self, steps: u64) -> ControlFlow<()> {
        self.reported.fetch_add(TANGENT_COST * steps, Ordering::Relaxed);
        self.watch.advanced(TANGENT_COST * steps)
    }
}
