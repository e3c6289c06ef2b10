//! The upper half of the flash, which is for stored states.

use embedded_storage::nor_flash::{
    ErrorType, NorFlash, NorFlashErrorKind, ReadNorFlash, check_erase, check_read, check_write,
};
use stm32f4xx_hal::flash::{FlashExt, LockedFlash, UnlockedFlash};

/// Where it begins: sector 6.
const START: u32 = 256 * 1024;
/// Sectors 6 and 7.
const LENGTH: usize = 256 * 1024;

/// Sectors 6 and 7, unlocked only while they are written to. The processor stands still meanwhile: it runs from the same
/// bank.
pub struct StoredStates(pub LockedFlash);

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
        ReadNorFlash::read(&mut self.0, START + offset, bytes).map_err(refused)
    }

    fn capacity(&self) -> usize {
        LENGTH
    }
}

impl NorFlash for StoredStates {
    const WRITE_SIZE: usize = UnlockedFlash::WRITE_SIZE;
    const ERASE_SIZE: usize = UnlockedFlash::ERASE_SIZE;

    fn erase(&mut self, from: u32, to: u32) -> Result<(), NorFlashErrorKind> {
        check_erase(self, from, to)?;
        NorFlash::erase(&mut self.0.unlocked(), START + from, START + to).map_err(refused)
    }

    fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), NorFlashErrorKind> {
        check_write(self, offset, bytes.len())?;
        self.0
            .unlocked()
            .program((START + offset) as usize, bytes.iter())
            .map_err(refused)
    }
}
