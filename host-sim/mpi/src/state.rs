//! The state as bytes: of the rows of a rank, and of the whole network as the kernel's snapshot.
//!
//! A snapshot is a header, x, the rule of the history, the samples from the newest on, and a CRC-32
//! (`freezable_chaos::snapshot` has the format). The rows of a rank are a network of their own there.

use std::ops::Range;

use crc::{CRC_32_ISO_HDLC, Crc};
use freezable_chaos::{ByteSink, Connectivity, Fnv1a, Signs};

use crate::failure::Failure;
use crate::ranks::{Lengths, Ranks};
use crate::settings::Network;
use crate::share::Share;

/// Bytes before x.
const HEADER: usize = 52;
/// Where the header has the kind of network, its size, the plasticity and what follows it, and the digest of J.
const MODEL: usize = 6;
const NEURONS: Range<usize> = 8..12;
const PLASTICITY_TO_STEPS: Range<usize> = 12..28;
const COUPLINGS: Range<usize> = 44..52;
/// The compact network's kind.
const COMPACT: u8 = 2;
/// Bytes of the rule between x and the samples.
const RULE: usize = 12;
/// Bytes of x for each neuron.
const X: usize = 4;

/// Ethernet's.
pub fn checksum(bytes: &[u8]) -> u32 {
    Crc::<u32>::new(&CRC_32_ISO_HDLC).checksum(bytes)
}

/// The state of some neighbouring rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rows {
    /// A snapshot's header.
    header: [u8; HEADER],
    rule: [u8; RULE],
    x: Vec<u8>,
    /// The samples, newest first, each of one byte a row.
    samples: Vec<Vec<u8>>,
}

impl Rows {
    /// The rows of this rank. Refuses a state that is not finite.
    pub fn of(share: &Share<'_>) -> Result<Self, Failure> {
        let mut bytes = vec![0; share.snapshot_len()];
        share.snapshot(&mut bytes)?;
        Self::read(&bytes, share.n()).ok_or_else(|| Failure::Check("a snapshot of another length".to_owned()))
    }

    /// Of the snapshot of `count` rows, whose checksum is not looked at.
    pub fn read(bytes: &[u8], count: usize) -> Option<Self> {
        let (header, rest) = bytes.split_first_chunk()?;
        let (x, rest) = rest.split_at_checked(X * count)?;
        let (rule, rest) = rest.split_first_chunk()?;
        let (samples, _checksum) = rest.split_at_checked(rest.len().checked_sub(X)?)?;
        (samples.len() % count.max(1) == 0).then(|| Self {
            header: *header,
            rule: *rule,
            x: x.to_owned(),
            samples: samples.chunks(count.max(1)).map(<[u8]>::to_owned).collect(),
        })
    }

    /// The snapshot.
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = [&self.header[..], &self.x, &self.rule].concat();
        bytes.extend(self.samples.iter().flatten());
        bytes.extend(checksum(&bytes).to_le_bytes());
        bytes
    }

    /// Takes over the rows `from` of another part as these rows; with the first also plasticity, phase and step.
    pub fn take(&mut self, to: Range<usize>, part: &Self, from: Range<usize>) {
        self.header[PLASTICITY_TO_STEPS].copy_from_slice(&part.header[PLASTICITY_TO_STEPS]);
        let bytes = |rows: &Range<usize>| X * rows.start..X * rows.end;
        self.x[bytes(&to)].copy_from_slice(&part.x[bytes(&from)]);
        for (own, other) in self.samples.iter_mut().zip(&part.samples) {
            own[to.clone()].copy_from_slice(&other[from.clone()]);
        }
    }

    /// Whether it has as many samples as that network, taken by the same rule.
    pub fn has_form_of(&self, share: &Share<'_>) -> bool {
        let mut rule = [0; RULE];
        share.connectivity().write_plastic(0, &mut rule);
        let samples = share.connectivity().plastic_len().saturating_sub(RULE) / share.n().max(1);
        self.rule == rule && self.samples.len() == samples
    }

    /// The rows of all ranks together, at the first rank.
    pub fn gather(&self, of: &Network, ranks: &Ranks) -> Result<Option<Self>, Failure> {
        let rows = |rank| ranks.rows(of.n, rank).map(|rows| rows.len());
        let rows: Vec<usize> = (0..ranks.size()).map(rows).collect::<Result<_, _>>()?;
        let x = ranks.gather(&self.x, &Lengths::new(rows.iter().map(|rows| X * rows))?);
        let lengths = Lengths::new(rows)?;
        let samples = self.samples.iter().map(|sample| ranks.gather(sample, &lengths));
        let samples = samples.collect();
        let mut header = self.header;
        header[MODEL] = COMPACT;
        header[NEURONS].copy_from_slice(&(of.n as u32).to_le_bytes());
        Ok(ranks.is_first().then_some(Self {
            header,
            rule: self.rule,
            x,
            samples,
        }))
    }

    /// The digest that the kernel has of the whole network in this state.
    pub fn digest(&self) -> u64 {
        let mut digest = Fnv1a::new();
        for bytes in [&self.x, &self.rule[..]] {
            digest.put(bytes);
        }
        for sample in &self.samples {
            digest.put(sample);
        }
        digest.digest()
    }

    /// The kernel's snapshot of the whole network, with the digest of J: that takes a look at every sign.
    pub fn snapshot(mut self, of: &Network) -> Result<Vec<u8>, Failure> {
        let digest = Signs::Hashed(of.signs()?).digest();
        self.header[COUPLINGS].copy_from_slice(&digest.to_le_bytes());
        Ok(self.bytes())
    }
}
