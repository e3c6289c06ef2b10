//! What every command that measures an ensemble does: check, measure with progress, write, print.

use std::path::Path;

use std::error::Error;

use science::Stopped;
use science::measure::{Array, Keep, Measured, Measurement, measure};
use science::networks::Ensemble;
use serde::Serialize;

use super::estimate::estimate;
use super::table;
use crate::failure::Failure;
use crate::options::{Configuration, ResultOptions};
use crate::output::{Arrays, OutputError, Provenance, ResultObject};
use crate::progress::Progress;
use crate::store::{Plan, Store};

/// What a result states as its parameters.
#[derive(Serialize)]
pub(super) struct Parameters<'a, M> {
    #[serde(flatten)]
    pub(super) ensemble: &'a Ensemble,
    #[serde(flatten)]
    pub(super) measurement: &'a M,
}

/// Measures, writes `NAME.json`, `NAME.npz` and the figures, and prints the result or a table of the
/// summary, which it gives.
pub(super) fn execute<M: Measurement>(
    measurement: &M,
    configuration: &Configuration,
    figures: impl FnOnce(&Measured<M>, &Path) -> Result<(), Failure>,
    rows: impl FnOnce(&M::Summary) -> Vec<(&'static str, String)>,
) -> Result<M::Summary, Failure> {
    let title = configuration.ensemble.describe();
    execute_with(measurement, configuration, figures, |summary| {
        table::text(&title, &rows(summary))
    })
}

/// The same with a text of one's own in place of the table.
pub(super) fn execute_with<M: Measurement>(
    measurement: &M,
    configuration: &Configuration,
    figures: impl FnOnce(&Measured<M>, &Path) -> Result<(), Failure>,
    text: impl FnOnce(&M::Summary) -> String,
) -> Result<M::Summary, Failure> {
    let ensemble = &configuration.ensemble;
    let params = Parameters {
        ensemble,
        measurement,
    };
    // What cannot be measured is refused before there is a folder.
    measurement.check(ensemble)?;
    if configuration.results.estimate {
        let text =
            serde_json::to_string(&estimate(measurement, configuration)?).map_err(OutputError::from)?;
        table::print_text(&(text + "\n"))?;
        return Err(Failure::NoResult(String::new()));
    }
    let store = open_store::<M>(configuration, &params)?;
    let measured = carry_out(measurement, configuration, &store)?;
    let result = ResultObject {
        kind: M::NAME,
        params,
        summary: &measured.summary,
        provenance: Provenance::collect(ensemble.network.seeds),
    };
    report(
        &result,
        (store, &configuration.results),
        || measurement.arrays(ensemble, &measured.outcomes),
        |out| figures(&measured, out),
        || text(&measured.summary),
    )?;
    Ok(measured.summary)
}

/// Writes `NAME.json`, `NAME.npz` and what else there is, all together or nothing, and prints the result or a text for
/// people.
pub(super) fn report<P: Serialize, S: Serialize>(
    result: &ResultObject<P, S>,
    (store, options): (Store, &ResultOptions),
    arrays: impl FnOnce() -> Vec<Array>,
    files: impl FnOnce(&Path) -> Result<(), Failure>,
    text: impl FnOnce() -> String,
) -> Result<(), Failure> {
    if let Some(out) = store.staging()? {
        // `basin` of `memory basin`.
        let stem = out.join(result.kind.rsplit(' ').next().unwrap_or(result.kind));
        Arrays::from(arrays())
            .made_with(result.kind, &result.params)?
            .write(&stem.with_extension("npz"))?;
        files(&out)?;
        result.write(&stem.with_extension("json"))?;
        store.publish()?;
    }
    match options {
        ResultOptions { silent: true, .. } => Ok(()),
        ResultOptions { json: true, .. } => Ok(result.print()?),
        _ => table::print_text(&text()),
    }
}

/// Opens the folder for the results of a command with these parameters, once they have been found good.
pub(super) fn open_store<M: Measurement>(
    configuration: &Configuration,
    params: &impl Serialize,
) -> Result<Store, Failure> {
    configuration.results.shared_store(Plan::new(M::NAME, params)?)
}

/// Measures one ensemble with progress, from what a run that was cut short left.
pub(super) fn carry_out<M: Measurement>(
    measurement: &M,
    configuration: &Configuration,
    keep: &dyn Keep,
) -> Result<Measured<M>, Failure> {
    configuration
        .results
        .merged(with_progress(measurement, configuration, keep))
}

fn with_progress<M: Measurement>(
    measurement: &M,
    configuration: &Configuration,
    keep: &dyn Keep,
) -> Result<Measured<M>, Stopped> {
    let Configuration {
        ensemble, execution, ..
    } = configuration;
    let cost = measurement.check(ensemble)?;
    let here = (0..ensemble.networks)
        .filter(|&index| keep.is_here(index))
        .count();
    let progress = Progress::new(M::NAME, cost.steps.saturating_mul(here as u64));
    measure(measurement, ensemble, execution, &progress, keep)
}

/// Measures several ensembles, whose parts are kept together.
pub(super) fn carry_out_all<M: Measurement>(
    measurement: &M,
    configurations: &[Configuration],
    store: &Store,
) -> Result<Vec<Measured<M>>, Failure> {
    let Some(first) = configurations.first() else {
        return Ok(Vec::new());
    };
    let one =
        |(number, configuration)| with_progress(measurement, configuration, &Numbered { number, store });
    let all = configurations.iter().enumerate().map(one);
    first
        .results
        .merged(Stopped::all(all, first.ensemble.networks as usize))
}

/// Parts of one of several ensembles.
struct Numbered<'a> {
    number: usize,
    store: &'a Store,
}

impl Keep for Numbered<'_> {
    fn get(&self, part: &str) -> Option<Vec<u8>> {
        self.store.get(&format!("{}-{part}", self.number))
    }

    fn put(&self, part: &str, bytes: &[u8]) -> Result<(), Box<dyn Error + Send + Sync>> {
        self.store.put(&format!("{}-{part}", self.number), bytes)
    }

    fn is_here(&self, index: u32) -> bool {
        self.store.is_here(index)
    }
}
