//! Any bytes as a snapshot, as they are and with a right checksum: refused without a trace, or taken and given back.
#![no_main]

use crc::{CRC_32_ISO_HDLC, Crc};
use freezable_chaos::{Connectivity, HistoryRule, Network, Simd, Start, Tanh};
use freezable_fuzz::support::{CompactStorage, PARAMS, Storage, state_generator};
use libfuzzer_sys::fuzz_target;

const CHECKSUM: Crc<u32> = Crc::<u32>::new(&CRC_32_ISO_HDLC);
const CHECKSUM_LENGTH: usize = 4;

fn attempt<C: Connectivity>(mut network: Network<'_, C, Tanh>, bytes: &[u8]) {
    network.start(Start::Small, &mut state_generator(5));
    for _ in 0..3 {
        network.step().expect("finite");
    }
    let (before, steps) = (network.digest(), network.steps());
    match network.restore(bytes) {
        Err(error) => {
            assert!(!error.to_string().is_empty());
            let now = (network.digest(), network.steps());
            assert_eq!(now, (before, steps), "refused ({error}), but the state changed");
        }
        Ok(()) => {
            let mut again = vec![0; network.snapshot_len()];
            network.snapshot(&mut again).expect("the buffer has the length");
            assert_eq!(again, bytes, "taken, but not given back");
            let taken = network.digest();
            if network.step().is_err() {
                assert_eq!(
                    network.digest(),
                    taken,
                    "a step that was not done changed the state"
                );
            }
        }
    }
}

fn attempt_both(bytes: &[u8]) {
    let mut exact = Storage::new(5, PARAMS, 3);
    attempt(exact.network(Tanh), bytes);
    let mut compact = CompactStorage::new(9, PARAMS, HistoryRule::recommended(&PARAMS), 3);
    attempt(compact.network(Tanh, true, Simd::detect()), bytes);
}

fuzz_target!(|bytes: &[u8]| {
    attempt_both(bytes);
    if let Some(length) = bytes.len().checked_sub(CHECKSUM_LENGTH) {
        let mut sealed = bytes.to_vec();
        let (content, checksum) = sealed.split_at_mut(length);
        checksum.copy_from_slice(&CHECKSUM.checksum(content).to_le_bytes());
        attempt_both(&sealed);
    }
});
