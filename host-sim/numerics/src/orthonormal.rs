//! Vectors made orthonormal.

use faer::MatRef;
use faer::linalg::solvers::Qr;

use crate::Matrix;

/// Makes vectors of `dimension` entries each, at most as many as that, orthonormal in their order by a QR decomposition;
/// gives its factor R, upper triangular: column i holds the parts of vector i along the orthonormal ones, each up to its sign.
///
/// # Panics
///
/// If `vectors` is no multiple of `dimension`.
pub fn orthonormalise(vectors: &mut [f64], dimension: usize) -> Matrix {
    let count = vectors.len() / dimension;
    let decomposition = Qr::new(MatRef::from_column_major_slice(vectors, dimension, count));
    let factor = decomposition.thin_R();
    let factor = Matrix::from_fn(count, count, |row, column| factor[(row, column)]);
    let orthonormal = decomposition.compute_thin_Q();
    for (vector, column) in vectors.chunks_exact_mut(dimension).zip(orthonormal.col_iter()) {
        vector
            .iter_mut()
            .zip(column.iter())
            .for_each(|(to, from)| *to = *from);
    }
    factor
}
