//! `host-sim lyapunov`: exponents of the joint map of neurons and synapses, or of neurons and samples of the history.

use clap::Args;
use freezable_chaos::Purpose;
use serde::{Deserialize, Serialize};

use super::drawing::draw;
use super::table::average;
use crate::configuration::{Configuration, Model, NetworkOptions};
use crate::ensemble::{self, PROGRESS_STRIDE};
use crate::estimators::{MeanSem, steps_in};
use crate::failure::Failure;
use crate::figures::LyapunovFigure;
use crate::lyapunov::{Protocol, Synapses, exponents, kaplan_yorke_dimension, tangent_map};
use crate::output::{Arrays, Provenance, ResultObject};
use crate::progress::Progress;
use crate::simulation::Simulation;

/// Options of `lyapunov`.
#[derive(Args, Clone, Debug)]
pub struct LyapunovOptions {
    #[command(flatten)]
    network: NetworkOptions,
    /// Number of leading exponents, or all: N + N(N+1)/2 of them (antisymmetric changes of A have -1/p besides); of the
    /// compact network N(H+1), neurons and H samples of the history, of its step without the rounding to integers
    #[arg(long, default_value = "1", allow_negative_numbers = true)]
    exponents: String,
    /// Stop as soon as the split-half error of the largest exponent is below this in three looks one after the other,
    /// after half of --duration at the earliest; 0 goes on to the end
    #[arg(long, default_value_t = 0.0, allow_negative_numbers = true)]
    tolerance: f64,
    /// Freeze after --burn-in, and measure the neurons alone
    #[arg(long)]
    frozen: bool,
}

/// What a result states as its parameters.
#[derive(Serialize)]
struct Parameters<'a> {
    #[serde(flatten)]
    configuration: &'a Configuration,
    exponents: usize,
    tolerance: f64,
    frozen: bool,
    /// Numbers in a tangent vector.
    dimension: usize,
    /// What the vectors are tangents of.
    tangents: &'static str,
}

/// Time in which the vectors turn into the leading directions.
const TRANSIENT: f64 = 50.0;

/// What is measured of one network.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Outcome {
    alive: bool,
    spectrum: Vec<f64>,
    split_half_error: f64,
    running: Vec<f64>,
    synaptic_share: Vec<f64>,
    time: f64,
}

/// Averages over alive networks (over all where they are frozen).
#[derive(Clone, Debug, Serialize)]
struct Summary {
    lyapunov_max: Option<MeanSem>,
    split_half_error: Option<MeanSem>,
    /// Share of the networks that stayed active with an exponent above three of its split-half errors.
    chaotic: Option<MeanSem>,
    alive: Option<MeanSem>,
    /// Time measured.
    time: Option<MeanSem>,
    /// The exponents, in their order, each averaged over networks.
    spectrum: Vec<f64>,
    /// Where the exponents asked for suffice.
    kaplan_yorke_dimension: Option<MeanSem>,
    /// Share of the exponents above that of a lone synapse, ln(1 - dt/p)/dt, by more than a twentieth of it; where all
    /// were asked for. About N(N-1)/2 lie at it, and on either side up to about N.
    above_synaptic_rate: Option<MeanSem>,
    /// As many below it.
    below_synaptic_rate: Option<MeanSem>,
    /// Share of the synapses in the square of the leading vector; of the compact network that of the samples, in units
    /// of rates.
    synaptic_share: Option<MeanSem>,
}

