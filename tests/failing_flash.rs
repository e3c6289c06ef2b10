//! Flash whose reads fail, whose cells are worn out, whose bits flip: one slot that is lost does not cost the other, and
//! what is lost is told.

#[path = "support/flash.rs"]
mod flash;

use embedded_storage::nor_flash::{NorFlash, ReadNorFlash};
use flash::NorModel;
use freezable_chaos::storage::{BLOCK, Lost, Record, Slots, StorageError};

/// Words and pages of an STM32L4, pages made small.
type Corrected = NorModel<8, 256>;

/// Bytes of the records below: seven words of their last block are filled up.
const LENGTH: usize = 456;
const PAGES: usize = 6;
/// Where the second slot begins.
const SECOND: usize = PAGES / 2 * 256;

fn flash(seed: u64) -> Corrected {
    NorModel::new(PAGES, seed).with_error_correction()
}

fn newest<F: NorFlash>(flash: &mut F) -> Result<(Vec<u8>, Record), StorageError> {
    let mut slots = Slots::new(flash);
    let record = slots.newest()?;
    let mut bytes = vec![0; record.len() as usize];
    slots.read(&record, 0, &mut bytes)?;
    Ok((bytes, record))
}

fn state(byte: u8) -> Vec<u8> {
    (0..LENGTH)
        .map(|place| byte.wrapping_add((place % 7) as u8))
        .collect()
}

/// Writes of these states.
fn written(seed: u64, states: &[u8]) -> Corrected {
    let mut flash = flash(seed);
    for &byte in states {
        Slots::new(&mut flash).write(&[&state(byte)]).unwrap();
    }
    flash
}

#[test]
fn a_cut_at_any_moment_of_a_flash_with_error_correction_leaves_the_state_before_or_the_new_one() {
    let mut failed_reads = 0;
    for seed in 0..20 {
        let whole = {
            let mut flash = written(seed, &[1, 2]);
            let before = flash.moments;
            Slots::new(&mut flash).write(&[&state(3)]).unwrap();
            flash.moments - before
        };
        for moment in 0..whole {
            let mut flash = written(seed, &[1, 2]);
            flash.cut_at = Some(flash.moments + moment);
            assert!(Slots::new(&mut flash).write(&[&state(3)]).is_err());
            flash.cut_at = None;
            let mut slot = vec![0; SECOND];
            failed_reads += u32::from(flash.read(0, &mut slot).is_err());
            for _ in 0..3 {
                let (found, record) =
                    newest(&mut flash).unwrap_or_else(|error| panic!("moment {moment}: {error}"));
                assert!([state(2), state(3)].contains(&found), "moment {moment}: garbage");
                assert!(found != state(3) || record.lost().is_none());
            }
            // and the write that mends it, cut too
            flash.cut_at = Some(flash.moments + (7 * moment) % whole);
            assert!(Slots::new(&mut flash).write(&[&state(4)]).is_err());
            flash.cut_at = None;
            let found = newest(&mut flash)
                .unwrap_or_else(|error| panic!("moment {moment}: {error}"))
                .0;
            assert!(
                [state(2), state(3), state(4)].contains(&found),
                "moment {moment}: garbage"
            );
            Slots::new(&mut flash).write(&[&state(5)]).unwrap();
            assert_eq!(newest(&mut flash).unwrap().0, state(5));
        }
    }
    assert!(
        failed_reads > 500,
        "{failed_reads} cuts left a word that could not be read"
    );
}

#[test]
fn a_first_write_that_is_cut_is_mended_by_the_next() {
    for seed in 0..50 {
        let mut flash = flash(seed);
        flash.cut_at = Some(24 + seed);
        assert!(Slots::new(&mut flash).write(&[&state(1)]).is_err());
        flash.cut_at = None;
        assert!(matches!(
            Slots::new(&mut flash).newest(),
            Err(StorageError::Empty | StorageError::Broken)
        ));
        let record = Slots::new(&mut flash).write(&[&state(2)]).unwrap();
        assert_eq!(newest(&mut flash).unwrap().0, state(2));
        assert_eq!(record.generation(), 1);
    }
}

