//! A snapshot on its way out or in, piece by piece.

use freezable_chaos::frames::{MAX_CHUNK, Refusal};

/// What the buffer holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Content {
    /// A snapshot taken here, of this length.
    Taken(usize),
    /// The first bytes of one from the host.
    Received(usize),
}

/// A buffer for one snapshot, either way.
#[derive(Debug)]
pub struct Transit<'a> {
    bytes: &'a mut [u8],
    content: Content,
}

impl<'a> Transit<'a> {
    /// An empty buffer.
    pub fn new(bytes: &'a mut [u8]) -> Self {
        Self {
            bytes,
            content: Content::Received(0),
        }
    }

    /// Fills the buffer with a new snapshot.
    pub fn take<E>(&mut self, write: impl FnOnce(&mut [u8]) -> Result<usize, E>) -> Result<(), E> {
        self.content = Content::Received(0);
        self.content = Content::Taken(write(self.bytes)?);
        Ok(())
    }

    /// The bytes of the snapshot taken last; none if the host has handed over others since.
    pub fn taken(&self) -> &[u8] {
        let length = match self.content {
            Content::Taken(length) => length,
            Content::Received(_) => 0,
        };
        self.bytes.get(..length).unwrap_or_default()
    }

    /// The bytes of the snapshot taken last from an offset on, as many as a frame holds, and its whole length.
    pub fn piece(&self, offset: u32) -> Result<(&[u8], u32), Refusal<'static>> {
        let taken = self.taken();
        let total = taken.len() as u32;
        let rest = usize::try_from(offset)
            .ok()
            .and_then(|offset| taken.get(offset..));
        let rest = rest
            .filter(|rest| !rest.is_empty())
            .ok_or(Refusal::Offset { offset, bound: total })?;
        Ok((rest.get(..MAX_CHUNK).unwrap_or(rest), total))
    }

    /// Takes the next bytes of a snapshot from the host; offset 0 begins a new one.
    pub fn receive(&mut self, offset: u32, bytes: &[u8]) -> Result<(), Refusal<'static>> {
        let expected = match self.content {
            Content::Received(length) if offset != 0 => length,
            _ => 0,
        };
        let out_of_order = Refusal::Offset {
            offset,
            bound: expected as u32,
        };
        if usize::try_from(offset) != Ok(expected) {
            return Err(out_of_order);
        }
        let too_long = Refusal::Offset {
            offset,
            bound: self.bytes.len() as u32,
        };
        let end = expected.saturating_add(bytes.len());
        let place = self.bytes.get_mut(expected..end).ok_or(too_long)?;
        place.copy_from_slice(bytes);
        self.content = Content::Received(end);
        Ok(())
    }

    /// All bytes that the host handed over, if they are as many as it says.
    pub fn received(&self, length: u32) -> Result<&[u8], Refusal<'static>> {
        let found = match self.content {
            Content::Received(found) => found,
            Content::Taken(_) => 0,
        };
        let fits = usize::try_from(length) == Ok(found) && found > 0;
        let bytes = self.bytes.get(..found).filter(|_| fits);
        bytes.ok_or(Refusal::Offset {
            offset: length,
            bound: found as u32,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snapshot_leaves_in_pieces() {
        let mut bytes = [0; 1000];
        let mut transit = Transit::new(&mut bytes);
        assert_eq!(transit.piece(0), Err(Refusal::Offset { offset: 0, bound: 0 }));
        transit
            .take::<()>(|bytes| {
                bytes[384] = 9;
                Ok(500)
            })
            .unwrap();
        assert_eq!(
            transit.piece(0).map(|(piece, total)| (piece.len(), total)),
            Ok((MAX_CHUNK, 500))
        );
        let (piece, _) = transit.piece(384).unwrap();
        assert_eq!((piece[0], piece.len()), (9, 116));
        assert_eq!(
            transit.piece(500),
            Err(Refusal::Offset {
                offset: 500,
                bound: 500
            })
        );
        assert_eq!(
            transit.piece(u32::MAX),
            Err(Refusal::Offset {
                offset: u32::MAX,
                bound: 500
            })
        );
    }

    #[test]
    fn a_snapshot_arrives_in_order_or_not_at_all() {
        let mut bytes = [0; 10];
        let mut transit = Transit::new(&mut bytes);
        assert_eq!(
            transit.receive(4, &[1]),
            Err(Refusal::Offset { offset: 4, bound: 0 })
        );
        assert_eq!(transit.receive(0, &[9, 9]), Ok(()));
        assert_eq!(transit.receive(0, &[1, 2, 3, 4]), Ok(()));
        assert_eq!(
            transit.receive(3, &[5]),
            Err(Refusal::Offset { offset: 3, bound: 4 })
        );
        assert_eq!(
            transit.receive(4, &[5, 6, 7, 8, 9, 10, 11]),
            Err(Refusal::Offset { offset: 4, bound: 10 })
        );
        assert_eq!(transit.receive(4, &[5]), Ok(()));
        assert_eq!(transit.received(4), Err(Refusal::Offset { offset: 4, bound: 5 }));
        assert_eq!(transit.received(5), Ok(&[1, 2, 3, 4, 5][..]));
        transit.take::<()>(|_| Ok(10)).unwrap();
        assert!(transit.received(10).is_err());
    }
}
