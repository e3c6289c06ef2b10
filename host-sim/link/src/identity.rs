//! Who a board is, as it says itself.

use freezable_chaos::CONTRACT_VERSION;
use freezable_chaos::frames::{FlashImage, FlashSigns, Report};
use science::networks::Model;

use super::LinkError;
use super::link::printable;

/// Who a board is.
#[derive(Clone, Debug, PartialEq)]
pub struct Identity {
    /// Its name.
    pub name: String,
    /// Most neurons of an exact network that it has room for.
    pub capacity: u32,
    /// Most neurons of a compact network that it has room for; 0 where it has none.
    pub compact_capacity: u32,
    /// The Gaussian couplings in its flash.
    pub flash: Option<FlashImage>,
    /// The signs in its flash.
    pub flash_signs: Option<FlashSigns>,
}

impl Identity {
    /// Who sent a `Hello`; `None` for another report, an error for a board of another contract version.
    pub fn of(report: &Report<'_>) -> Option<Result<Self, LinkError>> {
        let Report::Hello {
            contract,
            board,
            capacity,
            compact_capacity,
            flash,
            flash_signs,
            ..
        } = *report
        else {
            return None;
        };
        if contract != CONTRACT_VERSION {
            return Some(Err(LinkError::new(format!(
                "the board's firmware is of contract version {contract}, this program of {CONTRACT_VERSION}"
            ))));
        }
        Some(Ok(Self {
            name: printable(board),
            capacity,
            compact_capacity,
            flash,
            flash_signs,
        }))
    }

    /// Most neurons of a kind of network that the board has room for.
    pub fn capacity(&self, model: Model) -> u32 {
        match model {
            Model::Exact => self.capacity,
            Model::Compact => self.compact_capacity,
        }
    }
}
