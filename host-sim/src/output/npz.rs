//! Named arrays in one `.npz` file, which `numpy.load` reads.

use std::fs::File;
use std::io::{self, BufReader, Cursor, Read, Seek, Write};
use std::path::{Path, PathBuf};

use npyz::WriterBuilder;
use npyz::num_complex::Complex;
use serde::Serialize;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use science::estimators::Precision;
use science::measure::Values;

use super::files::{write_atomically, write_atomically_with};
use super::json::value_of;
use super::{OutputError, text};

/// Arrays on their way into a file: the last axis running fastest (numpy's C order).
#[derive(Clone, Debug, Default)]
pub struct Arrays {
    arrays: Vec<(String, Vec<usize>, Values)>,
    /// JSON text of the parameters that made them.
    made_with: Option<String>,
}

/// Name of the text among the arrays that says what they are of: `json.loads(str(numpy.load(file)["made_with"]))`.
pub(super) const MADE_WITH: &str = "made_with";

impl Arrays {
    /// No arrays yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an array of `f32`. The product of `shape` must be the number of values; an empty shape is a scalar.
    pub fn f32(&mut self, name: &str, shape: &[usize], values: Vec<f32>) -> Result<&mut Self, OutputError> {
        self.add(name, shape, values.len(), Values::F32(values))
    }

    /// Adds an array of `f64`.
    pub fn f64(&mut self, name: &str, shape: &[usize], values: Vec<f64>) -> Result<&mut Self, OutputError> {
        self.add(name, shape, values.len(), Values::F64(values))
    }

    /// Adds an array of `u64`, such as digests and seeds.
    pub fn u64(&mut self, name: &str, shape: &[usize], values: Vec<u64>) -> Result<&mut Self, OutputError> {
        self.add(name, shape, values.len(), Values::U64(values))
    }

    fn add(
        &mut self,
        name: &str,
        shape: &[usize],
        count: usize,
        values: Values,
    ) -> Result<&mut Self, OutputError> {
        if self.arrays.iter().any(|(present, ..)| present == name) {
            return Err(OutputError::Duplicate {
                name: name.to_owned(),
            });
        }
        let room = shape
            .iter()
            .try_fold(1_usize, |product, &axis| product.checked_mul(axis));
        if room != Some(count) {
            return Err(OutputError::Shape {
                name: name.to_owned(),
                values: count,
                shape: shape.to_owned(),
            });
        }
        self.arrays.push((name.to_owned(), shape.to_owned(), values));
        Ok(self)
    }

    /// Has the file carry the command and the parameters that made it.
    pub fn made_with(mut self, kind: &str, params: &impl Serialize) -> Result<Self, OutputError> {
        let made_with = serde_json::json!({ "kind": kind, "params": value_of(params)? });
        self.made_with = Some(made_with.to_string());
        Ok(self)
    }

    /// Writes the file, atomically. Equal arrays give equal bytes: the archive carries no time of day.
    pub fn write(&self, path: &Path) -> Result<(), OutputError> {
        // In memory first: an archive that a full disk cuts short would complain on its own.
        let bytes = self.archive().map_err(OutputError::at(path))?;
        write_atomically(path, &bytes)
    }

    /// Writes the file with further arrays, without holding these in memory.
    pub fn write_with(&self, path: &Path, further: &[Streamed<'_>]) -> Result<(), OutputError> {
        write_atomically_with(path, |file| {
            let mut archive = self.archive_into(file)?;
            for array in further {
                archive.start_file(npyz::npz::file_name_from_array_name(array.name), options())?;
                match array.precision {
                    Precision::F32 => array.write(&mut archive, f32::from_le_bytes)?,
                    Precision::F64 => array.write(&mut archive, f64::from_le_bytes)?,
                }
            }
            archive.finish()?;
            Ok(())
        })
    }

    fn archive(&self) -> io::Result<Vec<u8>> {
        Ok(self.archive_into(Cursor::new(Vec::new()))?.finish()?.into_inner())
    }

    fn archive_into<W: Write + Seek>(&self, out: W) -> io::Result<ZipWriter<W>> {
        let mut archive = ZipWriter::new(out);
        let options = options();
        for (name, shape, values) in &self.arrays {
            archive.start_file(npyz::npz::file_name_from_array_name(name), options)?;
            match values {
                Values::F32(values) => write_array(&mut archive, shape, values)?,
                Values::F64(values) => write_array(&mut archive, shape, values)?,
                Values::U64(values) => write_array(&mut archive, shape, values)?,
                Values::Bool(values) => write_array(&mut archive, shape, values)?,
                Values::Complex(values) => {
                    let values: Vec<Complex<f64>> =
                        values.iter().map(|&[re, im]| Complex { re, im }).collect();
                    write_array(&mut archive, shape, &values)?;
                }
            }
        }
        if let Some(text) = &self.made_with {
            archive.start_file(npyz::npz::file_name_from_array_name(MADE_WITH), options)?;
            text::write(&mut archive, text)?;
        }
        Ok(archive)
    }
}

/// An array whose numbers stand in a file, little-endian, the last axis running fastest.
#[derive(Clone, Debug)]
pub struct Streamed<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its shape.
    pub shape: Vec<u64>,
    /// Of the numbers.
    pub precision: Precision,
    /// The file, which holds them and nothing else.
    pub path: PathBuf,
}

