//! A power cut between store and recall.

use freezable_chaos::frames::Setup;
use freezable_chaos::{Connectivity, Fnv1a};

use super::part::DT;
use super::twin::Twin;
use crate::failure::Failure;
use link::{Board, Emulator};

/// What became of a state in a board's flash when its power was cut.
pub(super) struct PowerCycle {
    /// Time of the cut.
    pub(super) time: f64,
    /// Bytes in flash.
    pub(super) bytes: u32,
    /// Whether network, step and digest were recalled as they had been stored.
    pub(super) recalled: bool,
}

/// Has the board store its state, cuts its power, and has it recall the state. The twin knows nothing of all that: for it
/// the network stands still.
pub(super) fn power_cycle<C: Connectivity>(
    emulator: &mut Emulator,
    board: &mut Board,
    twin: &mut Twin<'_, C>,
    setup: Setup,
) -> Result<PowerCycle, Failure> {
    let stored = board.store()?;
    emulator.cut_power();
    *board = Board::meet(emulator.switch_on()?)?;
    let recalled = board.recall()?;
    let network = &twin.network;
    let is_equal = recalled.stored == stored
        && (recalled.setup, recalled.step) == (setup, network.steps())
        && board.digest()?.0 == network.digest();
    let time = network.steps() as f64 * f64::from(DT);
    // As on the board, which takes overlaps with what it recalled from now on.
    twin.chain = Fnv1a::new();
    twin.remember();
    Ok(PowerCycle {
        time,
        bytes: stored.bytes,
        recalled: is_equal,
    })
}
