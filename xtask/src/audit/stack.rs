//! Reads the section in which the compiler notes the size of each function's stack frame.

use anyhow::{Context, Result, bail};

/// Entries of a `.stack_sizes` section of a 32-bit little-endian file: address of a function, bytes of its frame.
pub fn parse(mut section: &[u8]) -> Result<Vec<(u32, u64)>> {
    let mut entries = Vec::new();
    while !section.is_empty() {
        let (address, rest) = section
            .split_first_chunk::<4>()
            .context(".stack_sizes ends within an address")?;
        let (size, rest) = uleb128(rest)?;
        entries.push((u32::from_le_bytes(*address), size));
        section = rest;
    }
    Ok(entries)
}

/// An unsigned number in groups of seven bits, the lowest first, and what follows it.
fn uleb128(bytes: &[u8]) -> Result<(u64, &[u8])> {
    let mut value = 0;
    for (index, &byte) in bytes.iter().enumerate().take(9) {
        value |= u64::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            return Ok((value, &bytes[index + 1..]));
        }
    }
    bail!(".stack_sizes ends within a size, or holds one above 63 bits")
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn entries_are_read_one_after_the_other() {
        let section = [0x01, 0x04, 0, 0, 0x08, 0x21, 0x04, 0, 0, 0xe5, 0x8e, 0x26];
        assert_eq!(parse(&section).unwrap(), [(0x401, 8), (0x421, 624_485)]);
    }

    #[test]
    fn a_cut_section_is_an_error() {
        assert!(parse(&[1, 2, 3]).is_err());
        assert!(parse(&[1, 2, 3, 4, 0x80]).is_err());
    }
}
