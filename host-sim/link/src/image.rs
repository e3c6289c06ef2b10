//! Whether a file is a whole program for an emulated board: of what is none the emulator says "Lockup" alone.

/// Why a file is no program for a 32-bit Arm processor, in words that follow its name; `None` if it looks like a whole one.
pub(crate) fn defect(file: &[u8]) -> Option<String> {
    /// The mark of ELF, 32 bits, little-endian.
    const MARK: &[u8] = b"\x7fELF\x01\x01";
    /// `EM_ARM` at `e_machine`.
    const ARM: u64 = 40;
    if file.is_empty() {
        return Some("is empty".to_owned());
    }
    if !file.starts_with(&MARK[..4]) {
        return Some("is no ELF file".to_owned());
    }
    if !file.starts_with(MARK) || number(file, 18, 2) != Some(ARM) {
        return Some("is not for a 32-bit Arm processor".to_owned());
    }
    let cut_short = || Some(format!("is cut short after {} bytes", file.len()));
    // `e_phoff`, `e_phentsize`, `e_phnum`
    let header = (number(file, 28, 4), number(file, 42, 2), number(file, 44, 2));
    let (Some(first), Some(size), Some(count)) = header else {
        return cut_short();
    };
    for segment in 0..count {
        let at = first + segment * size;
        // `p_offset`, `p_filesz`
        match (number(file, at + 4, 4), number(file, at + 16, 4)) {
            (Some(offset), Some(bytes)) if offset + bytes <= file.len() as u64 => {}
            _ => return cut_short(),
        }
    }
    None
}

/// A little-endian number of so many bytes.
fn number(file: &[u8], at: u64, bytes: usize) -> Option<u64> {
    let at = usize::try_from(at).ok()?;
    let found = file.get(at..at.checked_add(bytes)?)?;
    Some(
        found
            .iter()
            .rev()
            .fold(0, |value, &byte| value << 8 | u64::from(byte)),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A program of one segment of 8 bytes.
    fn program() -> Vec<u8> {
        let mut file = vec![0; 52 + 32 + 8];
        file[..6].copy_from_slice(b"\x7fELF\x01\x01");
        file[18] = 40;
        file[28] = 52;
        file[42] = 32;
        file[44] = 1;
        file[52 + 4] = 84;
        file[52 + 16] = 8;
        file
    }

    #[test]
    fn what_is_no_whole_program_for_the_board_is_told_apart() {
        let whole = program();
        assert_eq!(defect(&whole), None);
        assert_eq!(defect(&[]).unwrap(), "is empty");
        assert_eq!(defect(b"#!/bin/sh\n").unwrap(), "is no ELF file");
        for (place, value) in [(4, 2), (5, 2), (18, 62), (18, 243)] {
            let mut foreign = whole.clone();
            foreign[place] = value;
            assert_eq!(defect(&foreign).unwrap(), "is not for a 32-bit Arm processor");
        }
        for end in 20..whole.len() {
            let words = format!("is cut short after {end} bytes");
            assert_eq!(defect(&whole[..end]).unwrap(), words);
        }
        // Numbers that a file claims are no reason to read beyond it.
        let mut hostile = whole;
        hostile[28..32].fill(0xff);
        hostile[42..46].fill(0xff);
        assert!(defect(&hostile).unwrap().starts_with("is cut short"));
    }
}
