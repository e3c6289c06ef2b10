//! NOR flash, which QEMU's board lacks: a file beside the emulator, reached by semihosting, that outlives it.
//!
//! What is written reaches the file word by word, so that killing the emulator cuts it off as a power cut would.

use embedded_storage::nor_flash::{
    ErrorType, NorFlash, NorFlashErrorKind, ReadNorFlash, check_erase, check_read, check_write,
};
use semihosting::fs::File;
use semihosting::io::{self, Read as _, Seek as _, SeekFrom, Write as _};

/// The file, in the folder that the emulator was started in.
const FILE: &core::ffi::CStr = c"flash.bin";
/// Bytes for stored states: two slots that hold the largest network.
const CAPACITY: u32 = 80 * 1024;
/// Bytes of a page, the least that can be erased: that of an nRF52840.
const PAGE: usize = 4096;
/// Bytes of a word, the least that can be programmed.
const WORD: usize = 4;
/// Bytes that are erased, or looked at, at a time.
const PIECE: usize = 64;

/// The emulated flash; each access fails if there is no file.
pub struct Flash {
    file: Option<File>,
}

impl Flash {
    /// Opens the file, or makes one that is erased all over.
    pub fn open() -> Self {
        let file = open().inspect_err(|_| defmt::warn!("the emulator opens no flash.bin: there is no flash"));
        Self { file: file.ok() }
    }

    fn at(&mut self, offset: u32) -> Result<&mut File, NorFlashErrorKind> {
        let file = self.file.as_mut().ok_or(NorFlashErrorKind::Other)?;
        file.seek(SeekFrom::Start(offset.into())).map_err(failed)?;
        Ok(file)
    }
}

fn open() -> io::Result<File> {
    let existing = File::options().read(true).write(true).open(FILE);
    let mut file = existing.or_else(|_| {
        let mut options = File::options();
        options
            .read(true)
            .write(true)
            .create(true)
            .truncate(true)
            .open(FILE)
    })?;
    // the emulator may have been killed while it made the file
    let mut length = file.metadata()?.len() as u32;
    file.seek(SeekFrom::Start(length.into()))?;
    while length < CAPACITY {
        let piece = PIECE.min((CAPACITY - length) as usize);
        file.write_all(&[0xFF; PIECE][..piece])?;
        length += piece as u32;
    }
    Ok(file)
}

fn failed(_: io::Error) -> NorFlashErrorKind {
    NorFlashErrorKind::Other
}

impl ErrorType for Flash {
    type Error = NorFlashErrorKind;
}

impl ReadNorFlash for Flash {
    const READ_SIZE: usize = 1;

    fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), NorFlashErrorKind> {
        check_read(self, offset, bytes.len())?;
        self.at(offset)?.read_exact(bytes).map_err(failed)
    }

    fn capacity(&self) -> usize {
        CAPACITY as usize
    }
}

impl NorFlash for Flash {
    const WRITE_SIZE: usize = WORD;
    const ERASE_SIZE: usize = PAGE;

    fn erase(&mut self, from: u32, to: u32) -> Result<(), NorFlashErrorKind> {
        check_erase(self, from, to)?;
        let file = self.at(from)?;
        for _ in (from..to).step_by(PIECE) {
            file.write_all(&[0xFF; PIECE]).map_err(failed)?;
        }
        Ok(())
    }

    fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), NorFlashErrorKind> {
        check_write(self, offset, bytes.len())?;
        for (start, piece) in (offset..).step_by(PIECE).zip(bytes.chunks(PIECE)) {
            let mut present = [0; PIECE];
            let present = &mut present[..piece.len()];
            self.read(start, present)?;
            if present
                .iter()
                .zip(piece)
                .any(|(present, wanted)| !present & wanted != 0)
            {
                defmt::error!(
                    "flash: a 1 over a 0 near {=u32:#x}: the page was not erased",
                    start
                );
                return Err(NorFlashErrorKind::Other);
            }
            let file = self.at(start)?;
            for word in piece.chunks(WORD) {
                file.write_all(word).map_err(failed)?;
            }
        }
        Ok(())
    }
}
