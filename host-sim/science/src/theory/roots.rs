//! Zero of a function of one variable.

/// A zero between `low` and `high`, where the function has opposite signs; `None` where it has not. Bisection, with
/// regula falsi (Illinois) in between.
pub fn between(mut low: f64, mut high: f64, function: impl Fn(f64) -> f64) -> Option<f64> {
    let (mut at_low, mut at_high) = (function(low), function(high));
    // NaN has no sign either.
    let product = at_low * at_high;
    if product.is_nan() || product > 0.0 {
        return None;
    }
    for round in 0..200 {
        if (high - low).abs() <= 1e-13 * (low.abs() + high.abs()) || at_low == 0.0 || at_high == 0.0 {
            break;
        }
        let secant = high - at_high * (high - low) / (at_high - at_low);
        let inside = secant > low.min(high) && secant < low.max(high);
        // Every fourth round halves the bracket, whatever the function.
        let middle = if inside && round % 4 != 3 {
            secant
        } else {
            (low + high) / 2.0
        };
        let value = function(middle);
        if value * at_high <= 0.0 {
            (low, at_low) = (high, at_high);
        } else {
            at_low /= 2.0;
        }
        (high, at_high) = (middle, value);
    }
    Some(if at_low == 0.0 { low } else { high })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_zeros_are_found_and_absent_ones_are_not() {
        assert!((between(0.0, 2.0, |x| x * x - 2.0).unwrap() - 2f64.sqrt()).abs() < 1e-12);
        assert!((between(0.0, 10.0, |x| x.powi(9) - 1e-9).unwrap() - 0.1).abs() < 1e-12);
        assert!((between(-1.0, 4.0, |x| if x < 3.0 { -1.0 } else { 1.0 }).unwrap() - 3.0).abs() < 1e-9);
        assert_eq!(between(0.0, 1.0, |x| x + 1.0), None);
        assert_eq!(between(0.0, 1.0, |_| f64::NAN), None);
    }
}
