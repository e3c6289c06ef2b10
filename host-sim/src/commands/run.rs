//! `host-sim run`: simulates networks and takes the statistics of their activity.

use clap::Args;
use serde::{Deserialize, Serialize};

use super::drawing::{RunDrawing, draw_run};
use super::table::average;
use crate::configuration::{Configuration, NetworkOptions};
use crate::ensemble::{self, PROGRESS_STRIDE};
use crate::estimators::{AliveTest, MeanSem, RateSamples, RmsAverage, half_width, pooled, steps_in};
use crate::failure::Failure;
use crate::output::{Arrays, Provenance, ResultObject};
use crate::progress::Progress;
use crate::simulation::Simulation;

/// Options of `run`.
#[derive(Args, Clone, Debug)]
pub struct RunOptions {
    #[command(flatten)]
    network: NetworkOptions,
    /// Longest lag of the autocorrelation, in units of the neuronal time constant; if not given, 100 or half of
    /// --duration, whichever is less
    #[arg(long, allow_negative_numbers = true)]
    longest_lag: Option<f64>,
}

/// Longest lag if none is asked for and the run is long enough.
const DEFAULT_LAG: f64 = 100.0;
/// Neurons that the raster shows.
const RASTER_NEURONS: usize = 100;
/// Time that the raster shows, at the end of the run.
const RASTER_TIME: f64 = 200.0;

/// What a result states as its parameters.
#[derive(Serialize)]
struct Parameters<'a> {
    #[serde(flatten)]
    configuration: &'a Configuration,
    longest_lag: f64,
}

/// What is measured of one network.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Outcome {
    alive: bool,
    /// `C_phi(tau)`, one value per [`Configuration::sampling`] interval.
    autocorrelation: Vec<f64>,
    /// Rms over time and neurons of dx/dt.
    speed_rms: f64,
    /// Rms over neurons of dx/dt at each sample, from the start of the burn-in on.
    speed: Vec<f32>,
    /// Rates of the first neurons at the last samples, one row per sample; of the first network only.
    raster: Vec<Vec<f32>>,
}

/// Averages over the alive networks.
#[derive(Clone, Debug, Serialize)]
struct Summary {
    c_phi_0: Option<MeanSem>,
    half_width: Option<MeanSem>,
    speed_rms: Option<MeanSem>,
    /// Share of the networks that stayed active.
    alive: Option<MeanSem>,
}

/// Runs the command.
pub fn execute(options: RunOptions) -> Result<(), Failure> {
    let configuration = options.network.check()?;
    let (stride, interval) = configuration.sampling();
    let samples = configuration.window_steps() / stride;
    configuration.check_memory(samples)?;
    let longest_lag = options
        .longest_lag
        .unwrap_or(DEFAULT_LAG.min(configuration.duration / 2.0));
    let lags = (longest_lag / interval).round();
    if !(lags >= 1.0 && lags < samples as f64) {
        return Err(Failure::Usage(format!(
            "--longest-lag {longest_lag} is outside its bounds {interval} and {}, which --duration sets",
            samples.saturating_sub(1) as f64 * interval
        )));
    }
    let lags = lags as usize;
    let steps = configuration.burn_in_steps() + configuration.window_steps();
    let progress = Progress::new("run", steps * u64::from(configuration.networks));
    let (outcomes, parts) = ensemble::measure(
        &format!("run-{lags}"),
        &configuration,
        &progress,
        steps,
        |index, simulation, progress| measure(&configuration, lags, index, simulation, progress),
    )?;
    drop(progress);
    let summary = summarise(&outcomes, configuration.sampling().1);
    let result = ResultObject {
        kind: "run",
        params: Parameters {
            configuration: &configuration,
            longest_lag,
        },
        summary: &summary,
        provenance: Provenance::collect(configuration.seeds),
    };
    if let Some(out) = &configuration.out {
        write_arrays(&outcomes, &configuration, &out.join("run.npz"))?;
        let autocorrelations: Vec<Vec<f64>> = outcomes
            .iter()
            .filter(|outcome| outcome.alive)
            .map(|o| o.autocorrelation.clone())
            .collect();
        if let Some(Outcome { raster, speed, .. }) = outcomes.first() {
            let drawing = RunDrawing {
                autocorrelations: &autocorrelations,
                raster,
                speed,
            };
            draw_run(&drawing, &configuration, out)?;
        }
        result.write(&out.join("run.json"))?;
    }
    parts.remove();
    if configuration.json {
        return Ok(result.print()?);
    }
    let rows = [
        ("alive networks", average(&summary.alive)),
        ("C_phi(0)", average(&summary.c_phi_0)),
        ("half-width of C_phi", average(&summary.half_width)),
        ("rms speed", average(&summary.speed_rms)),
    ];
    super::table::print(&configuration.describe(), &rows)
}

