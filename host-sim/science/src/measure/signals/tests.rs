//! The experiment on synthetic movements, small.

use super::*;
use crate::measure::measure;
use crate::networks::{Execution, Model, Network};
use crate::signals::synthetic_movements;

pub(super) fn signals() -> Signals {
    Signals {
        recordings: synthetic_movements(1),
        channels: Channels {
            envelopes: vec![vec![0, 1, 2], vec![3, 4, 5]],
            smoothing: 25.0,
        },
        gain: 1.0,
        steps_of_sample: 1,
        held_out: 2,
        settle: 3.0,
        times: vec![10.0, 50.0],
        hold: 200.0,
        kicks: vec![3.0],
        x_bits: vec![1],
        state_bits: vec![6],
        record_bits: vec![4],
        stuck: vec![0.05],
        flipped: vec![0.01],
    }
}

pub(super) fn ensemble(model: Model, n: usize) -> Ensemble {
    let params = Params {
        g: 1.5,
        k: 2.5,
        p: 2.5,
        dt: 0.05,
    };
    Ensemble::of(Network::new(model, n, params).unwrap(), 1).unwrap()
}

#[test]
fn a_frozen_network_keeps_what_a_running_one_and_an_echo_lose() {
    let (signals, of) = (signals(), ensemble(Model::Compact, 128));
    let found = measure(&signals, &of, &Execution::default(), &(), &()).unwrap();
    let summary = found.summary;
    let mean = |value: Option<MeanSem>| value.unwrap().mean;
    assert!(mean(summary.held) > 0.9, "{summary:#?}");
    let row = |system, when: &str| {
        let is_asked = |row: &&Row| row.condition.system == system && row.condition.when.contains(when);
        summary.rows.iter().find(is_asked).unwrap()
    };
    let held = row(System::Frozen, "held for 200");
    let error = (summary.chance * (1.0 - summary.chance) / summary.tested as f64).sqrt();
    assert!(mean(held.accuracy) > summary.chance + 5.0 * error, "{held:#?}");
    assert!(mean(held.r2[1]) > 0.5, "{held:#?}");
    // No step is done between the two but those that change no bit.
    let earlier = row(System::Frozen, "held for 50");
    assert!((mean(held.accuracy) - mean(earlier.accuracy)).abs() <= 0.05);
    let echo = row(System::Echo, "after 50");
    assert!(
        mean(echo.accuracy) < mean(held.accuracy) && mean(echo.r2[1]) < mean(held.r2[1]) - 0.3,
        "{echo:#?}"
    );
    assert!(mean(row(System::Frozen, "x from 1 bit").r2[1]) > 0.5);
    // 8 samples of 4 bits, a sign, two scales and the head of a snapshot.
    let bytes = row(System::Frozen, "signs of x, 4 bits").bytes;
    assert_eq!(bytes, Some(68 + 128 / 8 + 4 + 8 * 128 / 2 + 4));
    let kicked = row(System::Frozen, "kicked by 3 (rms), at once");
    assert!(mean(kicked.r2[1]) < mean(held.r2[1]) - 0.1, "{kicked:#?}");
    assert_eq!(row(System::Trivial, "features").bytes, Some(192));
    assert_eq!(
        row(System::Frozen, "at the freeze").bytes,
        Some(68 + 4 * 128 + 8 * 128)
    );
}

#[test]
fn every_network_has_a_split_of_its_own_and_outcomes_have_a_score_for_each_condition() {
    let mut signals = signals();
    signals.hold = 60.0;
    let mut of = ensemble(Model::Exact, 24);
    of.networks = 2;
    let found = measure(&signals, &of, &Execution::default(), &(), &()).unwrap();
    assert_eq!(found.summary.rows.len(), signals.conditions().len());
    for (index, outcome) in found.outcomes.iter().enumerate() {
        assert!(signals.is_plausible(&of, index as u32, outcome));
    }
    let [first, second] = [0, 1].map(|index| signals.recordings.split(2, index).test);
    assert!(first.iter().all(|trial| !second.contains(trial)));
    let mut spoilt = found.outcomes[0].clone();
    spoilt.scores[1].accuracy = 1.5;
    assert!(!signals.is_plausible(&of, 0, &spoilt));
}

#[test]
fn what_cannot_be_measured_is_refused() {
    let of = ensemble(Model::Compact, 24);
    for (change, message) in [
        (
            (|signals| signals.held_out = 6) as fn(&mut Signals),
            "held_out 6 is outside its bounds 1 and 5",
        ),
        (
            |signals| signals.gain = f32::NAN,
            "input_gain NaN is not a number above its bound 0",
        ),
        (|signals| signals.hold = 50.0, "hold 50 is not above 50 before it"),
        (
            |signals| signals.times[0] = 0.0,
            "times 0 is outside its bounds 0.05",
        ),
        (
            |signals| signals.x_bits = vec![0],
            "x_bits 0 is outside its bounds 1 and 24",
        ),
        (
            |signals| signals.kicks = vec![-1.0],
            "kicks -1 is outside its bounds 0 and 1e6",
        ),
        (
            |signals| signals.settle = -1.0,
            "settle -1 is outside its bounds 0 and 1e6",
        ),
        (
            |signals| signals.steps_of_sample = 0,
            "steps_of_sample 0 is outside its bounds 1 and 10000",
        ),
    ] {
        let mut signals = signals();
        change(&mut signals);
        let refusal = signals.check(&of).unwrap_err().to_string();
        assert!(refusal.starts_with(message), "{refusal}");
    }
}