/// Runs the command.
pub fn execute(options: LyapunovOptions) -> Result<(), Failure> {
    let configuration = options.network.check()?;
    if options.tolerance.is_nan() || options.tolerance < 0.0 {
        let tolerance = options.tolerance;
        return Err(Failure::Usage(format!(
            "--tolerance {tolerance} is below its bound 0"
        )));
    }
    let n = configuration.n;
    let (synapses, tangents) = match configuration.model {
        _ if options.frozen => (0, "the step of the neurons"),
        Model::Exact => (n * (n + 1) / 2, "the step"),
        // The network itself rounds to integers, which has the derivative zero almost everywhere.
        Model::Compact => {
            let samples = configuration.history_rule().samples as usize;
            (n * samples, "the unrounded step of neurons and samples")
        }
    };
    let dimension = n + synapses;
    let count = number_of(&options.exponents, dimension)?;
    // The vectors, and two copies inside of the decomposition; J and A in double precision.
    let numbers = 3 * count * dimension + 3 * n * n;
    configuration.check_memory((2 * numbers / n) as u64)?;
    let settings = Parameters {
        configuration: &configuration,
        exponents: count,
        tolerance: options.tolerance,
        frozen: options.frozen,
        dimension,
        tangents,
    };
    let steps = configuration.burn_in_steps()
        + steps_in(TRANSIENT, configuration.dt.into())
        + configuration.window_steps();
    let progress = Progress::new("lyapunov", steps * u64::from(configuration.networks));
    let name = format!(
        "lyapunov-{count}-{:x}-{}",
        settings.tolerance.to_bits(),
        options.frozen
    );
    let (outcomes, parts) = ensemble::measure(
        &name,
        &configuration,
        &progress,
        steps,
        |index, simulation, progress| measure(&settings, index, simulation, progress),
    )?;
    drop(progress);
    let summary = summarise(&outcomes, &settings);
    let result = ResultObject {
        kind: "lyapunov",
        params: &settings,
        summary: &summary,
        provenance: Provenance::collect(configuration.seeds),
    };
    if let Some(out) = &configuration.out {
        write(&outcomes, &configuration, out)?;
        result.write(&out.join("lyapunov.json"))?;
    }
    parts.remove();
    if configuration.json {
        return Ok(result.print()?);
    }
    let rows = [
        ("tangents of", format!("{tangents}, {dimension} dimensions")),
        ("alive networks", average(&summary.alive)),
        ("chaotic networks", average(&summary.chaotic)),
        ("largest exponent", average(&summary.lyapunov_max)),
        ("its split-half error", average(&summary.split_half_error)),
        ("Kaplan-Yorke dimension", average(&summary.kaplan_yorke_dimension)),
        (
            "share above a lone synapse's",
            average(&summary.above_synaptic_rate),
        ),
        ("share below it", average(&summary.below_synaptic_rate)),
        ("synapses in the leading vector", average(&summary.synaptic_share)),
    ];
    super::table::print(&configuration.describe(), &rows)
}

/// The number of exponents that was typed.
fn number_of(typed: &str, dimension: usize) -> Result<usize, Failure> {
    if typed == "all" {
        return Ok(dimension);
    }
    let number = typed
        .parse()
        .ok()
        .filter(|number| (1..=dimension).contains(number));
    number.ok_or_else(|| {
        Failure::Usage(format!(
            "--exponents {typed} is outside its bounds 1 and {dimension}, and not all"
        ))
    })
}

fn measure(
    settings: &Parameters<'_>,
    index: u32,
    simulation: &mut dyn Simulation,
    progress: &Progress,
) -> Result<Outcome, Failure> {
    let configuration = settings.configuration;
    let burn_in = configuration.burn_in_steps();
    for step in 1..=burn_in {
        simulation.step()?;
        if step.is_multiple_of(PROGRESS_STRIDE) {
            progress.advance(PROGRESS_STRIDE);
        }
    }
    progress.advance(burn_in % PROGRESS_STRIDE);
    let synapses = if settings.frozen {
        Synapses::Frozen
    } else {
        Synapses::Running
    };
    let mut map = tangent_map(simulation, &configuration.dynamics, synapses);
    let least = if settings.tolerance > 0.0 { 0.5 } else { 1.0 };
    let protocol = Protocol {
        exponents: settings.exponents,
        transient: TRANSIENT,
        duration: [least * configuration.duration, configuration.duration],
        tolerance: settings.tolerance,
    };
    let mut generator = configuration.generator(index, Purpose::Tangent);
    let found = exponents::measure(&mut *map, &protocol, &mut generator, |steps| {
        progress.advance(steps)
    })?;
    Ok(Outcome {
        // Too short a time to say is no reason to leave a network out.
        alive: found.alive.unwrap_or(true),
        spectrum: found.spectrum,
        split_half_error: found.split_half_error,
        running: found.running,
        synaptic_share: found.synaptic_share,
        time: found.time,
    })
}

