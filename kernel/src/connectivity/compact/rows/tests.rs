//! Rows of several processes against the network in one.

use std::{boxed::Box, vec, vec::Vec};

use super::*;
use crate::connectivity::{Compact, Connectivity, SumBuffers};
use crate::random::Randomness;
use crate::{Generator, Params, Purpose, history_len};

const PARAMS: Params = Params {
    g: 2.0,
    k: 2.0,
    p: 2.5,
    dt: 0.05,
};
const RULE: HistoryRule = HistoryRule {
    samples: 5,
    spacing: 2,
    levels: 127,
};

/// Heap storage of some rows.
struct Memory {
    signs: Vec<u64>,
    history: Vec<i8>,
    sums: Vec<i32>,
    wide: Vec<i64>,
}

impl Memory {
    fn new(n: usize, rows: usize) -> Self {
        Self {
            signs: vec![0; SignRows::len(n, rows)],
            history: vec![0; history_len(rows, RULE.samples)],
            sums: vec![0; rows],
            wide: vec![0; if wide_len(n) == 0 { 0 } else { rows }],
        }
    }

    fn rows(&mut self, dynamics: &Dynamics, rows: Range<usize>, stored: bool) -> CompactRows<'_> {
        let hashed = HashedSigns::new(dynamics, 7, 1);
        let signs = if stored {
            SignRows::store(&mut self.signs, &hashed, rows).unwrap()
        } else {
            SignRows::hashed(&hashed, rows).unwrap()
        };
        CompactRows::new(
            dynamics,
            RULE,
            signs,
            &mut self.history,
            &mut self.sums,
            &mut self.wide,
        )
        .unwrap()
    }
}

/// Rates that neither rise nor fall together, some of them at their bound.
fn rates(n: usize, time: u32) -> Vec<f32> {
    let mut random = Generator::new(3, time, Purpose::State);
    let rate = |_| match random.gaussian() {
        z if z * z <= 1.0 => z,
        z if z > 0.0 => 1.0,
        _ => -1.0,
    };
    (0..n).map(rate).collect()
}

/// The drives of seven steps in one piece, each as bits, and the plastic state after them.
fn whole(n: usize) -> (Vec<Vec<u32>>, Vec<u8>) {
    let dynamics = PARAMS.validate(n).unwrap();
    let (mut history, mut tables) = (vec![0; history_len(n, RULE.samples)], Box::new([[0; 256]; 8]));
    let (mut sums, mut wide) = (vec![0; n], vec![0; wide_len(n)]);
    let history = HistorySynapses::new(&mut history, &dynamics, RULE).unwrap();
    let buffers = SumBuffers::new(&mut tables, &mut sums, &mut wide, &dynamics).unwrap();
    let mut compact = Compact::new(HashedSigns::new(&dynamics, 7, 1), history, buffers).unwrap();
    let mut drives = Vec::new();
    for time in 0..7 {
        let mut drive = vec![0.0; n];
        compact.drive_and_learn(&dynamics, &rates(n, time), &mut drive);
        drives.push(drive.into_iter().map(f32::to_bits).collect());
    }
    let mut plastic = vec![0; compact.plastic_len()];
    compact.write_plastic(0, &mut plastic);
    (drives, plastic)
}

