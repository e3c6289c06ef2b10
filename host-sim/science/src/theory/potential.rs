//! The autocorrelation without plasticity in continuous time: Sompolinsky, Crisanti and Sommers, Phys. Rev. Lett. 61,
//! 259 (1988), the limit k = 0 of the theory of Clark and Abbott.
//!
//! `C(tau) = <x(t) x(t + tau)>` obeys `C'' = C - g^2 Q(C) = -dV/dC`: a particle that starts at rest in C(0) and comes to
//! rest in 0. So `V(C(0)) = V(0)`, which fixes C(0).

use super::gaussian::RateCovariance;
use super::roots;
use super::solution::Autocorrelation;
use crate::networks::TransferFunction;

/// Relative size at which the tail is a plain exponential.
const LINEAR: f64 = 1e-4;
/// Relative size at which the tail ends.
const NEGLIGIBLE: f64 = 1e-10;
/// Most points of a curve: closer to g = 1 the decay takes too long to be of use.
const MOST_POINTS: usize = 4_000_000;

/// `C_x(tau)` of chaos in continuous time, with `interval` between its points (0.01 gives about nine digits). `None`
/// where the only solution is rest, g <= 1, and so close above it that the curve would be too long.
pub fn solve(transfer: TransferFunction, g: f64, interval: f64) -> Option<Autocorrelation> {
    if g.is_nan() || g <= 1.0 {
        return None;
    }
    // Per C(0)^2, or the zero at rest would hide the other.
    let energy = |variance: f64| {
        0.5 - g * g * RateCovariance::new(transfer, variance).area(variance) / (variance * variance)
    };
    let variance = roots::between(1e-3 * (g - 1.0), g * g, energy)?;
    let rates = RateCovariance::new(transfer, variance);
    let decay = (1.0 - g * g * rates.slope(0.0)).sqrt();
    let points = -NEGLIGIBLE.ln() / decay / interval;
    // NaN: no decay at all.
    if points.is_nan() || points > MOST_POINTS as f64 {
        return None;
    }
    let mut curve = vec![variance];
    let acceleration = |c: f64| c - g * g * rates.value(c);
    // Away from rest by the second-order equation; towards rest that would be unstable, and the energy says the speed.
    let (mut c, mut speed) = (variance, 0.0);
    while c > variance / 2.0 {
        (c, speed) = runge_kutta([c, speed], interval, |[c, speed]| [speed, acceleration(c)]).into();
        curve.push(c);
    }
    let downhill = |[c]: [f64; 1]| [-(c * c - 2.0 * g * g * rates.area(c)).max(0.0).sqrt()];
    while c > LINEAR * variance {
        [c] = runge_kutta([c], interval, downhill);
        curve.push(c);
    }
    while c > NEGLIGIBLE * variance {
        c *= (-decay * interval).exp();
        curve.push(c);
    }
    Some(Autocorrelation {
        interval,
        states: curve,
        rates,
    })
}

/// One step of the classical fourth-order rule.
fn runge_kutta<const D: usize>(y: [f64; D], h: f64, slope: impl Fn([f64; D]) -> [f64; D]) -> [f64; D] {
    let moved = |by: f64, k: &[f64; D]| std::array::from_fn(|i| y[i] + by * k[i]);
    let k1 = slope(y);
    let k2 = slope(moved(h / 2.0, &k1));
    let k3 = slope(moved(h / 2.0, &k2));
    let k4 = slope(moved(h, &k3));
    std::array::from_fn(|i| y[i] + h / 6.0 * (k1[i] + 2.0 * (k2[i] + k3[i]) + k4[i]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rest_below_the_transition() {
        assert!(solve(TransferFunction::Tanh, 1.0, 0.05).is_none());
        assert!(solve(TransferFunction::Tanh, f64::NAN, 0.05).is_none());
    }

    #[test]
    fn the_curve_solves_its_equation() {
        for transfer in [TransferFunction::Tanh, TransferFunction::Erf] {
            let (g, h) = (2.0, 0.01);
            let solution = solve(transfer, g, h).unwrap();
            let c = &solution.states;
            for at in 1..c.len() - 1 {
                let force = |at: usize| c[at] - g * g * solution.rates.value(c[at]);
                // Numerov's formula is exact to h^6.
                let curvature = c[at + 1] - 2.0 * c[at] + c[at - 1];
                let expected = h * h / 12.0 * (force(at + 1) + 10.0 * force(at) + force(at - 1));
                assert!(
                    (curvature - expected).abs() < 3e-9 * h * h.max(c[at] * 1e-2),
                    "{transfer:?} at {at}"
                );
            }
        }
    }
}
