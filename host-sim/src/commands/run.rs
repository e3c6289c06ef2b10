//! `host-sim run`: simulates networks and takes the statistics of their activity.

pub mod recording;
mod saver;

use std::path::{Path, PathBuf};

use clap::Args;
use figures::{AutocorrelationFigure, Labels, RasterFigure, SpeedFigure, Trace, Traces};
use science::estimators::steps_in;
use science::measure::activity::{Observe, Observed, Outcome, Run, Summary};
use science::measure::recording::Quantity;
use science::measure::{Measured, Measurement};
use science::networks::{Ensemble, Simulation};
use science::{Refusal, Stopped};
use serde::Serialize;

use self::recording::{Neurons, Plan, Recorder};
use self::saver::Saver;
use super::measured::{self, Parameters, carry_out, open_store, report};
use super::table::{self, average};
use crate::failure::Failure;
use crate::options::{Configuration, NetworkOptions};
use crate::output::{Provenance, ResultObject, draw};
use crate::progress::say;

/// Options of `run`.
#[derive(Args, Clone, Debug, PartialEq, Serialize)]
pub struct RunOptions {
    #[command(flatten)]
    #[serde(flatten)]
    pub network: NetworkOptions,
    /// Longest lag of the autocorrelation, in units of the neuronal time constant; if not given, 100 or half of
    /// --duration, whichever is less
    #[arg(long)]
    pub longest_lag: Option<f64>,
    /// Record these of every network, from its first state on, into record-0.npz and so on, streamed to disk
    #[arg(long, value_enum, value_delimiter = ',', requires = "out")]
    pub record: Vec<Quantity>,
    /// Time between two samples of --record; if not given, 0.25 or the nearest whole number of steps
    #[arg(long, requires = "record")]
    pub every: Option<f64>,
    /// Neurons of --record, as in 0,5,10-19; if not given, all
    #[arg(long, requires = "record", value_parser = recording::neurons)]
    pub neurons: Option<Neurons>,
    /// Write the snapshot of the last state to this file, as a board stores it; of one network
    #[arg(long)]
    pub save: Option<PathBuf>,
}

pub fn execute(options: RunOptions) -> Result<(), Failure> {
    let configuration = options.network.clone().check()?;
    let ensemble = &configuration.ensemble;
    let mut run = Run::of(ensemble);
    run.longest_lag = options.longest_lag.unwrap_or(run.longest_lag);
    if options.record.is_empty() && options.save.is_none() {
        let draw = |measured: &Measured<Run>, out: &Path| draw_run(&measured.outcomes, ensemble, out);
        return measured::execute(&run, &configuration, draw, rows).map(|_| ());
    }
    execute_observed(&options, run, &configuration)
}

/// A run that is recorded or saved. Its networks are simulated anew, whatever an earlier run left: what is done was seen
/// by nobody.
fn execute_observed(options: &RunOptions, run: Run, configuration: &Configuration) -> Result<(), Failure> {
    let ensemble = &configuration.ensemble;
    configuration
        .results
        .only_whole("a run that is recorded or saved")?;
    run.check(ensemble)?;
    let saver = Saver::new(options.save.as_deref(), ensemble)?;
    let plan = plan(options, ensemble)?;
    plan.check(ensemble)?;
    let params = Parameters {
        ensemble,
        measurement: &run,
    };
    let store = open_store::<Run>(configuration, &params)?;
    let recorder = match store.scratch()?.filter(|_| !options.record.is_empty()) {
        Some(folder) => {
            let megabytes = plan.bytes(ensemble) as f64 / 1e6;
            say(&format!("records {megabytes:.1} MB before it is compressed"));
            Some(Recorder::begin(plan, ensemble, folder)?)
        }
        None => None,
    };
    let both = Both {
        recorder: recorder.as_ref(),
        saver: &saver,
    };
    let observed = Observed {
        run: run.clone(),
        observer: &both,
    };
    let measured = carry_out(&observed, configuration, &())?;
    let result = ResultObject {
        kind: Run::NAME,
        params,
        summary: &measured.summary,
        provenance: Provenance::collect(ensemble.network.seeds),
    };
    saver.write()?;
    report(
        &result,
        (store, &configuration.results),
        || run.arrays(ensemble, &measured.outcomes),
        |out| {
            draw_run(&measured.outcomes, ensemble, out)?;
            recorder
                .iter()
                .try_for_each(|recorder| recorder.publish(out, Run::NAME, &result.params))
        },
        || table::text(&ensemble.describe(), &rows(&measured.summary)),
    )
}

