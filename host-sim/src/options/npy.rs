//! Arrays of numbers from a `.npy` file, as `numpy.save` writes it.

use std::fs::File;
use std::io::{self, BufReader};
use std::path::Path;

use npyz::{NpyFile, Order};

use crate::failure::Failure;

/// The numbers of a file in C order, whatever theirs.
pub(super) struct Numbers {
    pub(super) shape: Vec<usize>,
    pub(super) values: Vec<f64>,
}

impl Numbers {
    /// Reads numbers of any width, or flags as 0 and 1.
    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
        let broken = |error: io::Error| Failure::Device(format!("cannot read {}: {error}", path.display()));
        let file = NpyFile::new(BufReader::new(File::open(path).map_err(broken)?)).map_err(broken)?;
        let shape: Vec<usize> = file.shape().iter().map(|&axis| axis as usize).collect();
        let is_transposed = file.order() == Order::Fortran;
        let kind = file.dtype().descr();
        let Some(values) = values_of(file).map_err(broken)? else {
            let words = format!("{}: {kind} is no type of numbers that is read", path.display());
            return Err(Failure::Usage(words));
        };
        let values = match shape[..] {
            [rows, columns] if is_transposed => (0..rows * columns)
                .map(|at| values[at % columns * rows + at / columns])
                .collect(),
            _ => values,
        };
        Ok(Self { shape, values })
    }

    /// The same in single precision.
    pub(super) fn single(&self) -> Vec<f32> {
        self.values.iter().map(|&value| value as f32).collect()
    }
}

/// Tries one type after the other.
fn values_of(file: NpyFile<BufReader<File>>) -> io::Result<Option<Vec<f64>>> {
    macro_rules! one_of {
        ($file:expr; $($kind:ty),*) => {{
            let file = $file;
            $(let file = match file.try_data::<$kind>() {
                Ok(data) => return data.map(|value| Ok(value? as f64)).collect::<io::Result<_>>().map(Some),
                Err(file) => file,
            };)*
            file
        }};
    }
    let file = one_of!(file; f32, f64, i8, i16, i32, i64, u8, u16, u32, u64);
    match file.try_data::<bool>() {
        Ok(data) => {
            let flags = data.map(|flag| Ok(if flag? { 1.0 } else { 0.0 }));
            flags.collect::<io::Result<_>>().map(Some)
        }
        Err(_) => Ok(None),
    }
}
