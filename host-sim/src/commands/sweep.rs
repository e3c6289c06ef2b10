//! `host-sim sweep FILE.toml`: the phase diagram over gain and strength of the plasticity.

mod rows;

use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use clap::Args;
use rayon::prelude::*;
use science::measure::in_pool;
use science::measure::phase::{Item, Part, PhaseMap};
use science::networks::Execution;
use serde::Serialize;

use self::rows::Rows;
use crate::failure::{Failure, MISSING};
use crate::options::ResultOptions;
use crate::output::OutputError;
use crate::progress::{Progress, say};
use crate::store::{Plan, lock};
use crate::sweep::{Points, settings};

/// Options of `sweep`.
#[derive(Args, Clone, Debug, PartialEq, Serialize)]
pub struct SweepOptions {
    /// What to sweep: g, k, p, n and more; `host-sim/examples/phase-map.toml` explains them
    pub file: PathBuf,
    #[command(flatten)]
    #[serde(flatten)]
    pub results: ResultOptions,
}

/// Runs the command.
pub fn execute(options: SweepOptions) -> Result<(), Failure> {
    let settings = settings::read(&options.file)?;
    let results = &options.results;
    let execution = results.execution()?;
    let out = results.out.as_deref();
    let (store, _shared) = match out {
        // Shards share the folder: only who puts them together writes results there.
        Some(out) if results.shard.is_some() => {
            fs::create_dir_all(out).map_err(OutputError::at(out))?;
            (None, Some(lock(out, results.work())?))
        }
        _ => (Some(results.shared_store(Plan::new("sweep", &settings)?)?), None),
    };
    let folder = match out {
        Some(out) if results.merge => Some(Points::open_finished(out, &settings)?),
        Some(out) => Some(Points::open(out, &settings, results.replace)?),
        None => None,
    };
    let items = settings.items();
    let parts = match &folder {
        Some(folder) if results.merge => merge(&items, folder)?,
        _ => {
            let work = results.work();
            let chosen = items.iter().enumerate().filter(|(at, _)| work.has(*at));
            let chosen: Vec<Item> = chosen.map(|(_, item)| *item).collect();
            let parts = compute(&chosen, &settings, folder.as_ref(), &execution)?;
            if results.shard.is_some() {
                return Err(Failure::share_done(&format!(
                    "{} of {} items",
                    chosen.len(),
                    items.len()
                )));
            }
            parts
        }
    };
    let rows = Rows::of(&settings, parts, folder.as_ref().map(Points::revision));
    if let Some(store) = store {
        if let Some(staging) = store.staging()? {
            rows.write(&staging)?;
        }
        store.publish()?;
    }
    if let Some(folder) = &folder {
        folder.tidy();
    }
    match results {
        ResultOptions { silent: true, .. } => Ok(()),
        ResultOptions { json: true, .. } => Ok(rows.result().print()?),
        _ => super::table::print_text(&rows.text()),
    }
}

/// Computes the items that the folder does not hold yet, as many at a time as there are threads.
fn compute(
    items: &[Item],
    settings: &PhaseMap,
    folder: Option<&Points>,
    how: &Execution,
) -> Result<Vec<Part>, Failure> {
    settings.check_memory(how)?;
    let missing = |item: &&Item| folder.is_none_or(|folder| !folder.has(**item));
    let costs = items.iter().filter(missing).map(|item| item.cost(settings));
    let progress = Progress::new("sweep", costs.sum());
    let done = AtomicUsize::new(0);
    let one = |&item: &Item| {
        let part =
            finished(item, folder).map_or_else(|| compute_one(item, settings, folder, &progress), Ok)?;
        done.fetch_add(1, Ordering::Relaxed);
        Ok(part)
    };
    let parts: Result<Vec<Part>, Failure> = in_pool(how.threads, || items.par_iter().map(one).collect())?;
    drop(progress);
    if parts.is_err() && folder.is_some() {
        let (done, all) = (done.into_inner(), items.len());
        say(&format!(
            "{done} of {all} items are kept; the same command goes on from there"
        ));
    }
    parts
}

fn compute_one(
    item: Item,
    settings: &PhaseMap,
    folder: Option<&Points>,
    progress: &Progress,
) -> Result<Part, Failure> {
    let part = item.measure(settings, progress)?;
    match (folder, &part) {
        (None, _) => {}
        (Some(folder), Part::Point(point)) => folder.keep_point(point)?,
        (Some(folder), Part::Boundaries(boundaries)) => folder.keep_boundaries(boundaries)?,
    }
    Ok(part)
}

fn finished(item: Item, folder: Option<&Points>) -> Option<Part> {
    match item {
        Item::Point(g, k) => folder?.point(g, k).map(Box::new).map(Part::Point),
        Item::Boundaries(g) => folder?.boundaries(g).map(Part::Boundaries),
    }
}

/// All items from disk, if all are there.
fn merge(items: &[Item], folder: &Points) -> Result<Vec<Part>, Failure> {
    let parts: Vec<Option<Part>> = items.iter().map(|&item| finished(item, Some(folder))).collect();
    let missing = parts.iter().filter(|part| part.is_none()).count();
    if let Some(first) = parts.iter().position(Option::is_none) {
        let first = match items[first] {
            Item::Point(g, k) => format!("the point at g = {g}, k = {k}"),
            Item::Boundaries(g) => format!("the boundaries at g = {g}"),
        };
        return Err(Failure::Check(format!(
            "{missing} of {} items are missing, first {first}: {MISSING}",
            items.len()
        )));
    }
    Ok(parts.into_iter().flatten().collect())
}
