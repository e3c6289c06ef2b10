//! A text as a numpy array of no axes, type `<U`.

use std::io::{self, Read, Write};

const MAGIC: &[u8] = b"\x93NUMPY\x01\x00";

/// Writes the array.
pub fn write(mut out: impl Write, text: &str) -> io::Result<()> {
    let count = text.chars().count();
    let mut header = format!("{{'descr': '<U{count}', 'fortran_order': False, 'shape': (), }}");
    // The numbers begin at a multiple of 64 bytes, as numpy wants it.
    let length = (MAGIC.len() + 2 + header.len() + 1).next_multiple_of(64) - MAGIC.len() - 2;
    header += &" ".repeat(length - header.len() - 1);
    header.push('\n');
    let length = u16::try_from(length).map_err(io::Error::other)?;
    out.write_all(MAGIC)?;
    out.write_all(&length.to_le_bytes())?;
    out.write_all(header.as_bytes())?;
    text.chars()
        .try_for_each(|letter| out.write_all(&u32::from(letter).to_le_bytes()))
}

/// Reads what [`write`] wrote; `None` if it is anything else.
pub fn read(input: &mut impl Read) -> Option<String> {
    let mut bytes = Vec::new();
    input.read_to_end(&mut bytes).ok()?;
    let (length, rest) = bytes.strip_prefix(MAGIC)?.split_first_chunk::<2>()?;
    let (header, letters) = rest.split_at_checked(u16::from_le_bytes(*length).into())?;
    let (letters, []) = letters.as_chunks::<4>() else {
        return None;
    };
    std::str::from_utf8(header)
        .ok()?
        .starts_with("{'descr': '<U")
        .then_some(())?;
    letters
        .iter()
        .map(|&letter| char::from_u32(u32::from_le_bytes(letter)))
        .collect()
}
