//! Arrays read back from an `.npz` file: read whole, and believed only then. The archive's checksums, the type and the
//! order of the numbers, the count that the shape asks for, and lengths that belong together have to be right.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use npyz::{AutoSerialize, Deserialize, NpyFile, NpyHeader, Order};
use serde_json::Value;
use zip::ZipArchive;

use super::npy::{self, HEADER_LIMIT};
use super::npz::MADE_WITH;
use super::text;
use crate::failure::Failure;
use crate::machine::available_memory;

/// Bytes of a text among the arrays at most: far above any that is written, far below a memory.
const TEXT_LIMIT: u64 = 1 << 26;

/// A file of arrays.
#[derive(Debug)]
pub struct ArrayFile {
    path: PathBuf,
    archive: ZipArchive<File>,
    /// Lengths of the axes met so far, and the array that had each first.
    axes: BTreeMap<String, (usize, String)>,
}

/// Numbers that may have to be finite.
pub trait Finite {
    /// Whether it is a number, and not infinite.
    fn finite(&self) -> bool;
}

impl Finite for f64 {
    fn finite(&self) -> bool {
        self.is_finite()
    }
}

impl Finite for f32 {
    fn finite(&self) -> bool {
        self.is_finite()
    }
}

impl ArrayFile {
    /// Opens a file; nothing of it is believed yet.
    pub fn open(path: &Path) -> Result<Self, Failure> {
        let archive = File::open(path).and_then(|file| Ok(ZipArchive::new(file)?));
        Ok(Self {
            archive: archive.map_err(|error| broken(path, &error))?,
            path: path.to_owned(),
            axes: BTreeMap::new(),
        })
    }

    /// The command and the parameters that the file says made it, if it says so.
    pub fn made_with(&mut self) -> Result<Option<(String, Value)>, Failure> {
        let Some(bytes) = self.member(MADE_WITH, TEXT_LIMIT)? else {
            return Ok(None);
        };
        if bytes.len() as u64 > TEXT_LIMIT {
            return Err(self.broken(MADE_WITH, &format!("is above its bound of {TEXT_LIMIT} bytes")));
        }
        let parsed = text::read(&mut &bytes[..]).and_then(|text| serde_json::from_str::<Value>(&text).ok());
        let made_with = parsed.and_then(|mut made_with| {
            let kind = made_with.get("kind")?.as_str()?.to_owned();
            Some((kind, made_with.get_mut("params")?.take()))
        });
        let made_with = made_with.ok_or_else(|| self.broken(MADE_WITH, &"is no such text"))?;
        Ok(Some(made_with))
    }

    /// The values of an array, the last axis running fastest, and its shape. Axes are named: one that another array had
    /// before must have the same length.
    pub fn read<T: Deserialize + AutoSerialize>(
        &mut self,
        name: &str,
        axes: &[&str],
    ) -> Result<(Vec<usize>, Vec<T>), Failure> {
        let header = self.header(name)?;
        let header = header.ok_or_else(|| self.broken(name, &"is not in the file"))?;
        let (found, wanted) = (header.dtype(), T::default_dtype());
        if found != wanted {
            let words = format!("has the type {}, and not {}", found.descr(), wanted.descr());
            return Err(self.broken(name, &words));
        }
        let shape: Vec<usize> = header.shape().iter().map(|&axis| axis as usize).collect();
        if header.order() != Order::C && shape.len() > 1 {
            return Err(self.broken(name, &"is in Fortran's order, and not in C's"));
        }
        if shape.len() != axes.len() {
            let words = format!("has the shape {shape:?}, and not {} axes", axes.len());
            return Err(self.broken(name, &words));
        }
        let size = shape
            .iter()
            .try_fold(wanted.num_bytes().unwrap_or(0), |size, &axis| {
                size.checked_mul(axis)
            });
        let Some(size) = size else {
            let words = format!("has bytes that do not fill the shape {shape:?}");
            return Err(self.broken(name, &words));
        };
        // The bytes, and the numbers that they become.
        let needed = (size as u64).saturating_mul(2);
        if let Some(free) = available_memory().filter(|&free| needed > free) {
            let words = format!(
                "needs {} MB for its shape {shape:?}, and {} MB are free",
                needed.div_ceil(1_000_000),
                free / 1_000_000
            );
            return Err(self.broken(name, &words));
        }
        let limit = (size as u64).saturating_add(HEADER_LIMIT);
        let bytes = self.member(name, limit)?.unwrap_or_default();
        let mut rest = &bytes[..];
        NpyHeader::from_reader(&mut rest).map_err(|error| self.broken(name, &error))?;
        if size != rest.len() {
            let least = if bytes.len() as u64 > limit {
                "at least "
            } else {
                ""
            };
            let words = format!(
                "has {least}{} bytes, which do not fill the shape {shape:?}",
                rest.len()
            );
            return Err(self.broken(name, &words));
        }
        for (&axis, &length) in axes.iter().zip(&shape) {
            let own = (length, name.to_owned());
            let (known, first) = self.axes.entry(axis.to_owned()).or_insert(own);
            if *known != length {
                let words = format!("is of {length} along the axis {axis}, and {first} of {known}");
                return Err(self.broken(name, &words));
            }
        }
        let values = NpyFile::with_header(header, rest).into_vec();
        Ok((shape, values.map_err(|error| self.broken(name, &error))?))
    }