/// What to record: every sampling interval and all neurons, if nothing else was asked for.
fn plan(options: &RunOptions, ensemble: &Ensemble) -> Result<Plan, Refusal> {
    let network = &ensemble.network;
    let stride = match options.every {
        None => network.sampling().0,
        Some(every) => {
            let least = network.time(1);
            if !(every >= least && every <= ensemble.burn_in + ensemble.duration) {
                let most = ensemble.burn_in + ensemble.duration;
                return Err(Refusal::outside("every", every, least, most));
            }
            steps_in(every, network.step())
        }
    };
    Ok(Plan {
        quantities: options.record.clone(),
        stride,
        neurons: match &options.neurons {
            Some(Neurons(neurons)) => neurons.clone(),
            None => (0..network.n).collect(),
        },
    })
}

/// Those who look on.
struct Both<'a> {
    recorder: Option<&'a Recorder>,
    saver: &'a Saver,
}

impl Observe for Both<'_> {
    fn look(&self, index: u32, step: u64, network: &dyn Simulation) -> Result<(), Stopped> {
        self.recorder
            .map_or(Ok(()), |recorder| recorder.look(index, step, network))
    }

    fn end(&self, index: u32, network: &dyn Simulation) -> Result<(), Stopped> {
        self.saver.end(network)?;
        self.recorder
            .map_or(Ok(()), |recorder| recorder.end(index, network))
    }

    fn bytes(&self, of: &Ensemble) -> u64 {
        self.recorder.map_or(0, |recorder| recorder.bytes(of))
    }
}

fn rows(summary: &Summary) -> Vec<(&'static str, String)> {
    vec![
        ("alive networks", average(&summary.alive)),
        ("C_phi(0)", average(&summary.c_phi_0)),
        ("half-width of C_phi", average(&summary.half_width)),
        ("rms speed", average(&summary.speed_rms)),
    ]
}

/// Autocorrelation of the active networks, activity raster and speed of the first.
fn draw_run(outcomes: &[Outcome], ensemble: &Ensemble, out: &Path) -> Result<(), Failure> {
    let Some(first) = outcomes.first() else {
        return Ok(());
    };
    let (_, interval) = ensemble.network.sampling();
    let alive = outcomes.iter().filter(|outcome| outcome.alive);
    let networks: Vec<Vec<f64>> = alive.map(|outcome| outcome.autocorrelation.clone()).collect();
    draw(
        &AutocorrelationFigure {
            networks: &networks,
            interval,
            theory: None,
        },
        &out.join("autocorrelation"),
    )?;
    let rates: Vec<f32> = first.raster.iter().flatten().copied().collect();
    draw(
        &RasterFigure {
            rates: &rates,
            neurons: first.raster.first().map_or(0, Vec::len),
            start: ensemble.burn_in + ensemble.duration - first.raster.len() as f64 * interval,
            interval,
            frozen: &[],
        },
        &out.join("raster"),
    )?;
    let times: Vec<f64> = (1..=first.speed.len())
        .map(|sample| sample as f64 * interval)
        .collect();
    let values: Vec<f64> = first.speed.iter().map(|&speed| speed.into()).collect();
    let host = Trace {
        times: &times,
        values: &values,
    };
    let speed = Traces {
        host,
        device: None,
        control: None,
    };
    let labels = Labels {
        host: "first network",
        ..Labels::default()
    };
    draw(
        &SpeedFigure {
            speed,
            frozen: &[],
            labels,
        },
        &out.join("speed"),
    )
}
