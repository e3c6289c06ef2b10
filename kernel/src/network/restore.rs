//! A network takes up the state of a snapshot, wherever it lies, piece by piece.

use core::ops::Range;

use super::Network;
use crate::CONTRACT_VERSION;
use crate::bytes::{Checksum, take_floats};
use crate::connectivity::Connectivity;
use crate::snapshot::{CHECKSUM, HEADER, Header, MAGIC, PIECE, RestoreError, SnapshotError, SnapshotSource};
use crate::transfer::Transfer;

impl<'n, C: Connectivity, T: Transfer> Network<'n, C, T> {
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
        let mut restoring = self.restoring(bytes.len())?;
        while let Some(wanted) = restoring.wanted(usize::MAX) {
            restoring.feed(bytes.get(wanted).unwrap_or_default())?;
        }
        Ok(())
    }

    /// The same of a snapshot of that length that lies somewhere else: it is read there twice, to be checked and then to be
    /// taken over, [`PIECE`] bytes at a time.
    ///
    /// On an error the network is as it was; but where the bytes change after they were checked, or can no longer be read,
    /// it is left at rest.
    pub fn restore_from<S: SnapshotSource>(
        &mut self,
        source: &mut S,
        length: usize,
    ) -> Result<(), RestoreError<S::Error>> {
        let mut restoring = self.restoring(length)?;
        let mut piece = [0; PIECE];
        while let Some(wanted) = restoring.wanted(PIECE) {
            let piece = piece.get_mut(..wanted.len()).unwrap_or_default();
            source.read(wanted.start, piece).map_err(RestoreError::Source)?;
            restoring.feed(piece)?;
        }
        Ok(())
    }

    /// The same for a caller that reads by itself, for instance without blocking: it feeds what is wanted.
    ///
    /// ```
    /// # use freezable_chaos::*;
    /// # let params = Params { g: 2.0, k: 2.0, p: 2.5, dt: 0.05 };
    /// # let dynamics = params.validate(64).unwrap();
    /// # let mut buffers = CompactBuffers::<64>::new();
    /// # let signs = HashedSigns::new(&dynamics, 1, 0);
    /// # let mut network = buffers.network(dynamics, signs, HistoryRule::recommended(&params), Tanh).unwrap();
    /// # let mut bytes = [0; 836];
    /// # network.snapshot(&mut bytes).unwrap();
    /// let mut restoring = network.restoring(bytes.len()).unwrap();
    /// while let Some(wanted) = restoring.wanted(128) {
    ///     restoring.feed(&bytes[wanted]).unwrap(); // read(wanted, &mut buffer).await
    /// }
    /// ```
    pub fn restoring(&mut self, length: usize) -> Result<Restoring<'_, 'n, C, T>, SnapshotError> {
        if length < HEADER + CHECKSUM {
            return Err(self.wrong_length(length));
        }
        Ok(Restoring {
            network: self,
            length,
            position: 0,
            checksum: Checksum::new(),
            header: None,
            refusal: None,
            checked: None,
        })
    }

    fn wrong_length(&self, length: usize) -> SnapshotError {
        SnapshotError::Length {
            expected: self.snapshot_len() as u32,
            found: length as u32,
        }
    }

    fn check_header(&self, header: &Header) -> Result<(), SnapshotError> {
        let own = self.header();
        if header.model != own.model {
            return Err(SnapshotError::Model {
                expected: own.model,
                found: header.model,
            });
        }
        if header.transfer != own.transfer {
            return Err(SnapshotError::Transfer {
                expected: own.transfer,
                found: header.transfer,
            });
        }
        if header.n != own.n {
            return Err(SnapshotError::Neurons {
                expected: own.n,
                found: header.n,
            });
        }
        if header.plasticity > 1 {
            return Err(SnapshotError::Plasticity {
                found: header.plasticity,
            });
        }
        let parameters = own.parameters.into_iter().zip(header.parameters);
        for (parameter, (expected, found)) in ['g', 'k', 'p', 'd'].into_iter().zip(parameters) {
            if expected.to_bits() != found.to_bits() {
                return Err(SnapshotError::Parameter {
                    parameter,
                    expected,
                    found,
                });
            }
        }
        if header.couplings != own.couplings {
            return Err(SnapshotError::Couplings {
                expected: own.couplings,
                found: header.couplings,
            });
        }
        Ok(())
    }
}

/// A snapshot on its way into a network: read once to be checked, then once more to be taken over.
///
/// One that is given up while it is taken over leaves the network at rest.
#[derive(Debug)]
pub struct Restoring<'a, 'n, C: Connectivity, T: Transfer> {
    network: &'a mut Network<'n, C, T>,
    length: usize,
    /// Of the next byte.
    position: usize,
    /// Of the bytes so far in this reading.
    checksum: Checksum,
    header: Option<Header>,
    /// What is wrong, if the checksum is right: a flipped bit is called that.
    refusal: Option<SnapshotError>,
    /// The checksum of all bytes, from the second reading on.
    checked: Option<u32>,
}

