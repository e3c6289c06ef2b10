//! Any records written to flash with power cuts at any moments: the newest is the last one or the one before, whole.
#![no_main]

use freezable_chaos::storage::{Slots, StorageError};
use freezable_fuzz::flash::NorModel;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u8, Vec<(Vec<u8>, Option<u16>)>)| {
    let (seed, records) = input;
    let mut flash = NorModel::<4, 256>::new(8, seed.into());
    let mut newest: Option<Vec<u8>> = None;
    for (record, cut) in records.into_iter().take(12) {
        flash.cut_at = cut.map(|cut| flash.moments + u64::from(cut % 600));
        let outcome = Slots::new(&mut flash).write(&[&record]);
        flash.cut_at = None;
        let mut slots = Slots::new(&mut flash);
        let found = match slots.newest() {
            Ok(found) => {
                let mut bytes = vec![0; found.len() as usize];
                slots.read(&found, 0, &mut bytes).expect("a whole record");
                Some(bytes)
            }
            Err(StorageError::Empty | StorageError::Broken) => None,
            Err(error) => panic!("{error}"),
        };
        match outcome {
            Ok(_) => assert_eq!(found.as_deref(), Some(&*record), "written, but not the newest"),
            Err(_) => assert!(
                found == newest || found.as_deref() == Some(&*record),
                "neither the record before nor the new one"
            ),
        }
        newest = found;
    }
});
