//! The sums of all rows, pass after pass, and the memory that they need.

use super::fixed_point::{FixedPoint, wide_len};
use crate::parameters::Dynamics;
use crate::signed_sums::{COLUMNS, Columns, Tables, Words};
use crate::values::SizeError;

/// Scratch memory of the sums: 8 KB of tables and an integer per neuron, and for large networks a wider one.
#[derive(Debug)]
pub struct SumBuffers<'a> {
    pub(super) tables: &'a mut Tables,
    pub(super) sums: &'a mut [i32],
    pub(super) wide: &'a mut [i64],
}

impl<'a> SumBuffers<'a> {
    /// Takes an element of `sums` for each neuron, and the first [`wide_len`]`(n)` of `wide`.
    pub fn new(
        tables: &'a mut [[i32; 256]; 8],
        sums: &'a mut [i32],
        wide: &'a mut [i64],
        dynamics: &Dynamics,
    ) -> Result<Self, SizeError> {
        let n = dynamics.n();
        SizeError::check("the slice of sums", n, sums.len())?;
        let (expected, found) = (wide_len(n), wide.len());
        let wide = wide.get_mut(..expected).ok_or(SizeError {
            what: "the slice of wide sums",
            expected,
            found,
        })?;
        Ok(Self { tables, sums, wide })
    }
}

/// `sum over j of sign(J_ij) q_j` of some rows, as many as there are sums. 32 bits hold every sum, or every sum of so many
/// passes that are then gathered in 64: none can wrap, also if all rates are 1.
///
/// `signs` gives the words of these rows in a pass; `add` adds the signed columns of a pass to the sums of the rows of its
/// words.
pub(super) fn add_up<'a>(
    signs: impl Fn(usize) -> Words<'a>,
    fixed: FixedPoint,
    phi: &[f32],
    sums: &mut [i32],
    wide: &mut [i64],
    mut add: impl FnMut(Words<'_>, &Columns, &mut [i32]),
) {
    sums.fill(0);
    wide.fill(0);
    let most = fixed.narrow_columns() / COLUMNS;
    let mut gathered = 0;
    for (pass, rates) in phi.chunks(COLUMNS).enumerate() {
        if gathered == most && !wide.is_empty() {
            gather(sums, wide);
            gathered = 0;
        }
        gathered += 1;
        let mut columns = [0; COLUMNS];
        for (column, &rate) in columns.iter_mut().zip(rates) {
            *column = fixed.fine(rate);
        }
        add(signs(pass), &columns, sums);
    }
    gather(sums, wide);
}

/// Moves the sums on to the wide ones, if there are.
fn gather(sums: &mut [i32], wide: &mut [i64]) {
    for (wide, sum) in wide.iter_mut().zip(sums) {
        *wide = wide.wrapping_add(i64::from(*sum));
        *sum = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signed_sums::add_by_tables;
    use crate::{HashedSigns, Params, SignCouplings, Signs, signs_len};
    use std::{boxed::Box, vec, vec::Vec};

    fn dynamics(n: usize) -> Dynamics {
        let params = Params {
            g: 2.0,
            k: 2.0,
            p: 2.5,
            dt: 0.05,
        };
        params.validate(n).unwrap()
    }

    /// The sums of all rows as exact integers.
    fn sums(signs: &Signs<'_>, phi: &[f32]) -> Vec<i64> {
        let n = phi.len();
        let (mut tables, mut sums, mut wide) = (Box::new([[0; 256]; 8]), vec![0; n], vec![0; wide_len(n)]);
        let buffers = SumBuffers::new(&mut tables, &mut sums, &mut wide, &dynamics(n)).unwrap();
        let SumBuffers {
            tables,
            sums: narrow,
            wide: gathered,
        } = buffers;
        let add = |words: Words<'_>, columns: &Columns, sums: &mut [i32]| {
            add_by_tables(words, columns, tables, sums)
        };
        let signs = |pass| signs.pass(pass);
        add_up(signs, FixedPoint::new(n), phi, narrow, gathered, add);
        if wide.is_empty() {
            sums.iter().map(|&sum| sum.into()).collect()
        } else {
            wide
        }
    }

    #[test]
    fn tables_add_up_what_one_term_after_the_other_does() {
        for n in [1, 2, 7, 63, 64, 65, 130, 2100] {
            let phi: Vec<f32> = (0..n).map(|i| libm::sinf(i as f32 + 0.3)).collect();
            let hashed = HashedSigns::new(&dynamics(n), 3, 1);
            let mut buffer = vec![0; signs_len(n)];
            let stored = SignCouplings::store(&mut buffer, &hashed).unwrap();
            let fixed = FixedPoint::new(n);
            let expected: Vec<i64> = (0..n)
                .map(|i| {
                    let term = |j| {
                        let q = i64::from(fixed.fine(phi[j]));
                        if stored.is_positive(i, j).unwrap() { q } else { -q }
                    };
                    (0..n).map(term).sum()
                })
                .collect();
            assert_eq!(sums(&stored.into(), &phi), expected, "stored, N = {n}");
            assert_eq!(sums(&hashed.into(), &phi), expected, "hashed, N = {n}");
        }
    }

    #[test]
    fn aligned_rates_do_not_wrap() {
        for n in [2047, 2048, 4096] {
            let mut rows = vec![1; n * n];
            rows[..n].fill(-1);
            let mut buffer = vec![0; signs_len(n)];
            let signs = SignCouplings::from_rows(&mut buffer, &rows, &dynamics(n)).unwrap();
            let expected = n as i64 * i64::from(FixedPoint::new(n).fine(1.0));
            let sums = sums(&signs.into(), &vec![1.0; n]);
            assert_eq!(sums[0], -expected, "N = {n}");
            assert!(sums[1..].iter().all(|&sum| sum == expected), "N = {n}");
        }
    }
}
