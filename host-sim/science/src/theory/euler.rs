//! The autocorrelation without plasticity of the Euler map `x' = a x + dt eta`, `a = 1 - dt`.
//!
//! `<(x' - a x)(y' - a y)> = dt^2 g^2 C_phi` gives `C_{m+1} - 2 C_m + C_{m-1} = (dt^2 / a) (C_m - g^2 Q(C_m))`: the
//! continuous equation with a second difference. There is no energy, so that it is solved as a boundary problem.

use super::gaussian::RateCovariance;
use super::potential;
use super::solution::Autocorrelation;
use crate::networks::TransferFunction;

/// `C_x(m dt)` of chaos in the Euler map, `0 < dt < 1`. `None` where there is none, or the iteration fails.
pub fn solve(transfer: TransferFunction, g: f64, dt: f64) -> Option<Autocorrelation> {
    if !(dt > 0.0 && dt < 1.0) {
        return None;
    }
    // A grid that fits into a step, for the points of the first guess.
    let per_step = (dt / 0.02).ceil();
    let continuous = potential::solve(transfer, g, dt / per_step)?;
    let mut curve: Vec<f64> = continuous
        .states
        .iter()
        .step_by(per_step as usize)
        .copied()
        .collect();
    let mut variance = continuous.variance();
    // The table of Q belongs to a variance; its curve starts at that variance only for the right one: secant.
    let mut last: Option<(f64, f64)> = None;
    for _ in 0..40 {
        let rates = RateCovariance::new(transfer, variance);
        relax(&mut curve, &rates, g, dt)?;
        let excess = curve[0] - variance;
        if excess.abs() < 1e-11 * variance {
            return Some(Autocorrelation {
                interval: dt,
                states: curve,
                rates,
            });
        }
        let slope = last.map_or(-1.0, |(at, value)| (excess - value) / (variance - at));
        last = Some((variance, excess));
        // Not more than a tenth at a time: beyond the table the series soon stops to hold.
        variance -= (excess / slope).clamp(-0.1 * variance, 0.1 * variance);
    }
    None
}

/// Newton's method for the curve with the table of one variance; even in the lag, decaying at the far end.
fn relax(curve: &mut [f64], rates: &RateCovariance, g: f64, dt: f64) -> Option<()> {
    let strength = dt * dt / (1.0 - dt);
    let growth = strength * (1.0 - g * g * rates.slope(0.0));
    // Ratio of neighbours in the linear tail, the smaller root of r + 1/r = 2 + growth.
    let ratio = 1.0 + growth / 2.0 - (growth + growth * growth / 4.0).sqrt();
    let last = curve
        .len()
        .checked_sub(1)
        .filter(|&last| last > 1 && growth > 0.0)?;
    for _ in 0..60 {
        let force = |c: f64| strength * (c - g * g * rates.value(c));
        let system: Vec<Row> = (0..=last)
            .map(|m| {
                let here = curve[m];
                let diagonal = -2.0 - strength * (1.0 - g * g * rates.slope(here));
                let (before, after) = match m {
                    0 => (curve[1], curve[1]),
                    m if m == last => (curve[m - 1], ratio * here),
                    m => (curve[m - 1], curve[m + 1]),
                };
                Row {
                    below: if m == 0 { 0.0 } else { 1.0 },
                    diagonal: if m == last { diagonal + ratio } else { diagonal },
                    above: if m == 0 { 2.0 } else { 1.0 },
                    right: force(here) - (after - 2.0 * here + before),
                }
            })
            .collect();
        let change = solve_tridiagonal(system);
        let largest = change
            .iter()
            .fold(0.0, |largest: f64, change| largest.max(change.abs()));
        // Whole steps from afar could jump to the solution at rest.
        let damping = (0.2 * rates.variance() / largest).min(1.0);
        for (c, change) in curve.iter_mut().zip(&change) {
            *c += damping * change;
        }
        if !largest.is_finite() {
            return None;
        }
        if largest < 1e-13 * rates.variance() {
            return (curve[0] > 0.5 * rates.variance()).then_some(());
        }
    }
    None
}

struct Row {
    below: f64,
    diagonal: f64,
    above: f64,
    right: f64,
}

/// Gauss without pivoting: the second difference dominates.
fn solve_tridiagonal(mut system: Vec<Row>) -> Vec<f64> {
    for row in 1..system.len() {
        let factor = system[row].below / system[row - 1].diagonal;
        system[row].diagonal -= factor * system[row - 1].above;
        system[row].right -= factor * system[row - 1].right;
    }
    let mut solution = vec![0.0; system.len()];
    let mut after = 0.0;
    for (row, value) in system.iter().zip(&mut solution).rev() {
        after = (row.right - row.above * after) / row.diagonal;
        *value = after;
    }
    solution
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_curve_solves_its_equation_and_tends_to_the_continuous_one() {
        let (g, transfer) = (2.0, TransferFunction::Tanh);
        let continuous = potential::solve(transfer, g, 0.01).unwrap();
        let deviations = [0.2, 0.1].map(|dt: f64| {
            let solution = solve(transfer, g, dt).unwrap();
            let c = &solution.states;
            for m in 1..c.len() - 1 {
                let curvature = (c[m + 1] - 2.0 * c[m] + c[m - 1]) / (dt * dt) * (1.0 - dt);
                assert!((curvature - c[m] + g * g * solution.rates.value(c[m])).abs() < 1e-9);
            }
            // To first order in dt, only time is rescaled: by the root of a = 1 - dt.
            let width = solution.half_width().unwrap() / continuous.half_width().unwrap();
            assert!(
                (width - (1.0 - dt).sqrt()).abs() < 0.02 * dt,
                "half-width {width} at dt = {dt}"
            );
            solution.variance() - continuous.variance()
        });
        let ratio = deviations[0] / deviations[1];
        assert!(
            deviations[0].abs() < 1e-3 && (ratio - 4.0).abs() < 1.0,
            "{deviations:?}"
        );
        assert!(solve(transfer, g, 1.0).is_none() && solve(transfer, 0.9, 0.05).is_none());
    }
}
