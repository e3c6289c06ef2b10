//! The state of a network as bytes: see [`crate::snapshot`] for the format.

use core::ops::Range;

use super::{Network, Plasticity};
use crate::CONTRACT_VERSION;
use crate::bytes::{Checksum, Pieces, put_floats, take_floats};
use crate::connectivity::Connectivity;
use crate::snapshot::{CHECKSUM, HEADER, Header, MAGIC, PIECE, SnapshotError};
use crate::transfer::Transfer;

impl<C: Connectivity, T: Transfer> Network<'_, C, T> {
    /// Bytes of a snapshot of this network.
    pub fn snapshot_len(&self) -> usize {
        self.plastic_start() + self.connectivity.plastic_len() + CHECKSUM
    }

    /// Writes the whole state into the start of a buffer; returns the bytes written,
    /// [`snapshot_len`](Self::snapshot_len). Refuses a state that [`restore`](Self::restore) would refuse, as one that is
    /// not finite. [`snapshot_pieces`](Self::snapshot_pieces) needs no buffer of that size.
    pub fn snapshot(&self, buffer: &mut [u8]) -> Result<usize, SnapshotError> {
        let length = self.snapshot_len();
        let too_small = SnapshotError::Buffer {
            expected: length as u32,
            found: buffer.len() as u32,
        };
        let buffer = buffer.get_mut(..length).ok_or(too_small)?;
        Ok(self.snapshot_pieces()?.next_bytes(buffer))
    }

    /// The same bytes as they are asked for, so that nothing has to hold all of them at once. Refuses the same states.
    ///
    /// ```
    /// # use freezable_chaos::*;
    /// # let params = Params { g: 2.0, k: 2.0, p: 2.5, dt: 0.05 };
    /// # let dynamics = params.validate(64).unwrap();
    /// # let mut buffers = CompactBuffers::<64>::new();
    /// # let signs = HashedSigns::new(&dynamics, 1, 0);
    /// # let mut network = buffers.network(dynamics, signs, HistoryRule::recommended(&params), Tanh).unwrap();
    /// # let mut card = Vec::new();
    /// let mut pieces = network.snapshot_pieces().unwrap();
    /// let mut buffer = [0; 100]; // of any length
    /// while pieces.left() > 0 {
    ///     let count = pieces.next_bytes(&mut buffer);
    ///     card.extend_from_slice(&buffer[..count]);
    /// }
    /// assert_eq!(card.len(), network.snapshot_len());
    /// network.restore_from(&mut card.as_slice(), card.len()).unwrap();
    /// ```
    pub fn snapshot_pieces(&self) -> Result<SnapshotPieces<'_, '_, C, T>, SnapshotError> {
        let phase = self.connectivity.phase();
        let mut position = HEADER;
        let mut piece = [0; PIECE];
        loop {
            let length = self.write_piece(position, &mut piece);
            if length == 0 {
                break;
            }
            self.check_piece(phase, position, piece.get(..length).unwrap_or_default())?;
            position += length;
        }
        Ok(SnapshotPieces {
            network: self,
            position: 0,
            left: self.snapshot_len(),
            checksum: Checksum::new(),
            piece,
            ready: 0..0,
        })
    }

    /// Refuses a piece from behind the header that is not of a state that this network can have.
    pub(super) fn check_piece(&self, phase: u32, position: usize, piece: &[u8]) -> Result<(), SnapshotError> {
        match position.checked_sub(self.plastic_start()) {
            Some(offset) => self.connectivity.check_plastic(phase, offset, piece),
            None if take_floats(piece).all(f32::is_finite) => Ok(()),
            None => Err(SnapshotError::NonFinite),
        }
    }

    /// Where the plastic state begins in a snapshot.
    pub(super) fn plastic_start(&self) -> usize {
        HEADER + self.n() * size_of::<f32>()
    }

    pub(super) fn header(&self) -> Header {
        let params = self.dynamics.params();
        Header {
            magic: MAGIC,
            version: CONTRACT_VERSION,
            model: C::MODEL,
            transfer: self.transfer.id().0,
            n: self.n() as u32,
            plasticity: u32::from(self.plasticity == Plasticity::Frozen),
            phase: self.connectivity.phase(),
            steps: self.steps,
            parameters: [params.g, params.k, params.p, params.dt],
            couplings: self.connectivity.couplings_digest(),
        }
    }

    /// Writes the piece of a snapshot that begins at a position where one does; returns its bytes, none at the checksum.
    pub(super) fn write_piece(&self, position: usize, piece: &mut [u8; PIECE]) -> usize {
        let plastic = self.plastic_start();
        let end = match position {
            0..HEADER => HEADER,
            _ if position < plastic => plastic,
            _ => plastic + self.connectivity.plastic_len(),
        };
        let length = end.saturating_sub(position).min(PIECE);
        let piece = piece.get_mut(..length).unwrap_or_default();
        if position < HEADER {
            self.header().write(piece);
        } else if position < plastic {
            let first = (position - HEADER) / size_of::<f32>();
            put_floats(self.neurons.x.iter().skip(first).copied(), piece);
        } else {
            self.connectivity.write_plastic(position - plastic, piece);
        }
        length
    }
}

