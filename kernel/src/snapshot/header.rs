//! What a snapshot begins with.

use crate::bytes::{ByteSink, ByteSource, SliceSink};

pub(crate) const MAGIC: [u8; 4] = *b"FzCh";
/// Bytes before x.
pub(crate) const HEADER: usize = 52;

/// What a snapshot says of the network that it was taken of.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Header {
    pub magic: [u8; 4],
    pub version: u16,
    pub model: u8,
    pub transfer: u8,
    pub n: u32,
    pub plasticity: u32,
    pub phase: u32,
    pub steps: u64,
    /// g, k, p, dt
    pub parameters: [f32; 4],
    pub couplings: u64,
}

impl Header {
    pub fn write(&self, bytes: &mut [u8]) {
        let mut sink = SliceSink::new(bytes);
        sink.put(&self.magic);
        sink.put(&self.version.to_le_bytes());
        sink.put(&[self.model, self.transfer]);
        for number in [self.n, self.plasticity, self.phase] {
            sink.put(&number.to_le_bytes());
        }
        sink.put(&self.steps.to_le_bytes());
        for parameter in self.parameters {
            sink.put(&parameter.to_le_bytes());
        }
        sink.put(&self.couplings.to_le_bytes());
    }

    pub fn read(bytes: &[u8]) -> Option<Self> {
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
