//! How fast the kernel, in single precision, parts from the reference simulator in double.
//!
//! After the burn-in the reference takes over the state and the couplings of the kernel's network, bit for bit, and both
//! go on: what then parts them is rounding, which chaos amplifies.

use serde::{Deserialize, Serialize};

use super::arrays::Array;
use super::ensemble::{Cost, Measurement};
use super::plausible;
use super::trajectory::{pass, run};
use crate::estimators::{MeanSem, Precision, separation, steps_in};
use crate::networks::double::{Reference, ReferenceParameters};
use crate::networks::{Ensemble, Model, Network, Simulation};
use crate::watch::Watch;
use crate::{Refusal, Stopped};

/// Both precisions of exact networks, side by side for the duration. One measurement steps both: each would need the whole
/// trajectory of the other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Rounding {}

/// Time between two looks at the distance.
const INTERVAL: f64 = 1.0;
/// Distances between which the growth is timed: above rounding, where every direction is mixed in, and below the size of
/// the attractor.
const GROWTH: [f64; 2] = [1e-5, 1e-2];

/// What is measured of one network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// Rms distance of x per neuron, one value per time unit.
    pub distance: Vec<f64>,
}

/// Averages over networks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// Rms distance per neuron after one time unit.
    pub early_distance: Option<MeanSem>,
    /// Rate of its growth from 1e-5 to 1e-2, per unit of time, of the networks that got there.
    pub rate: Option<MeanSem>,
    /// Rms distance per neuron at the end.
    pub last_distance: Option<MeanSem>,
}

/// Steps between two looks, and their time.
fn looks(network: &Network) -> (u64, f64) {
    let steps = steps_in(INTERVAL, network.step());
    (steps, network.time(steps))
}

impl Measurement for Rounding {
    const NAME: &'static str = "precision";
    type Outcome = Outcome;
    type Summary = Summary;

    fn check(&self, of: &Ensemble) -> Result<Cost, Refusal> {
        of.undriven("the reference beside the network takes no input")?;
        let network = &of.network;
        let words = "is not for this measurement, which compares both precisions of the exact network";
        if network.model == Model::Compact {
            return Err(Refusal::because("model", "compact", words));
        }
        if network.precision == Precision::F64 {
            return Err(Refusal::because("precision", "f64", words));
        }
        let n = network.n as u64;
        Ok(Cost {
            steps: of.burn_in_steps() + of.window_steps(),
            // J and A in double precision.
            bytes: 16 * n * n,
            outcome: 8 * of.window_steps() / looks(network).0,
        })
    }

    fn one(
        &self,
        of: &Ensemble,
        _index: u32,
        network: &mut dyn Simulation,
        watch: &dyn Watch,
    ) -> Result<Outcome, Stopped> {
        // The twin follows the paper's rule: a rule that gives no Jacobian is another one.
        network.joint_jacobian()?;
        pass(network, of.burn_in_steps(), watch)?;
        let mut twin = twin_of(&of.network, network)?;
        let (every, _) = looks(&of.network);
        let (mut distance, mut state) = (Vec::new(), Vec::new());
        run(network, of.window_steps(), watch, |step, network| {
            twin.step().map_err(|error| Stopped::Failed(error.to_string()))?;
            if step.is_multiple_of(every) {
                network.copy_state(&mut state);
                distance.push(separation::distance(&state, twin.state()));
            }
            Ok(())
        })?;
        Ok(Outcome { distance })
    }

    fn is_plausible(&self, of: &Ensemble, _index: u32, outcome: &Outcome) -> bool {
        outcome.distance.len() as u64 == of.window_steps() / looks(&of.network).0
            && plausible::not_negative(outcome.distance.iter().copied())
    }

