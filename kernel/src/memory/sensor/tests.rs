use super::*;
use crate::{CompactBuffers, HashedSigns, HistoryRule, InputWeights, Readout, Tanh};
use std::vec::Vec;

const N: usize = 3;
const HEADER_OF_THREE: SensorHeader = SensorHeader {
    model: 2,
    transfer: TransferId::TANH,
    n: 3,
    channels: 2,
    envelopes: 1,
    classes: 2,
    quantities: 1,
    couplings: 0x0123_4567_89AB_CDEF,
    params: Params {
        g: 1.5,
        k: 2.5,
        p: 2.5,
        dt: 0.05,
    },
    rate: 0.25,
    settle: 3.0,
    steps_of_sample: 1,
};
const SCALING: [f32; 6] = [0.5, 2.0, -1.0, 0.3, 0.1, 1.5];
const UNITS: [f32; 2] = [10.0, 4.0];
const WEIGHTS: [f32; 9] = [1.0, 0.1, -3.3, 0.7, -0.0, 2.5, 0.2, 1e-7, -1.0];
const BIASES: [f32; 3] = [0.3, -7.0, 0.25];
const OUTPUTS: [f32; 9] = [1.0, -2.0, 0.5, 0.1, 0.2, 0.3, -0.4, 0.6, 9.0];

fn stored_as(header: &SensorHeader) -> Vec<u8> {
    let mut bytes = std::vec![0; header.stored_len().unwrap()];
    let parts = [&SCALING[..], &UNITS, &WEIGHTS, &BIASES, &OUTPUTS];
    assert_eq!(header.store(&[0b11], &parts, &mut bytes), Ok(bytes.len()));
    bytes
}

#[test]
fn a_sample_becomes_the_input_of_the_parts_and_rates_their_reading() {
    let bytes = stored_as(&HEADER_OF_THREE);
    let stored = StoredSensor::new(&bytes).unwrap();
    assert_eq!(*stored.header(), HEADER_OF_THREE);
    let (mut state, mut twin) = ([0.0; 3], [0.0; 3]);
    let (mut extended, mut expected) = ([0.0; 3], [0.0; 3]);
    let (mut input, mut same) = ([0.0; N], [0.0; N]);
    let filter = Envelopes {
        channels: 2,
        rate: 0.25,
    };
    stored.begin(&[1.0, 2.0], &mut state);
    filter.begin(&[1.0, 2.0], &mut twin);
    for sample in [[1.0, 2.0], [-0.3, 5.0], [0.1, 0.7]] {
        stored
            .sense(&sample, &mut state, &mut extended, &mut input)
            .unwrap();
        filter.extend([0b11], &mut twin, &sample, &mut expected).unwrap();
        for (value, scaling) in expected.iter_mut().zip(SCALING.chunks(2)) {
            *value = (*value - scaling[0]) * scaling[1];
        }
        let weights = InputWeights::new(&WEIGHTS, 3, N).unwrap();
        weights.write(&expected, &mut same).unwrap();
        assert_eq!(input.map(f32::to_bits), same.map(f32::to_bits));
    }
    let rates = [0.25, -0.9, 0.123];
    let (mut outputs, mut plain) = ([0.0; 3], [0.0; 3]);
    stored.read(&rates, &mut outputs).unwrap();
    let readout = Readout::new(&OUTPUTS, &BIASES, N).unwrap();
    readout.read(&rates, &mut plain).unwrap();
    plain[2] = 10.0 + 4.0 * plain[2];
    assert_eq!(outputs.map(f32::to_bits), plain.map(f32::to_bits));
    assert!(stored.read(&rates[1..], &mut outputs).is_err());
    assert!(stored.read(&rates, &mut outputs[1..]).is_err());
    assert!(
        stored
            .sense(&[1.0], &mut state, &mut extended, &mut input)
            .is_err()
    );
    assert!(
        stored
            .sense(&[1.0; 2], &mut state, &mut extended, &mut input[1..])
            .is_err()
    );
}

#[test]
fn every_flipped_bit_and_every_other_length_is_refused() {
    let bytes = stored_as(&HEADER_OF_THREE);
    for place in 0..8 * bytes.len() {
        let mut spoilt = bytes.clone();
        spoilt[place / 8] ^= 1 << (place % 8);
        assert!(StoredSensor::new(&spoilt).is_err(), "bit {place}");
    }
    for length in 0..bytes.len() {
        assert!(StoredSensor::new(&bytes[..length]).is_err(), "{length} bytes");
    }
    let mut longer = bytes.clone();
    longer.push(0);
    assert!(matches!(
        StoredSensor::new(&longer),
        Err(SensorError::Length { .. })
    ));
    let mut newer = bytes;
    newer[4] = 2;
    assert_eq!(
        StoredSensor::new(&newer).unwrap_err(),
        SensorError::Version {
            expected: 1,
            found: 2
        }
    );
}

