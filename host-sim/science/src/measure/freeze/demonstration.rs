//! One freeze, hold and release, to look at.

use serde::{Deserialize, Serialize};

use super::Outcome;
use crate::Stopped;
use crate::estimators::{cosine, steps_in};
use crate::measure::arrays::Array;
use crate::measure::plausible;
use crate::measure::trajectory::run;
use crate::networks::{Ensemble, Simulation};
use crate::watch::Watch;

/// Times of the demonstration: running, held, released.
pub const DEMONSTRATION: [f64; 3] = [100.0, 200.0, 150.0];
/// Neurons of which it keeps the rates.
const NEURONS: usize = 100;

/// A freeze, a hold and a release: one value or row per sample.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Demonstration {
    /// Time since its begin.
    pub time: Vec<f64>,
    /// Rates of the first neurons; empty but for the first network.
    pub rates: Vec<Vec<f32>>,
    /// Rms over neurons of dx/dt.
    pub speed: Vec<f64>,
    /// Cosine between the rates and those at the freeze.
    pub cosine: Vec<f64>,
}

/// Steps of a demonstration.
pub(super) fn steps(dt: f64) -> u64 {
    DEMONSTRATION.iter().map(|&duration| steps_in(duration, dt)).sum()
}

impl Demonstration {
    /// Whether it can be one of these networks.
    pub(super) fn is_plausible(&self, of: &Ensemble, are_rates_kept: bool) -> bool {
        let (stride, _) = of.network.sampling();
        let samples: u64 = DEMONSTRATION
            .iter()
            .map(|&duration| steps_in(duration, of.network.step()) / stride)
            .sum();
        let count = samples as usize;
        let shown = if are_rates_kept {
            NEURONS.min(of.network.n)
        } else {
            0
        };
        let rates = self.rates.iter();
        [
            self.time.len(),
            self.speed.len(),
            self.cosine.len(),
            self.rates.len(),
        ] == [count; 4]
            && plausible::not_negative(self.time.iter().chain(&self.speed).copied())
            && plausible::cosines(self.cosine.iter().copied())
            && rates.clone().all(|rates| rates.len() == shown)
            && plausible::cosines(rates.flatten().map(|&rate| rate.into()))
    }
}

/// Freezes, holds and releases, then puts the network back to where it was.
pub(super) fn demonstrate(
    of: &Ensemble,
    are_rates_kept: bool,
    network: &mut dyn Simulation,
    watch: &dyn Watch,
) -> Result<Demonstration, Stopped> {
    let (stride, _) = of.network.sampling();
    let before = network.save()?;
    let (mut stored, mut now) = (Vec::new(), 0);
    let mut record = Demonstration::default();
    for (phase, duration) in DEMONSTRATION.into_iter().enumerate() {
        match phase {
            1 => {
                network.copy_rates(&mut stored);
                network.freeze();
            }
            2 => network.release(),
            _ => {}
        }
        run(
            network,
            steps_in(duration, of.network.step()),
            watch,
            |step, network| {
                if step.is_multiple_of(stride) {
                    now += stride;
                    let mut rates = Vec::new();
                    network.copy_rates(&mut rates);
                    record.time.push(of.network.time(now));
                    record.speed.push(network.speed().rms);
                    record.rates.push(rates);
                }
                Ok(())
            },
        )?;
    }
    network.load(&before)?;
    // Only now: before the freeze, the cosine is to what will be stored.
    record.cosine = record
        .rates
        .iter()
        .map(|rates| cosine(&stored, rates).unwrap_or(0.0))
        .collect();
    let shown = if are_rates_kept { NEURONS } else { 0 };
    record.rates.iter_mut().for_each(|rates| rates.truncate(shown));
    Ok(record)
}

/// The demonstration of the first network, and speed and cosine of all.
pub(super) fn arrays(outcomes: &[Outcome]) -> Vec<Array> {
    let Some(Outcome { demonstration, .. }) = outcomes.first() else {
        return Vec::new();
    };
    let times = ("demonstration_time", demonstration.time.len());
    let neurons = ("neuron", demonstration.rates.first().map_or(0, Vec::len));
    let all = [("network", outcomes.len()), times];
    let of_all = |values: fn(&Demonstration) -> &[f64]| -> Vec<f64> {
        let rows = outcomes.iter().flat_map(|outcome| values(&outcome.demonstration));
        rows.copied().collect()
    };
    let rates: Vec<f32> = demonstration.rates.iter().flatten().copied().collect();
    vec![
        Array::new(
            times.0,
            "times of the demonstration",
            &[times],
            demonstration.time.clone(),
        )
        .in_units("time"),
        Array::new(
            "demonstration_speed",
            "rms over neurons of dx/dt, first network",
            &[times],
            demonstration.speed.clone(),
        )
        .in_units("1/time"),
        Array::new(
            "demonstration_cosine",
            "cosine between the rates and those at the freeze, first network",
            &[times],
            demonstration.cosine.clone(),
        ),
        Array::new(
            "demonstration_rates",
            "rates of the first neurons, first network",
            &[times, neurons],
            rates,
        ),
        Array::new(
            "hold_speed",
            "rms over neurons of dx/dt",
            &all,
            of_all(|one| &one.speed),
        )
        .in_units("1/time"),
        Array::new(
            "hold_cosine",
            "cosine between the rates and those at the freeze",
            &all,
            of_all(|one| &one.cosine),
        ),
    ]
}
