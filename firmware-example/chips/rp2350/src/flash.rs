//! The flash for stored states, written by the boot ROM's functions.

use embedded_storage::nor_flash::{
    ErrorType, NorFlash, NorFlashErrorKind, ReadNorFlash, check_erase, check_read, check_write,
};
use freezable_cortex_m::stored_region;
use rp235x_hal::rom_data::{flash_flush_cache, flash_op};

/// Bytes that the ROM programs at a time.
const PAGE: usize = 256;
/// Bytes of the smallest piece that can be erased.
const SECTOR: usize = 4096;
/// Bytes written at a time here: a page is filled by four writes, which NOR flash allows, for bits only fall.
const WORD: usize = 64;

/// What the ROM is asked to do (flags of `flash_op` in the RP2350 data sheet): with addresses as the program sees them
/// (bit 0), by the secure side (bits 8 and 9), an operation (bits 16 to 18).
const BY_PROGRAM_ADDRESS: u32 = 1;
const SECURE: u32 = 1 << 8;
const ERASE: u32 = 0 << 16;
const PROGRAM: u32 = 1 << 16;

/// The flash for stored states.
pub struct StoredStates {
    start: u32,
    length: usize,
}

impl StoredStates {
    /// Where the memory map has it.
    #[expect(clippy::new_without_default, reason = "it is no plain value")]
    pub fn new() -> Self {
        let region = stored_region();
        Self {
            start: region.start as u32,
            length: region.end - region.start,
        }
    }
}

/// Has the ROM do it. Nothing else may use the flash meanwhile: interrupts wait, and the second core was never started.
#[expect(unsafe_code, reason = "functions of the boot ROM")]
fn operate(operation: u32, address: u32, length: usize, bytes: *mut u8) -> Result<(), NorFlashErrorKind> {
    let flags = BY_PROGRAM_ADDRESS | SECURE | operation;
    // SAFETY: the range was checked to lie within the region that the linker gives to nothing; `bytes` is a page or null
    let result = cortex_m::interrupt::free(|_| unsafe {
        let result = flash_op(flags, address, length as u32, bytes);
        flash_flush_cache();
        result
    });
    if result == 0 {
        Ok(())
    } else {
        Err(NorFlashErrorKind::Other)
    }
}

impl ErrorType for StoredStates {
    type Error = NorFlashErrorKind;
}

impl ReadNorFlash for StoredStates {
    const READ_SIZE: usize = 1;

    #[expect(unsafe_code, reason = "the flash is read by its address")]
    fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), NorFlashErrorKind> {
        check_read(self, offset, bytes.len())?;
        let start = core::ptr::with_exposed_provenance::<u8>((self.start + offset) as usize);
        for (index, byte) in bytes.iter_mut().enumerate() {
            // SAFETY: within the region, which is mapped; volatile, for the ROM changes it behind the compiler's back
            *byte = unsafe { start.add(index).read_volatile() };
        }
        Ok(())
    }

    fn capacity(&self) -> usize {
        self.length
    }
}

impl NorFlash for StoredStates {
    const WRITE_SIZE: usize = WORD;
    const ERASE_SIZE: usize = SECTOR;

    fn erase(&mut self, from: u32, to: u32) -> Result<(), NorFlashErrorKind> {
        check_erase(self, from, to)?;
        operate(
            ERASE,
            self.start + from,
            (to - from) as usize,
            core::ptr::null_mut(),
        )
    }

    fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), NorFlashErrorKind> {
        check_write(self, offset, bytes.len())?;
        for (offset, word) in (offset..).step_by(WORD).zip(bytes.chunks(WORD)) {
            // ones leave the rest of the page as it is
            let mut page = [0xFF; PAGE];
            let place = offset as usize % PAGE;
            page[place..place + word.len()].copy_from_slice(word);
            operate(
                PROGRAM,
                self.start + offset - place as u32,
                PAGE,
                page.as_mut_ptr(),
            )?;
        }
        Ok(())
    }
}
