//! Events of a sensor: written as the kernel writes them, and over once something else has taken the network.
#![cfg(feature = "sensor")]

mod support;

use freezable_chaos::frames::{Command, Refusal, Report, Setup};
use freezable_chaos::{Connectivity, Params, SensorHeader, StoredSensor, TransferId, WriteProgress};
use support::{Act, SEEDED, TestBoard, last_digests, play_on, step, with_network};

/// Of its own parameters, which hold what is written.
const SENSED: Setup = Setup {
    params: Params {
        g: 1.5,
        k: 2.5,
        p: 2.5,
        dt: 0.05,
    },
    n: 64,
    ..SEEDED
};
const CHANNELS: usize = 2;
const OUTPUTS: usize = 3;
const STEPS_OF_SAMPLE: u32 = 2;

/// A sensor of that network, of made-up weights.
fn sensor(channels: u16) -> &'static [u8] {
    let header = SensorHeader {
        model: SENSED.model,
        transfer: TransferId::TANH,
        n: SENSED.n,
        channels,
        envelopes: 1,
        classes: 2,
        quantities: 1,
        couplings: with_network(&SENSED, |network| network.connectivity().couplings_digest()),
        params: SENSED.params,
        rate: 0.25,
        settle: 3.0,
        steps_of_sample: STEPS_OF_SAMPLE,
    };
    let scaling: Vec<f32> = [0.5, 2.0].repeat(header.inputs());
    let numbers = |count: usize| -> Vec<f32> {
        (0..count)
            .map(|i| ((7 * i + 3) % 11) as f32 / 5.0 - 1.0)
            .collect()
    };
    let n = SENSED.n as usize;
    let (weights, readout) = (numbers(header.inputs() * n), numbers(OUTPUTS * n));
    let parts = [&scaling[..], &[10.0, 4.0], &weights, &[0.1, 0.2, 0.3], &readout];
    let mut bytes = vec![0; header.stored_len().unwrap()];
    header.store(&[0b11], &parts, &mut bytes).unwrap();
    bytes.leak()
}

fn board(script: impl IntoIterator<Item = Act>) -> TestBoard {
    let mut board = TestBoard::new([Act::Ask(Command::Configure(SENSED))].into_iter().chain(script));
    board.sensors = vec![sensor(CHANNELS as u16)].leak();
    board
}

/// The reports after the one on the configuration.
fn answers(script: impl IntoIterator<Item = Act>) -> Vec<Report<'static>> {
    let played = play_on(board(script));
    played
        .reports
        .into_iter()
        .skip(1)
        .map(|(_, report)| report)
        .collect()
}

fn bytes_of(values: &[f32]) -> &'static [u8] {
    let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
    bytes.leak()
}

fn sample(values: &[f32]) -> Act {
    Act::Ask(Command::Sample {
        values: bytes_of(values),
    })
}

/// An event under way.
fn event(samples: usize) -> Vec<Act> {
    let samples = SAMPLES.iter().take(samples).map(|values| sample(values));
    [Act::Ask(Command::Event)].into_iter().chain(samples).collect()
}

const SAMPLES: [[f32; CHANNELS]; 4] = [[0.3, -1.0], [2.0, 0.5], [-1.5, 0.25], [1.0, 1.0]];
const FINISH: Act = Act::Ask(Command::Finish);
const OVER: Report<'static> = Report::Refused(Refusal::Event);

#[test]
fn an_event_is_written_and_read_as_the_kernel_does() {
    let script = event(4)
        .into_iter()
        .chain([FINISH, Act::Ask(Command::Read), Act::Ask(Command::Digest)]);
    let played = play_on(board(script));
    let bytes = sensor(CHANNELS as u16);
    let trained = StoredSensor::new(bytes).unwrap();
    let (steps, digest, written, outputs) = with_network(&SENSED, |mut network| {
        let mut write = trained.rule().begin(&mut network).unwrap();
        let (mut state, mut extended) = ([0.0; 3], [0.0; 3]);
        let mut input = vec![0.0; network.n()];
        trained.begin(&SAMPLES[0], &mut state);
        for values in &SAMPLES {
            trained
                .sense(values, &mut state, &mut extended, &mut input)
                .unwrap();
            for _ in 0..STEPS_OF_SAMPLE {
                write.drive(&mut network, &input).unwrap();
            }
        }
        let held = write.finish(&mut network).unwrap() == WriteProgress::Held;
        let mut outputs = [0.0; OUTPUTS];
        trained.read(network.rates(), &mut outputs).unwrap();
        let written = Report::Written {
            step: network.steps(),
            held,
            freezes: write.freezes(),
            steps_to_stop: write.steps_to_stop(),
        };
        (network.steps(), network.digest(), written, outputs)
    });
    assert!(
        matches!(written, Report::Written { held: true, .. }),
        "{written:?}"
    );
    assert_eq!(last_digests(&played).0, digest);
    let reports: Vec<_> = played.reports.iter().map(|(_, report)| report).collect();
    assert!(reports.contains(&&written), "{reports:?}");
    let read = Report::Read {
        step: steps,
        outputs: bytes_of(&outputs),
    };
    assert!(reports.contains(&&read));
    let parts = reports.iter().filter_map(|report| match report {
        Report::Telemetry(telemetry) => Some(telemetry.step),
        _ => None,
    });
    let expected: Vec<u64> = (1..steps).filter(|step| step.is_multiple_of(100)).collect();
    assert!(!expected.is_empty() && parts.eq(expected), "{reports:?}");
}