/// Takes the messages of all shares, and gives the rates and products in them.
fn exchange(shares: &[CompactRows<'_>], phi: &[f32]) -> (Vec<f32>, Each<i64>) {
    let (mut heard, mut products) = (vec![0.0; phi.len()], [0; SAMPLES_LIMIT as usize]);
    for share in shares {
        let rows = share.rows();
        let mut message = vec![0; share.message_len(rows.len())];
        share.write_message(&phi[rows.clone()], &mut message).unwrap();
        shares[0]
            .read_message(&message, &mut heard[rows], &mut products)
            .unwrap();
    }
    (heard, products)
}

fn check_split(n: usize, limits: &[usize], stored: bool, threads: bool) {
    let dynamics = PARAMS.validate(n).unwrap();
    let ranges: Vec<_> = limits.windows(2).map(|limits| limits[0]..limits[1]).collect();
    let mut memory: Vec<_> = ranges.iter().map(|rows| Memory::new(n, rows.len())).collect();
    let mut shares: Vec<_> = memory
        .iter_mut()
        .zip(&ranges)
        .map(|(memory, rows)| memory.rows(&dynamics, rows.clone(), stored))
        .collect();
    if threads {
        #[cfg(feature = "rayon")]
        {
            shares = shares.into_iter().map(CompactRows::share_rows).collect();
        }
    }
    let (expected, plastic) = whole(n);
    for (time, expected) in (0..).zip(&expected) {
        let phi = rates(n, time);
        let (heard, products) = exchange(&shares, &phi);
        let mut found = Vec::new();
        for share in &mut shares {
            let rows = share.rows();
            let mut drive = vec![0.0; rows.len()];
            share.drive(&heard, &products, &mut drive).unwrap();
            share.learn(&phi[rows]);
            found.extend(drive.into_iter().map(f32::to_bits));
        }
        assert_eq!(
            &found, expected,
            "N = {n}, {limits:?}, stored {stored}, step {time}"
        );
    }
    // The samples of all shares, one sample after the other, behind the rule that each writes.
    let parts: Vec<Vec<u8>> = shares
        .iter()
        .map(|share| {
            let mut part = vec![0; share.plastic_len()];
            share.write_plastic(0, &mut part);
            part
        })
        .collect();
    let mut found = parts[0][..12].to_vec();
    for age in 0..RULE.samples as usize {
        for (part, rows) in parts.iter().zip(&ranges) {
            found.extend(&part[12 + age * rows.len()..][..rows.len()]);
        }
    }
    assert_eq!(found, plastic, "N = {n}, {limits:?}");
}

#[test]
fn rows_of_any_processes_have_the_bits_of_one() {
    for stored in [false, true] {
        check_split(1, &[0, 1], stored, false);
        check_split(100, &[0, 100], stored, false);
        check_split(100, &[0, 64, 100], stored, false);
        check_split(100, &[0, 1, 37, 100], stored, false);
        check_split(100, &[0, 50, 50, 100], stored, false);
        // with sums of 64 bits
        check_split(2100, &[0, 704, 1408, 2100], stored, false);
    }
    // a share that threads share again
    check_split(4500, &[0, 2300, 4500], false, true);
}

#[test]
fn a_rate_beyond_its_bound_is_heard_by_all() {
    let dynamics = PARAMS.validate(8).unwrap();
    let mut memory = [Memory::new(8, 4), Memory::new(8, 4)];
    let [first, second] = &mut memory;
    let mut shares = [
        first.rows(&dynamics, 0..4, false),
        second.rows(&dynamics, 4..8, true),
    ];
    for beyond in [1.5, -1.000_001, f32::NAN, f32::INFINITY] {
        let mut phi = [0.5; 8];
        phi[6] = beyond;
        let (heard, products) = exchange(&shares, &phi);
        for share in &mut shares {
            let mut drive = [0.0; 4];
            share.drive(&heard, &products, &mut drive).unwrap();
            assert!(drive.iter().all(|drive| drive.is_nan()), "{beyond}");
        }
    }
}

#[test]
fn other_lengths_are_refused() {
    let dynamics = PARAMS.validate(8).unwrap();
    let hashed = HashedSigns::new(&dynamics, 1, 0);
    let refused = SignRows::hashed(&hashed, 4..9).unwrap_err();
    assert_eq!((refused.expected, refused.found), (8, 9));
    assert!(SignRows::store(&mut [0; 3], &hashed, 4..8).is_err());
    let mut memory = Memory::new(8, 4);
    let mut share = memory.rows(&dynamics, 4..8, false);
    let mut message = vec![0; share.message_len(4)];
    assert!(share.write_message(&[0.0; 5], &mut message).is_err());
    assert!(share.write_message(&[0.0; 4], &mut message[1..]).is_err());
    let mut products = [0; SAMPLES_LIMIT as usize];
    assert!(
        share
            .read_message(&message, &mut [0.0; 3], &mut products)
            .is_err()
    );
    assert!(share.drive(&[0.0; 7], &products, &mut [0.0; 4]).is_err());
    assert!(share.drive(&[0.0; 8], &products, &mut [0.0; 3]).is_err());
}