impl Streamed<'_> {
    fn write<W: Write, T: npyz::AutoSerialize, const SIZE: usize>(
        &self,
        out: W,
        number: impl Fn([u8; SIZE]) -> T,
    ) -> io::Result<()> {
        let options = npyz::WriteOptions::new().default_dtype().shape(&self.shape);
        let mut writer = options.writer(out).begin_nd()?;
        let mut numbers = BufReader::new(File::open(&self.path)?);
        let mut bytes = [0; SIZE];
        for _ in 0..self.shape.iter().product() {
            numbers.read_exact(&mut bytes)?;
            writer.push(&number(bytes))?;
        }
        writer.finish()
    }
}

/// A fixed date, so that a repeated run gives the same file; large_file lifts the limit of 4 GiB.
fn options() -> SimpleFileOptions {
    SimpleFileOptions::default()
        .last_modified_time(zip::DateTime::default())
        .compression_method(zip::CompressionMethod::Deflated)
        .large_file(true)
}

impl From<Vec<science::measure::Array>> for Arrays {
    fn from(arrays: Vec<science::measure::Array>) -> Self {
        let one = |array: science::measure::Array| {
            let shape = array.shape();
            (array.name.into_owned(), shape, array.values)
        };
        Self {
            arrays: arrays.into_iter().map(one).collect(),
            made_with: None,
        }
    }
}

fn write_array<W: Write, T: npyz::AutoSerialize + Copy>(
    out: W,
    shape: &[usize],
    values: &[T],
) -> io::Result<()> {
    let shape: Vec<u64> = shape.iter().map(|&axis| axis as u64).collect();
    let mut writer = npyz::WriteOptions::new()
        .default_dtype()
        .shape(&shape)
        .writer(out)
        .begin_nd()?;
    writer.extend(values.iter().copied())?;
    writer.finish()
}

#[cfg(test)]
mod tests {
    use super::super::reader::parameters;
    use super::*;
    use npyz::NpyFile;
    use std::fs;
    use zip::ZipArchive;

    fn example() -> Arrays {
        let mut arrays = Arrays::new();
        arrays
            .f32("rates", &[2, 3], vec![0.0, 0.25, -0.5, 1.0, f32::NAN, -1.0])
            .unwrap();
        arrays.f64("time", &[2], vec![0.0, 1e-300]).unwrap();
        arrays.u64("digest", &[], vec![u64::MAX]).unwrap();
        arrays.f64("empty", &[0, 4], vec![]).unwrap();
        arrays
    }

    #[test]
    fn arrays_come_back_with_name_type_and_shape() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run.npz");
        example().write(&path).unwrap();
        let mut archive = ZipArchive::new(File::open(&path).unwrap()).unwrap();
        let rates = NpyFile::new(archive.by_name("rates.npy").unwrap()).unwrap();
        assert_eq!(
            (rates.shape(), rates.dtype().descr().as_str()),
            (&[2, 3][..], "'<f4'")
        );
        assert_eq!(rates.into_vec::<f32>().unwrap()[2], -0.5);
        let time = NpyFile::new(archive.by_name("time.npy").unwrap()).unwrap();
        assert_eq!(time.into_vec::<f64>().unwrap(), [0.0, 1e-300]);
        let digest = NpyFile::new(archive.by_name("digest.npy").unwrap()).unwrap();
        assert_eq!(digest.shape(), &[] as &[u64]);
        assert_eq!(digest.into_vec::<u64>().unwrap(), [u64::MAX]);
        assert_eq!(
            NpyFile::new(archive.by_name("empty.npy").unwrap())
                .unwrap()
                .shape(),
            &[0, 4]
        );
    }

    #[test]
    fn a_file_says_what_it_was_made_with() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run.npz");
        let params = serde_json::json!({ "g": 1.5, "note": "φ" });
        example().made_with("run", &params).unwrap().write(&path).unwrap();
        assert_eq!(parameters(&path), Some(("run".to_owned(), params)));
        example().write(&path).unwrap();
        assert_eq!(parameters(&path), None);
        assert_eq!(parameters(folder.path()), None);
    }

    #[test]
    fn equal_arrays_give_equal_files() {
        let folder = tempfile::tempdir().unwrap();
        let paths = ["a.npz", "b.npz"].map(|name| folder.path().join(name));
        for path in &paths {
            example().write(path).unwrap();
        }
        let [a, b] = paths.map(|path| fs::read(path).unwrap());
        assert!(a == b && a.len() > 100);
    }

    #[test]
    fn wrong_shapes_and_names_are_refused() {
        let mut arrays = Arrays::new();
        assert!(matches!(
            arrays.f32("c", &[2, 2], vec![0.0; 3]),
            Err(OutputError::Shape { values: 3, .. })
        ));
        assert!(matches!(
            arrays.f32("c", &[usize::MAX, 2], vec![]),
            Err(OutputError::Shape { .. })
        ));
        arrays.f32("c", &[1], vec![0.0]).unwrap();
        assert!(matches!(
            arrays.u64("c", &[1], vec![0]),
            Err(OutputError::Duplicate { .. })
        ));
    }
}