#[test]
fn a_finger_on_the_button_ends_the_event() {
    let drive = event(2)
        .into_iter()
        .chain([Act::Press, FINISH, Act::Ask(Command::Event)]);
    let reports = answers(drive);
    assert_eq!(reports[3], OVER);
    assert!(matches!(reports[4], Report::Done { step: 0, .. }), "{reports:?}");
    let settling = event(2)
        .into_iter()
        .chain([Act::Tell(Command::Finish), Act::Press]);
    assert_eq!(answers(settling)[3..], [OVER]);
}

#[test]
fn what_takes_the_network_ends_the_event_and_answers_its_end() {
    let cue = Command::Cue {
        seed: 1,
        index: 0,
        strength: 1.0,
        steps: 1,
    };
    let one_step = Command::Step {
        steps: 1,
        report_every: 0,
        chain_every: 0,
    };
    for command in [
        one_step,
        Command::Freeze,
        Command::Release,
        Command::Button,
        Command::Store,
        cue,
        Command::Event,
        Command::Configure(SENSED),
    ] {
        let script = event(1)
            .into_iter()
            .chain([Act::Tell(Command::Finish), Act::Ask(command)]);
        let played = play_on(board(script));
        let of_finish: Vec<_> = played.reports.iter().filter(|(number, _)| *number == 4).collect();
        assert_eq!(of_finish, [&(4, OVER)], "{command:?}");
        assert!(
            played.reports.iter().any(|(number, _)| *number == 5),
            "{command:?}"
        );
    }
    // a shutdown follows
    let script = event(1).into_iter().chain([Act::Tell(Command::Finish)]);
    assert_eq!(answers(script)[2..], [OVER]);
}

#[test]
fn a_refused_command_leaves_the_event_as_it_was() {
    let refused = [
        Act::Ask(Command::RestoreCommit { length: 3 }),
        Act::Ask(Command::Cue {
            seed: 1,
            index: 0,
            strength: f32::NAN,
            steps: 1,
        }),
        Act::Ask(Command::Configure(Setup { n: 0, ..SENSED })),
        sample(&[1.0]),
        sample(&[1.0, 2.0, 3.0]),
        Act::Ask(Command::Sample { values: &[0; 9] }),
        sample(&[f32::NAN, 0.0]),
        sample(&[0.0, f32::NEG_INFINITY]),
        sample(&[0.0, 3e38]),
        sample(&[-3e38, 3e38]),
    ];
    let count = refused.len();
    let script = |acts: Vec<Act>| {
        let mut script = event(2);
        script.extend(acts);
        script.extend(event(4).into_iter().skip(3));
        script.push(Act::Ask(Command::Digest));
        play_on(board(script))
    };
    let (calm, disturbed) = (script(Vec::new()), script(refused.into()));
    assert_eq!(last_digests(&calm), last_digests(&disturbed));
    let refusals = disturbed.reports.iter().filter_map(|(_, report)| match report {
        Report::Refused(refusal) => Some(*refusal),
        _ => None,
    });
    let refusals: Vec<_> = refusals.collect();
    assert_eq!(refusals.len(), count, "{refusals:?}");
    let of_sample = |value| Refusal::Parameter {
        name: "sample",
        value,
    };
    assert_eq!(
        refusals[count - 3..],
        [f32::NEG_INFINITY, 3e38, -3e38].map(of_sample)
    );
}

#[test]
fn an_event_has_a_first_sample_and_one_end() {
    assert_eq!(answers([FINISH, sample(&SAMPLES[0])]), [OVER, OVER]);
    assert_eq!(answers([Act::Ask(Command::Event), FINISH])[1..], [OVER]);
    let twice = answers(event(1).into_iter().chain([
        Act::Tell(Command::Finish),
        Act::Ask(Command::Finish),
        sample(&SAMPLES[0]),
    ]));
    assert_eq!(twice[2..4], [OVER, OVER], "{twice:?}");
}

#[test]
fn the_steps_that_an_event_ends_are_answered_where_they_stopped() {
    let steps = Command::Step {
        steps: 1_000_000,
        report_every: 0,
        chain_every: 0,
    };
    let reports = answers([step(3), Act::Tell(steps), Act::Ask(Command::Event)]);
    let Report::Done { step, .. } = reports[1] else {
        panic!("{reports:?}")
    };
    assert!((3..1_000_000).contains(&step), "{reports:?}");
    assert!(matches!(reports[2], Report::Done { step: 0, .. }));
}

#[test]
fn nothing_is_left_of_a_cue_when_an_event_is_over() {
    let cue = Act::Ask(Command::Cue {
        seed: 1,
        index: 0,
        strength: 1.0,
        steps: 100,
    });
    let of = |before: Vec<Act>| {
        let script = before.into_iter().chain(event(2));
        let script = script.chain([step(5), Act::Ask(Command::Digest)]);
        last_digests(&play_on(board(script)))
    };
    assert_eq!(of(vec![cue]), of(Vec::new()));
}

#[test]
fn a_sensor_of_more_inputs_than_there_is_room_for_is_none() {
    let mut board = board([Act::Ask(Command::Event)]);
    board.sensors = vec![sensor(32)].leak();
    let refusal = Report::Refused(Refusal::Sensor);
    assert_eq!(play_on(board).reports.pop(), Some((2, refusal)));
}
