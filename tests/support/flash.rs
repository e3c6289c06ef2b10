//! NOR flash in memory, whose power can be cut in the middle of a write or of an erase.

use embedded_storage::nor_flash::{
    ErrorType, NorFlash, NorFlashErrorKind, ReadNorFlash, check_erase, check_read, check_write,
};

/// Moments of a page's erase at which the power can be cut.
pub const ERASE_MOMENTS: u64 = 8;

/// Flash of words of `WORD` bytes and pages of `PAGE` bytes.
///
/// Bits only fall, and a word is programmed once after an erase: anything else panics. A cut leaves what was changing
/// between the old and the new value, and some of it unstable: it reads one way or the other until the page is erased.
pub struct NorModel<const WORD: usize, const PAGE: usize> {
    bytes: Vec<u8>,
    unstable: Vec<u8>,
    /// Words programmed since their page was erased.
    programmed: Vec<bool>,
    /// Erases of each page.
    pub erases: Vec<u32>,
    /// Words programmed and moments of erases so far.
    pub moments: u64,
    /// The moment at which the power is cut.
    pub cut_at: Option<u64>,
    /// A worn-out byte: its bits no longer fall.
    pub worn: Option<usize>,
    noise: u64,
}

impl<const WORD: usize, const PAGE: usize> NorModel<WORD, PAGE> {
    /// Flash of so many pages, erased; the seed is that of what a cut leaves behind.
    pub fn new(pages: usize, seed: u64) -> Self {
        Self {
            bytes: vec![0xFF; pages * PAGE],
            unstable: vec![0; pages * PAGE],
            programmed: vec![false; pages * PAGE / WORD],
            erases: vec![0; pages],
            moments: 0,
            cut_at: None,
            worn: None,
            noise: seed,
        }
    }

    /// Whether the power is off.
    pub fn is_off(&self) -> bool {
        self.cut_at.is_some_and(|moment| self.moments > moment)
    }

    /// A flipped bit that no cut explains.
    pub fn damage(&mut self, offset: usize, mask: u8) {
        self.bytes[offset] ^= mask;
    }

    /// SplitMix64.
    fn random(&mut self) -> u8 {
        self.noise = self.noise.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.noise ^ (self.noise >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) as u8
    }

    /// Lets a moment pass; `true` when the power is cut in it.
    fn is_cut(&mut self) -> bool {
        self.moments += 1;
        self.is_off()
    }

    /// Leaves a byte that was changing somewhere between its old and its new value.
    fn tear(&mut self, offset: usize, new: u8) {
        let changing = self.bytes[offset] ^ new;
        self.bytes[offset] ^= changing & self.random();
        self.unstable[offset] |= changing & self.random();
    }

    fn power(&self) -> Result<(), NorFlashErrorKind> {
        if self.is_off() {
            Err(NorFlashErrorKind::Other)
        } else {
            Ok(())
        }
    }
}

impl<const WORD: usize, const PAGE: usize> ErrorType for NorModel<WORD, PAGE> {
    type Error = NorFlashErrorKind;
}

impl<const WORD: usize, const PAGE: usize> ReadNorFlash for NorModel<WORD, PAGE> {
    const READ_SIZE: usize = 1;

    fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), NorFlashErrorKind> {
        check_read(self, offset, bytes.len())?;
        self.power()?;
        for (place, byte) in (offset as usize..).zip(bytes) {
            let noise = if self.unstable[place] == 0 {
                0
            } else {
                self.random()
            };
            *byte = self.bytes[place] ^ (self.unstable[place] & noise);
        }
        Ok(())
    }

    fn capacity(&self) -> usize {
        self.bytes.len()
    }
}

impl<const WORD: usize, const PAGE: usize> NorFlash for NorModel<WORD, PAGE> {
    const WRITE_SIZE: usize = WORD;
    const ERASE_SIZE: usize = PAGE;

    fn erase(&mut self, from: u32, to: u32) -> Result<(), NorFlashErrorKind> {
        check_erase(self, from, to)?;
        for start in (from as usize..to as usize).step_by(PAGE) {
            self.power()?;
            for _ in 0..ERASE_MOMENTS {
                if self.is_cut() {
                    (start..start + PAGE).for_each(|offset| self.tear(offset, 0xFF));
                    return Err(NorFlashErrorKind::Other);
                }
            }
            self.bytes[start..start + PAGE].fill(0xFF);
            self.unstable[start..start + PAGE].fill(0);
            self.programmed[start / WORD..(start + PAGE) / WORD].fill(false);
            self.erases[start / PAGE] += 1;
        }
        Ok(())
    }

    fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), NorFlashErrorKind> {
        check_write(self, offset, bytes.len())?;
        for (start, word) in (offset as usize..).step_by(WORD).zip(bytes.chunks(WORD)) {
            self.power()?;
            let before = std::mem::replace(&mut self.programmed[start / WORD], true);
            assert!(
                !before,
                "the word at {start:#x} is programmed twice without an erase"
            );
            let is_cut = self.is_cut();
            for (offset, &byte) in (start..).zip(word) {
                if is_cut {
                    self.tear(offset, byte);
                } else if self.worn != Some(offset) {
                    self.bytes[offset] = byte;
                }
            }
            if is_cut {
                return Err(NorFlashErrorKind::Other);
            }
        }
        Ok(())
    }
}
