//! Newton's method on `x = J phi(x) + k C phi(x)`.

use numerics::Matrix;

use crate::estimators::mean_square;
use crate::networks::TransferFunction;
use crate::spectra::{State, rightmost_eigenvalue};

/// The equation of one network's fixed points.
#[derive(Clone, Debug)]
pub struct Equation {
    /// J, N x N.
    quenched: Matrix,
    k: f64,
    transfer: TransferFunction,
}

/// Largest `|x - J phi - k C phi|` of a solution.
pub const RESIDUAL: f64 = 1e-10;
/// Most iterations: from a network at rest, three or four do.
const ITERATIONS: usize = 20;

impl Equation {
    /// Of the couplings J, N x N, row-major.
    pub fn new(quenched: &[f64], n: usize, k: f64, transfer: TransferFunction) -> Self {
        Self {
            quenched: Matrix::from_rows(quenched, n, n),
            k,
            transfer,
        }
    }

    /// `phi(x)`.
    pub fn rate(&self, x: f64) -> f64 {
        self.transfer.value(x)
    }

    /// The solution near x, to [`RESIDUAL`]; `None` where the iteration does not come to one.
    pub fn refine(&self, x: &[f64]) -> Option<Vec<f64>> {
        let n = x.len();
        let mut x = x.to_vec();
        for _ in 0..ITERATIONS {
            let rates: Vec<f64> = x.iter().map(|&x| self.transfer.value(x)).collect();
            let coupling = self.k * mean_square(&rates);
            let drive = self.quenched.apply(&rates);
            // x - J phi - k C phi.
            let imbalance: Vec<f64> = (0..n).map(|i| x[i] - drive[i] - rates[i] * coupling).collect();
            if !imbalance.iter().all(|value| value.is_finite()) {
                return None;
            }
            if imbalance.iter().all(|value| value.abs() < RESIDUAL) {
                return Some(x);
            }
            // I - (J + k C + (2k/N) phi phi^T) D: C moves with the rates.
            let slopes: Vec<f64> = x.iter().map(|&x| self.transfer.slope(x)).collect();
            let growth = 2.0 * self.k / n as f64;
            let matrix = Matrix::from_fn(n, n, |i, j| {
                let unit = f64::from(u8::from(i == j));
                unit - (self.quenched[(i, j)] + coupling * unit + growth * rates[i] * rates[j]) * slopes[j]
            });
            let change = matrix.solve(&imbalance);
            x.iter_mut().enumerate().for_each(|(i, x)| *x -= change[i]);
        }
        None
    }

    /// Largest real part in the joint spectrum at a fixed point, without the -1/p of lone synapses; `None` where
    /// the eigenvalues do not converge.
    pub fn rightmost(&self, x: &[f64], p: f64) -> Option<f64> {
        let n = x.len();
        let rates: Vec<f64> = x.iter().map(|&x| self.transfer.value(x)).collect();
        let slopes: Vec<f64> = x.iter().map(|&x| self.transfer.slope(x)).collect();
        let growth = self.k / n as f64;
        let frozen: Vec<f64> = (0..n * n)
            .map(|at| {
                let (i, j) = (at / n, at % n);
                let coupling = self.quenched[(i, j)] + growth * rates[i] * rates[j];
                coupling * slopes[j] - f64::from(u8::from(i == j))
            })
            .collect();
        let state = State {
            rates: &rates,
            slopes: &slopes,
            frozen: &frozen,
            k: self.k,
            p,
        };
        rightmost_eigenvalue(2 * n, &state.joint())
    }

    /// `g^2 <phi'^2 / (1 - k C phi')^2>` over the neurons of a fixed point: below 1 where its bulk is stable.
    pub fn marginality(&self, x: &[f64], g: f64) -> f64 {
        let rates: Vec<f64> = x.iter().map(|&x| self.transfer.value(x)).collect();
        let coupling = self.k * mean_square(&rates);
        let gains: Vec<f64> = x
            .iter()
            .map(|&x| self.transfer.slope(x))
            .map(|slope| g * slope / (1.0 - coupling * slope))
            .collect();
        mean_square(&gains)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theory::roots;

    const TANH: TransferFunction = TransferFunction::Tanh;

    #[test]
    fn without_quenched_couplings_all_neurons_solve_one_equation() {
        // J = 0: |x| = k tanh(|x|)^3, with two solutions above k = 2.017; the larger is stable.
        let k = 2.5;
        let larger = roots::between(1.5, 5.0, |x| x - k * x.tanh().powi(3)).unwrap();
        let equation = Equation::new(&[0.0; 9], 3, k, TANH);
        let found = equation.refine(&[2.0, -2.1, 2.2]).unwrap();
        for (x, sign) in found.iter().zip([1.0, -1.0, 1.0]) {
            assert!((x - sign * larger).abs() < 1e-9, "{x}");
        }
        assert!(equation.rightmost(&found, 2.5).unwrap() < 0.0);
        let smaller = roots::between(0.5, 1.4, |x| x - k * x.tanh().powi(3)).unwrap();
        let unstable = equation.refine(&[smaller; 3]).unwrap();
        assert!((unstable[0] - smaller).abs() < 1e-9);
        assert!(equation.rightmost(&unstable, 2.5).unwrap() > 0.0);
    }

    #[test]
    fn a_single_neuron_is_stable_as_its_two_by_two_matrix_says() {
        // x = j phi + k phi^3; the matrix [[-1 + (j + k phi^2) s, 1], [2 (k/p) phi^2 s, -1/p]] has trace t and determinant d.
        let (j, k, p) = (0.4, 3.0, 2.5);
        let equation = Equation::new(&[j], 1, k, TANH);
        let x = equation.refine(&[3.0]).unwrap()[0];
        let (rate, slope) = (x.tanh(), 1.0 / x.cosh().powi(2));
        assert!((x - j * rate - k * rate.powi(3)).abs() < 1e-10);
        let held = -1.0 + (j + k * rate * rate) * slope;
        let (t, d) = (held - 1.0 / p, -held / p - 2.0 * k / p * rate * rate * slope);
        let expected = t / 2.0 + (t * t / 4.0 - d).sqrt();
        assert!((equation.rightmost(&[x], p).unwrap() - expected).abs() < 1e-12);
        let gain = 1.5 * slope / (1.0 - k * rate * rate * slope);
        assert!((equation.marginality(&[x], 1.5) - gain * gain).abs() < 1e-12);
    }

    #[test]
    fn what_does_not_converge_is_no_solution() {
        assert_eq!(Equation::new(&[f64::NAN], 1, 1.0, TANH).refine(&[1.0]), None);
    }
}
