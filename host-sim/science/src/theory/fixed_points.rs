//! Stable fixed points of neurons and synapses together: `A = (k/N) phi phi^T`, so `x = k C phi(x) + g sqrt(C) z` with
//! `C = <phi^2>` and a standard Gaussian z. The neuronal part alone has the slope `1 - k C phi'`, and is stable by itself
//! where that is positive; the network is stable where also `g^2 <phi'^2 / (1 - k C phi')^2> < 1`, whatever p (k > 0).

use super::roots;
use crate::networks::TransferFunction;

/// Mean field of the fixed points in which every neuron lies on the outer branch, on the side of its field.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FixedPoint {
    /// `C = <phi^2>`.
    pub c: f64,
    /// `g^2 <phi'^2 / (1 - k C phi')^2>`: stable below 1.
    pub marginality: f64,
}

/// The mean field with the largest C; `None` where only rest is left.
pub fn typical(transfer: TransferFunction, g: f64, k: f64) -> Option<FixedPoint> {
    let mut c = 1.0;
    let mut found = average(transfer, g, k, c);
    // The map C -> <phi^2> rises, so that from above it falls monotonically to its largest fixed point.
    for _ in 0..20_000 {
        if (found.c - c).abs() < 1e-12 {
            break;
        }
        c = found.c;
        if c < 1e-6 {
            return None;
        }
        found = average(transfer, g, k, c);
    }
    Some(found)
}

/// The averages over the field for a given C.
fn average(transfer: TransferFunction, g: f64, k: f64, c: f64) -> FixedPoint {
    let (coupling, spread) = (k * c, g * c.sqrt());
    let fold = fold(transfer, coupling);
    let mut result = FixedPoint {
        c: 0.0,
        marginality: 0.0,
    };
    // The rates jump where the field changes sign, so that the half above is taken, by the midpoint rule.
    const POINTS: usize = 600;
    let step = 8.5 / POINTS as f64;
    for z in (0..POINTS).map(|point| (point as f64 + 0.5) * step) {
        let weight = 2.0 * step * (-z * z / 2.0).exp() / std::f64::consts::TAU.sqrt();
        let field = spread * z;
        let balance = |x: f64| x - coupling * transfer.value(x) - field;
        let x = roots::between(fold, fold + field + coupling.abs() + 1.0, balance).unwrap_or(fold);
        let slope = transfer.slope(x);
        result.c += weight * transfer.value(x).powi(2);
        result.marginality += weight * (g * slope / (1.0 - coupling * slope)).powi(2);
    }
    result
}

/// The x > 0 beyond which `coupling phi'(x) < 1`; 0 if that is everywhere.
fn fold(transfer: TransferFunction, coupling: f64) -> f64 {
    if coupling <= 1.0 {
        return 0.0;
    }
    roots::between(0.0, 40.0, |x| transfer.slope(x) - 1.0 / coupling).unwrap_or(0.0)
}

/// Number of stable fixed points, on average over networks (annealed): `exp(N Sigma)`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Complexity {
    /// `Sigma`, per neuron; negative where there are none.
    pub sigma: f64,
    /// `C = <phi^2>` of most of them.
    pub c: f64,
}

/// `Sigma = max_C min_{c, mu >= 0} ln int dx N(x - k C phi; 0, g^2 C) |1 - k C phi'| exp[c (phi^2 - C)
/// - mu (g^2 phi'^2 / (1 - k C phi')^2 - 1)]` over the x with `k C phi' < 1`: the Kac-Rice count, with C and the
/// stability held by their multipliers. `None` where no C allows fixed points.
pub fn complexity(transfer: TransferFunction, g: f64, k: f64) -> Option<Complexity> {
    let at = |c: f64| count_at(transfer, g, k, c).map(|sigma| Complexity { sigma, c });
    let better = |a: Complexity, b: Complexity| if b.sigma > a.sigma { b } else { a };
    const SCAN: usize = 200;
    let mut best = (1..SCAN)
        .filter_map(|step| at(step as f64 / SCAN as f64))
        .reduce(better)?;
    let mut width = 1.0 / SCAN as f64;
    while width > 1e-7 {
        width /= 2.0;
        let around = [best.c - width, best.c + width];
        best = around
            .into_iter()
            .filter(|c| *c > 0.0 && *c < 1.0)
            .filter_map(at)
            .fold(best, better);
    }
    Some(best)
}

