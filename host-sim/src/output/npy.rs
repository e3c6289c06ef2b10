//! One array in a `.npy` file, as `numpy.save` writes it: read whole and checked before it is believed.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use npyz::{DType, NpyFile, NpyHeader, Order, TypeChar};

use crate::failure::Failure;
use crate::machine::available_memory;

/// Bytes of a header at most; numpy's own take some hundred.
pub(super) const HEADER_LIMIT: u64 = 1 << 16;

/// A table of numbers, row by row, in single precision.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// Rows and columns; an array of one axis is one column.
    pub shape: [usize; 2],
    /// The numbers.
    pub values: Vec<f32>,
}

impl Table {
    /// The same table with rows for columns.
    pub fn transposed(&self) -> Self {
        let [rows, columns] = self.shape;
        let indices = (0..columns).flat_map(|column| (0..rows).map(move |row| row * columns + column));
        Self {
            shape: [columns, rows],
            values: indices.map(|index| self.values[index]).collect(),
        }
    }
}

/// Reads a table of float32 or float64, which are rounded to single precision, or of flags as 0 and 1, in either order of
/// numpy. The option names the file in what is refused.
pub fn read(option: &str, path: &Path) -> Result<Table, Failure> {
    let refused = |what: String| Failure::Usage(format!("--{option} {}: {what}", path.display()));
    let failed = |error: io::Error| refused(error.to_string());
    let no_array = |error: io::Error| refused(format!("is no .npy file: {error}"));
    let mut opened = File::open(path).map_err(failed)?;
    let mut bytes = Vec::new();
    let mut start = opened.by_ref().take(HEADER_LIMIT);
    start.read_to_end(&mut bytes).map_err(failed)?;
    let file = header(&bytes).map_err(no_array)?;
    let shape: [u64; 2] = match *file.shape() {
        [rows] => [rows, 1],
        [rows, columns] => [rows, columns],
        ref other => {
            return Err(refused(format!(
                "has {} axes; one or two are needed",
                other.len()
            )));
        }
    };
    let DType::Plain(kind) = file.dtype() else {
        return Err(refused("holds records; float32 or float64 is needed".to_owned()));
    };
    let size = match (kind.type_char(), kind.size_field()) {
        (TypeChar::Float, size @ (4 | 8)) => size,
        (TypeChar::Bool, size) => size,
        _ => {
            return Err(refused(format!(
                "is of type {kind}; float32 or float64 is needed"
            )));
        }
    };
    // A header may claim what is not there, and what no memory holds.
    let numbers = shape[0].checked_mul(shape[1]);
    let claimed = numbers.and_then(|numbers| numbers.checked_mul(size));
    let cut_short = || refused(format!("is cut short: its header tells of {shape:?} numbers"));
    let claimed = claimed.ok_or_else(cut_short)?;
    // The bytes, the numbers, and their other order.
    let needed = claimed.saturating_mul(3);
    if let Some(free) = available_memory().filter(|&free| needed > free) {
        let [needed, free] = [needed.div_ceil(1_000_000), free / 1_000_000];
        return Err(refused(format!(
            "needs {needed} MB for its {shape:?} numbers, and {free} MB are free"
        )));
    }
    let mut rest = opened.take(claimed.saturating_add(1));
    rest.read_to_end(&mut bytes).map_err(failed)?;
    let length = header_length(&bytes).map_err(no_array)?;
    let numbers = &bytes[length..];
    if (numbers.len() as u64) < claimed {
        return Err(cut_short());
    }
    if numbers.len() as u64 > claimed {
        return Err(refused(format!(
            "has more than the {shape:?} numbers that its header tells of"
        )));
    }
    let order = file.order();
    let file = NpyFile::with_header(file, numbers);
    let broken = |error: io::Error| refused(format!("is cut short: {error}"));
    let values: Vec<f32> = if kind.type_char() == TypeChar::Bool {
        let flags = file.into_vec::<bool>().map_err(broken)?;
        flags.into_iter().map(f32::from).collect()
    } else if size == 4 {
        file.into_vec::<f32>().map_err(broken)?
    } else {
        let wide = file.into_vec::<f64>().map_err(broken)?;
        wide.into_iter().map(|value| value as f32).collect()
    };
    let [rows, columns] = shape.map(|axis| axis as usize);
    let table = Table {
        shape: [rows, columns],
        values,
    };
    let table = match order {
        Order::C => table,
        // Column by column in the file.
        Order::Fortran => Table {
            shape: [columns, rows],
            ..table
        }
        .transposed(),
    };
    if let Some(at) = table.values.iter().position(|value| !value.is_finite()) {
        let (row, column, value) = (at / columns, at % columns, table.values[at]);
        return Err(refused(format!(
            "{value} in row {row}, column {column} is no finite number of single precision"
        )));
    }
    Ok(table)
}

