//! The largest Lyapunov exponent without plasticity, from the ground state of a Schroedinger problem: Sompolinsky,
//! Crisanti and Sommers, Phys. Rev. Lett. 61, 259 (1988).

use super::roots;
use super::solution::Autocorrelation;

/// Continuous time: `-psi'' + (1 - g^2 C_phi'(tau)) psi = E psi`, `lambda = -1 + sqrt(1 - E)`. By Numerov's rule, whose
/// error is of the fourth order in the interval of the curve.
pub fn largest_exponent(solution: &Autocorrelation, g: f64) -> Option<f64> {
    let h = solution.interval;
    let slopes = solution.slope_curve();
    ground_state(&slopes, g, |lambda, slope| {
        let curvature = h * h * ((1.0 + lambda).powi(2) - g * g * slope);
        curvature / (1.0 - curvature / 12.0)
    })
}

/// The Euler map, with a = 1 - dt and the second difference D2:
/// `a exp(lambda dt) D2 psi / dt^2 + g^2 C_phi' psi = ((exp(lambda dt) - a) / dt)^2 psi`.
pub fn largest_exponent_of_map(solution: &Autocorrelation, g: f64) -> Option<f64> {
    let dt = solution.interval;
    let a = 1.0 - dt;
    let slopes = solution.slope_curve();
    ground_state(&slopes, g, |lambda, slope| {
        let growth = (lambda * dt).exp();
        (((growth - a) / dt).powi(2) - g * g * slope) * dt * dt / (a * growth)
    })
}

/// The largest `lambda` for which `w_{m+1} - 2 w_m + w_{m-1} = q(lambda, slope_m) w_m` has an even solution that decays.
///
/// At lambda = 0 the derivative of the autocorrelation solves it (in continuous time, and nearly so for the map): it is
/// odd, with one node at the lag 0. So the ground state, which has none, lies above.
fn ground_state(slopes: &[f64], g: f64, q: impl Fn(f64, f64) -> f64) -> Option<f64> {
    let (&first, others) = slopes.split_first()?;
    let (&last, inner) = others.split_last()?;
    let mismatch = |lambda: f64| {
        let tail = q(lambda, last);
        // w_{m-1} / w_m from the far end, where it decays, inwards, which is the stable direction.
        let mut ratio = 1.0 + tail / 2.0 + (tail + tail * tail / 4.0).sqrt();
        for &slope in inner.iter().rev() {
            ratio = 2.0 + q(lambda, slope) - 1.0 / ratio;
            if ratio <= 0.0 {
                // A node: lambda is below that of the ground state.
                return -1.0;
            }
        }
        2.0 + q(lambda, first) - 2.0 / ratio
    };
    let highest = g * first.sqrt() - 1.0;
    roots::between(0.0, 1.01 * highest + 1e-6, |lambda| {
        mismatch(lambda).clamp(-1.0, 1.0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::networks::TransferFunction;
    use crate::theory::{euler, potential};

    #[test]
    fn a_well_with_a_known_ground_state() {
        // 1 - g^2 C_phi' = 1 - n (n + 1) sech^2(tau) (Poeschl and Teller) has E = 1 - n^2: n = 2 with the odd state at
        // E = 0 in front of it, as here. So lambda = -1 + 2.
        let h = 0.02;
        let slopes: Vec<f64> = (0..1500)
            .map(|m| 6.0 / (f64::from(m) * h).cosh().powi(2))
            .collect();
        let found = ground_state(&slopes, 1.0, |lambda, slope| {
            let curvature = h * h * ((1.0 + lambda).powi(2) - slope);
            curvature / (1.0 - curvature / 12.0)
        });
        assert!((found.unwrap() - 1.0).abs() < 1e-6, "{found:?}");
    }

    #[test]
    fn the_table_of_exact_values() {
        // g, C_x(0), lambda in continuous time, at Euler 0.25 and at Euler 0.05.
        for (g, variance, continuous, coarse, fine) in [
            (1.25, 0.315594, 0.016963, 0.016908, 0.016952),
            (1.5, 0.747686, 0.046746, 0.046330, 0.046663),
            (2.0, 1.924805, 0.112458, 0.110092, 0.111977),
            (3.0, 5.446326, 0.235461, 0.225401, 0.233364),
            (5.0, 16.964046, 0.433698, 0.401074, 0.426641),
        ] {
            let tanh = TransferFunction::Tanh;
            let solution = potential::solve(tanh, g, 0.01).unwrap();
            assert!((solution.variance() - variance).abs() < 1e-5, "g = {g}");
            let lambda = largest_exponent(&solution, g).unwrap();
            assert!((lambda / continuous - 1.0).abs() < 1e-4, "g = {g}: {lambda}");
            for (dt, expected) in [(0.25, coarse), (0.05, fine)] {
                let map = euler::solve(tanh, g, dt).unwrap();
                let lambda = largest_exponent_of_map(&map, g).unwrap();
                assert!(
                    (lambda / expected - 1.0).abs() < 1e-3,
                    "g = {g}, dt = {dt}: {lambda}"
                );
            }
        }
    }
}