#[test]
fn a_record_with_any_unreadable_word_gives_way_to_the_one_before_and_is_told() {
    let end = 2 * BLOCK + LENGTH;
    for word in (0..end).step_by(8) {
        let mut flash = written(1, &[1, 2]);
        flash.fail_reads_at(SECOND + word);
        let (found, record) = newest(&mut flash).unwrap();
        let expected = match word {
            ..BLOCK => Lost::Unreadable,
            BLOCK..128 => Lost::Uncommitted { generation: 2 },
            _ => Lost::Damaged { generation: 2 },
        };
        assert_eq!(
            (found, record.lost()),
            (state(1), Some(expected)),
            "word at {word}"
        );
        // the next goes to the place of the lost one
        Slots::new(&mut flash).write(&[&state(3)]).unwrap();
        let (found, record) = newest(&mut flash).unwrap();
        assert_eq!((found, record.lost()), (state(3), None));
        // and an old record that is lost concerns nobody
        let mut flash = written(1, &[1, 2]);
        flash.fail_reads_at(word);
        let (found, record) = newest(&mut flash).unwrap();
        let expected = (word < BLOCK).then_some(Lost::Unreadable);
        assert_eq!((found, record.lost()), (state(2), expected), "word at {word}");
    }
}

#[test]
fn a_damaged_record_is_told_beside_the_one_before() {
    let mut flash = written(1, &[1, 2, 3]);
    let lost = |flash: &mut Corrected| newest(flash).map(|(found, record)| (found, record.lost()));
    flash.damage(2 * BLOCK + LENGTH - 1, 4);
    let expected = Lost::Damaged { generation: 3 };
    assert_eq!(lost(&mut flash), Ok((state(2), Some(expected))));
    assert_eq!(expected.to_string(), "the newer record 3 in flash is damaged");
    // a generation is not given twice: a handle of the damaged record fits no other
    let record = Slots::new(&mut flash).write(&[&state(4)]).unwrap();
    assert_eq!((record.generation(), lost(&mut flash)), (4, Ok((state(4), None))));
}

#[test]
fn where_neither_slot_can_be_read_a_write_begins_anew() {
    let mut flash = written(1, &[1, 2]);
    flash.fail_reads_at(0);
    flash.fail_reads_at(SECOND);
    assert_eq!(newest(&mut flash), Err(StorageError::Driver));
    Slots::new(&mut flash).write(&[&state(3)]).unwrap();
    assert_eq!(newest(&mut flash).unwrap().0, state(3));
    let mut flash = written(1, &[1, 2]);
    flash.fail_reads_at(2 * BLOCK);
    flash.fail_reads_at(SECOND + 2 * BLOCK);
    assert_eq!(newest(&mut flash), Err(StorageError::Broken));
    Slots::new(&mut flash).write(&[&state(3)]).unwrap();
    assert_eq!(newest(&mut flash).unwrap().0, state(3));
}

#[test]
fn a_handle_from_before_a_write_is_refused() {
    let mut flash = flash(1);
    let mut handles: Vec<Record> = Vec::new();
    for byte in 1..=5 {
        handles.push(Slots::new(&mut flash).write(&[&state(byte)]).unwrap());
        for (age, handle) in handles.iter().rev().enumerate() {
            let read = Slots::new(&mut flash).read(handle, 0, &mut [0; LENGTH]);
            let generation = handle.generation();
            let expected = if age == 0 {
                Ok(())
            } else {
                Err(StorageError::Outdated { generation })
            };
            assert_eq!(read, expected, "{age} writes later");
        }
    }
    // the same record where nothing is written since, and none where the flash is another
    let handle = newest(&mut flash).unwrap().1;
    assert_eq!(Slots::new(&mut flash).read(&handle, 3, &mut [0; 5]), Ok(()));
    let mut other = written(1, &[9]);
    assert!(Slots::new(&mut other).read(&handle, 0, &mut [0; 5]).is_err());
}

