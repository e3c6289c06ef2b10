//! The quenched couplings J: drawn here, or a matrix of the user's own.

use std::sync::Arc;

use freezable_chaos::{ByteSink, Dynamics, Fnv1a};
use serde::{Serialize, Serializer};

use crate::Refusal;

/// Distribution and storage of the quenched couplings.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Couplings {
    /// Independent Gaussians of variance g^2 / N.
    Gaussian,
    /// Signs with equal chances, times g / sqrt N.
    Signs,
    /// The same signs, computed whenever they are needed.
    Hashed,
    /// One matrix, the same for every network of an ensemble.
    Matrix(CouplingMatrix),
}

impl Couplings {
    /// Its name.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Gaussian => "gaussian",
            Self::Signs => "signs",
            Self::Hashed => "hashed",
            Self::Matrix(_) => "given",
        }
    }
}

/// Couplings of one's own: N x N, row-major, `J_ij` acts from neuron j on neuron i.
///
/// Its JSON form is the digest: FNV-1a over the little-endian bits, row by row.
#[derive(Clone, Debug, PartialEq)]
pub struct CouplingMatrix {
    n: usize,
    values: Arc<[f32]>,
}

impl CouplingMatrix {
    /// Takes the matrix of `n` neurons; refuses another number of values than n^2, and a value that is not finite.
    pub fn new(n: usize, values: impl Into<Arc<[f32]>>) -> Result<Self, Refusal> {
        let values = values.into();
        if n.checked_mul(n) != Some(values.len()) {
            let words = format!("values do not make a matrix of {n} x {n}");
            return Err(Refusal::because("J", values.len(), words));
        }
        if let Some(at) = values.iter().position(|value| !value.is_finite()) {
            let words = format!("in row {}, column {} is not a finite number", at / n, at % n);
            return Err(Refusal::because("J", values[at], words));
        }
        Ok(Self { n, values })
    }

    /// Number of neurons.
    pub fn n(&self) -> usize {
        self.n
    }

    /// The couplings, row by row.
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    /// `J_ij`, from j on i; both below n.
    pub fn get(&self, i: usize, j: usize) -> f32 {
        self.values[i * self.n + j]
    }

    /// The gain that Gaussian couplings of the same strength would have: `sqrt(N <J^2>)`, `<J^2>` the mean square of all.
    pub fn gain(&self) -> f32 {
        let squares: f64 = self.values.iter().map(|&value| f64::from(value).powi(2)).sum();
        (squares / self.n as f64).sqrt() as f32
    }

    /// Tells matrices apart: FNV-1a over the little-endian bits, row by row.
    pub fn digest(&self) -> u64 {
        let mut digest = Fnv1a::new();
        self.values
            .iter()
            .for_each(|value| digest.put(&value.to_le_bytes()));
        digest.digest()
    }
}

impl Serialize for CouplingMatrix {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&format!("{:016x}", self.digest()))
    }
}

/// `+-g / sqrt N`.
pub(super) fn signed_coupling(dynamics: &Dynamics, is_positive: Option<bool>) -> f32 {
    match is_positive {
        Some(true) => dynamics.coupling_scale(),
        Some(false) => -dynamics.coupling_scale(),
        None => f32::NAN,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_matrix_is_checked_and_read_row_by_row() {
        let matrix = CouplingMatrix::new(2, vec![1.0, 2.0, 3.0, 4.0]).unwrap();
        assert_eq!([matrix.get(0, 1), matrix.get(1, 0)], [2.0, 3.0]);
        let short = CouplingMatrix::new(2, vec![1.0; 3]).unwrap_err();
        assert_eq!(short.to_string(), "J 3 values do not make a matrix of 2 x 2");
        let spoilt = CouplingMatrix::new(2, vec![1.0, 2.0, f32::NAN, 4.0]).unwrap_err();
        assert_eq!(
            spoilt.to_string(),
            "J NaN in row 1, column 0 is not a finite number"
        );
        let other = CouplingMatrix::new(2, vec![1.0, 2.0, 3.0, 4.5]).unwrap();
        assert_ne!(matrix.digest(), other.digest());
    }
}