    /// The same of numbers that all have to be finite.
    pub fn read_finite<T: Deserialize + AutoSerialize + Finite>(
        &mut self,
        name: &str,
        axes: &[&str],
    ) -> Result<(Vec<usize>, Vec<T>), Failure> {
        let (shape, values) = self.read::<T>(name, axes)?;
        match values.iter().position(|value| !value.finite()) {
            Some(at) => Err(self.broken(name, &format!("has a value that is not finite, number {at}"))),
            None => Ok((shape, values)),
        }
    }

    /// The rows of an array of two axes, of finite numbers.
    pub fn read_rows(&mut self, name: &str, axes: [&str; 2]) -> Result<Vec<Vec<f64>>, Failure> {
        let (shape, values) = self.read_finite::<f64>(name, &axes)?;
        Ok(rows(&values, shape[1]))
    }

    /// What an array says of itself, before memory is taken for it: a few bytes inflate to any number of zeros.
    fn header(&mut self, name: &str) -> Result<Option<NpyHeader>, Failure> {
        let Some(bytes) = self.member(name, HEADER_LIMIT)? else {
            return Ok(None);
        };
        let header = npy::header(&bytes).map_err(|error| self.broken(name, &error))?;
        Ok(Some(header))
    }

    /// The bytes of a member, read to the end, where its checksum is compared, or one byte beyond the limit.
    fn member(&mut self, name: &str, limit: u64) -> Result<Option<Vec<u8>>, Failure> {
        let file_name = npyz::npz::file_name_from_array_name(name);
        let mut bytes = Vec::new();
        let read = match self.archive.by_name(&file_name) {
            Err(zip::result::ZipError::FileNotFound) => return Ok(None),
            Err(error) => Err(io::Error::from(error)),
            Ok(member) => member.take(limit.saturating_add(1)).read_to_end(&mut bytes),
        };
        read.map_err(|error| self.broken(name, &error))?;
        Ok(Some(bytes))
    }

    fn broken(&self, name: &str, what: &dyn Display) -> Failure {
        broken(&self.path, &format!("{name}: {what}"))
    }
}

fn broken(path: &Path, what: &dyn Display) -> Failure {
    Failure::Device(format!("{}: {what}", path.display()))
}

/// Values as rows of that length.
pub fn rows<T: Clone>(values: &[T], length: usize) -> Vec<Vec<T>> {
    values.chunks(length.max(1)).map(<[T]>::to_vec).collect()
}

/// The command and the parameters that a file of arrays says it was made with; `None` if it is none, is damaged or does
/// not say.
pub fn parameters(path: &Path) -> Option<(String, Value)> {
    if path.extension()? != "npz" {
        return None;
    }
    ArrayFile::open(path).ok()?.made_with().ok()?
}