/// The header at the start of an array.
pub(super) fn header(bytes: &[u8]) -> io::Result<NpyHeader> {
    let length = header_length(bytes)?;
    NpyHeader::from_reader(&bytes[..length])
}

/// Bytes before the numbers, all of which are there: npyz takes memory for as many as the header claims.
fn header_length(bytes: &[u8]) -> io::Result<usize> {
    let length = match bytes {
        [_, _, _, _, _, _, 1, _, low, high, ..] => 10 + usize::from(u16::from_le_bytes([*low, *high])),
        [_, _, _, _, _, _, 2..=255, _, a, b, c, d, ..] => {
            (u32::from_le_bytes([*a, *b, *c, *d]) as usize).saturating_add(12)
        }
        _ => return Err(io::ErrorKind::UnexpectedEof.into()),
    };
    if length > bytes.len() {
        return Err(io::Error::other("its header is cut short, or too long"));
    }
    Ok(length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use npyz::WriterBuilder;
    use std::fs;

    fn file<T: npyz::AutoSerialize + Copy>(order: Order, shape: &[u64], values: &[T]) -> Vec<u8> {
        let mut bytes = Vec::new();
        let options = npyz::WriteOptions::new()
            .default_dtype()
            .shape(shape)
            .order(order);
        let mut writer = options.writer(&mut bytes).begin_nd().unwrap();
        writer.extend(values.iter().copied()).unwrap();
        writer.finish().unwrap();
        bytes
    }

    fn read_back(bytes: &[u8]) -> Result<Table, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("J.npy");
        fs::write(&path, bytes).unwrap();
        read("couplings-file", &path).map_err(|failure| {
            let text = failure.to_string();
            text.replace(&path.display().to_string(), "J.npy")
        })
    }

    #[test]
    fn both_precisions_and_both_orders_give_the_same_table() {
        let rows = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
        let columns = [1.0, 4.0, 2.0, 5.0, 3.0, 6.0];
        let expected = Table {
            shape: [2, 3],
            values: rows.map(|value| value as f32).to_vec(),
        };
        let narrow = rows.map(|value| value as f32);
        assert_eq!(read_back(&file(Order::C, &[2, 3], &rows)), Ok(expected.clone()));
        assert_eq!(read_back(&file(Order::C, &[2, 3], &narrow)), Ok(expected.clone()));
        assert_eq!(
            read_back(&file(Order::Fortran, &[2, 3], &columns)),
            Ok(expected.clone())
        );
        assert_eq!(expected.transposed().values, columns.map(|value| value as f32));
        assert_eq!(read_back(&file(Order::C, &[6], &rows)).unwrap().shape, [6, 1]);
        let flags = read_back(&file(Order::C, &[2], &[true, false])).unwrap();
        assert_eq!(flags.values, [1.0, 0.0]);
    }

    #[test]
    fn what_is_no_table_of_finite_numbers_is_refused() {
        let refused = |bytes: &[u8]| read_back(bytes).unwrap_err();
        assert_eq!(
            refused(&file(Order::C, &[2, 2], &[1.0, 2.0, f64::NAN, 4.0])),
            "--couplings-file J.npy: NaN in row 1, column 0 is no finite number of single precision"
        );
        assert!(refused(&file(Order::C, &[1], &[1e300])).contains("inf in row 0"));
        assert!(refused(&file(Order::C, &[2], &[1_i32, 2])).contains("is of type"));
        assert!(refused(&file(Order::C, &[1, 1, 1], &[1.0])).contains("has 3 axes"));
        assert!(refused(b"J = [1, 2]").contains("is no .npy file"));
        let whole = file(Order::C, &[40, 40], &[0.5; 1600]);
        assert!(refused(&whole[..whole.len() - 8]).contains("cut short"));
        let twice = [&whole[..], &whole].concat();
        assert!(refused(&twice).contains("has more than the [40, 40] numbers"));
    }

    #[test]
    fn what_a_header_claims_is_not_taken_from_memory() {
        let claim = |shape: &str, version: u8, length: &[u8]| {
            let header = format!("{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}");
            let start = [&b"\x93NUMPY"[..], &[version, 0], length].concat();
            read_back(&[&start, format!("{header:<117}\n").as_bytes()].concat()).unwrap_err()
        };
        let whole = 118_u16.to_le_bytes();
        let large = claim("(1000000, 1000000)", 1, &whole);
        assert!(
            large.contains("needs 24000000 MB") || available_memory().is_none(),
            "{large}"
        );
        assert!(claim("(9223372036854775807, 4)", 1, &whole).contains("cut short"));
        assert!(claim("(4, 4)", 1, &whole).contains("cut short"));
        assert!(claim("(4, 4)", 2, &[0xff; 4]).contains("is no .npy file: its header is cut short"));
    }
}
