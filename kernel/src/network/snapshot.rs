//! Snapshots: the whole state as bytes, the same on every target.
//!
//! Little-endian: `"FzCh"`, contract version (u16), model (u8), transfer function (u8), n (u32), plasticity (u32: 0
//! running, 1 frozen), phase of the plasticity rule (u32), steps (u64), g, k, p, dt (f32), digest of J (u64); then x
//! and the plastic state (for the exact network A, upper triangle, row-major; for the compact one the number of samples,
//! their spacing and levels (u32), then the samples (i8), newest first); then the CRC-32 of all before.

use super::{Network, Plasticity};
use crate::CONTRACT_VERSION;
use crate::bytes::{ByteSink, ByteSource, CRC_32, SliceSink};
use crate::connectivity::Connectivity;
use crate::snapshot::SnapshotError;
use crate::transfer::Transfer;

const MAGIC: [u8; 4] = *b"FzCh";
/// Bytes before x.
const HEADER: usize = 52;
const CHECKSUM: usize = 4;

impl<C: Connectivity, T: Transfer> Network<'_, C, T> {
    /// Bytes of a snapshot of this network.
    pub fn snapshot_len(&self) -> usize {
        HEADER + self.n() * size_of::<f32>() + self.connectivity.plastic_len() + CHECKSUM
    }

    /// Writes the whole state into the start of a buffer; returns the bytes written,
    /// [`snapshot_len`](Self::snapshot_len).
    pub fn snapshot(&self, buffer: &mut [u8]) -> Result<usize, SnapshotError> {
        let length = self.snapshot_len();
        let too_small = SnapshotError::Buffer {
            expected: length as u32,
            found: buffer.len() as u32,
        };
        // Not `split_last_chunk_mut`: with a length that is a sum, the compiler leaves its panic in.
        let (body, checksum) = buffer
            .split_at_mut_checked(length - CHECKSUM)
            .and_then(|(body, rest)| Some((body, rest.first_chunk_mut::<CHECKSUM>()?)))
            .ok_or(too_small)?;
        let mut sink = SliceSink::new(body);
        let params = self.dynamics.params();
        sink.put(&MAGIC);
        sink.put(&CONTRACT_VERSION.to_le_bytes());
        sink.put(&[C::MODEL, self.transfer.id().0]);
        sink.put(&(self.n() as u32).to_le_bytes());
        sink.put(&u32::from(self.plasticity == Plasticity::Frozen).to_le_bytes());
        sink.put(&self.connectivity.phase().to_le_bytes());
        sink.put(&self.steps.to_le_bytes());
        for parameter in [params.g, params.k, params.p, params.dt] {
            sink.put(&parameter.to_le_bytes());
        }
        sink.put(&self.connectivity.couplings_digest().to_le_bytes());
        self.write_state(&mut sink);
        *checksum = CRC_32.checksum(body).to_le_bytes();
        Ok(length)
    }

    /// Takes over the state of a snapshot; running on then gives the bits of a network that was never stopped.
    ///
    /// Everything is checked before anything is written: on an error the network is as it was.
    ///
    /// ```
    /// # use freezable_chaos::*;
    /// # let params = Params { g: 2.0, k: 2.0, p: 2.5, dt: 0.05 };
    /// # let dynamics = params.validate(64).unwrap();
    /// # let mut buffers = CompactBuffers::<64>::new();
    /// # let signs = HashedSigns::new(&dynamics, 1, 0);
    /// # let mut network = buffers.network(dynamics, signs, HistoryRule::recommended(&params), Tanh).unwrap();
    /// # network.start(Start::Small, &mut Generator::new(1, 0, Purpose::State));
    /// let mut bytes = [0; 836];
    /// assert_eq!(network.snapshot(&mut bytes), Ok(bytes.len()));
    /// network.step().unwrap();
    /// let next = network.digest();
    /// network.restore(&bytes).unwrap();
    /// network.step().unwrap();
    /// assert_eq!(network.digest(), next);
    /// bytes[60] ^= 1; // a flipped bit is found
    /// assert!(network.restore(&bytes).is_err());
    /// ```
    pub fn restore(&mut self, bytes: &[u8]) -> Result<(), SnapshotError> {
        let wrong_length = SnapshotError::Length {
            expected: self.snapshot_len() as u32,
            found: bytes.len() as u32,
        };
        let (body, checksum) = bytes.split_last_chunk::<CHECKSUM>().ok_or(wrong_length)?;
        let (header, state) = body.split_at_checked(HEADER).ok_or(wrong_length)?;
        let header = Header::read(header).ok_or(wrong_length)?;
        if header.magic != MAGIC {
            return Err(SnapshotError::Magic);
        }
        if header.version != CONTRACT_VERSION {
            return Err(SnapshotError::Version {
                expected: CONTRACT_VERSION,
                found: header.version,
            });
        }
        // A snapshot cut short is called that, rather than one of a wrong checksum.
        if header.model == C::MODEL && header.n == self.n() as u32 && bytes.len() != self.snapshot_len() {
            return Err(wrong_length);
        }
        let (found, expected) = (u32::from_le_bytes(*checksum), CRC_32.checksum(body));
        if found != expected {
            return Err(SnapshotError::Checksum { expected, found });
        }
        self.check_header(&header)?;
        let (x, plastic) = state
            .split_at_checked(self.n() * size_of::<f32>())
            .ok_or(wrong_length)?;
        let mut states = ByteSource::new(x);
        if !core::iter::from_fn(|| states.float()).all(f32::is_finite) {
            return Err(SnapshotError::NonFinite);
        }
        self.connectivity
            .check_plastic(header.phase, ByteSource::new(plastic))?;
        let mut states = ByteSource::new(x);
        for (x, value) in self
            .neurons
            .x
            .iter_mut()
            .zip(core::iter::from_fn(|| states.float()))
        {
            *x = value;
        }
        self.connectivity
            .read_plastic(header.phase, ByteSource::new(plastic));
        self.begin();
        if header.plasticity != 0 {
            self.freeze();
        }
        self.steps = header.steps;
        Ok(())
    }

    fn check_header(&self, header: &Header) -> Result<(), SnapshotError> {
        if header.model != C::MODEL {
            return Err(SnapshotError::Model {
                expected: C::MODEL,
                found: header.model,
            });
        }
        if header.transfer != self.transfer.id().0 {
            return Err(SnapshotError::Transfer {
                expected: self.transfer.id().0,
                found: header.transfer,
            });
        }
        if header.n != self.n() as u32 {
            return Err(SnapshotError::Neurons {
                expected: self.n() as u32,
                found: header.n,
            });
        }
        if header.plasticity > 1 {
            return Err(SnapshotError::Plasticity {
                found: header.plasticity,
            });
        }
        let params = self.dynamics.params();
        let own = [
            ('g', params.g),
            ('k', params.k),
            ('p', params.p),
            ('d', params.dt),
        ];
        for ((parameter, expected), found) in own.into_iter().zip(header.parameters) {
            if expected.to_bits() != found.to_bits() {
                return Err(SnapshotError::Parameter {
                    parameter,
                    expected,
                    found,
                });
            }
        }
        let expected = self.connectivity.couplings_digest();
        if header.couplings != expected {
            return Err(SnapshotError::Couplings {
                expected,
                found: header.couplings,
            });
        }
        Ok(())
    }
}

struct Header {
    magic: [u8; 4],
    version: u16,
    model: u8,
    transfer: u8,
    n: u32,
    plasticity: u32,
    phase: u32,
    steps: u64,
    parameters: [f32; 4],
    couplings: u64,
}

impl Header {
    fn read(bytes: &[u8]) -> Option<Self> {
        let mut source = ByteSource::new(bytes);
        let magic = source.take()?;
        let version = u16::from_le_bytes(source.take()?);
        let [model, transfer] = source.take()?;
        let n = u32::from_le_bytes(source.take()?);
        let plasticity = u32::from_le_bytes(source.take()?);
        let phase = u32::from_le_bytes(source.take()?);
        let steps = u64::from_le_bytes(source.take()?);
        let parameters = [source.float()?, source.float()?, source.float()?, source.float()?];
        let couplings = u64::from_le_bytes(source.take()?);
        Some(Self {
            magic,
            version,
            model,
            transfer,
            n,
            plasticity,
            phase,
            steps,
            parameters,
            couplings,
        })
    }
}
