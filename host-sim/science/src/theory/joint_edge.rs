//! Where the eigenvalues of the joint Jacobian lie, for many neurons.
//!
//! An eigenvector of the reduced joint matrix (see [`crate::spectra::State`]) with the eigenvalue `lambda` has
//! `a = k (C + phi phi^T / N) D dx / (1 + p lambda)`, so that `[(1 + lambda) - k C D / (1 + p lambda)] dx = W D dx` but for
//! one direction. A has a norm of order one where J has one of order root N, and the bulk sees J alone: independent entries of
//! variance `g^2 / N` between two diagonal matrices. Such a matrix has eigenvalues where its strength
//!
//! ```text
//! g^2 < phi'^2 |1 + p lambda|^2 / |(1 + lambda)(1 + p lambda) - k C phi'|^2 >
//! ```
//!
//! is above 1. It is 0 at -1/p, the gap between two bands. The average is over neurons: over those of given states here,
//! not over the mean field, so that the edge is tested apart from the theory of the states.

use contour::ContourBuilder;

use crate::estimators::mean_square;
use crate::spectra::Complex;

/// The strength as a function of `lambda`, for neurons of given slopes.
#[derive(Clone, Debug)]
pub struct JointEdge {
    g: f64,
    p: f64,
    /// Slope and `k C phi'` of every neuron.
    neurons: Vec<[f64; 2]>,
}

impl JointEdge {
    /// Of one or more states of networks of the same parameters, `C` and the slopes of each.
    pub fn new<'a>([g, k, p]: [f64; 3], states: impl IntoIterator<Item = (f64, &'a [f64])>) -> Self {
        let neurons = states
            .into_iter()
            .flat_map(|(c, slopes)| slopes.iter().map(move |slope| [*slope, k * c * slope]));
        Self {
            g,
            p,
            neurons: neurons.collect(),
        }
    }

    /// The strength: eigenvalues lie where it is above 1.
    pub fn strength(&self, at: Complex<f64>) -> f64 {
        let synapses = 1.0 + at * self.p;
        let both = (1.0 + at) * synapses;
        let sum: f64 = self
            .neurons
            .iter()
            // A saturated neuron adds nothing, not even at -1/p.
            .filter(|[slope, _]| *slope > 0.0)
            .map(|[slope, coupling]| (slope * slope) / (both - coupling).norm_sqr())
            .sum();
        self.g * self.g * synapses.norm_sqr() * sum / self.neurons.len().max(1) as f64
    }

    /// The rightmost point at which the strength is 1, with an imaginary part that is not negative; `None` where there
    /// is none, as without couplings.
    ///
    /// To the right of its poles the strength is a sum of squares of analytic functions that vanish at infinity, so that
    /// its largest value on a vertical line falls as the line moves to the right.
    pub fn rightmost(&self) -> Option<Complex<f64>> {
        let strongest = |re: f64| self.strongest(re);
        let mut low = self.rightmost_pole()?;
        let mut high = low + 1.0;
        while strongest(high).1 >= 1.0 {
            (low, high) = (high, high + 2.0 * (high - low));
            if !high.is_finite() {
                return None;
            }
        }
        while high - low > 1e-7 {
            let middle = (low + high) / 2.0;
            if strongest(middle).1 >= 1.0 {
                low = middle;
            } else {
                high = middle;
            }
        }
        Some(Complex::new(high, strongest(high).0))
    }

    /// Largest real part of the roots of `(1 + lambda)(1 + p lambda) = k C phi'`, of all neurons.
    fn rightmost_pole(&self) -> Option<f64> {
        let p = self.p;
        let poles = self.neurons.iter().map(|[_, coupling]| {
            let square = (1.0 - p).powi(2) + 4.0 * p * coupling;
            (-(1.0 + p) + square.max(0.0).sqrt()) / (2.0 * p)
        });
        poles.reduce(f64::max).filter(|pole| pole.is_finite())
    }

    /// The imaginary part at which the strength is largest on a vertical line, and its value there.
    fn strongest(&self, re: f64) -> (f64, f64) {
        let at = |im: f64| self.strength(Complex::new(re, im));
        // Beyond, |1 + lambda| exceeds g + |k C phi'| / |1 + p lambda|, and the strength is below 1.
        let largest = self.neurons.iter().map(|[_, coupling]| coupling.abs());
        let reach = self.g + (largest.fold(0.0, f64::max) / self.p).sqrt();
        const POINTS: usize = 100;
        let mut width = reach / POINTS as f64;
        let values = (0..=POINTS).map(|point| (point as f64 * width, at(point as f64 * width)));
        let better = |a: (f64, f64), b: (f64, f64)| if b.1 > a.1 { b } else { a };
        let mut best = values.fold((0.0, f64::NEG_INFINITY), better);
        while width > 1e-6 * reach {
            width /= 2.0;
            let around = [(best.0 - width).max(0.0), best.0 + width];
            best = around.into_iter().map(|im| (im, at(im))).fold(best, better);
        }
        best
    }

    /// The lines on which the strength is 1, within a rectangle of the complex plane given by two corners.
    pub fn lines(&self, [low, high]: [Complex<f64>; 2]) -> Vec<Vec<Complex<f64>>> {
        const COLUMNS: usize = 400;
        let step = (high.re - low.re) / (COLUMNS - 1) as f64;
        let rows = ((high.im - low.im) / step).ceil() as usize + 1;
        let points = (0..rows * COLUMNS).map(|point| {
            let (row, column) = (point / COLUMNS, point % COLUMNS);
            low + Complex::new(column as f64, row as f64) * step
        });
        // Its logarithm, which lines between two points of the grid follow better; it is infinite at poles and zeros.
        let values: Vec<f64> = points.map(|at| self.strength(at).clamp(1e-9, 1e9).ln()).collect();
        let lines = ContourBuilder::new(COLUMNS, rows, true)
            // The library takes values for those at the middle of cells.
            .x_origin(low.re - step / 2.0)
            .y_origin(low.im - step / 2.0)
            .x_step(step)
            .y_step(step)
            .lines(&values, &[0.0]);
        let lines = lines.iter().flatten().flat_map(|line| line.geometry().0.iter());
        lines
            .map(|line| line.coords().map(|at| Complex::new(at.x, at.y)).collect())
            .collect()
    }
}