#[test]
fn a_writer_stores_nothing_that_its_reader_refuses() {
    let header = HEADER_OF_THREE;
    let mut bytes = stored_as(&header);
    let good = bytes.clone();
    let infinite = [f32::INFINITY; 6];
    let parts = |scaling| [scaling, &UNITS[..], &WEIGHTS, &BIASES, &OUTPUTS];
    let mut refused = |header: SensorHeader, masks: &[u64], parts: &[&[f32]]| {
        let refusal = header.store(masks, parts, &mut bytes).unwrap_err();
        assert_eq!(bytes, good, "a refused sensor wrote over a good one");
        refusal
    };
    assert_eq!(
        refused(header, &[3], &parts(&infinite)),
        SensorError::NonFinite { place: 0 }
    );
    let (mask, channels) = (0b100, 2);
    assert_eq!(
        refused(header, &[mask], &parts(&SCALING)),
        SensorError::Mask { mask, channels }
    );
    let long = Params {
        dt: f32::MIN_POSITIVE,
        ..header.params
    };
    for (of, header) in [
        (
            "rate",
            SensorHeader {
                rate: f32::NAN,
                ..header
            },
        ),
        ("rate", SensorHeader { rate: 0.0, ..header }),
        ("rate", SensorHeader { rate: 1.5, ..header }),
        (
            "settling",
            SensorHeader {
                settle: -1.0,
                ..header
            },
        ),
        (
            "settling",
            SensorHeader {
                settle: 1e30,
                ..header
            },
        ),
        (
            "settling",
            SensorHeader {
                params: long,
                ..header
            },
        ),
        (
            "steps",
            SensorHeader {
                steps_of_sample: 0,
                ..header
            },
        ),
        (
            "steps",
            SensorHeader {
                steps_of_sample: 10_001,
                ..header
            },
        ),
    ] {
        let refusal = refused(header, &[3], &parts(&SCALING));
        let SensorError::Parameter(error) = refusal else {
            panic!("{refusal:?}")
        };
        assert!(std::format!("{error}").contains(of), "{error}");
    }
    assert!(matches!(
        refused(header, &[], &parts(&SCALING)),
        SensorError::Size(_)
    ));
    assert!(matches!(
        refused(header, &[3], &parts(&SCALING[1..])),
        SensorError::Size(_)
    ));
    let short = header.store(&[3], &parts(&SCALING), &mut bytes[1..]);
    assert!(matches!(short, Err(SensorError::Length { .. })));
}

#[test]
fn a_sensor_of_no_neurons_classes_or_channels_is_refused() {
    for header in [
        SensorHeader {
            n: 0,
            ..HEADER_OF_THREE
        },
        SensorHeader {
            classes: 0,
            ..HEADER_OF_THREE
        },
        SensorHeader {
            channels: 0,
            ..HEADER_OF_THREE
        },
        SensorHeader {
            channels: 65,
            ..HEADER_OF_THREE
        },
    ] {
        let numbers = std::vec![0.0; header.numbers().unwrap()];
        let mut bytes = std::vec![0; header.stored_len().unwrap()];
        let refusal = header.store(&[0], &[&numbers], &mut bytes).unwrap_err();
        assert!(matches!(refusal, SensorError::Parameter(_)), "{refusal:?}");
    }
}

#[test]
fn only_the_network_that_it_was_trained_with_fits() {
    let params = HEADER_OF_THREE.params;
    let dynamics = params.validate(N).unwrap();
    let mut buffers = CompactBuffers::<N>::new();
    let signs = HashedSigns::new(&dynamics, 1, 0);
    let rule = HistoryRule::recommended(&params);
    let network = buffers.network(dynamics, signs, rule, Tanh).unwrap();
    let right = SensorHeader {
        couplings: network.connectivity().couplings_digest(),
        ..HEADER_OF_THREE
    };
    let fits = |header: SensorHeader| StoredSensor::new(&stored_as(&header)).unwrap().fits(&network);
    assert!(fits(right));
    assert!(!fits(HEADER_OF_THREE), "other couplings");
    assert!(!fits(SensorHeader { model: 1, ..right }));
    let transfer = TransferId::LIBM_TANH;
    assert!(!fits(SensorHeader { transfer, ..right }));
    let params = Params { k: 2.0, ..params };
    assert!(!fits(SensorHeader { params, ..right }));
}
