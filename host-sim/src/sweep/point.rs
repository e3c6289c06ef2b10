//! One point of a phase diagram.

use freezable_chaos::Purpose;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::{Class, Settings};
use crate::configuration::{Configuration, StartOption};
use crate::ensemble::PROGRESS_STRIDE;
use crate::estimators::{AliveTest, MeanSem, steps_in};
use crate::failure::Failure;
use crate::lyapunov::{Protocol, Synapses, exponents, tangent_map};
use crate::progress::Progress;
use crate::simulation::{Simulation, hold, with_simulation};

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

impl Run {
    fn is_alive(&self) -> bool {
        self.rest_time.is_none()
    }
}

/// Simulates a point: all networks, from small and from large starts. They run in parallel in rayon's present pool; the
/// outcome does not depend on it.
pub fn measure_point(settings: &Settings, g: f32, k: f32, progress: &Progress) -> Result<Point, Failure> {
    let starts = [StartOption::Small, StartOption::Large];
    let configurations = starts.map(|start| settings.configuration(g, k, start));
    let [small, large] = configurations;
    let configurations = [small?, large?];
    let runs: Result<Vec<Run>, Failure> = (0..2 * settings.networks)
        .into_par_iter()
        .map(|run| {
            let (start, network) = (run / settings.networks, run % settings.networks);
            let configuration = &configurations[start as usize];
            with_simulation(configuration, network, |simulation| {
                measure_run(settings, configuration, network, simulation, progress)
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
pub(super) fn cost(settings: &Settings) -> u64 {
    let run = settings.steps() + TANGENT_COST * tangent_steps(settings);
    2 * u64::from(settings.networks) * run
}

fn tangent_steps(settings: &Settings) -> u64 {
    steps_in(TRANSIENT + settings.exponent_duration, settings.dt.into())
}

fn at_point(failure: Failure, g: f32, k: f32) -> Failure {
    match failure {
        Failure::Check(message) => Failure::Check(format!("at g = {g}, k = {k}: {message}")),
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
    settings: &Settings,
    configuration: &Configuration,
    network: u32,
    simulation: &mut dyn Simulation,
    progress: &Progress,
) -> Result<Run, Failure> {
    let dt = f64::from(configuration.dt);
    let (burn_in, window) = (configuration.burn_in_steps(), configuration.window_steps());
    let (stride, _) = configuration.sampling();
    let between_trials = (window / u64::from(settings.trials)).max(1);
    let mut alive = AliveTest::new(dt);
    let (mut squares, mut samples, mut rates) = (0.0, 0_u64, Vec::new());
    let (mut trials, mut successes) = (0, 0);
    let mut reported = 0;
    for step in 1..=burn_in + window {
        simulation.step()?;
        if step % PROGRESS_STRIDE == 0 {
            progress.advance(PROGRESS_STRIDE);
            reported += PROGRESS_STRIDE;
        }
        let Some(step) = step.checked_sub(burn_in).filter(|step| *step > 0) else {
            continue;
        };
        alive.push(simulation.speed().rms);
        if step.is_multiple_of(stride) {
            squares += mean_square(simulation, &mut rates);
            samples += 1;
        }
        // Of a network that came to rest no trial counts.
        let is_moving = alive.rest_time().is_none();
        if step.is_multiple_of(between_trials) && trials < settings.trials && is_moving {
            trials += 1;
            let before = simulation.save()?;
            successes += u32::from(hold(simulation, dt)?.verdict.success);
            simulation.load(&before)?;
        }
    }
    let mut run = Run {
        class: Class::Undecided,
        c_phi_0: squares / samples.max(1) as f64,
        rest_time: alive.rest_time().map(|time| burn_in as f64 * dt + time),
        lyapunov_max: None,
        split_half_error: None,
        exponent_time: None,
        freeze_success: None,
    };
    let tangent_cost = TANGENT_COST * tangent_steps(settings);
    let mut left = settings.steps() - reported + tangent_cost;
    if run.is_alive() {
        run.freeze_success = Some(f64::from(successes) / f64::from(trials));
        let advanced = std::cell::Cell::new(0);
        let found = exponents::measure(
            &mut *tangent_map(simulation, &configuration.dynamics, Synapses::Running),
            &Protocol {
                exponents: 1,
                transient: TRANSIENT,
                duration: [settings.exponent_duration / 2.0, settings.exponent_duration],
                tolerance: settings.exponent_tolerance,
            },
            &mut configuration.generator(network, Purpose::Tangent),
            |steps| {
                advanced.set(advanced.get() + TANGENT_COST * steps);
                progress.advance(TANGENT_COST * steps);
            },
        )?;
        left = left.saturating_sub(advanced.get());
        run.lyapunov_max = Some(found.spectrum[0]);
        run.split_half_error = Some(found.split_half_error);
        run.exponent_time = Some(found.time);
        run.class = Class::alive(found.spectrum[0], found.split_half_error, found.time);
        if found.alive == Some(false) {
            // It came to rest while the exponent was measured, at the end of that at the latest.
            run.rest_time = Some((burn_in + window) as f64 * dt + TRANSIENT + found.time);
        }
    }
    if !run.is_alive() {
        run.class = Class::at_rest(mean_square(simulation, &mut rates));
    }
    progress.advance(left);
    Ok(run)
}

/// `C_phi(0)` of the present state.
fn mean_square(simulation: &dyn Simulation, rates: &mut Vec<f32>) -> f64 {
    simulation.copy_rates(rates);
    let squares: f64 = rates.iter().map(|&rate| f64::from(rate).powi(2)).sum();
    squares / rates.len().max(1) as f64
}
