//! Calls every public entry point of the records in flash, over a flash of which the compiler knows nothing.
#![no_std]
#![no_main]

#[path = "../panic.rs"]
mod panic;

use core::hint::black_box;

use cortex_m_rt::entry;
use embedded_storage::nor_flash::{ErrorType, NorFlash, NorFlashErrorKind, ReadNorFlash};
use freezable_chaos::storage::{Record, Slots, StorageError};
use freezable_chaos::{
    DenseCouplings, Dynamics, ExactBuffers, ExactNetwork, Params, Tanh, couplings_len, dense_image, dynamics,
    exact_buffers,
};

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

/// Held and kept without a buffer: 64 neurons, J in flash.
#[inline(never)]
fn store(flash: &mut Flash, network: &mut ExactNetwork<'_>) -> bool {
    Slots::new(flash).store(network).is_ok()
}

#[inline(never)]
fn recall(flash: &mut Flash, network: &mut ExactNetwork<'_>) -> bool {
    Slots::new(flash).recall(network).is_ok()
}

const N: usize = 64;
const DYNAMICS: Dynamics = dynamics!(
    Params {
        g: 1.5,
        k: 1.5,
        p: 2.5,
        dt: 0.05
    },
    N
);
static COUPLINGS: [f32; couplings_len(N)] = dense_image!([[0.125; N]; N]);

#[inline(never)]
fn states(buffers: &mut exact_buffers!(N)) -> Option<()> {
    let couplings = DenseCouplings::from_image(black_box(&COUPLINGS), &DYNAMICS).ok()?;
    let mut network = buffers.network(DYNAMICS, couplings, Tanh).ok()?;
    black_box(network.step().is_ok());
    black_box(store(&mut Flash, &mut network));
    black_box(recall(&mut Flash, &mut network));
    Some(())
}

#[entry]
fn main() -> ! {
    // The entry macro makes these statics, and hands them out once.
    static mut BYTES: [u8; 1000] = [0; 1000];
    static mut BUFFERS: exact_buffers!(N) = ExactBuffers::new();
    loop {
        black_box(states(BUFFERS));
        black_box(Slots::<Flash>::needed(black_box(1000)));
        let (head, rest) = BYTES.split_at_mut(black_box(0).min(1000));
        black_box(write(&mut Flash, &[black_box(head), black_box(rest)]).is_ok());
        if let Ok(record) = newest(&mut Flash) {
            black_box(read(&mut Flash, &record, BYTES));
        }
    }
}
