//! What numbers of an outcome can be. A part that was kept may be whole and still not be of this code: then it is measured
//! again. Rates run from -1 to 1, and so do their averages.

/// Rounding of a sum.
const ROUNDING: f64 = 1e-9;

/// `C_phi(tau)` at so many lags.
pub fn autocorrelation(curve: &[f64], lags: usize) -> bool {
    let bounded = curve.iter().all(|value| value.abs() <= 1.0 + ROUNDING);
    curve.len() == lags && bounded && curve.first().is_none_or(|&variance| variance >= 0.0)
}

/// Shares, mean squares of rates, magnitudes of cosines.
pub fn shares(values: impl IntoIterator<Item = f64>) -> bool {
    values
        .into_iter()
        .all(|value| (0.0..=1.0 + ROUNDING).contains(&value))
}

/// Cosines.
pub fn cosines(values: impl IntoIterator<Item = f64>) -> bool {
    values.into_iter().all(|value| value.abs() <= 1.0 + ROUNDING)
}

/// Speeds, distances, times.
pub fn not_negative(values: impl IntoIterator<Item = f64>) -> bool {
    values.into_iter().all(|value| value >= 0.0 && value.is_finite())
}

/// Numbers of either sign.
pub fn finite(values: impl IntoIterator<Item = f64>) -> bool {
    values.into_iter().all(f64::is_finite)
}

/// Lyapunov exponents, of which some may be -infinity.
pub fn exponents(values: impl IntoIterator<Item = f64>) -> bool {
    values.into_iter().all(|value| value < f64::INFINITY)
}