/// Sigma for one C: a convex minimum over the two multipliers, by Newton's method.
fn count_at(transfer: TransferFunction, g: f64, k: f64, c: f64) -> Option<f64> {
    const POINTS: usize = 2000;
    let (coupling, spread) = (k * c, g * c.sqrt());
    let fold = fold(transfer, coupling);
    let step = (coupling.abs() + 9.0 * spread) / POINTS as f64;
    // Logarithm of the weight, phi^2 - C, and the excess over marginal stability.
    let terms: Vec<(f64, f64, f64)> = (0..POINTS)
        .map(|point| fold + (point as f64 + 0.5) * step)
        .map(|x| {
            let (rate, slope) = (transfer.value(x), transfer.slope(x));
            let steepness = 1.0 - coupling * slope;
            let field = (x - coupling * rate) / spread;
            // Both signs of x.
            let weight = 2.0 * step * steepness / (spread * std::f64::consts::TAU.sqrt());
            let excess = (g * slope / steepness).powi(2) - 1.0;
            (weight.ln() - field * field / 2.0, rate * rate - c, excess)
        })
        .collect();
    let tilted = |[a, mu]: [f64; 2]| {
        let exponent = |term: &(f64, f64, f64)| term.0 + a * term.1 - mu * term.2;
        let top = terms.iter().map(exponent).fold(f64::NEG_INFINITY, f64::max);
        let mut sums = [0.0; 6];
        for term in &terms {
            let weight = (exponent(term) - top).exp();
            let (p, q) = (term.1, -term.2);
            if weight > 0.0 {
                let products = [1.0, p, q, p * p, p * q, q * q];
                sums.iter_mut()
                    .zip(products)
                    .for_each(|(sum, product)| *sum += weight * product);
            }
        }
        let [norm, p, q, pp, pq, qq] = sums;
        let (p, q) = (p / norm, q / norm);
        (
            top + norm.ln(),
            [p, q],
            [pp / norm - p * p, pq / norm - p * q, qq / norm - q * q],
        )
    };
    // Without the multiplier of stability first: if most fixed points are stable anyway, that is the minimum.
    let (value, at, outward) = descend(&tilted, [0.0, 0.0], true)?;
    if outward >= 0.0 {
        return Some(value);
    }
    descend(&tilted, at, false).map(|(value, ..)| value)
}

/// Value, gradient, and second derivatives aa, ab, bb of a convex function of two variables.
type Convex = (f64, [f64; 2], [f64; 3]);

/// The minimum of a convex function, in both variables or in the first alone: its value, where it is, and the slope
/// along the second variable. Newton's method with steps cut in half until they lead down.
fn descend(
    function: &impl Fn([f64; 2]) -> Convex,
    mut at: [f64; 2],
    first_alone: bool,
) -> Option<(f64, [f64; 2], f64)> {
    /// Below, the constraint cannot be met at all.
    const IMPOSSIBLE: f64 = -10.0;
    let mut now = function(at);
    for _ in 0..200 {
        let (value, [p, q], [pp, pq, qq]) = now;
        if value < IMPOSSIBLE || !value.is_finite() {
            return None;
        }
        let determinant = pp * qq - pq * pq;
        let change = if first_alone {
            [-p / pp, 0.0]
        } else {
            [(pq * q - qq * p) / determinant, (pq * p - pp * q) / determinant]
        };
        let mut share = 1.0;
        let (next, there) = loop {
            let next = [at[0] + share * change[0], at[1] + share * change[1]];
            let there = function(next);
            if there.0 <= value || share < 1e-12 {
                break (next, there);
            }
            share /= 2.0;
        };
        if there.0.is_nan() || there.0 > value - 1e-13 {
            break;
        }
        (at, now) = (next, there);
    }
    Some((now.0, at, now.1[1]))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TANH: TransferFunction = TransferFunction::Tanh;

    #[test]
    fn without_plasticity_fixed_points_are_marginal_where_chaos_begins() {
        // k = 0: x is Gaussian of variance g^2 C; such fixed points are never stable above g = 1.
        let point = typical(TANH, 1.5, 0.0).unwrap();
        let sigma = 1.5 * point.c.sqrt();
        let square = super::super::gaussian::average(sigma, |x| x.tanh().powi(2));
        assert!((point.c - square).abs() < 1e-9, "{point:?}");
        assert!(point.marginality > 1.0);
        assert_eq!(typical(TANH, 0.9, 0.0), None);
    }

    #[test]
    fn as_the_gain_falls_fixed_points_need_a_strength_above_2_017() {
        // Then x = k tanh(x)^3 for all neurons, which has a solution from k = min x / tanh(x)^3 on.
        assert!(typical(TANH, 1e-3, 2.03).is_some());
        assert_eq!(typical(TANH, 1e-3, 2.0), None);
        // Each neuron chooses its sign: 2 per neuron, and none is lost to instability.
        let count = complexity(TANH, 1e-2, 3.0).unwrap();
        assert!((count.sigma.exp() - 2.0).abs() < 0.02, "{count:?}");
    }

    #[test]
    fn where_stability_costs_nothing_the_count_is_that_of_single_neurons() {
        // A field within the fold leaves a neuron two states, another field one: 1 + P(|field| < fold) per neuron.
        let (g, k) = (1.5, 4.0);
        let count = complexity(TANH, g, k).unwrap();
        let coupling = k * count.c;
        let fold = fold(TANH, coupling);
        let reach = (coupling * fold.tanh() - fold) / (g * count.c.sqrt());
        let expected = 1.0 + libm::erf(reach / 2f64.sqrt());
        assert!(
            (count.sigma.exp() - expected).abs() < 2e-3,
            "{count:?} against {expected}"
        );
    }
}
