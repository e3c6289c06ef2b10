//! What the machines of the job can give.

use std::fs;

use mpi::traits::{Communicator, CommunicatorCollectives};

use crate::failure::Failure;
use crate::ranks::Ranks;
use crate::settings::Couplings;

/// That of `host-sim`: free memory, limits of the process and of its job.
#[path = "../../src/machine.rs"]
mod limits;

/// Refuses what needs more bytes than this rank may have, or the ranks on one machine together; `what` names the options.
/// All ranks have to ask.
pub fn check_memory(what: &str, couplings: Couplings, own: u64, ranks: &Ranks) -> Result<(), Failure> {
    let rank = i32::try_from(ranks.rank()).unwrap_or(0);
    let machine = ranks.communicator().split_shared(rank);
    let mut all = 0_u64;
    machine.all_reduce_into(&own, &mut all, mpi::collective::SystemOperation::sum());
    let advice = match couplings {
        Couplings::Signs => "more machines, or --couplings hashed",
        Couplings::Hashed => "more machines",
    };
    let within = |who: &str, bytes: u64, bound: Option<u64>| match bound {
        Some(free) if bytes > free => Err(Failure::Usage(format!(
            "{what}: {who} needs {bytes} bytes, above the {free} bytes that it can get: take {advice}"
        ))),
        _ => Ok(()),
    };
    within("a rank", own, limits::available_memory())?;
    let who = format!("the job, with {} ranks on this machine,", machine.size());
    within(&who, all, limits::shared_memory())
}

/// The most memory that this process has had, in bytes; `None` where the system does not say.
pub fn peak() -> Option<u64> {
    limits::kilobytes(&fs::read_to_string("/proc/self/status").ok()?, "VmHWM:")
}
