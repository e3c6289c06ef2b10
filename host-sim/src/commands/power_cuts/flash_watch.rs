//! Notices when an emulated board begins to write its flash.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::failure::Failure;
use crate::output::OutputError;
use link::Emulator;

/// Time between two looks.
const INTERVAL: Duration = Duration::from_micros(50);
/// How long a store may take to begin.
const PATIENCE: Duration = Duration::from_secs(60);
/// Bytes at the start of a slot that are looked at; a store erases them first.
const LOOKED_AT: usize = 64;

/// The starts of both slots, as they were.
pub(super) struct FlashWatch {
    path: PathBuf,
    file: File,
    middle: u64,
    before: [[u8; LOOKED_AT]; 2],
}

impl FlashWatch {
    /// Looks at the flash before a store.
    pub(super) fn new(emulator: &Emulator) -> Result<Self, Failure> {
        let path = emulator.flash();
        let open = || {
            let file = File::open(&path)?;
            let middle = file.metadata()?.len() / 2;
            let before = starts(&file, middle)?;
            Ok((file, middle, before))
        };
        let (file, middle, before) = open().map_err(OutputError::at(&path))?;
        Ok(Self {
            path,
            file,
            middle,
            before,
        })
    }

    /// Waits until the start of either slot changes.
    pub(super) fn until_changed(&self) -> Result<(), Failure> {
        let began = Instant::now();
        while starts(&self.file, self.middle).map_err(OutputError::at(&self.path))? == self.before {
            if began.elapsed() > PATIENCE {
                let seconds = PATIENCE.as_secs();
                return Err(Failure::Device(format!(
                    "the board wrote nothing to its flash for {seconds} s"
                )));
            }
            std::thread::sleep(INTERVAL);
        }
        Ok(())
    }
}

fn starts(file: &File, middle: u64) -> io::Result<[[u8; LOOKED_AT]; 2]> {
    let mut starts = [[0; LOOKED_AT]; 2];
    for (start, offset) in starts.iter_mut().zip([0, middle]) {
        file.read_exact_at(start, offset)?;
    }
    Ok(starts)
}
