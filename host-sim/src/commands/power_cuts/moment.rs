//! Where in a store the power was cut, read from the flash before and after it.

use freezable_chaos::storage::BLOCK;
use serde::Serialize;

/// What the flash says of a store whose power was cut. The slot's layout is that of [`freezable_chaos::storage`].
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Moment {
    /// Nothing had changed yet.
    Before,
    /// The pages were being erased.
    Erase,
    /// The record was being written; so much of it was there.
    Record {
        /// Between 0 and 1.
        share: f64,
    },
    /// The header was being written, or stood, and the record was being read back.
    Header,
    /// The seal was being written.
    Seal,
    /// The seal stood: the store was done, whether or not the board had said so.
    After,
}

/// Names in the table, in the order of a store.
pub(super) const NAMES: [&str; 6] = [
    "before the write",
    "erase",
    "record",
    "header",
    "seal",
    "after the write",
];

const WORD: usize = 4;
const ERASED: u8 = 0xFF;

impl Moment {
    /// Compares the flash before a store and after its cut. `record` is what the store was to write from its `head`th byte
    /// on; the bytes before that are not compared.
    pub(super) fn of(before: &[u8], after: &[u8], head: usize, record: &[u8]) -> Self {
        let half = after.len() / 2;
        let slots = || {
            [
                (&before[..half], &after[..half]),
                (&before[half..], &after[half..]),
            ]
        };
        let Some((_, slot)) = slots().into_iter().find(|(old, new)| old != new) else {
            return Self::Before;
        };
        let (header, rest) = slot.split_at(BLOCK);
        let (seal, rest) = rest.split_at(BLOCK);
        let length = head + record.len();
        let written = rest[..length]
            .chunks(WORD)
            .take_while(|word| !is_erased(word))
            .count()
            * WORD;
        let written = written.min(length);
        // The erase takes the header first, so that a seal without one is an older record's.
        if !is_erased(header) {
            return match seal {
                seal if is_erased(seal) => Self::Header,
                seal if seal.iter().all(|&byte| byte == 0) => Self::After,
                _ => Self::Seal,
            };
        }
        // What is left of an older record differs in its count of steps.
        let is_new = written > 0
            && record
                .iter()
                .zip(rest[head..length].iter())
                .take(written.saturating_sub(head))
                .all(|(new, found)| new == found);
        if is_new {
            Self::Record {
                share: written as f64 / length as f64,
            }
        } else {
            Self::Erase
        }
    }

    /// Index into [`NAMES`].
    pub(super) fn index(self) -> usize {
        match self {
            Self::Before => 0,
            Self::Erase => 1,
            Self::Record { .. } => 2,
            Self::Header => 3,
            Self::Seal => 4,
            Self::After => 5,
        }
    }

    /// Whether the flash had begun to change, and the store was not done.
    pub(super) fn is_during_write(self) -> bool {
        !matches!(self, Self::Before | Self::After)
    }

    /// Whether the new state must be there afterwards, rather than the one before.
    pub(super) fn leaves_new(self) -> bool {
        self == Self::After
    }
}

fn is_erased(bytes: &[u8]) -> bool {
    bytes.iter().all(|&byte| byte == ERASED)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SLOT: usize = 1024;
    const HEAD: usize = 6;
    const LENGTH: usize = 301;

    fn record(value: u8) -> Vec<u8> {
        (0..LENGTH)
            .map(|index| value.wrapping_add(index as u8 % 100))
            .collect()
    }

    /// A slot as a whole write leaves it.
    fn slot(value: u8) -> Vec<u8> {
        let mut slot = vec![ERASED; SLOT];
        slot[..20].fill(value);
        slot[BLOCK..2 * BLOCK].fill(0);
        slot[2 * BLOCK..][..LENGTH].copy_from_slice(&record(value));
        slot
    }

    /// The moment of a cut that leaves the second slot like that, of a flash with two whole records.
    fn moment(second: &[u8]) -> Moment {
        let before = [slot(1), slot(2)].concat();
        let after = [slot(1), second.to_vec()].concat();
        Moment::of(&before, &after, HEAD, &record(3)[HEAD..])
    }

    #[test]
    fn every_stage_of_a_store_is_told_apart() {
        assert_eq!(moment(&slot(2)), Moment::Before);
        let mut flash = slot(2);
        for end in [64, 128, 192, 256, SLOT] {
            flash[..end].fill(ERASED);
            assert_eq!(moment(&flash), Moment::Erase, "{end} bytes erased");
        }
        for end in [8, 100, 300] {
            flash[2 * BLOCK..][..end].copy_from_slice(&record(3)[..end]);
            let share = end as f64 / LENGTH as f64;
            assert_eq!(moment(&flash), Moment::Record { share });
        }
        flash[2 * BLOCK..][..LENGTH].copy_from_slice(&record(3));
        assert_eq!(moment(&flash), Moment::Record { share: 1.0 });
        for end in [4, 20] {
            flash[..end].fill(3);
            assert_eq!(moment(&flash), Moment::Header);
        }
        flash[BLOCK..BLOCK + 60].fill(0);
        assert_eq!(moment(&flash), Moment::Seal);
        assert!(!moment(&flash).leaves_new());
        flash[BLOCK + 60..2 * BLOCK].fill(0);
        assert_eq!(moment(&flash), Moment::After);
        assert!(moment(&flash).leaves_new());
    }

    #[test]
    fn a_slot_torn_before_is_no_new_record() {
        let mut torn = slot(2);
        torn[..2 * BLOCK].fill(ERASED);
        torn[2 * BLOCK + 100..].fill(ERASED);
        let before = [slot(1), torn.clone()].concat();
        torn[2 * BLOCK..][..64].fill(ERASED);
        let after = [slot(1), torn].concat();
        assert_eq!(
            Moment::of(&before, &after, HEAD, &record(3)[HEAD..]),
            Moment::Erase
        );
        assert_eq!(
            Moment::of(&before, &before, HEAD, &record(3)[HEAD..]),
            Moment::Before
        );
    }
}
