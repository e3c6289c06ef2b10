//! A trained readout as bytes, which a program includes or keeps in flash.
//!
//! Little-endian: `"FzRd"`, version of this format (u16), two zero bytes, neurons n and outputs m (u32), digest of J (u64),
//! seed of the cues (u64), their strength, the time for which they are written and the time between their end and the
//! freeze (f32); then m biases, and m rows of n weights (f32); then the CRC-32 of all before.

use super::Cue;
use super::error::ReadoutError;
use crate::bytes::{ByteSink, ByteSource, CRC_32, SliceSink};
use crate::values::SizeError;

const MAGIC: [u8; 4] = *b"FzRd";
const VERSION: u16 = 1;
/// Bytes before the biases.
const HEADER: usize = 44;
const CHECKSUM: usize = 4;

/// What a stored readout was trained for.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct ReadoutHeader {
    /// Number of neurons.
    pub n: u32,
    /// Number of outputs: of cues that it tells apart.
    pub outputs: u32,
    /// Digest of the quenched couplings of its network, [`couplings_digest`](crate::Connectivity::couplings_digest): a
    /// readout of other couplings reads nothing.
    pub couplings: u64,
    /// Seed of the cues.
    pub cue_seed: u64,
    /// Their strength.
    pub cue_strength: f32,
    /// Time for which a cue is written, in units of the neuronal time constant.
    pub write: f32,
    /// Time between its end and the freeze.
    pub rest: f32,
}

impl ReadoutHeader {
    /// Bytes of the stored readout; `None` if there are more than can be counted.
    pub const fn stored_len(&self) -> Option<usize> {
        let (n, outputs) = (self.n as usize, self.outputs as usize);
        let Some(row) = n.checked_add(1) else { return None };
        let Some(numbers) = row.checked_mul(outputs) else {
            return None;
        };
        let Some(bytes) = numbers.checked_mul(size_of::<f32>()) else {
            return None;
        };
        bytes.checked_add(HEADER + CHECKSUM)
    }

    /// Whether the strength and both times are finite, and no time is negative.
    fn is_sound(&self) -> bool {
        self.cue_strength.is_finite()
            && [self.write, self.rest]
                .iter()
                .all(|time| (0.0..=f32::MAX).contains(time))
    }

    /// Writes a readout into the start of a buffer; returns the bytes written, [`stored_len`](Self::stored_len). Refuses
    /// other numbers of weights and biases, and what [`StoredReadout::new`] would refuse: then nothing is written.
    pub fn store(&self, weights: &[f32], biases: &[f32], buffer: &mut [u8]) -> Result<usize, ReadoutError> {
        let (n, outputs) = (self.n as usize, self.outputs as usize);
        SizeError::check("the set of readout biases", outputs, biases.len()).map_err(ReadoutError::Size)?;
        let expected = outputs.saturating_mul(n);
        SizeError::check("the set of readout weights", expected, weights.len())
            .map_err(ReadoutError::Size)?;
        let mut numbers = biases.iter().chain(weights);
        if !self.is_sound() || !numbers.all(|number| number.is_finite()) {
            return Err(ReadoutError::NonFinite);
        }
        let found = buffer.len();
        let length = self.stored_len().unwrap_or(usize::MAX);
        let too_small = ReadoutError::Length {
            expected: length,
            found,
        };
        let (body, checksum) = buffer
            .split_at_mut_checked(length.saturating_sub(CHECKSUM))
            .and_then(|(body, rest)| Some((body, rest.first_chunk_mut::<CHECKSUM>()?)))
            .ok_or(too_small)?;
        let mut sink = SliceSink::new(body);
        sink.put(&MAGIC);
        sink.put(&VERSION.to_le_bytes());
        sink.put(&[0; 2]);
        sink.put(&self.n.to_le_bytes());
        sink.put(&self.outputs.to_le_bytes());
        sink.put(&self.couplings.to_le_bytes());
        sink.put(&self.cue_seed.to_le_bytes());
        for value in [self.cue_strength, self.write, self.rest] {
            sink.put(&value.to_le_bytes());
        }
        for value in biases.iter().chain(weights) {
            sink.put(&value.to_le_bytes());
        }
        *checksum = CRC_32.checksum(body).to_le_bytes();
        Ok(length)
    }
}

