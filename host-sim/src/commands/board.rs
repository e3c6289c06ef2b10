//! `host-sim board`: runs networks on a board, takes the statistics of the trajectory that it streams, and compares every
//! state that comes with this machine's.

use clap::Args;
use freezable_chaos::Transfer;
use serde::{Deserialize, Serialize};

use super::attached::{BoardPlace, refuse_what_no_board_has};
use super::run::pooled_half_width;
use super::table::average;
use crate::configuration::{Configuration, NetworkOptions};
use crate::device::{Board, floats};
use crate::ensemble;
use crate::estimators::{AliveTest, MeanSem, RateSamples};
use crate::failure::Failure;
use crate::output::{Arrays, Provenance, ResultObject};
use crate::progress::Progress;
use crate::simulation::Simulation;

/// Options of `board`.
#[derive(Args, Clone, Debug)]
pub struct BoardOptions {
    #[command(flatten)]
    network: NetworkOptions,
    #[command(flatten)]
    place: BoardPlace,
}

/// Longest lag of the autocorrelation, if the run is long enough.
const LONGEST_LAG: f64 = 60.0;

/// What is measured of one network.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Outcome {
    board: String,
    alive: bool,
    /// `C_phi(tau)` of the states that the board sent, one value per [`Configuration::sampling`] interval.
    autocorrelation: Vec<f64>,
    states_compared: u64,
    first_difference: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
struct Summary {
    board: String,
    c_phi_0: Option<MeanSem>,
    half_width: Option<MeanSem>,
    alive: Option<MeanSem>,
    /// States whose every bit was compared with this machine's.
    states_compared: u64,
    first_difference: Option<String>,
}

/// Runs the command.
pub fn execute(options: BoardOptions) -> Result<(), Failure> {
    let mut configuration = options.network.clone().check()?;
    refuse_what_no_board_has(&configuration)?;
    if options.place.is_one() {
        // There is one board, and the networks take turns.
        configuration.threads = 1;
    }
    let (stride, interval) = configuration.sampling();
    let steps = configuration.burn_in_steps() + configuration.window_steps();
    let progress = Progress::new("board", steps * u64::from(configuration.networks));
    let lags = (LONGEST_LAG.min(configuration.duration / 2.0) / interval).round() as usize;
    let (outcomes, parts) = ensemble::measure(
        "board",
        &configuration,
        &progress,
        steps,
        |index, twin, progress| measure(&options, &configuration, (index, stride, lags), twin, progress),
    )?;
    drop(progress);
    let summary = summarise(&outcomes, interval);
    let result = ResultObject {
        kind: "board",
        params: &configuration,
        summary: &summary,
        provenance: Provenance::collect(configuration.seeds),
    };
    if let Some(out) = &configuration.out {
        write(&outcomes, interval, &out.join("board.npz"))?;
        result.write(&out.join("board.json"))?;
    }
    parts.remove();
    if configuration.json {
        result.print()?;
    } else {
        let rows = [
            ("board", summary.board.clone()),
            ("alive networks", average(&summary.alive)),
            ("C_phi(0)", average(&summary.c_phi_0)),
            ("half-width of C_phi", average(&summary.half_width)),
            ("states compared", summary.states_compared.to_string()),
        ];
        super::table::print(&configuration.describe(), &rows)?;
    }
    match summary.first_difference {
        None => Ok(()),
        Some(difference) => Err(Failure::Check(difference)),
    }
}

fn measure(
    options: &BoardOptions,
    configuration: &Configuration,
    (index, stride, lags): (u32, u64, usize),
    twin: &mut dyn Simulation,
    progress: &Progress,
) -> Result<Outcome, Failure> {
    let mut attached = options.place.attach()?;
    attached.configure(configuration, index)?;
    let outcome = follow(configuration, (stride, lags), &mut attached.board, twin, progress)?;
    attached.finish()?;
    Ok(outcome)
}

/// Lets the board and its twin on this machine run side by side.
fn follow(
    configuration: &Configuration,
    (stride, lags): (u64, usize),
    board: &mut Board,
    twin: &mut dyn Simulation,
    progress: &Progress,
) -> Result<Outcome, Failure> {
    let (burn_in, window) = (configuration.burn_in_steps(), configuration.window_steps());
    let transfer = configuration.kernel_transfer();
    let mut samples = RateSamples::with_capacity(configuration.n, (window / stride) as usize);
    let mut alive = AliveTest::new(configuration.sampling().1);
    let (mut compared, mut difference, mut expected) = (0, None, Vec::new());
    let mut last_speed = 0.0;
    for sample in 1..=(burn_in + window) / stride {
        board.step(stride as u32, stride as u32, 0, |telemetry| {
            last_speed = f64::from(telemetry.rms_speed)
        })?;
        for _ in 0..stride {
            twin.step()?;
        }
        let state = floats(&board.state()?);
        twin.copy_state(&mut expected);
        compared += 1;
        // Every f32 has its own f64, and no state is -0 on one side only unless its bits differ.
        let differs = state.len() != expected.len()
            || state
                .iter()
                .zip(&expected)
                .any(|(&x, y)| f64::from(x).to_bits() != y.to_bits());
        if differs && difference.is_none() {
            difference = Some(format!(
                "the board's state differs from this machine's at step {}",
                sample * stride
            ));
        }
        if sample * stride > burn_in {
            alive.push(last_speed);
            let rates: Vec<f32> = state.iter().map(|&x| transfer.value(x)).collect();
            samples.push(&rates);
        }
        progress.advance(stride);
    }
    let autocorrelation = samples.autocorrelation(lags).ok_or_else(|| {
        Failure::Usage(format!(
            "--duration {} is too short for {lags} lags",
            configuration.duration
        ))
    })?;
    Ok(Outcome {
        board: board.identity().name.clone(),
        alive: alive
            .alive()
            .unwrap_or(last_speed > crate::estimators::activity::REST_SPEED),
        autocorrelation,
        states_compared: compared,
        first_difference: difference,
    })
}

fn summarise(outcomes: &[Outcome], interval: f64) -> Summary {
    let alive = || outcomes.iter().filter(|outcome| outcome.alive);
    let curves: Vec<&[f64]> = alive()
        .map(|outcome| outcome.autocorrelation.as_slice())
        .collect();
    Summary {
        board: outcomes
            .first()
            .map_or_else(String::new, |outcome| outcome.board.clone()),
        c_phi_0: MeanSem::of(curves.iter().filter_map(|curve| curve.first().copied())),
        half_width: pooled_half_width(&curves, interval),
        alive: MeanSem::of(outcomes.iter().map(|outcome| f64::from(u8::from(outcome.alive)))),
        states_compared: outcomes.iter().map(|outcome| outcome.states_compared).sum(),
        first_difference: outcomes
            .iter()
            .find_map(|outcome| outcome.first_difference.clone()),
    }
}

fn write(outcomes: &[Outcome], interval: f64, path: &std::path::Path) -> Result<(), Failure> {
    let lags = outcomes
        .first()
        .map_or(0, |outcome| outcome.autocorrelation.len());
    let mut arrays = Arrays::new();
    arrays
        .u64(
            "alive",
            &[outcomes.len()],
            outcomes.iter().map(|outcome| u64::from(outcome.alive)).collect(),
        )?
        .f64(
            "lag",
            &[lags],
            (0..lags).map(|lag| lag as f64 * interval).collect(),
        )?
        .f64(
            "autocorrelation",
            &[outcomes.len(), lags],
            outcomes
                .iter()
                .flat_map(|outcome| outcome.autocorrelation.iter().copied())
                .collect(),
        )?;
    Ok(arrays.write(path)?)
}
