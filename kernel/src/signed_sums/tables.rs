//! The sums of a pass by tables, in safe Rust: the twin of the loops for processors that are known.

use super::words::{COLUMNS, Words};

/// Columns of a table.
const GROUP: usize = 8;
/// The signed sums of 8 columns: bit b of the place is set where column b counts positive.
pub(crate) type Table = [i32; 1 << GROUP];
/// The tables of a pass.
pub(crate) type Tables = [Table; COLUMNS / GROUP];

/// `q` of the columns of a pass, zero behind the last column.
pub(crate) type Columns = [i32; COLUMNS];

/// Adds the signed columns of a pass by tables, in safe Rust: the twin of the loops for processors that are known.
// Apart from its callers, which would leave it too few registers.
#[inline(never)]
pub(crate) fn add_by_tables(words: Words<'_>, columns: &Columns, tables: &mut Tables, sums: &mut [i32]) {
    fill(tables, columns);
    match words {
        Words::Stored(words) => {
            for (sum, &word) in sums.iter_mut().zip(words) {
                *sum = sum.wrapping_add(look_up(tables, word));
            }
        }
        Words::Hashed {
            keys: [low, high],
            first_row,
        } => {
            for (row, sum) in (first_row..).zip(sums) {
                let word = u64::from(low.hash(row)) | u64::from(high.hash(row)) << 32;
                *sum = sum.wrapping_add(look_up(tables, word));
            }
        }
    }
}

/// Fills the tables of a pass by doubling: half of them has the next column positive, and is the other half plus twice
/// that column.
fn fill(tables: &mut Tables, columns: &Columns) {
    for (table, columns) in tables.iter_mut().zip(columns.as_chunks::<GROUP>().0) {
        if let Some(first) = table.first_mut() {
            *first = columns
                .iter()
                .fold(0_i32, |sum, &column| sum.wrapping_sub(column));
        }
        for (bit, &column) in columns.iter().enumerate() {
            let Some((negative, rest)) = table.split_at_mut_checked(1 << bit) else {
                continue;
            };
            for (positive, &negative) in rest.iter_mut().zip(&*negative) {
                *positive = negative.wrapping_add(2 * column);
            }
        }
    }
}

#[inline]
pub(crate) fn look_up(tables: &Tables, word: u64) -> i32 {
    let mut sum = 0_i32;
    for (table, byte) in tables.iter().zip(word.to_le_bytes()) {
        sum = sum.wrapping_add(table.get(usize::from(byte)).copied().unwrap_or(0));
    }
    sum
}
