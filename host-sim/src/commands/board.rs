//! `host-sim board`: runs networks on a board, takes the statistics of the trajectory that it streams, and compares every
//! state that comes with this machine's.

use clap::Args;
use freezable_chaos::Transfer;
use link::{Board, floats};
use science::estimators::{AliveTest, MeanSem, RateSamples, pooled_half_width};
use science::measure::{Array, Cost, Measurement, plausible};
use science::networks::{Ensemble, Simulation};
use science::{Refusal, Stopped, Watch, advance};
use serde::{Deserialize, Serialize};

use super::attached::{Attached, BoardPlace, refuse_what_no_board_has};
use super::measured;
use super::table::average;
use crate::failure::Failure;
use crate::options::NetworkOptions;

/// Options of `board`.
#[derive(Args, Clone, Debug, PartialEq, Serialize)]
pub struct BoardOptions {
    #[command(flatten)]
    #[serde(flatten)]
    pub network: NetworkOptions,
    #[command(flatten)]
    #[serde(flatten)]
    pub place: BoardPlace,
}

/// Longest lag of the autocorrelation, if the run is long enough.
const LONGEST_LAG: f64 = 60.0;

/// Networks on a board beside the same networks on this machine. Where the board is changes no result.
#[derive(Serialize)]
struct OnBoard {
    #[serde(skip)]
    place: BoardPlace,
}

/// What is measured of one network.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Outcome {
    board: String,
    alive: bool,
    /// `C_phi(tau)` of the states that the board sent, from lag 0 on.
    autocorrelation: Vec<f64>,
    states_compared: u64,
    first_difference: Option<String>,
}

/// Averages over the networks that stayed active.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Summary {
    board: String,
    pub c_phi_0: Option<MeanSem>,
    half_width: Option<MeanSem>,
    alive: Option<MeanSem>,
    /// States whose every bit was compared with this machine's.
    pub states_compared: u64,
    pub first_difference: Option<String>,
}

pub fn execute(options: BoardOptions) -> Result<(), Failure> {
    let mut configuration = options.network.check()?;
    let network = &configuration.ensemble.network;
    configuration
        .ensemble
        .undriven("no board is driven or begun so")?;
    refuse_what_no_board_has(network)?;
    let attached = options.place.attach()?;
    attached.check_room(network)?;
    attached.finish()?;
    if options.place.is_one() {
        // There is one board, and the networks take turns.
        configuration.execution.threads = 1;
    }
    let place = options.place;
    let summary = measured::execute(&OnBoard { place }, &configuration, |_, _| Ok(()), rows)?;
    summary
        .first_difference
        .map_or(Ok(()), |difference| Err(Failure::Check(difference)))
}

fn rows(summary: &Summary) -> Vec<(&'static str, String)> {
    vec![
        ("board", summary.board.clone()),
        ("alive networks", average(&summary.alive)),
        ("C_phi(0)", average(&summary.c_phi_0)),
        ("half-width of C_phi", average(&summary.half_width)),
        ("states compared", summary.states_compared.to_string()),
    ]
}

/// Lags beside zero.
fn lags(of: &Ensemble) -> usize {
    (LONGEST_LAG.min(of.duration / 2.0) / of.network.sampling().1).round() as usize
}

impl Measurement for OnBoard {
    const NAME: &'static str = "board";
    type Outcome = Outcome;
    type Summary = Summary;

    fn check(&self, of: &Ensemble) -> Result<Cost, Refusal> {
        let (stride, samples) = (
            of.network.sampling().0,
            of.window_steps() / of.network.sampling().0,
        );
        if lags(of) as u64 >= samples {
            let words = format!("is too short: there are {samples} samples of the rates in it");
            return Err(Refusal::because("duration", of.duration, words));
        }
        Ok(Cost {
            steps: (of.burn_in_steps() + of.window_steps()) / stride * stride,
            bytes: samples.saturating_mul(4 * of.network.n as u64),
            outcome: 8 * lags(of) as u64,
        })
    }