#[cfg(test)]
mod tests {
    use super::super::Arrays;
    use super::*;
    use std::fs;
    use std::io::{Cursor, Write};
    use zip::write::SimpleFileOptions;

    fn written(folder: &Path) -> PathBuf {
        let path = folder.join("run.npz");
        let mut arrays = Arrays::new();
        arrays.f64("lag", &[3], vec![0.0, 0.25, 0.5]).unwrap();
        arrays.f64("curve", &[2, 3], vec![0.5; 6]).unwrap();
        arrays
            .f64("other", &[2, 2], vec![0.5, 0.5, f64::NAN, 0.5])
            .unwrap();
        arrays.u64("digest", &[], vec![u64::MAX]).unwrap();
        let params = serde_json::json!({ "g": 1.5, "note": "φ" });
        arrays.made_with("run", &params).unwrap().write(&path).unwrap();
        path
    }

    fn refusal<T>(read: Result<T, Failure>) -> String {
        let failure = read.err().expect("it is refused");
        assert_eq!(failure.exit_code(), 3);
        failure.to_string()
    }

    #[test]
    fn arrays_come_back_with_their_lengths() {
        let folder = tempfile::tempdir().unwrap();
        let mut file = ArrayFile::open(&written(folder.path())).unwrap();
        assert_eq!(
            file.read::<f64>("lag", &["lag"]).unwrap(),
            (vec![3], vec![0.0, 0.25, 0.5])
        );
        assert_eq!(file.read_rows("curve", ["network", "lag"]).unwrap().len(), 2);
        assert_eq!(file.read::<u64>("digest", &[]).unwrap().1, [u64::MAX]);
        let (kind, params) = file.made_with().unwrap().unwrap();
        assert_eq!((kind.as_str(), &params["note"]), ("run", &"φ".into()));
    }

