//! Quality of the hashed signs: sums and correlations of rows and columns against independent signs, and the spectral
//! radius against the gain. Fixed seeds; every tolerance is five standard errors of what independent signs give.

use freezable_chaos::{Dynamics, HashedSigns, Params, SignCouplings, signs_len};
use science::spectra::rightmost_eigenvalue;

fn dynamics(n: usize) -> Dynamics {
    let params = Params {
        g: 1.0,
        k: 0.0,
        p: 2.5,
        dt: 0.05,
    };
    params.validate(n).expect("in range")
}

/// Bits of a matrix of signs, row by row or column by column: one vector of words each.
fn lines(n: usize, is_positive: impl Fn(usize, usize) -> bool) -> Vec<Vec<u64>> {
    let line = |i: usize| {
        let mut words = vec![0_u64; n.div_ceil(64)];
        for j in 0..n {
            words[j / 64] |= u64::from(is_positive(i, j)) << (j % 64);
        }
        words
    };
    (0..n).map(line).collect()
}

/// Sum of the products of two lines of n signs.
fn product(a: &[u64], b: &[u64], n: usize) -> f64 {
    let different: u32 = a.iter().zip(b).map(|(a, b)| (a ^ b).count_ones()).sum();
    n as f64 - 2.0 * f64::from(different)
}

/// Mean square of standard normal values: 1, within five standard errors.
fn assert_standard(name: &str, values: impl Iterator<Item = f64>) {
    let (mut count, mut squares, mut largest) = (0.0, 0.0, 0.0_f64);
    for value in values {
        count += 1.0;
        squares += value * value;
        largest = largest.max(value.abs());
    }
    let mean = squares / count;
    assert!(
        (mean - 1.0).abs() < 5.0 * (2.0_f64 / count).sqrt(),
        "{name}: mean square {mean} of {count}"
    );
    // A normal value beyond this is expected once in ten thousand such tests.
    let bound = (2.0 * (1e4 * count).ln()).sqrt();
    assert!(
        largest < bound,
        "{name}: one of {count} values is {largest}, bound {bound}"
    );
}

#[test]
fn rows_and_columns_are_those_of_independent_signs() {
    let n = 1024;
    let root = (n as f64).sqrt();
    for (seed, network) in [(1, 0), (1, 1), (2, 0), (u64::MAX, 7)] {
        let hashed = HashedSigns::new(&dynamics(n), seed, network);
        let mut buffer = vec![0; signs_len(n)];
        let signs = SignCouplings::store(&mut buffer, &hashed).expect("fits");
        let get = |i, j| signs.is_positive(i, j).expect("within the size");
        let (rows, columns) = (lines(n, get), lines(n, |i, j| get(j, i)));
        let ones = vec![u64::MAX; n / 64];
        for (name, lines) in [("rows", &rows), ("columns", &columns)] {
            let name = |what: &str| format!("seed {seed}, network {network}: {what} of {name}");
            assert_standard(
                &name("sums"),
                lines.iter().map(|line| product(line, &ones, n) / root),
            );
            let pairs = (0..n).flat_map(|a| (0..a).map(move |b| (a, b)));
            let products = pairs.map(|(a, b)| product(&lines[a], &lines[b], n) / root);
            assert_standard(&name("products"), products);
            // The same bit of neighbouring words, and neighbours in the count of the rows.
            for lag in [1, 2, 3, 32, 64] {
                let products = (lag..n).map(|a| product(&lines[a], &lines[a - lag], n) / root);
                assert_standard(&name(&format!("products at lag {lag}")), products);
            }
        }
    }
}

#[test]
fn seeds_and_networks_do_not_share_signs() {
    let n = 512;
    let all = |seed, network| {
        let mut buffer = vec![0; signs_len(n)];
        SignCouplings::store(&mut buffer, &HashedSigns::new(&dynamics(n), seed, network)).expect("fits");
        buffer
    };
    let matrices = [all(1, 0), all(1, 1), all(2, 0), all(1 << 32, 0), all(1, 1 << 31)];
    let pairs = (0..matrices.len()).flat_map(|a| (0..a).map(move |b| (a, b)));
    for (a, b) in pairs {
        let product = product(&matrices[a], &matrices[b], n * n) / n as f64;
        assert!(
            product.abs() < 5.0,
            "matrices {a} and {b}: {product} standard errors"
        );
    }
}

/// The circular law: the spectrum of signs over the root of N fills the unit disc. At N = 400 the edge is at
/// 1 + 0.02(3) (Rider and Sinclair 2014); the bound is four standard errors.
#[test]
#[cfg_attr(
    debug_assertions,
    ignore = "eigenvalues of large matrices: cargo test --release"
)]
fn the_spectral_radius_is_the_gain() {
    let n = 400;
    for seed in 1..5 {
        let hashed = HashedSigns::new(&dynamics(n), seed, 0);
        let scale = f64::from(dynamics(n).coupling_scale());
        let pairs = (0..n).flat_map(|i| (0..n).map(move |j| (i, j)));
        let signed = |(i, j)| {
            if hashed.is_positive(i, j).expect("within the size") {
                scale
            } else {
                -scale
            }
        };
        let matrix: Vec<f64> = pairs.map(signed).collect();
        let edge = rightmost_eigenvalue(n, &matrix).expect("converges");
        assert!((edge - 1.02).abs() < 0.12, "seed {seed}: {edge}");
    }
}
