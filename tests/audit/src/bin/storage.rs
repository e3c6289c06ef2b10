//! Calls every public entry point of the records in flash, over a flash of which the compiler knows nothing.
#![no_std]
#![no_main]

#[path = "../panic.rs"]
mod panic;

use core::hint::black_box;

use cortex_m_rt::entry;
use embedded_storage::nor_flash::{ErrorType, NorFlash, NorFlashErrorKind, ReadNorFlash};
use freezable_chaos::storage::{Record, Slots, StorageError};

/// Words and pages of an nRF52840; every access has an outcome that only [`black_box`] knows.
struct Flash;

fn outcome() -> Result<(), NorFlashErrorKind> {
    black_box(Ok(()))
}

impl ErrorType for Flash {
    type Error = NorFlashErrorKind;
}

impl ReadNorFlash for Flash {
    const READ_SIZE: usize = 1;

    #[inline(never)]
    fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), NorFlashErrorKind> {
        black_box((offset, bytes));
        outcome()
    }

    fn capacity(&self) -> usize {
        black_box(80 * 1024)
    }
}

impl NorFlash for Flash {
    const WRITE_SIZE: usize = 4;
    const ERASE_SIZE: usize = 4096;

    #[inline(never)]
    fn erase(&mut self, from: u32, to: u32) -> Result<(), NorFlashErrorKind> {
        black_box((from, to));
        outcome()
    }

    #[inline(never)]
    fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), NorFlashErrorKind> {
        black_box((offset, bytes));
        outcome()
    }
}

#[inline(never)]
fn newest(flash: &mut Flash) -> Result<Record, StorageError> {
    let mut slots = Slots::new(flash);
    black_box(slots.room());
    slots.newest()
}

#[inline(never)]
fn write(flash: &mut Flash, parts: &[&[u8]]) -> Result<Record, StorageError> {
    Slots::new(flash).write(parts)
}

#[inline(never)]
fn read(flash: &mut Flash, record: &Record, bytes: &mut [u8]) -> bool {
    black_box((record.generation(), record.len()));
    Slots::new(flash).read(record, black_box(3), bytes).is_ok()
}

#[entry]
fn main() -> ! {
    // The entry macro makes this static, and hands it out once.
    static mut BYTES: [u8; 1000] = [0; 1000];
    loop {
        black_box(Slots::<Flash>::needed(black_box(1000)));
        let (head, rest) = BYTES.split_at_mut(black_box(0).min(1000));
        black_box(write(&mut Flash, &[black_box(head), black_box(rest)]).is_ok());
        if let Ok(record) = newest(&mut Flash) {
            black_box(read(&mut Flash, &record, BYTES));
        }
    }
}
