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

    /// Whether an outcome that was kept can be that of the network of that index, by its lengths and by what its numbers
    /// can be. If not, the network is measured again.
    fn is_plausible(&self, of: &Ensemble, index: u32, outcome: &Self::Outcome) -> bool {
        let _ = (of, index, outcome);
        true
    }

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
        // What numbers can be is known of rates that have a bound.
        let bounded = of.network.transfer.is_bounded();
        let kept =
            recall(keep, &part).filter(|outcome| !bounded || measurement.is_plausible(of, index, outcome));
        if let Some(outcome) = kept {
            advance(watch, cost.steps)?;
            return Ok(Some(outcome));
        }
        if !keep.is_here(index) {
            return Ok(None);
        }
        let outcome = with_simulation(source, index, |network| {
            measurement.one(of, index, network, watch)
        })?;
        store(keep, &part, &outcome)?;
        Ok(Some(outcome))
    };
    let found: Result<Vec<Option<M::Outcome>>, Stopped> = in_pool(how.parallelism(of), || {
        (0..of.networks).into_par_iter().map(one).collect()
    })?;
    let outcomes: Vec<M::Outcome> = found?.into_iter().flatten().collect();
    let of_all = of.networks as usize;
    if outcomes.len() < of_all {
        return Err(Stopped::Elsewhere {
            missing: of_all - outcomes.len(),
            of: of_all,
        });
    }
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::error::Error;
    use std::fmt::Debug;
    use std::sync::Mutex;

    use freezable_chaos::Params;

    use super::*;
    use crate::measure::activity::Run;
    use crate::measure::basin::Basin;
    use crate::measure::equivalence::Equivalence;
    use crate::measure::exponents::Lyapunov;
    use crate::measure::fixed_points::FixedPoints;
    use crate::measure::freeze::Freeze;
    use crate::measure::precision::Rounding;
    use crate::measure::quantisation::Quantisation;
    use crate::measure::spectra::Spectra;
    use crate::networks::{Network, Synapses};

    /// Keeps parts, and counts how often one is put.
    #[derive(Default)]
    struct Memory {
        parts: Mutex<BTreeMap<String, Vec<u8>>>,
        puts: Mutex<usize>,
    }

    impl Memory {
        fn puts(&self) -> usize {
            *self.puts.lock().unwrap()
        }
    }

    impl Keep for Memory {
        fn get(&self, part: &str) -> Option<Vec<u8>> {
            self.parts.lock().unwrap().get(part).cloned()
        }

        fn put(&self, part: &str, bytes: &[u8]) -> Result<(), Box<dyn Error + Send + Sync>> {
            *self.puts.lock().unwrap() += 1;
            self.parts
                .lock()
                .unwrap()
                .insert(part.to_owned(), bytes.to_owned());
            Ok(())
        }
    }

    fn ensemble(n: usize, duration: f64) -> Ensemble {
        let params = Params {
            g: 2.0,
            k: 2.0,
            p: 2.5,
            dt: 0.05,
        };
        let ensemble = Ensemble::of(Network::exact(n, params).unwrap(), 2).unwrap();
        ensemble.over(20.0, duration).unwrap()
    }

    /// What is kept is taken up; what cannot be is measured again, to the same outcome.
    fn check<M: Measurement>(measurement: &M, of: &Ensemble, spoil: &[fn(&mut M::Outcome)])
    where
        M::Outcome: Clone + Debug + PartialEq,
    {
        let (how, memory) = (Execution::default(), Memory::default());
        let first = measure(measurement, of, &how, &(), &memory).unwrap().outcomes;
        let again = measure(measurement, of, &how, &(), &memory).unwrap().outcomes;
        assert_eq!(memory.puts(), 2, "{}: the second time all is there", M::NAME);
        assert!(format!("{again:?}") == format!("{first:?}"));
        for (number, spoil) in spoil.iter().enumerate() {
            let before = memory.puts();
            let mut spoilt = first[1].clone();
            spoil(&mut spoilt);
            store(&memory, "network-00001", &spoilt).unwrap();
            let again = measure(measurement, of, &how, &(), &memory).unwrap().outcomes;
            assert_eq!(memory.puts(), before + 2, "{}: {number}", M::NAME);
            assert!(format!("{again:?}") == format!("{first:?}"));
        }
    }

    #[test]
    fn kept_outcomes_that_cannot_be_are_measured_again() {
        let (small, long) = (ensemble(8, 110.0), ensemble(12, 200.0));
        check(
            &Run::of(&long),
            &long,
            &[
                |of| of.autocorrelation[3] = 1.5,
                |of| of.autocorrelation[0] = f64::NAN,
                |of| of.autocorrelation.truncate(4),
                |of| of.speed[2] = -1.0,
                |of| of.speed_rms = f64::INFINITY,
                |of| of.raster.push(vec![0.0; 12]),
            ],
        );
        let freeze = Freeze {
            trials: 2,
            ..Freeze::default()
        };
        check(
            &freeze,
            &small,
            &[
                |of| of.c_phi_0 = -0.5,
                |of| of.trials.clear(),
                |of| of.demonstration.speed[0] = -1.0,
            ],
        );
        let mut lyapunov = Lyapunov::of(&small, Synapses::Running);
        lyapunov.exponents = 3;
        check(
            &lyapunov,
            &small,
            &[
                |of| of.spectrum[0] = f64::NAN,
                |of| of.spectrum.truncate(1),
                |of| of.time = -1.0,
            ],
        );
        check(
            &Spectra { snapshots: 2 },
            &small,
            &[
                |of| of.snapshots[0].joint.clear(),
                |of| {
                    of.snapshots[1].frozen[0][0] = f64::NAN;
                },
            ],
        );
        check(
            &Equivalence::of(&small),
            &small,
            &[|of| of.autocorrelation[1] = -2.0, |of| of.trials.clear()],
        );
        check(&FixedPoints { starts: 4 }, &small, &[|of| of.unsettled += 1]);
        check(
            &Rounding::default(),
            &small,
            &[|of| of.distance[0] = -1.0, |of| of.distance.clear()],
        );
        let basin = Basin { states: 1, starts: 1 };
        check(&basin, &small, &[|of| of[0].returned = 1.5, |of| of.truncate(1)]);
        let quantisation = Quantisation::new(2, 1.0, 2, 4, [5.0, 1.0]).unwrap();
        check(&quantisation, &small, &[|of| of[0].recall = f64::NAN]);
    }
}