fn measure(
    configuration: &Configuration,
    lags: usize,
    index: u32,
    simulation: &mut dyn Simulation,
    progress: &Progress,
) -> Result<Outcome, Failure> {
    let dt = f64::from(configuration.dt);
    let (burn_in, window) = (configuration.burn_in_steps(), configuration.window_steps());
    let (stride, _) = configuration.sampling();
    let mut samples = RateSamples::with_capacity(configuration.n, (window / stride) as usize);
    let mut alive = AliveTest::new(dt);
    let mut average = RmsAverage::default();
    let (mut speed, mut rates) = (Vec::new(), Vec::new());
    for step in 1..=burn_in + window {
        simulation.step()?;
        let rms = simulation.speed().rms;
        if step > burn_in {
            alive.push(rms);
            average.push(rms);
        }
        if step.is_multiple_of(stride) {
            speed.push(rms as f32);
            if step > burn_in {
                simulation.copy_rates(&mut rates);
                samples.push(&rates);
            }
        }
        if step.is_multiple_of(PROGRESS_STRIDE) {
            progress.advance(PROGRESS_STRIDE);
        }
    }
    progress.advance((burn_in + window) % PROGRESS_STRIDE);
    let shown = if index == 0 {
        steps_in(RASTER_TIME, configuration.sampling().1) as usize
    } else {
        0
    };
    let rows = samples.rates().chunks(configuration.n);
    let raster = rows
        .skip(samples.len().saturating_sub(shown))
        .take(shown)
        .map(|row| row.iter().copied().take(RASTER_NEURONS).collect())
        .collect();
    let autocorrelation = samples.autocorrelation(lags).ok_or_else(|| {
        Failure::Usage(format!(
            "--duration {} is too short for {lags} lags",
            configuration.duration
        ))
    })?;
    // A window shorter than a segment of the test is judged by its average speed.
    let moving = average
        .value()
        .is_some_and(|rms| rms > crate::estimators::activity::REST_SPEED);
    Ok(Outcome {
        alive: alive.alive().unwrap_or(moving),
        autocorrelation,
        speed_rms: average.value().unwrap_or(f64::NAN),
        speed,
        raster,
    })
}

fn summarise(outcomes: &[Outcome], interval: f64) -> Summary {
    let alive: Vec<&Outcome> = outcomes.iter().filter(|outcome| outcome.alive).collect();
    let curves: Vec<&[f64]> = alive
        .iter()
        .map(|outcome| outcome.autocorrelation.as_slice())
        .collect();
    Summary {
        c_phi_0: MeanSem::of(curves.iter().filter_map(|curve| curve.first().copied())),
        half_width: pooled_half_width(&curves, interval),
        speed_rms: MeanSem::of(alive.iter().map(|outcome| outcome.speed_rms)),
        alive: MeanSem::of(outcomes.iter().map(|outcome| f64::from(u8::from(outcome.alive)))),
    }
}

/// Half-width of the pooled curve, with the jackknife error over networks.
pub(super) fn pooled_half_width(curves: &[&[f64]], interval: f64) -> Option<MeanSem> {
    let mean = half_width(&pooled(curves)?, interval)?;
    let count = curves.len();
    let left_out = (0..count).map(|network| {
        let others: Vec<&[f64]> = curves
            .iter()
            .enumerate()
            .filter(|&(index, _)| index != network)
            .map(|(_, curve)| *curve)
            .collect();
        half_width(&pooled(&others)?, interval)
    });
    let sem = left_out.collect::<Option<Vec<f64>>>().map(|widths| {
        let centre = widths.iter().sum::<f64>() / count as f64;
        let spread: f64 = widths.iter().map(|width| (width - centre).powi(2)).sum();
        (spread * (count as f64 - 1.0) / count as f64).sqrt()
    });
    Some(MeanSem { mean, sem, count })
}

fn write_arrays(
    outcomes: &[Outcome],
    configuration: &Configuration,
    path: &std::path::Path,
) -> Result<(), Failure> {
    let lags = outcomes
        .first()
        .map_or(0, |outcome| outcome.autocorrelation.len());
    let times = outcomes.first().map_or(0, |outcome| outcome.speed.len());
    let raster = outcomes.first().map_or(&[][..], |outcome| &outcome.raster);
    let shown = raster.first().map_or(0, Vec::len);
    let interval = configuration.sampling().1;
    let axis = |count: usize, first: usize| {
        (0..count)
            .map(|index| (index + first) as f64 * interval)
            .collect()
    };
    let mut arrays = Arrays::new();
    arrays
        .u64(
            "alive",
            &[outcomes.len()],
            outcomes.iter().map(|outcome| u64::from(outcome.alive)).collect(),
        )?
        .f64("lag", &[lags], axis(lags, 0))?
        .f64(
            "autocorrelation",
            &[outcomes.len(), lags],
            outcomes
                .iter()
                .flat_map(|outcome| outcome.autocorrelation.iter().copied())
                .collect(),
        )?
        .f64("time", &[times], axis(times, 1))?
        .f32(
            "speed",
            &[outcomes.len(), times],
            outcomes
                .iter()
                .flat_map(|outcome| outcome.speed.iter().copied())
                .collect(),
        )?
        .f32(
            "raster",
            &[raster.len(), shown],
            raster.iter().flatten().copied().collect(),
        )?;
    Ok(arrays.write(path)?)
}
