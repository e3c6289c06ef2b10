//! The last 32 KB of an nRF51's flash.

use embedded_storage::nor_flash::{ErrorType, NorFlash, NorFlashErrorKind, ReadNorFlash};
use nrf51_pac::NVMC;

const START: u32 = 224 * 1024;

pub struct Flash(pub NVMC);

impl ErrorType for Flash {
    type Error = NorFlashErrorKind;
}

impl ReadNorFlash for Flash {
    const READ_SIZE: usize = 1;

    fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), NorFlashErrorKind> {
        for (address, byte) in (START + offset..).zip(bytes) {
            // SAFETY: `Slots` stays below the capacity, which is flash.
            *byte = unsafe { (address as *const u8).read_volatile() };
        }
        Ok(())
    }

    fn capacity(&self) -> usize {
        32 * 1024
    }
}

impl NorFlash for Flash {
    const WRITE_SIZE: usize = 4;
    const ERASE_SIZE: usize = 1024;

    fn erase(&mut self, from: u32, to: u32) -> Result<(), NorFlashErrorKind> {
        self.0.config.write(|w| w.wen().een());
        for page in (START + from..START + to).step_by(Self::ERASE_SIZE) {
            // SAFETY: the program lies below these pages.
            self.0.erasepage().write(|w| unsafe { w.bits(page) });
            while self.0.ready.read().ready().is_busy() {}
        }
        self.0.config.reset();
        Ok(())
    }

    fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), NorFlashErrorKind> {
        self.0.config.write(|w| w.wen().wen());
        for (address, word) in (START + offset..).step_by(4).zip(bytes.as_chunks().0) {
            // SAFETY: as above, and `Slots` writes whole words.
            unsafe { (address as *mut u32).write_volatile(u32::from_le_bytes(*word)) };
            while self.0.ready.read().ready().is_busy() {}
        }
        self.0.config.reset();
        Ok(())
    }
}