/// A readout in bytes of any alignment, whose weights stay where they are.
///
/// ```
/// use freezable_chaos::{Readout, ReadoutHeader, StoredReadout};
/// let header = ReadoutHeader {
///     n: 2, outputs: 1, couplings: 0, cue_seed: 1, cue_strength: 1.0, write: 20.0, rest: 1.0,
/// };
/// let mut bytes = [0; 60];
/// header.store(&[0.5, -2.0], &[1.0], &mut bytes).unwrap();
/// // In a firmware: StoredReadout::new(include_bytes!("readout.bin")).
/// let stored = StoredReadout::new(&bytes).unwrap();
/// let (mut output, mut same) = ([0.0], [0.0]);
/// stored.read(&[0.1, 0.2], &mut output).unwrap();
/// Readout::new(&[0.5, -2.0], &[1.0], 2).unwrap().read(&[0.1, 0.2], &mut same).unwrap();
/// assert_eq!(output, same);
/// ```
#[derive(Clone, Debug)]
pub struct StoredReadout<'a> {
    header: ReadoutHeader,
    numbers: ByteSource<'a>,
}

impl<'a> StoredReadout<'a> {
    /// Takes a readout as [`ReadoutHeader::store`] wrote it. Refuses bytes that are cut short, of another version, spoilt, or
    /// not finite.
    pub fn new(bytes: &'a [u8]) -> Result<Self, ReadoutError> {
        let found = bytes.len();
        let short = ReadoutError::Length {
            expected: HEADER + CHECKSUM,
            found,
        };
        let (body, checksum) = bytes.split_last_chunk::<CHECKSUM>().ok_or(short)?;
        let (header, numbers) = body.split_at_checked(HEADER).ok_or(short)?;
        let header = read_header(header).ok_or(short)??;
        let expected = header.stored_len().unwrap_or(usize::MAX);
        if found != expected {
            return Err(ReadoutError::Length { expected, found });
        }
        let (expected, found) = (CRC_32.checksum(body), u32::from_le_bytes(*checksum));
        if found != expected {
            return Err(ReadoutError::Checksum { expected, found });
        }
        let numbers = ByteSource::new(numbers);
        let mut all = numbers.clone();
        let are_finite = core::iter::from_fn(|| all.float()).all(f32::is_finite);
        if !are_finite || !header.is_sound() {
            return Err(ReadoutError::NonFinite);
        }
        Ok(Self { header, numbers })
    }

    /// What it was trained for.
    pub fn header(&self) -> &ReadoutHeader {
        &self.header
    }

    /// A cue that it tells from the others: the input by which it was written, of any index below the number of outputs.
    pub fn cue(&self, index: u32) -> Cue {
        Cue {
            seed: self.header.cue_seed,
            index,
            strength: self.header.cue_strength,
        }
    }

    /// Writes the outputs for these rates, the bits of [`Readout::read`](super::Readout::read). Refuses rates or outputs of
    /// another number.
    pub fn read(&self, rates: &[f32], outputs: &mut [f32]) -> Result<(), SizeError> {
        SizeError::check("the slice of rates", self.header.n as usize, rates.len())?;
        SizeError::check(
            "the slice of outputs",
            self.header.outputs as usize,
            outputs.len(),
        )?;
        let mut numbers = self.numbers.clone();
        for output in outputs.iter_mut() {
            *output = numbers.float().unwrap_or(0.0);
        }
        for output in outputs {
            let products = rates.iter().map(|&rate| (numbers.float().unwrap_or(0.0), rate));
            *output = products.fold(*output, |sum, (weight, rate)| sum + weight * rate);
        }
        Ok(())
    }
}