/// Rightmost edge of the frozen spectrum, a disc about -1: `g sqrt(<phi'^2>) - 1`.
pub fn frozen_edge(g: f64, slopes: &[f64]) -> f64 {
    g * mean_square(slopes).sqrt() - 1.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_plasticity_it_is_the_circular_law() {
        // k = 0: a disc about -1 of radius g sqrt(<phi'^2>).
        let slopes = [1.0, 0.5, 0.25, 0.125];
        let edge = JointEdge::new([2.0, 0.0, 2.5], [(0.7, &slopes[..])]);
        let radius = 1.0 + frozen_edge(2.0, &slopes);
        assert!((radius - 2.0 * (1.328125_f64 / 4.0).sqrt()).abs() < 1e-12);
        let rightmost = edge.rightmost().unwrap();
        assert!((rightmost.re - (radius - 1.0)).abs() < 1e-6 && rightmost.im.abs() < 1e-3);
        let lines = edge.lines([Complex::new(-3.0, -2.0), Complex::new(1.0, 2.0)]);
        assert_eq!(lines.len(), 1);
        for at in &lines[0] {
            assert!(((at + 1.0).norm() - radius).abs() < 1e-3, "{at}");
        }
    }

    #[test]
    fn at_a_state_of_one_slope_the_edge_solves_a_cubic() {
        // One slope s on the real axis: |(1 + l)(1 + p l) - k C s| = g s |1 + p l|, here with + on the right.
        let ([g, k, p], c, s) = ([1.5, 2.0, 2.5], 0.8, 0.6);
        let edge = JointEdge::new([g, k, p], [(c, &[s][..])]);
        let found = edge.rightmost().unwrap();
        // p l^2 + (1 + p - g s p) l + 1 - k C s - g s = 0
        let (b, d) = (1.0 + p - g * s * p, 1.0 - k * c * s - g * s);
        let expected = (-b + (b * b - 4.0 * p * d).sqrt()) / (2.0 * p);
        assert!(
            (found.re - expected).abs() < 1e-6 && found.im.abs() < 1e-3,
            "{found}"
        );
        assert_eq!(edge.strength(Complex::new(-1.0 / p, 0.0)), 0.0, "the gap");
    }

    #[test]
    fn anti_hebbian_edges_lie_off_the_real_axis() {
        let slopes: Vec<f64> = (1..=50).map(|at| f64::from(at) / 50.0).collect();
        let edge = JointEdge::new([2.0, -8.0, 2.5], [(0.23, &slopes[..])]);
        let rightmost = edge.rightmost().unwrap();
        assert!(rightmost.im > 0.5, "{rightmost}");
        // No point of a fine grid lies further to the right.
        for point in 0..4000 {
            let at = Complex::new(rightmost.re + 1e-3, f64::from(point) * 1e-3);
            assert!(edge.strength(at) < 1.0);
        }
        assert!((edge.strength(rightmost) - 1.0).abs() < 1e-4);
        assert!(JointEdge::new([2.0, 1.0, 2.5], []).rightmost().is_none());
    }
}
