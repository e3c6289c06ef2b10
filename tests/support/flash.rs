//! NOR flash in memory, whose power can be cut in the middle of a write or of an erase, and whose reads can fail.

use embedded_storage::nor_flash::{
    ErrorType, NorFlash, NorFlashErrorKind, ReadNorFlash, check_erase, check_read, check_write,
};

/// Moments of a page's erase at which the power can be cut.
pub const ERASE_MOMENTS: u64 = 8;

/// Flash of words of `WORD` bytes and pages of `PAGE` bytes.
///
/// Bits only fall, and a word is programmed once after an erase: anything else panics. A cut leaves what was changing
/// between the old and the new value, and some of it unstable: it reads one way or the other until the page is erased.
///
/// With error correction, as the flash of an STM32L4, G4, H5, U5 or H7, a word has check bits that are torn too: most torn
/// words cannot be read, always or now and then, and a read of any of their bytes is an error.
pub struct NorModel<const WORD: usize, const PAGE: usize> {
    bytes: Vec<u8>,
    unstable: Vec<u8>,
    /// Chance that a read of the word fails, in 255ths.
    failing: Vec<u8>,
    has_error_correction: bool,
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
    /// A worn-out byte whose lowest bit no longer rises when it is erased.
    pub stuck: Option<usize>,
    noise: u64,
}

impl<const WORD: usize, const PAGE: usize> NorModel<WORD, PAGE> {
    /// Flash of so many pages, erased; the seed is that of what a cut leaves behind.
    pub fn new(pages: usize, seed: u64) -> Self {
        Self {
            bytes: vec![0xFF; pages * PAGE],
            unstable: vec![0; pages * PAGE],
            failing: vec![0; pages * PAGE / WORD],
            has_error_correction: false,
            programmed: vec![false; pages * PAGE / WORD],
            erases: vec![0; pages],
            moments: 0,
            cut_at: None,
            worn: None,
            stuck: None,
            noise: seed,
        }
    }

    /// The same with words that are checked when they are read.
    pub fn with_error_correction(mut self) -> Self {
        self.has_error_correction = true;
        self
    }

    /// A word whose reads fail until it is erased.
    pub fn fail_reads_at(&mut self, offset: usize) {
        self.failing[offset / WORD] = u8::MAX;
    }

    /// A word whose reads succeed again.
    pub fn mend_reads_at(&mut self, offset: usize) {
        self.failing[offset / WORD] = 0;
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

    /// Leaves a word's check bits torn: a third of the words always fail, a third now and then, a third read.
    fn tear_check_bits(&mut self, word: usize) {
        if self.has_error_correction {
            self.failing[word] = match self.random() % 3 {
                0 => u8::MAX,
                1 => self.random(),
                _ => 0,
            };
        }
    }

    fn does_fail(&mut self, word: usize) -> bool {
        match self.failing[word] {
            0 => false,
            u8::MAX => true,
            chance => self.random() < chance,
        }
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
        let start = offset as usize;
        for word in start / WORD..(start + bytes.len()).div_ceil(WORD) {
            if self.does_fail(word) {
                return Err(NorFlashErrorKind::Other);
            }
        }
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
                    (start / WORD..(start + PAGE) / WORD).for_each(|word| self.tear_check_bits(word));
                    return Err(NorFlashErrorKind::Other);
                }
            }
            self.bytes[start..start + PAGE].fill(0xFF);
            self.unstable[start..start + PAGE].fill(0);
            self.failing[start / WORD..(start + PAGE) / WORD].fill(0);
            self.programmed[start / WORD..(start + PAGE) / WORD].fill(false);
            self.erases[start / PAGE] += 1;
            if let Some(stuck) = self.stuck.filter(|stuck| (start..start + PAGE).contains(stuck)) {
                self.bytes[stuck] &= 0xFE;
            }
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
                    // programming cannot raise a bit
                    self.bytes[offset] &= byte;
                } else if self.has_error_correction {
                    self.fail_reads_at(offset);
                }
            }
            if is_cut {
                self.tear_check_bits(start / WORD);
                return Err(NorFlashErrorKind::Other);
            }
        }
        Ok(())
    }
}
