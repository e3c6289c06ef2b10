//! Transforms of series that are known.

use numerics::{Fourier, double_precision, single_precision};

#[test]
fn a_cosine_is_one_line_and_comes_back_times_the_length() {
    const LENGTH: usize = 60;
    let wave = |at: usize| (std::f64::consts::TAU * 7.0 * at as f64 / LENGTH as f64).cos();
    let Fourier { forward, backward } = double_precision(LENGTH);
    let mut series: Vec<f64> = (0..LENGTH).map(wave).collect();
    let mut spectrum = forward.make_output_vec();
    forward.process(&mut series, &mut spectrum).unwrap();
    assert_eq!(spectrum.len(), LENGTH / 2 + 1);
    for (frequency, value) in spectrum.iter().enumerate() {
        let expected = if frequency == 7 { LENGTH as f64 / 2.0 } else { 0.0 };
        assert!((value.re - expected).abs() < 1e-12 && value.im.abs() < 1e-12);
    }
    backward.process(&mut spectrum, &mut series).unwrap();
    for (at, value) in series.iter().enumerate() {
        assert!((value - LENGTH as f64 * wave(at)).abs() < 1e-10);
    }
}

#[test]
fn single_precision_is_double_rounded() {
    const LENGTH: usize = 36;
    let mut series: Vec<f32> = (0..LENGTH).map(|at| (at as f32 * 1.3).sin()).collect();
    let mut wide: Vec<f64> = series.iter().map(|&value| f64::from(value)).collect();
    let (single, double) = (single_precision(LENGTH), double_precision(LENGTH));
    let (mut found, mut expected) = (single.forward.make_output_vec(), double.forward.make_output_vec());
    single.forward.process(&mut series, &mut found).unwrap();
    double.forward.process(&mut wide, &mut expected).unwrap();
    for (found, expected) in found.iter().zip(&expected) {
        assert!((f64::from(found.re) - expected.re).abs() < 1e-5);
        assert!((f64::from(found.im) - expected.im).abs() < 1e-5);
    }
}
