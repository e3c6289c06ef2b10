//! The flash for stored states: sectors of 128 KiB.

use embedded_storage::nor_flash::{
    ErrorType, NorFlash, NorFlashErrorKind, ReadNorFlash, check_erase, check_read, check_write,
};
use freezable_cortex_m::stored_region;
use stm32f4xx_hal::flash::{FlashExt, LockedFlash, UnlockedFlash};
use stm32f4xx_hal::pac::FLASH;

/// Whole sectors of 128 KiB, unlocked only while they are written to. The processor stands still meanwhile: it runs from
/// the same bank.
pub struct StoredStates {
    flash: LockedFlash,
    /// Where they begin, from the start of the flash.
    start: u32,
    length: usize,
}

impl StoredStates {
    /// Where the memory map has them.
    pub fn new(flash: FLASH) -> Self {
        let region = stored_region();
        Self {
            start: (region.start - flash.address()) as u32,
            length: region.end - region.start,
            flash: LockedFlash::new(flash),
        }
    }
}

fn refused(_: stm32f4xx_hal::flash::Error) -> NorFlashErrorKind {
    NorFlashErrorKind::Other
}

impl ErrorType for StoredStates {
    type Error = NorFlashErrorKind;
}

impl ReadNorFlash for StoredStates {
    const READ_SIZE: usize = LockedFlash::READ_SIZE;

    fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), NorFlashErrorKind> {
        check_read(self, offset, bytes.len())?;
        ReadNorFlash::read(&mut self.flash, self.start + offset, bytes).map_err(refused)
    }

    fn capacity(&self) -> usize {
        self.length
    }
}

impl NorFlash for StoredStates {
    const WRITE_SIZE: usize = UnlockedFlash::WRITE_SIZE;
    const ERASE_SIZE: usize = UnlockedFlash::ERASE_SIZE;

    fn erase(&mut self, from: u32, to: u32) -> Result<(), NorFlashErrorKind> {
        check_erase(self, from, to)?;
        let (from, to) = (self.start + from, self.start + to);
        NorFlash::erase(&mut self.flash.unlocked(), from, to).map_err(refused)
    }

    fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), NorFlashErrorKind> {
        check_write(self, offset, bytes.len())?;
        let offset = (self.start + offset) as usize;
        self.flash
            .unlocked()
            .program(offset, bytes.iter())
            .map_err(refused)
    }
}