fn read_header(bytes: &[u8]) -> Option<Result<ReadoutHeader, ReadoutError>> {
    let mut source = ByteSource::new(bytes);
    if source.take::<4>()? != MAGIC {
        return Some(Err(ReadoutError::Magic));
    }
    let found = u16::from_le_bytes(source.take()?);
    if found != VERSION {
        return Some(Err(ReadoutError::Version {
            expected: VERSION,
            found,
        }));
    }
    if source.take::<2>()? != [0; 2] {
        return Some(Err(ReadoutError::Magic));
    }
    Some(Ok(ReadoutHeader {
        n: u32::from_le_bytes(source.take()?),
        outputs: u32::from_le_bytes(source.take()?),
        couplings: u64::from_le_bytes(source.take()?),
        cue_seed: u64::from_le_bytes(source.take()?),
        cue_strength: source.float()?,
        write: source.float()?,
        rest: source.float()?,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::Readout;
    use std::vec::Vec;

    const HEADER_OF_THREE: ReadoutHeader = ReadoutHeader {
        n: 3,
        outputs: 2,
        couplings: 0x0123_4567_89AB_CDEF,
        cue_seed: 7,
        cue_strength: 1.5,
        write: 20.0,
        rest: 1.0,
    };
    const WEIGHTS: [f32; 6] = [1.0, 1e-7, -3.3, 0.1, -0.0, 2.5e10];
    const BIASES: [f32; 2] = [0.3, -7.0];

    fn stored() -> Vec<u8> {
        let mut bytes = std::vec![0; HEADER_OF_THREE.stored_len().unwrap()];
        let written = HEADER_OF_THREE.store(&WEIGHTS, &BIASES, &mut bytes);
        assert_eq!(written, Ok(bytes.len()));
        bytes
    }

    #[test]
    fn what_is_stored_reads_as_what_was_trained() {
        let bytes = stored();
        let stored = StoredReadout::new(&bytes).unwrap();
        assert_eq!(*stored.header(), HEADER_OF_THREE);
        let rates = [0.25, -0.9, 0.123];
        let (mut outputs, mut expected) = ([0.0; 2], [0.0; 2]);
        stored.read(&rates, &mut outputs).unwrap();
        let readout = Readout::new(&WEIGHTS, &BIASES, 3).unwrap();
        readout.read(&rates, &mut expected).unwrap();
        assert_eq!(outputs.map(f32::to_bits), expected.map(f32::to_bits));
        assert_eq!(
            stored.cue(1),
            Cue {
                seed: 7,
                index: 1,
                strength: 1.5
            }
        );
        assert!(stored.read(&rates[1..], &mut outputs).is_err());
        assert!(stored.read(&rates, &mut outputs[1..]).is_err());
    }

    #[test]
    fn every_flipped_bit_and_every_other_length_is_refused() {
        let bytes = stored();
        for place in 0..8 * bytes.len() {
            let mut spoilt = bytes.clone();
            spoilt[place / 8] ^= 1 << (place % 8);
            assert!(StoredReadout::new(&spoilt).is_err(), "bit {place}");
        }
        for length in 0..bytes.len() {
            assert!(StoredReadout::new(&bytes[..length]).is_err(), "{length} bytes");
        }
        let mut longer = bytes.clone();
        longer.push(0);
        assert!(matches!(
            StoredReadout::new(&longer),
            Err(ReadoutError::Length { .. })
        ));
    }

    #[test]
    fn what_does_not_fit_is_not_stored() {
        let mut bytes = stored();
        let length = bytes.len();
        assert!(HEADER_OF_THREE.store(&WEIGHTS[1..], &BIASES, &mut bytes).is_err());
        assert!(HEADER_OF_THREE.store(&WEIGHTS, &BIASES[1..], &mut bytes).is_err());
        let short = HEADER_OF_THREE.store(&WEIGHTS, &BIASES, &mut bytes[1..]);
        assert_eq!(
            short,
            Err(ReadoutError::Length {
                expected: length,
                found: length - 1
            })
        );
    }

    #[test]
    fn a_writer_stores_nothing_that_its_reader_refuses() {
        let mut bytes = stored();
        let good = bytes.clone();
        let header = HEADER_OF_THREE;
        let (nan, infinite) = (f32::NAN, f32::INFINITY);
        for (header, weight, bias) in [
            (header, nan, 0.0),
            (header, 0.0, infinite),
            (
                ReadoutHeader {
                    cue_strength: nan,
                    ..header
                },
                0.0,
                0.0,
            ),
            (
                ReadoutHeader {
                    write: infinite,
                    ..header
                },
                0.0,
                0.0,
            ),
            (ReadoutHeader { rest: nan, ..header }, 0.0, 0.0),
            (ReadoutHeader { rest: -1.0, ..header }, 0.0, 0.0),
        ] {
            let mut weights = WEIGHTS;
            weights[5] = weight;
            let written = header.store(&weights, &[0.0, bias], &mut bytes);
            assert_eq!(written, Err(ReadoutError::NonFinite));
            assert_eq!(bytes, good, "a refused readout wrote over a good one");
        }
    }

    #[test]
    fn every_byte_is_looked_at_also_under_a_right_checksum() {
        let good = stored();
        let end = good.len() - CHECKSUM;
        let is_refused = |place: usize, value: &[u8]| {
            let mut bytes = good.clone();
            bytes[place..place + value.len()].copy_from_slice(value);
            let checksum = CRC_32.checksum(&bytes[..end]).to_le_bytes();
            bytes[end..].copy_from_slice(&checksum);
            StoredReadout::new(&bytes).is_err()
        };
        // padding, then strength, times, first bias, last weight
        assert!(is_refused(6, &[1]) && is_refused(7, &[1]));
        for place in [32, 36, 40, HEADER, end - 4] {
            for value in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
                assert!(is_refused(place, &value.to_le_bytes()), "{value} at {place}");
            }
        }
        assert!(is_refused(40, &(-0.5_f32).to_le_bytes()));
        assert!(
            !is_refused(32, &(-0.5_f32).to_le_bytes()),
            "a cue may be negative"
        );
    }
}
