//! The network that runs: the paper's bits, changes, snapshots, refusals.

use super::*;
use crate::networks::rules::Change;
use crate::networks::{Biases, InitialState, Model, Simulation, TransferFunction, with_simulation};

/// x and A, bit by bit.
fn bits(network: &dyn Simulation) -> Vec<u64> {
    let mut x = Vec::new();
    network.copy_state(&mut x);
    x.extend(network.couplings().1);
    x.into_iter().map(f64::to_bits).collect()
}

/// The states of an ensemble's first network after 1, 101, 201, .. of 3,000 steps, with a freeze on the way.
fn trajectory(ensemble: &Ensemble) -> Vec<Vec<u64>> {
    with_simulation(ensemble, 0, |network| {
        let mut states = vec![bits(network)];
        for step in 0..3000 {
            match step {
                1000 => network.freeze(),
                1400 => network.release(),
                _ => {}
            }
            network.step()?;
            if step % 100 == 0 {
                states.push(bits(network));
            }
        }
        Ok(states)
    })
    .unwrap()
}

#[test]
fn the_papers_rule_has_the_papers_bits() {
    let hebbian = PlasticityRule::new(Factor::Rate, Factor::Rate);
    for (n, start, transfer) in [
        (37, InitialState::Small, TransferFunction::Tanh),
        (37, InitialState::Large, TransferFunction::Erf),
        (16, InitialState::Large, TransferFunction::Logistic),
        (1, InitialState::Small, TransferFunction::Tanh),
        (70, InitialState::Small, TransferFunction::Tanh),
    ] {
        let kernel = Network::exact(n, PARAMS).unwrap().with_transfer(transfer);
        let papers = trajectory(&Ensemble::of(kernel.clone(), 1).unwrap().starting(start));
        // The same rule in all the forms that the data can have.
        let array = PlasticityRule {
            k: Some(Values::per_neuron(vec![PARAMS.k; n])),
            p: Some(Values::per_synapse(vec![PARAMS.p; n * n])),
            plastic: Some(Mask::new(vec![true; n * n])),
            changes: vec![Change {
                k: Some(Values::per_synapse(vec![PARAMS.k; n * n])),
                ..Change::at(30.0)
            }],
            ..hebbian.clone()
        };
        for rule in [hebbian.clone(), array] {
            let network = kernel.clone().with_rule(rule).unwrap();
            let found = trajectory(&Ensemble::of(network, 1).unwrap().starting(start));
            assert!(found == papers, "N = {n}, {transfer:?}, {start:?}");
        }
    }
}

#[test]
fn a_slow_freeze_ends_in_a_still_matrix() {
    let rule = PlasticityRule {
        changes: vec![Change {
            over: 20.0,
            p: Some(Values::Scalar(f32::INFINITY)),
            ..Change::at(10.0)
        }],
        ..PlasticityRule::new(Factor::Rate, Factor::Rate)
    };
    with_simulation(&ensemble(30, rule), 0, |network| {
        let learned = |network: &mut dyn Simulation, steps: u32| {
            let before = network.couplings().1;
            (0..steps).try_for_each(|_| network.step())?;
            let pairs = before.into_iter().zip(network.couplings().1);
            Ok::<f64, crate::Stopped>(pairs.fold(0.0, |most: f64, (a, b)| most.max((a - b).abs())))
        };
        assert!(learned(network, 598)? > 0.0);
        assert!(
            learned(network, 1)? > 0.0,
            "the last step before the end of the change"
        );
        assert_eq!(learned(network, 400)?, 0.0);
        Ok(())
    })
    .unwrap();
}

#[test]
fn a_partial_freeze_holds_the_rest() {
    let n = 30;
    let rule = PlasticityRule {
        changes: vec![Change {
            plastic: Some(some(n)),
            ..Change::at(10.0)
        }],
        ..PlasticityRule::new(Factor::Sign, Factor::Rate)
    };
    with_simulation(&ensemble(n, rule), 0, |network| {
        (0..200).try_for_each(|_| network.step())?;
        let before = network.couplings().1;
        (0..100).try_for_each(|_| network.step())?;
        let after = network.couplings().1;
        assert!(before.iter().all(|a| *a != 0.0), "all were plastic");
        for (at, (before, after)) in before.iter().zip(&after).enumerate() {
            assert_eq!(before != after, is_some(at), "synapse {at}");
        }
        Ok(())
    })
    .unwrap();
}

#[test]
fn a_kept_state_goes_on_in_the_midst_of_a_change() {
    let n = 21;
    let rule = PlasticityRule {
        changes: vec![Change {
            over: 10.0,
            k: Some(Values::per_neuron(irregular(n, [-3.0, 3.0]))),
            ..Change::at(5.0)
        }],
        ..uneven(n)
    };
    with_simulation(&ensemble(n, rule), 0, |network| {
        (0..200).try_for_each(|_| network.step())?;
        let kept = network.save()?;
        let mut ends = Vec::new();
        for _ in 0..2 {
            (0..250).try_for_each(|_| network.step())?;
            ends.push(bits(network));
            network.load(&kept)?;
        }
        assert_eq!(ends[0], ends[1]);
        Ok(())
    })
    .unwrap();
}