#[test]
fn a_handle_of_the_record_beside_a_damaged_one_reads_until_the_next_write() {
    let mut flash = written(1, &[1, 2]);
    flash.damage(SECOND + 2 * BLOCK, 1);
    let handle = newest(&mut flash).unwrap().1;
    let mut bytes = vec![0; LENGTH];
    assert_eq!(Slots::new(&mut flash).read(&handle, 0, &mut bytes), Ok(()));
    assert_eq!(bytes, state(1));
    Slots::new(&mut flash).write(&[&state(3)]).unwrap();
    let outdated = Err(StorageError::Outdated { generation: 1 });
    assert_eq!(Slots::new(&mut flash).read(&handle, 0, &mut bytes), outdated);
    // one that could not be read for a while, and was newer all the time
    let mut flash = written(1, &[1, 2]);
    flash.fail_reads_at(SECOND);
    let handle = newest(&mut flash).unwrap().1;
    flash.mend_reads_at(SECOND);
    assert_eq!(Slots::new(&mut flash).read(&handle, 0, &mut bytes), outdated);
}

#[test]
fn whatever_part_is_read_the_record_is_checked_to_its_end() {
    let damaged = Err(StorageError::Damaged { generation: 2 });
    for place in [0, 1, LENGTH / 2, LENGTH - 1] {
        let mut flash = written(1, &[1, 2]);
        let record = Slots::new(&mut flash).newest().unwrap();
        flash.damage(SECOND + 2 * BLOCK + place, 0x80);
        for (offset, count) in [(0, LENGTH), (0, 1), (7, 20), (LENGTH - 1, 1), (LENGTH, 0)] {
            let read = Slots::new(&mut flash).read(&record, offset as u32, &mut vec![0; count]);
            assert_eq!(read, damaged, "byte {place}, {count} bytes from {offset}");
        }
        flash.fail_reads_at(SECOND + 2 * BLOCK + place);
        let read = Slots::new(&mut flash).read(&record, 0, &mut [0]);
        assert_eq!(read, Err(StorageError::Driver));
    }
    // a record of nothing has an end too
    let mut flash = flash(1);
    let record = Slots::new(&mut flash).write(&[]).unwrap();
    assert_eq!(Slots::new(&mut flash).read(&record, 0, &mut []), Ok(()));
    flash.damage(8, 1);
    assert!(Slots::new(&mut flash).read(&record, 0, &mut []).is_err());
}

#[test]
fn worn_cells_are_noticed_and_the_record_before_stays() {
    let refused = |mut flash: Corrected, bytes: &[u8], cell: &str| {
        let unread = StorageError::ReadBack {
            offset: SECOND as u32,
        };
        for _ in 0..3 {
            assert_eq!(Slots::new(&mut flash).write(&[bytes]), Err(unread), "{cell}");
            let (found, record) = newest(&mut flash).unwrap();
            assert_eq!((found, record.generation()), (state(1), 1));
        }
    };
    // bits that no longer fall: in the header, the seal, the record
    for offset in [0, BLOCK, 2 * BLOCK, 2 * BLOCK + LENGTH - 1] {
        let mut flash = written(1, &[1]);
        flash.worn = Some(SECOND + offset);
        refused(flash, &[0; LENGTH], &format!("worn at {offset}"));
    }
    // a bit that no longer rises, where there has to be a one
    for offset in [BLOCK - 1, 2 * BLOCK, 2 * BLOCK + LENGTH - 1] {
        let mut flash = written(1, &[1]);
        flash.stuck = Some(SECOND + offset);
        refused(flash, &[0xFF; LENGTH], &format!("stuck at {offset}"));
    }
}
