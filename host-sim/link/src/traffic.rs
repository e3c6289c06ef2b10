//! What came over a line, for advice where no answer did.

use std::fmt;

/// What came over a line since it was opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    /// All bytes.
    pub bytes: u64,
    /// Those of them that text is made of.
    pub text: u64,
    /// Whole frames.
    pub frames: u64,
    /// Frames that were damaged on their way.
    pub damaged: u64,
}

impl Traffic {
    /// Counts bytes that came.
    pub(super) fn take(&mut self, bytes: &[u8]) {
        let is_text = |byte: &&u8| matches!(byte, b'\r' | b'\n' | b'\t' | 0x20..0x7f);
        self.bytes += bytes.len() as u64;
        self.text += bytes.iter().filter(is_text).count() as u64;
    }
}

impl fmt::Display for Traffic {
    /// What came in place of an answer, and what to do about it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            bytes,
            text,
            frames,
            damaged,
        } = *self;
        match self {
            Self { bytes: 0, .. } => {
                f.write_str("nothing came over the line: is the board powered, and its firmware running?")
            }
            Self { frames: 1.., .. } => write!(
                f,
                "{frames} reports came, none of them the answer: is another program talking to it?"
            ),
            // Bytes at a wrong speed are letters by chance, less than half of them.
            _ if 10 * text > 9 * bytes => {
                write!(
                    f,
                    "{bytes} bytes of text came, none of them a frame: other firmware?"
                )
            }
            _ => write!(
                f,
                "{bytes} bytes came, {damaged} damaged frames and no whole one: wrong --baud, or a bad line?"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_came_instead_gets_its_own_advice() {
        let advice = |bytes: &[u8], damaged| {
            let mut traffic = Traffic::default();
            traffic.take(bytes);
            Traffic { damaged, ..traffic }.to_string()
        };
        assert!(advice(b"", 0).contains("is the board powered"));
        assert!(advice(b"bootloader v1 ready\r\n", 0).contains("21 bytes of text came"));
        assert!(
            advice(&[0, 1, 200, 7, 0, 130], 2).contains("2 damaged frames and no whole one: wrong --baud")
        );
    }
}