impl<C: Connectivity, T: Transfer> Restoring<'_, '_, C, T> {
    /// Which bytes of the snapshot are to be fed next, up to a number of at least [`PIECE`]; `None` once it is restored.
    pub fn wanted(&self, most: usize) -> Option<Range<usize>> {
        let plastic = self.network.plastic_start();
        let body = self.length - CHECKSUM;
        let end = match self.position {
            // Of another network, whose parts are elsewhere: nothing is looked at but the checksum.
            HEADER.. if self.refusal.is_some() && self.position < body => body,
            0..HEADER => HEADER,
            position if position < plastic => plastic,
            position if position < body => body,
            _ if self.checked.is_none() => self.length,
            _ => body,
        };
        let count = end - self.position;
        let most = if count > most {
            (most / PIECE).max(1) * PIECE
        } else {
            count
        };
        (count > 0).then(|| self.position..self.position + count.min(most))
    }

    /// Takes the bytes that are [`wanted`](Self::wanted). After an error there is nothing more to do.
    pub fn feed(&mut self, bytes: &[u8]) -> Result<(), SnapshotError> {
        let fits = self.wanted(bytes.len()).map(|wanted| wanted.len()) == Some(bytes.len());
        if !fits {
            return Err(self.network.wrong_length(bytes.len()));
        }
        let position = self.position;
        self.position += bytes.len();
        match self.checked {
            None => self.check(position, bytes),
            Some(checked) => {
                self.take(position, bytes);
                if self.position < self.length - CHECKSUM {
                    return Ok(());
                }
                self.end(checked)
            }
        }
    }

    /// The first reading.
    fn check(&mut self, position: usize, bytes: &[u8]) -> Result<(), SnapshotError> {
        if position == self.length - CHECKSUM {
            let expected = self.checksum.value();
            let found = bytes.first_chunk().map_or(0, |bytes| u32::from_le_bytes(*bytes));
            if found != expected {
                return Err(SnapshotError::Checksum { expected, found });
            }
            if let Some(refusal) = self.refusal {
                return Err(refusal);
            }
            self.position = 0;
            self.checksum = Checksum::new();
            self.checked = Some(expected);
            return Ok(());
        }
        self.checksum.update(bytes);
        let refusal = if position == 0 {
            self.check_header(bytes)?
        } else if self.refusal.is_some() {
            return Ok(());
        } else {
            self.network.check_piece(self.phase(), position, bytes).err()
        };
        self.refusal = refusal;
        Ok(())
    }

    /// What cannot wait for the checksum is an error, the rest is returned.
    fn check_header(&mut self, bytes: &[u8]) -> Result<Option<SnapshotError>, SnapshotError> {
        let wrong_length = self.network.wrong_length(self.length);
        let header = Header::read(bytes).ok_or(wrong_length)?;
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
        let is_of_this_size = header.model == C::MODEL && header.n == self.network.n() as u32;
        if is_of_this_size && self.length != self.network.snapshot_len() {
            return Err(wrong_length);
        }
        self.header = Some(header);
        Ok(self.network.check_header(&header).err())
    }

    fn phase(&self) -> u32 {
        self.header.map_or(0, |header| header.phase)
    }

    /// The second reading.
    fn take(&mut self, position: usize, bytes: &[u8]) {
        self.checksum.update(bytes);
        let plastic = self.network.plastic_start();
        if position >= plastic {
            let phase = self.phase();
            self.network
                .connectivity
                .read_plastic(phase, position - plastic, bytes);
        } else if let Some(first) = position.checked_sub(HEADER) {
            let places = self.network.neurons.x.iter_mut().skip(first / size_of::<f32>());
            for (x, value) in places.zip(take_floats(bytes)) {
                *x = value;
            }
        }
    }

    /// The state is there: the network goes on from it, if it is still the one that was checked.
    fn end(&mut self, checked: u32) -> Result<(), SnapshotError> {
        let expected = self.checksum.value();
        if expected != checked {
            return Err(SnapshotError::Checksum {
                expected,
                found: checked,
            });
        }
        self.network.begin();
        if let Some(header) = self.header {
            if header.plasticity != 0 {
                self.network.freeze();
            }
            self.network.steps = header.steps;
        }
        self.checked = None;
        self.position = self.length;
        Ok(())
    }
}

impl<C: Connectivity, T: Transfer> Drop for Restoring<'_, '_, C, T> {
    fn drop(&mut self) {
        if self.checked.is_some() && self.position > HEADER {
            self.network.rest();
        }
    }
}