fn summarise(outcomes: &[Outcome], settings: &Parameters<'_>) -> Summary {
    let dimension = settings.dimension;
    let counted: Vec<&Outcome> = outcomes
        .iter()
        .filter(|outcome| outcome.alive || settings.frozen)
        .collect();
    let mean = |value: fn(&Outcome) -> f64| MeanSem::of(counted.iter().map(|outcome| value(outcome)));
    let share = |value: &dyn Fn(&Outcome) -> bool| {
        MeanSem::of(outcomes.iter().map(|outcome| f64::from(u8::from(value(outcome)))))
    };
    let synaptic_rate = synaptic_rate(settings.configuration);
    // The samples of a history have no exponent of their own.
    let has_bands = settings.configuration.model == Model::Exact && !settings.frozen;
    let all = settings.exponents == dimension && has_bands;
    let band = |inside: &dyn Fn(f64) -> bool| {
        MeanSem::of(counted.iter().filter(|_| all).map(|outcome| {
            let count = outcome
                .spectrum
                .iter()
                .filter(|exponent| inside(**exponent))
                .count();
            count as f64 / dimension as f64
        }))
    };
    Summary {
        lyapunov_max: mean(|outcome| outcome.spectrum[0]),
        split_half_error: mean(|outcome| outcome.split_half_error),
        chaotic: share(&|outcome| outcome.alive && outcome.spectrum[0] > 3.0 * outcome.split_half_error),
        alive: share(&|outcome| outcome.alive),
        time: mean(|outcome| outcome.time),
        spectrum: (0..settings.exponents)
            .filter_map(|at| MeanSem::of(counted.iter().map(|outcome| outcome.spectrum[at])))
            .map(|summary| summary.mean)
            .collect(),
        kaplan_yorke_dimension: MeanSem::of(
            counted
                .iter()
                .map(|outcome| kaplan_yorke_dimension(&outcome.spectrum).unwrap_or(f64::NAN)),
        ),
        above_synaptic_rate: band(&|exponent| exponent > 0.95 * synaptic_rate),
        below_synaptic_rate: band(&|exponent| exponent < 1.05 * synaptic_rate),
        synaptic_share: mean(|outcome| outcome.synaptic_share[0]),
    }
}

fn write(outcomes: &[Outcome], configuration: &Configuration, out: &std::path::Path) -> Result<(), Failure> {
    let longest = outcomes
        .iter()
        .map(|outcome| outcome.running.len())
        .max()
        .unwrap_or(0);
    let count = outcomes.first().map_or(0, |outcome| outcome.spectrum.len());
    let dt = f64::from(configuration.dt);
    let interval = steps_in(exponents::INTERVAL, dt) as f64 * dt;
    let times: Vec<f64> = (1..=longest).map(|at| at as f64 * interval).collect();
    // A network that stopped early keeps its last estimate.
    let running: Vec<Vec<f64>> = outcomes
        .iter()
        .map(|outcome| {
            let mut running = outcome.running.clone();
            running.resize(longest, running.last().copied().unwrap_or(f64::NAN));
            running
        })
        .collect();
    let spectra: Vec<Vec<f64>> = outcomes.iter().map(|outcome| outcome.spectrum.clone()).collect();
    let flat = |rows: &[Vec<f64>]| rows.iter().flatten().copied().collect();
    let shares: Vec<f64> = outcomes
        .iter()
        .flat_map(|outcome| outcome.synaptic_share.iter().copied())
        .collect();
    let mut arrays = Arrays::new();
    arrays
        .u64(
            "alive",
            &[outcomes.len()],
            outcomes.iter().map(|outcome| u64::from(outcome.alive)).collect(),
        )?
        .f64("time", &[longest], times.clone())?
        .f64("running", &[outcomes.len(), longest], flat(&running))?
        .f64("spectrum", &[outcomes.len(), count], flat(&spectra))?
        .f64("synaptic_share", &[outcomes.len(), count], shares)?;
    arrays.write(&out.join("lyapunov.npz"))?;
    // As in the summary, the networks that stayed active; all where none did.
    let none = outcomes.iter().all(|outcome| !outcome.alive);
    let counted = |rows: Vec<Vec<f64>>| -> Vec<Vec<f64>> {
        let rows = rows.into_iter().zip(outcomes);
        rows.filter(|(_, outcome)| outcome.alive || none)
            .map(|(row, _)| row)
            .collect()
    };
    draw(
        &LyapunovFigure {
            x_name: "time (units of the neuronal time constant)",
            y_name: "largest Lyapunov exponent",
            x: &times,
            networks: &counted(running),
            level: None,
        },
        &out.join("lyapunov"),
    )?;
    if count == 1 {
        return Ok(());
    }
    let numbers: Vec<f64> = (1..=count).map(|at| at as f64 / configuration.n as f64).collect();
    draw(
        &LyapunovFigure {
            x_name: "number of the exponent / N",
            y_name: "Lyapunov exponent",
            x: &numbers,
            networks: &counted(spectra),
            level: (configuration.model == Model::Exact)
                .then(|| (synaptic_rate(configuration), "a lone synapse")),
        },
        &out.join("spectrum"),
    )
}

/// The exponent of a synapse by itself, -1/p but for the step.
fn synaptic_rate(configuration: &Configuration) -> f64 {
    let (dt, p) = (f64::from(configuration.dt), f64::from(configuration.p));
    (1.0 - dt / p).ln() / dt
}
