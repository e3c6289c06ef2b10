//! The order of A in snapshots: the upper triangle, row by row, diagonal included.

use crate::bytes::{put_floats, take_floats};
use crate::snapshot::SnapshotError;

/// Bytes of the triangle of `n` neurons.
pub(super) fn triangle_len(n: usize) -> usize {
    n * (n + 1) / 2 * size_of::<f32>()
}

/// The pairs (i, j) with `i <= j < n` from a place in that order on.
pub(super) fn pairs_from(n: usize, place: usize) -> impl Iterator<Item = (usize, usize)> {
    // The rows from the last on hold 1, 2, 3, .. pairs: as many of them as are needed to hold what is left.
    let left = (n * (n + 1) / 2).saturating_sub(place);
    let root = (2 * left).isqrt();
    let rows = if root * (root + 1) < 2 * left {
        root + 1
    } else {
        root
    };
    let mut row = n - rows;
    let mut column = row + rows * (rows + 1) / 2 - left;
    core::iter::from_fn(move || {
        if row >= n {
            return None;
        }
        let pair = (row, column);
        column += 1;
        if column >= n {
            row += 1;
            column = row;
        }
        Some(pair)
    })
}

/// Writes a piece of the triangle, from an offset in bytes on.
pub(super) fn write(n: usize, offset: usize, piece: &mut [u8], get: impl Fn(usize, usize) -> Option<f32>) {
    let pairs = pairs_from(n, offset / size_of::<f32>());
    put_floats(pairs.map(|(i, j)| get(i, j).unwrap_or(f32::NAN)), piece);
}

/// The pairs of a piece of the triangle, with the values that it has for them.
pub(super) fn read(n: usize, offset: usize, piece: &[u8]) -> impl Iterator<Item = ((usize, usize), f32)> {
    pairs_from(n, offset / size_of::<f32>()).zip(take_floats(piece))
}

/// Refuses a piece of which an element is not finite. The rule has no period, hence no phase but 0.
pub(super) fn check(phase: u32, piece: &[u8]) -> Result<(), SnapshotError> {
    if phase != 0 {
        return Err(SnapshotError::Phase {
            expected: 0,
            found: phase,
        });
    }
    if take_floats(piece).all(f32::is_finite) {
        Ok(())
    } else {
        Err(SnapshotError::NonFinite)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    #[test]
    fn the_order_can_be_entered_at_any_place() {
        for n in [0, 1, 2, 3, 7, 40, 65] {
            let pairs: Vec<_> = (0..n).flat_map(|i| (i..n).map(move |j| (i, j))).collect();
            for place in 0..=pairs.len() + 1 {
                let expected = pairs.get(place..).unwrap_or(&[]);
                assert_eq!(
                    pairs_from(n, place).collect::<Vec<_>>(),
                    expected,
                    "{n} neurons, from {place}"
                );
            }
        }
        // The largest network that there can be.
        let n = crate::NEURON_LIMIT;
        for (place, pair) in [
            (0, (0, 0)),
            (n - 1, (0, n - 1)),
            (n, (1, 1)),
            (n * (n + 1) / 2 - 1, (n - 1, n - 1)),
        ] {
            assert_eq!(pairs_from(n, place).next(), Some(pair));
        }
    }
}