    fn one(
        &self,
        of: &Ensemble,
        index: u32,
        twin: &mut dyn Simulation,
        watch: &dyn Watch,
    ) -> Result<Outcome, Stopped> {
        let mut attached = self.place.attach()?;
        attached.configure(of, index).map_err(Failure::from)?;
        let Attached { board, .. } = &mut attached;
        let outcome = follow(of, board, twin, watch)?;
        attached.finish().map_err(Failure::from)?;
        Ok(outcome)
    }

    fn is_plausible(&self, of: &Ensemble, _index: u32, outcome: &Outcome) -> bool {
        plausible::autocorrelation(&outcome.autocorrelation, lags(of) + 1)
    }

    fn summary(&self, of: &Ensemble, outcomes: &[Outcome]) -> Summary {
        let alive = outcomes.iter().filter(|outcome| outcome.alive);
        let curves: Vec<&[f64]> = alive.map(|outcome| &outcome.autocorrelation[..]).collect();
        let first = outcomes.first();
        Summary {
            board: first.map_or_else(String::new, |outcome| outcome.board.clone()),
            c_phi_0: MeanSem::of(curves.iter().filter_map(|curve| curve.first().copied())),
            half_width: pooled_half_width(&curves, of.network.sampling().1),
            alive: MeanSem::share(outcomes.iter().map(|outcome| outcome.alive)),
            states_compared: outcomes.iter().map(|outcome| outcome.states_compared).sum(),
            first_difference: outcomes
                .iter()
                .find_map(|outcome| outcome.first_difference.clone()),
        }
    }

    fn arrays(&self, of: &Ensemble, outcomes: &[Outcome]) -> Vec<Array> {
        let networks = ("network", outcomes.len());
        let lags = (
            "lag",
            outcomes
                .first()
                .map_or(0, |outcome| outcome.autocorrelation.len()),
        );
        let axis: Vec<f64> = (0..lags.1)
            .map(|lag| lag as f64 * of.network.sampling().1)
            .collect();
        let curves: Vec<f64> = outcomes.iter().flat_map(|o| o.autocorrelation.clone()).collect();
        vec![
            Array::alive(outcomes.iter().map(|outcome| outcome.alive)),
            Array::new("lag", "lags of the autocorrelation", &[lags], axis).in_units("time"),
            Array::new(
                "autocorrelation",
                "C_phi(tau) of the states that the board sent",
                &[networks, lags],
                curves,
            ),
        ]
    }
}

/// Lets the board and its twin on this machine run side by side.
fn follow(
    of: &Ensemble,
    board: &mut Board,
    twin: &mut dyn Simulation,
    watch: &dyn Watch,
) -> Result<Outcome, Failure> {
    let (burn_in, window) = (of.burn_in_steps(), of.window_steps());
    let (stride, interval) = of.network.sampling();
    let transfer = of.network.transfer.kernel();
    let mut samples = RateSamples::with_capacity(of.network.n, (window / stride) as usize);
    let mut alive = AliveTest::new(interval);
    let (mut compared, mut difference, mut expected) = (0, None, Vec::new());
    for sample in 1..=(burn_in + window) / stride {
        let mut speed = 0.0;
        board.step(stride as u32, stride as u32, 0, |telemetry| {
            speed = f64::from(telemetry.rms_speed)
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
            alive.push(speed);
            let rates: Vec<f32> = state.iter().map(|&x| transfer.value(x)).collect();
            samples.push(&rates);
        }
        advance(watch, stride)?;
    }
    let lags = lags(of);
    let autocorrelation = samples.autocorrelation(lags).ok_or_else(|| {
        Failure::Check(format!(
            "the board sent too few states of {} neurons",
            of.network.n
        ))
    })?;
    Ok(Outcome {
        board: board.identity().name.clone(),
        alive: alive.alive(),
        autocorrelation,
        states_compared: compared,
        first_difference: difference,
    })
}