    #[test]
    fn what_is_not_as_asked_for_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = written(folder.path());
        let mut file = ArrayFile::open(&path).unwrap();
        file.read::<f64>("lag", &["lag"]).unwrap();
        let other = refusal(file.read::<f64>("other", &["network", "lag"]));
        assert!(
            other.contains("run.npz: other: is of 2 along the axis lag, and lag of 3"),
            "{other}"
        );
        let not_finite = refusal(file.read_finite::<f64>("other", &["a", "b"]));
        assert!(not_finite.contains("not finite, number 2"), "{not_finite}");
        assert!(refusal(file.read::<f64>("curve", &["network"])).contains("[2, 3], and not 1 axes"));
        assert!(refusal(file.read::<f32>("curve", &["a", "b"])).contains("'<f8'"));
        assert!(refusal(file.read::<f64>("absent", &[])).contains("absent: is not in the file"));
        assert!(refusal(ArrayFile::open(&folder.path().join("none.npz"))).contains("none.npz"));
        assert!(parameters(&path).is_some() && parameters(folder.path()).is_none());
    }

    /// Lags, curves and parameters, if all can be read.
    fn everything(path: &Path) -> Result<[String; 3], Failure> {
        let mut file = ArrayFile::open(path)?;
        let lags = file.read_finite::<f64>("lag", &["lag"])?;
        let curves = file.read_finite::<f64>("curve", &["network", "lag"])?;
        let made_with = file.made_with()?;
        Ok([
            format!("{lags:?}"),
            format!("{curves:?}"),
            format!("{made_with:?}"),
        ])
    }

    #[test]
    fn a_damaged_file_is_refused_or_gives_what_was_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = written(folder.path());
        let (bytes, whole) = (fs::read(&path).unwrap(), everything(&path).unwrap());
        let damaged = folder.path().join("damaged.npz");
        let mut refused = 0;
        for at in 0..bytes.len() {
            for bit in [1, 0x80] {
                let mut spoilt = bytes.clone();
                spoilt[at] ^= bit;
                fs::write(&damaged, spoilt).unwrap();
                match everything(&damaged) {
                    // Dates, attributes and arrays that were not asked for say nothing of these; parameters under
                    // another name are none.
                    Ok(read) => assert!(
                        read[..2] == whole[..2] && [&whole[2], "None"].contains(&&*read[2]),
                        "{at}"
                    ),
                    Err(_) => refused += 1,
                }
            }
        }
        assert!(refused > bytes.len() / 2, "{refused} of {}", 2 * bytes.len());
        for length in 0..bytes.len() {
            fs::write(&damaged, &bytes[..length]).unwrap();
            assert!(everything(&damaged).is_err(), "{length} bytes");
        }
    }

    /// Files that inflate to far more than they are, and headers that ask for it.
    #[test]
    fn what_inflates_without_end_is_not_taken_into_memory() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bomb.npz");
        let inflating = |name: &str, start: &[u8]| {
            let mut archive = zip::ZipWriter::new(File::create(&path).unwrap());
            let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
            archive.start_file(format!("{name}.npy"), options).unwrap();
            archive.write_all(start).unwrap();
            let zeros = vec![0; 1 << 20];
            (0..80).for_each(|_| archive.write_all(&zeros).unwrap());
            archive.finish().unwrap();
            assert!(fs::metadata(&path).unwrap().len() < 1 << 18);
            ArrayFile::open(&path).unwrap()
        };
        let array = |shape: &str| {
            let mut header =
                format!("{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}").into_bytes();
            header.resize(117, b' ');
            header.push(b'\n');
            [&b"\x93NUMPY\x01\x00\x76\x00"[..], &header].concat()
        };
        let more = refusal(inflating("a", &array("(2, 2)")).read::<f64>("a", &["x", "y"]));
        assert!(
            more.contains("at least 65") && more.contains("do not fill"),
            "{more}"
        );
        let shape = "(1000000000000, 2)";
        let large = refusal(inflating("a", &array(shape)).read::<f64>("a", &["x", "y"]));
        assert!(
            large.contains("needs 32000000 MB") || available_memory().is_none(),
            "{large}"
        );
        // A header that says it is longer than all that there is.
        let header = b"\x93NUMPY\x02\x00\xff\xff\xff\xff{'descr'";
        refusal(inflating("a", header).read::<f64>("a", &["x", "y"]));
        let text = refusal(inflating(MADE_WITH, &array("(2, 2)")).made_with());
        assert!(text.contains("above its bound of 67108864 bytes"), "{text}");
    }

    /// Arrays as another program might write them: right checksums around wrong contents.
    #[test]
    fn foreign_arrays_are_refused_by_order_type_and_count() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("foreign.npz");
        let read = |descr: &str, fortran: &str, shape: &str, values: &[f64]| {
            let mut header =
                format!("{{'descr': {descr}, 'fortran_order': {fortran}, 'shape': {shape}, }}").into_bytes();
            header.resize(117, b' ');
            header.push(b'\n');
            let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
            archive.start_file("a.npy", SimpleFileOptions::default()).unwrap();
            archive.write_all(b"\x93NUMPY\x01\x00").unwrap();
            archive.write_all(&118_u16.to_le_bytes()).unwrap();
            archive.write_all(&header).unwrap();
            for value in values {
                archive.write_all(&value.to_le_bytes()).unwrap();
            }
            fs::write(&path, archive.finish().unwrap().into_inner()).unwrap();
            ArrayFile::open(&path).unwrap().read::<f64>("a", &["x", "y"])
        };
        let four = [1.0, 2.0, 3.0, 4.0];
        assert_eq!(read("'<f8'", "False", "(2, 2)", &four).unwrap().1, four);
        assert!(refusal(read("'<f8'", "True", "(2, 2)", &four)).contains("Fortran"));
        assert!(refusal(read("'>f8'", "False", "(2, 2)", &four)).contains("'>f8'"));
        assert!(refusal(read("'<f8'", "False", "(2, 3)", &four)).contains("do not fill"));
        assert!(refusal(read("'<f8'", "False", "(2, 1)", &four)).contains("do not fill"));
        assert!(refusal(read("'<f8'", "False", "(9223372036854775807, 4)", &four)).contains("do not fill"));
        refusal(read("'<f8'", "False", "(2, -2)", &four));
    }
}