/// A snapshot that is written as it is asked for.
#[derive(Debug)]
pub struct SnapshotPieces<'a, 'b, C, T> {
    network: &'a Network<'b, C, T>,
    /// Where the next piece begins.
    position: usize,
    /// Bytes that were not handed out.
    left: usize,
    /// Of the pieces so far.
    checksum: Checksum,
    piece: [u8; PIECE],
    /// Which bytes of the piece were not handed out.
    ready: Range<usize>,
}

impl<C: Connectivity, T: Transfer> SnapshotPieces<'_, '_, C, T> {
    /// Makes the next piece ready, at last the checksum.
    fn next(&mut self) {
        let mut length = self.network.write_piece(self.position, &mut self.piece);
        self.checksum.update(self.piece.get(..length).unwrap_or_default());
        self.position += length;
        if length == 0 {
            let checksum = self.checksum.value().to_le_bytes();
            if let Some(place) = self.piece.first_chunk_mut() {
                *place = checksum;
                length = checksum.len();
            }
        }
        self.ready = 0..length;
    }
}

impl<C: Connectivity, T: Transfer> Pieces for SnapshotPieces<'_, '_, C, T> {
    fn left(&self) -> usize {
        self.left
    }

    fn next_bytes(&mut self, buffer: &mut [u8]) -> usize {
        let mut taken = 0;
        while self.left > 0
            && let Some(place) = buffer.get_mut(taken..)
            && !place.is_empty()
        {
            if self.ready.is_empty() {
                self.next();
            }
            let ready = self.piece.get(self.ready.clone()).unwrap_or_default();
            let count = ready.len().min(place.len());
            for (place, &byte) in place.iter_mut().zip(ready) {
                *place = byte;
            }
            taken += count;
            self.ready.start += count;
            self.left -= count;
        }
        taken
    }
}

#[cfg(test)]
mod tests {
    use crate::random::Randomness;
    use crate::*;

    /// A source of noise that fails.
    struct Broken;

    impl Randomness for Broken {
        fn next_u32(&mut self) -> u32 {
            0
        }

        fn gaussian(&mut self) -> f32 {
            f32::NAN
        }
    }

    fn refuses_and_recovers<C: Connectivity>(mut network: Network<'_, C>) {
        let mut bytes = std::vec![0; network.snapshot_len()];
        for start in [Start::Small, Start::Large] {
            network.start(start, &mut Broken);
            assert_eq!(network.snapshot(&mut bytes), Err(SnapshotError::NonFinite));
            assert_eq!(network.snapshot_pieces().err(), Some(SnapshotError::NonFinite));
            assert_eq!(network.store(&mut bytes), Err(SnapshotError::NonFinite));
            assert_eq!(network.plasticity(), Plasticity::Running, "nothing was stored");
            assert!(network.restore(&bytes).is_err(), "the buffer holds no snapshot");
        }
        network.start(Start::Small, &mut Generator::new(1, 0, Purpose::State));
        assert_eq!(network.snapshot(&mut bytes), Ok(bytes.len()));
        assert_eq!(network.restore(&bytes), Ok(()));
    }

    /// Breaks at the last neuron, which is in the second piece.
    struct BrokenAfter(u32);

    impl Randomness for BrokenAfter {
        fn next_u32(&mut self) -> u32 {
            0
        }

        fn gaussian(&mut self) -> f32 {
            self.0 = self.0.wrapping_sub(1);
            if self.0 == 0 { f32::NAN } else { 0.5 }
        }
    }

    #[test]
    fn every_piece_is_looked_at_before_a_snapshot_is_written() {
        const N: usize = 20;
        let params = Params {
            g: 2.0,
            k: 2.0,
            p: 2.5,
            dt: 0.05,
        };
        let dynamics = params.validate(N).unwrap();
        let signs = HashedSigns::new(&dynamics, 1, 0);
        let rule = HistoryRule::recommended(&params);
        let mut buffers = CompactBuffers::<N>::new();
        let mut network = buffers.network(dynamics, signs, rule, Tanh).unwrap();
        network.start(Start::Small, &mut BrokenAfter(N as u32));
        assert_eq!(network.snapshot_pieces().err(), Some(SnapshotError::NonFinite));
        network.start(Start::Small, &mut BrokenAfter(0));
        assert!(network.snapshot_pieces().is_ok());
    }

    #[test]
    fn a_snapshot_that_could_not_be_restored_is_not_written() {
        const N: usize = 6;
        let params = Params {
            g: 2.0,
            k: 2.0,
            p: 2.5,
            dt: 0.05,
        };
        let dynamics = params.validate(N).unwrap();
        let mut values = [0.0; couplings_len(N)];
        let couplings = DenseCouplings::from_fn(&mut values, &dynamics, |i, j| (i + 2 * j) as f32).unwrap();
        let mut buffers: exact_buffers!(N) = ExactBuffers::new();
        refuses_and_recovers(buffers.network(dynamics, couplings, Tanh).unwrap());
        let mut buffers = CompactBuffers::<N>::new();
        let signs = HashedSigns::new(&dynamics, 1, 0);
        let rule = HistoryRule::recommended(&params);
        refuses_and_recovers(buffers.network(dynamics, signs, rule, Tanh).unwrap());
    }
}