    fn summary(&self, of: &Ensemble, outcomes: &[Outcome]) -> Summary {
        let (_, interval) = looks(&of.network);
        let of_each = |value: &dyn Fn(&[f64]) -> Option<f64>| {
            MeanSem::of(outcomes.iter().filter_map(|outcome| value(&outcome.distance)))
        };
        Summary {
            early_distance: of_each(&|distance| distance.first().copied()),
            rate: of_each(&|distance| rate(distance, interval)),
            last_distance: of_each(&|distance| distance.last().copied()),
        }
    }

    fn arrays(&self, of: &Ensemble, outcomes: &[Outcome]) -> Vec<Array> {
        let times = times(of, outcomes);
        let axis = ("time", times.len());
        let distances: Vec<f64> = outcomes
            .iter()
            .flat_map(|outcome| outcome.distance.clone())
            .collect();
        vec![
            Array::new("time", "times since both go on from one state", &[axis], times).in_units("time"),
            Array::new(
                "distance",
                "rms distance of x per neuron, single precision from double",
                &[("network", outcomes.len()), axis],
                distances,
            ),
        ]
    }
}

/// Times of the distances, since both go on from one state.
pub fn times(of: &Ensemble, outcomes: &[Outcome]) -> Vec<f64> {
    let count = outcomes
        .first()
        .map_or(0, |outcome| outcome.distance.len() as u64);
    let (every, _) = looks(&of.network);
    (1..=count).map(|at| of.network.time(at * every)).collect()
}

/// The reference simulator in the very state of the kernel's network.
fn twin_of(description: &Network, network: &dyn Simulation) -> Result<Reference, Stopped> {
    let (quenched, plastic) = network.couplings();
    let mut state = Vec::new();
    network.copy_state(&mut state);
    let parameters = ReferenceParameters {
        k: description.k.into(),
        p: description.p.into(),
        dt: description.step(),
    };
    Reference::new(parameters, description.transfer, quenched, plastic, state)
        .map_err(|error| Stopped::Failed(error.to_string()))
}

/// Growth rate between the last time below the one distance and the first above the other.
fn rate(distance: &[f64], interval: f64) -> Option<f64> {
    let end = distance.iter().position(|&distance| distance >= GROWTH[1])?;
    let begin = distance[..end]
        .iter()
        .rposition(|&distance| distance <= GROWTH[0])?;
    Some((distance[end] / distance[begin]).ln() / ((end - begin) as f64 * interval))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::measure;
    use crate::networks::Execution;
    use freezable_chaos::Params;

    #[test]
    fn growth_is_timed_between_its_bounds() {
        let distance: Vec<f64> = (0..200).map(|at| 1e-7 * (0.1 * f64::from(at)).exp()).collect();
        assert!((rate(&distance, 1.0).unwrap() - 0.1).abs() < 1e-9);
        assert!((rate(&distance, 0.5).unwrap() - 0.2).abs() < 1e-9);
        assert_eq!(rate(&[1e-6; 50], 1.0), None);
        assert_eq!(rate(&[1.0], 1.0), None, "apart from the first");
    }

    #[test]
    fn rounding_parts_them_and_times_are_those_of_the_steps() {
        let params = Params {
            g: 2.0,
            k: 2.0,
            p: 2.5,
            dt: 0.3,
        };
        let network = Network::exact(16, params).unwrap();
        let of = Ensemble::of(network.clone(), 2).unwrap().over(9.0, 9.0).unwrap();
        let found = measure(&Rounding::default(), &of, &Execution::default(), &(), &()).unwrap();
        let first = &found.outcomes[0].distance;
        assert_eq!(first.len(), 10);
        assert!(first[0] > 0.0 && first[0] < 1e-5, "{first:?}");
        // Three steps of 0.3, not one unit.
        assert_eq!(
            times(&of, &found.outcomes)[..2],
            [network.time(3), network.time(6)]
        );
        let double = Ensemble::of(network.with_precision(Precision::F64).unwrap(), 1).unwrap();
        let refused = Rounding::default().check(&double).unwrap_err();
        assert!(
            refused
                .to_string()
                .starts_with("precision f64 is not for this measurement"),
            "{refused}"
        );
    }
}
