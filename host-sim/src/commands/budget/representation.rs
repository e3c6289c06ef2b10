//! What each representation of a network takes in memory, by the kernel's own lengths.

use freezable_chaos::{couplings_len, history_len, signs_len, synapses_len, wide_len};
use serde::Serialize;

use science::networks::Model;

/// Samples of the recommended history.
const SAMPLES: u32 = 8;

/// How a network is represented.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Representation {
    /// Gaussian J in RAM, full A.
    ExactInRam,
    /// Gaussian J in flash, full A.
    ExactInFlash,
    /// Signs in RAM, history.
    CompactInRam,
    /// Signs in flash, history.
    CompactInFlash,
    /// Signs hashed, history.
    CompactHashed,
}

/// Bytes of one network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Bytes {
    pub(super) n: usize,
    pub(super) representation: Representation,
    /// Everything that the network borrows in RAM.
    pub(super) ram: usize,
    /// Quenched couplings in flash.
    pub(super) flash: usize,
    pub(super) snapshot: usize,
}

impl Representation {
    pub(super) const ALL: [Self; 5] = [
        Self::ExactInRam,
        Self::ExactInFlash,
        Self::CompactInRam,
        Self::CompactInFlash,
        Self::CompactHashed,
    ];

    pub(super) fn title(self) -> &'static str {
        match self {
            Self::ExactInRam => "exact, J in RAM",
            Self::ExactInFlash => "exact, J in flash",
            Self::CompactInRam => "compact, signs in RAM",
            Self::CompactInFlash => "compact, signs in flash",
            Self::CompactHashed => "compact, signs hashed",
        }
    }

    pub(super) fn model(self) -> Model {
        match self {
            Self::ExactInRam | Self::ExactInFlash => Model::Exact,
            _ => Model::Compact,
        }
    }

    /// What `n` neurons take.
    pub(super) fn bytes(self, n: usize) -> Bytes {
        const FLOAT: usize = size_of::<f32>();
        // Header and checksum, then x.
        let snapshot = 56 + FLOAT * n;
        let (state, couplings, plastic) = match self.model() {
            Model::Exact => (
                FLOAT * (3 * n + synapses_len(n)),
                FLOAT * couplings_len(n),
                FLOAT * (n * (n + 1) / 2),
            ),
            Model::Compact => {
                let history = history_len(n, SAMPLES);
                let sums = size_of::<i32>() * (n + 8 * 256) + size_of::<i64>() * wide_len(n);
                (
                    FLOAT * 3 * n + history + sums,
                    size_of::<u64>() * signs_len(n),
                    12 + history,
                )
            }
        };
        let (in_ram, in_flash) = match self {
            Self::ExactInRam | Self::CompactInRam => (couplings, 0),
            Self::ExactInFlash | Self::CompactInFlash => (0, couplings),
            Self::CompactHashed => (0, 0),
        };
        Bytes {
            n,
            representation: self,
            ram: state + in_ram,
            flash: in_flash,
            snapshot: snapshot + plastic,
        }
    }

    /// Its name in the committed counts of cycles; where J lies costs no modelled cycle.
    pub(super) fn counted_as(self) -> &'static str {
        match self {
            Self::ExactInRam | Self::ExactInFlash => "exact",
            Self::CompactInRam | Self::CompactInFlash => "compact-stored",
            Self::CompactHashed => "compact-hashed",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use freezable_chaos::{
        CompactBuffers, ExactBuffers, Generator, HashedSigns, HistoryRule, Params, Purpose, Tanh,
    };

    const PARAMS: Params = Params {
        g: 1.5,
        k: 1.5,
        p: 2.5,
        dt: 0.05,
    };

    #[test]
    fn sizes_are_those_of_the_kernel() {
        let dynamics = PARAMS.validate(128).unwrap();
        let mut storage = science::networks::HeapStorage::new(128, science::networks::Rows::OneThread);
        let mut generator = Generator::new(1, 0, Purpose::Couplings);
        let network = storage.network(dynamics, &mut generator, Tanh).unwrap();
        let bytes = Representation::ExactInFlash.bytes(128);
        assert_eq!(bytes.snapshot, network.snapshot_len());
        assert_eq!(bytes.ram, size_of::<ExactBuffers<128, { synapses_len(128) }>>());
        assert_eq!(Representation::ExactInRam.bytes(128).ram, bytes.ram + bytes.flash);
        let mut buffers = CompactBuffers::<128>::new();
        let rule = HistoryRule::recommended(&PARAMS);
        let signs = HashedSigns::new(&dynamics, 1, 0);
        let network = buffers.network(dynamics, signs, rule, Tanh).unwrap();
        let bytes = Representation::CompactHashed.bytes(128);
        assert_eq!(bytes.snapshot, network.snapshot_len());
        assert_eq!(bytes.ram, size_of::<CompactBuffers<128>>());
        // a bit for each synapse, and a header of four words
        assert_eq!(Representation::CompactInFlash.bytes(1024).flash, (128 << 10) + 32);
    }
}
