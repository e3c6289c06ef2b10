//! One measurement over an ensemble: networks in parallel, each kept when it is done.

use rayon::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::arrays::Array;
use super::keep::{Keep, recall, store};
use crate::networks::{Ensemble, Execution, Simulation, Source, with_simulation};
use crate::watch::{Watch, advance};
use crate::{Refusal, Stopped};

/// What a measurement takes, beside the networks themselves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// Steps of one network, at most: what is reported to the [`Watch`].
    pub steps: u64,
    /// Bytes of one network while it is measured.
    pub bytes: u64,
    /// Bytes of its outcome, kept until all are done.
    pub outcome: u64,
}

/// Something to measure of networks. Its JSON form states its parameters, and tells two measurements apart.
pub trait Measurement: Serialize + Sync {
    /// Its name, of files too: "freeze".
    const NAME: &'static str;
    /// What is measured of one network.
    type Outcome: Serialize + DeserializeOwned + Send + Sync;
    /// What is said of all networks: averages with errors over networks.
    type Summary: Serialize;

    /// Refuses what cannot be measured of these networks; tells what the rest costs.
    fn check(&self, of: &Ensemble) -> Result<Cost, Refusal>;

    /// Measures one network, which was just started.
    fn one(
        &self,
        of: &Ensemble,
        index: u32,
        network: &mut dyn Simulation,
        watch: &dyn Watch,
    ) -> Result<Self::Outcome, Stopped>;

    /// Averages over networks.
    fn summary(&self, of: &Ensemble, outcomes: &[Self::Outcome]) -> Self::Summary;

    /// Arrays of the single networks.
    fn arrays(&self, of: &Ensemble, outcomes: &[Self::Outcome]) -> Vec<Array>;
}

/// What was measured of an ensemble.
#[derive(Clone, Debug)]
pub struct Measured<M: Measurement> {
    /// Of each network, in the order of their numbers, whatever the threads.
    pub outcomes: Vec<M::Outcome>,
    /// Over networks.
    pub summary: M::Summary,
}

/// Measures every network that the ensemble describes.
pub fn measure<M: Measurement>(
    measurement: &M,
    of: &Ensemble,
    how: &Execution,
    watch: &dyn Watch,
    keep: &dyn Keep,
) -> Result<Measured<M>, Stopped> {
    measure_networks(measurement, of, of, how, watch, keep)
}

/// The same of networks that come from a source of one's own; the ensemble states size, step, times and number.
pub fn measure_networks<M: Measurement>(
    measurement: &M,
    source: &dyn Source,
    of: &Ensemble,
    how: &Execution,
    watch: &dyn Watch,
    keep: &dyn Keep,
) -> Result<Measured<M>, Stopped> {
    let cost = measurement.check(of)?;
    how.check_memory(of, cost.bytes, cost.outcome)?;
    let one = |index: u32| {
        let part = format!("network-{index:05}");
        if let Some(outcome) = recall(keep, &part) {
            advance(watch, cost.steps)?;
            return Ok(outcome);
        }
        let outcome = with_simulation(source, index, |network| {
            measurement.one(of, index, network, watch)
        })?;
        store(keep, &part, &outcome)?;
        Ok(outcome)
    };
    let outcomes: Result<Vec<M::Outcome>, Stopped> = in_pool(how.parallelism(of), || {
        (0..of.networks).into_par_iter().map(one).collect()
    })?;
    let outcomes = outcomes?;
    Ok(Measured {
        summary: measurement.summary(of, &outcomes),
        outcomes,
    })
}

/// Measures one network from where it is, then puts it back to there. The ensemble states what it is, and the times.
pub fn measure_here<M: Measurement>(
    measurement: &M,
    of: &Ensemble,
    index: u32,
    network: &mut dyn Simulation,
    watch: &dyn Watch,
) -> Result<Measured<M>, Stopped> {
    measurement.check(of)?;
    let before = network.save()?;
    let outcome = measurement.one(of, index, network, watch);
    network.load(&before)?;
    let outcomes = vec![outcome?];
    Ok(Measured {
        summary: measurement.summary(of, &outcomes),
        outcomes,
    })
}

/// Does something in a pool of so many threads.
pub fn in_pool<R: Send>(threads: usize, body: impl FnOnce() -> R + Send) -> Result<R, Stopped> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    let pool =
        pool.map_err(|error| Refusal::because("threads", threads, format!("cannot be had: {error}")))?;
    Ok(pool.install(body))
}