#[test]
fn rates_without_a_bound_run_away_with_an_error() {
    let network = Network::exact(20, PARAMS).unwrap();
    let network = network.with_transfer(TransferFunction::ThresholdLinear);
    let rule = PlasticityRule::new(Factor::Square, Factor::Square);
    let of = Ensemble::of(network.with_rule(rule).unwrap(), 1).unwrap();
    let stopped = with_simulation(&of.starting(InitialState::Large), 0, |network| {
        (0..100_000).try_for_each(|_| network.step())
    });
    assert!(stopped.unwrap_err().to_string().contains("neuron"));
}

#[test]
fn biases_shift_each_neuron() {
    let n = 3;
    let biases = vec![0.5, -1.0, 2.0];
    for transfer in [TransferFunction::Logistic, TransferFunction::Tanh] {
        let network = Network::exact(n, PARAMS).unwrap().with_transfer(transfer);
        let network = network.with_bias(Biases::new(biases.clone()).unwrap()).unwrap();
        for precision in [
            crate::estimators::Precision::F32,
            crate::estimators::Precision::F64,
        ] {
            let network = network.clone().with_precision(precision).unwrap();
            let of = Ensemble::of(network, 1).unwrap();
            with_simulation(&of, 0, |network| {
                (0..20).try_for_each(|_| network.step())?;
                let (mut x, mut rates, mut slopes) = (Vec::new(), Vec::new(), Vec::new());
                network.copy_state(&mut x);
                network.copy_rates_and_slopes(&mut rates, &mut slopes);
                for i in 0..n {
                    let biased = x[i] + f64::from(biases[i]);
                    assert!((rates[i] - transfer.value(biased)).abs() < 1e-6);
                    assert!((slopes[i] - transfer.slope(biased)).abs() < 1e-6);
                }
                Ok(())
            })
            .unwrap();
        }
    }
}

#[test]
fn bad_rules_are_refused_with_parameter_value_and_bound() {
    let network = Network::exact(4, PARAMS).unwrap();
    let refused = |change: fn(&mut PlasticityRule)| {
        let mut rule = PlasticityRule::new(Factor::Rate, Factor::Rate);
        change(&mut rule);
        network.clone().with_rule(rule).unwrap_err().to_string()
    };
    for (change, message) in [
        (
            (|rule| rule.k = Some(Values::per_neuron(vec![1.0; 3]))) as fn(&mut PlasticityRule),
            "k 3 values are not the 4 that n 4 needs",
        ),
        (
            |rule| rule.p = Some(Values::per_synapse([vec![1.0; 6], vec![0.01; 10]].concat())),
            "p 0.01 in row 1, column 2 is below its bound dt 0.05",
        ),
        (
            |rule| rule.k = Some(Values::per_neuron(vec![1.0, f32::NAN, 1.0, 1.0])),
            "k NaN of neuron 1 is outside its bounds -1e15 and 1e15",
        ),
        (
            |rule| rule.p = Some(Values::Scalar(f32::INFINITY)),
            "p inf is not a finite number",
        ),
        (
            |rule| rule.plastic = Some(Mask::new(vec![true; 15])),
            "plastic 15 flags do not make a matrix of 4 x 4",
        ),
        (
            |rule| rule.pre = Factor::Threshold(f32::NAN),
            "pre NaN of the threshold is not a finite number",
        ),
        (
            |rule| rule.changes = vec![Change::at(3.0)],
            "at 3 changes nothing",
        ),
        (
            |rule| {
                let change = |at, over| Change {
                    over,
                    k: Some(Values::Scalar(1.0)),
                    ..Change::at(at)
                };
                rule.changes = vec![change(3.0, 2.0), change(4.0, 0.0)];
            },
            "at 4 is before the change before it is over",
        ),
    ] {
        assert_eq!(refused(change), message);
    }
    let compact = Network::new(Model::Compact, 4, PARAMS).unwrap();
    let refused = compact
        .clone()
        .with_rule(PlasticityRule::new(Factor::Sign, Factor::Rate));
    assert!(
        refused
            .unwrap_err()
            .to_string()
            .starts_with("model compact has no other rule")
    );
    let unbounded = compact.with_transfer(TransferFunction::ThresholdLinear);
    assert_eq!(
        Ensemble::of(unbounded, 1).unwrap_err().to_string(),
        "transfer threshold-linear has no bound, and model compact takes rates up to 1"
    );
}

#[test]
fn results_of_the_papers_rule_state_no_more_than_before() {
    let network = Network::exact(4, PARAMS).unwrap();
    let json = serde_json::to_value(&network).unwrap();
    assert!(json.get("rule").is_none() && json.get("bias").is_none());
    let with_rule = network.with_rule(uneven(4)).unwrap();
    let json = serde_json::to_value(&with_rule).unwrap();
    let digest = json["rule"]["k"].as_str().unwrap();
    assert!(
        digest.starts_with("per synapse ") && digest.len() == 12 + 16,
        "{digest}"
    );
    assert_eq!(json["rule"]["post"], "sign");
    assert!(json["rule"].get("changes").is_none());
}
