//! What the machines of the job can give.

use std::fs;

use mpi::traits::{Communicator, CommunicatorCollectives};

use crate::failure::Failure;
use crate::ranks::Ranks;

/// Refuses arrays of the ranks on one machine that are more than it has, before they are made.
pub fn check_memory(own: u64, ranks: &Ranks) -> Result<(), Failure> {
    let rank = i32::try_from(ranks.rank()).unwrap_or(0);
    let machine = ranks.communicator().split_shared(rank);
    let mut needed = 0_u64;
    machine.all_reduce_into(&own, &mut needed, mpi::collective::SystemOperation::sum());
    match available() {
        Some(free) if needed > free => Err(Failure::Usage(format!(
            "the {} ranks on this machine need {} MB, and {} MB are free: take more machines, or --couplings hashed",
            machine.size(),
            needed.div_ceil(1_000_000),
            free / 1_000_000
        ))),
        _ => Ok(()),
    }
}

/// Bytes of memory that this system can give; `None` where it does not say.
fn available() -> Option<u64> {
    let text = fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    line.trim()
        .strip_suffix("kB")?
        .trim()
        .parse::<u64>()
        .ok()?
        .checked_mul(1024)
}

/// The most memory that this process has had, in bytes; `None` where the system does not say.
pub fn peak() -> Option<u64> {
    let text = fs::read_to_string("/proc/self/status").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim()
        .strip_suffix("kB")?
        .trim()
        .parse::<u64>()
        .ok()?
        .checked_mul(1024)
}
