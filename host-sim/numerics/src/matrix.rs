//! Matrices of double precision, and what is solved with them.

use std::ops::{Index, IndexMut, Range};

use faer::linalg::solvers::{DenseSolveCore, Llt, PartialPivLu, Solve, SolveLstsq};
use faer::{ColRef, Mat, MatRef, Side};

use crate::Complex;

/// A matrix of real numbers; entries are named by row and column.
#[derive(Clone, Debug)]
pub struct Matrix(Mat<f64>);

impl Matrix {
    /// The matrix with that entry at each row and column.
    pub fn from_fn(rows: usize, columns: usize, mut entry: impl FnMut(usize, usize) -> f64) -> Self {
        let mut matrix = Self(Mat::zeros(rows, columns));
        for column in 0..columns {
            for row in 0..rows {
                matrix[(row, column)] = entry(row, column);
            }
        }
        matrix
    }

    /// The matrix of `rows * columns` entries, one row after the other.
    ///
    /// # Panics
    ///
    /// If there are not as many.
    pub fn from_rows(entries: &[f64], rows: usize, columns: usize) -> Self {
        Self(MatRef::from_row_major_slice(entries, rows, columns).to_owned())
    }

    /// Its rows.
    pub fn rows(&self) -> usize {
        self.0.nrows()
    }

    /// Its columns.
    pub fn columns(&self) -> usize {
        self.0.ncols()
    }

    /// The part of it within these rows and columns.
    pub fn part(&self, rows: Range<usize>, columns: Range<usize>) -> Self {
        Self(self.0.get(rows, columns).to_owned())
    }

    /// The matrix with rows and columns exchanged.
    pub fn transposed(&self) -> Self {
        Self(self.0.transpose().to_owned())
    }

    /// This matrix times another.
    pub fn times(&self, other: &Self) -> Self {
        Self(&self.0 * &other.0)
    }

    /// This matrix times a vector.
    pub fn apply(&self, vector: &[f64]) -> Vec<f64> {
        (&self.0 * ColRef::from_slice(vector)).iter().copied().collect()
    }

    /// The solution x of `self x = right`, of a square matrix, by LU factors with pivots from each column; not finite where there is none.
    pub fn solve(&self, right: &[f64]) -> Vec<f64> {
        let solution = PartialPivLu::new(self.0.as_ref()).solve(ColRef::from_slice(right));
        solution.iter().copied().collect()
    }

    /// The X for which the columns of `self X - right` have the least lengths, by QR factors; of at least as many rows as columns.
    pub fn least_squares(&self, right: &Self) -> Self {
        let solution = self.0.qr().solve_lstsq(&right.0);
        Self(solution.get(..self.columns(), ..).to_owned())
    }

    /// Its eigenvalues, in no order; `None` where the iteration fails.
    pub fn eigenvalues(&self) -> Option<Vec<Complex<f64>>> {
        self.0.eigenvalues().ok()
    }

    /// Its right singular vectors as columns, those of the largest values first; `None` where the iteration fails.
    pub fn right_singular_vectors(&self) -> Option<Self> {
        let decomposition = self.0.thin_svd().ok()?;
        Some(Self(decomposition.V().to_owned()))
    }

    /// Its Cholesky factor; `None` unless it is symmetric and positive. Only the lower half is looked at.
    pub fn cholesky(&self) -> Option<Cholesky> {
        Llt::new(self.0.as_ref(), Side::Lower).ok().map(Cholesky)
    }
}

impl Index<(usize, usize)> for Matrix {
    type Output = f64;

    fn index(&self, at: (usize, usize)) -> &f64 {
        &self.0[at]
    }
}

impl IndexMut<(usize, usize)> for Matrix {
    fn index_mut(&mut self, at: (usize, usize)) -> &mut f64 {
        &mut self.0[at]
    }
}

/// The Cholesky factor of a symmetric, positive matrix.
#[derive(Clone, Debug)]
pub struct Cholesky(Llt<f64>);

impl Cholesky {
    /// The solution x of `matrix x = right`.
    pub fn solve(&self, right: &[f64]) -> Vec<f64> {
        self.0.solve(ColRef::from_slice(right)).iter().copied().collect()
    }

    /// The inverse of the matrix.
    pub fn inverse(&self) -> Matrix {
        Matrix(self.0.inverse())
    }
}
