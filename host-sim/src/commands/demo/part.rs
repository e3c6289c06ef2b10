//! The networks of the demonstration.

use freezable_chaos::frames::{CouplingSource, Setup};
use freezable_chaos::{Params, Start, TransferId};

use crate::failure::Failure;
use link::Identity;
use science::networks::Model;

/// Time constant of the synapses, and step.
const P: f32 = 2.5;
pub(super) const DT: f32 = 0.05;
/// Steps in a unit of time: one report each.
pub(super) const STEPS_PER_UNIT: u32 = 20;
/// Gain of the compact network: its signs in flash serve any.
const COMPACT_GAIN: f32 = 2.0;
/// Gain and seed of couplings that a board has not in flash.
const EXACT_GAIN: f32 = 1.5;
const SEED: u64 = 46;

/// A network on a board of its own, and what happens to it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part {
    /// Name in the table.
    pub(super) title: &'static str,
    pub(super) model: Model,
    /// Strength of the plasticity.
    pub(super) k: f32,
    /// Times of running, holding and running again, in units of the neuronal time constant.
    pub(super) phases: [u32; 3],
    /// How long after the freeze the state is stored, the power is cut, and the state is recalled from flash.
    pub(super) power_cut: Option<u32>,
}

/// The exact network, without plasticity the control; and the compact one, of 64 times as many synapses.
pub(super) const PARTS: [Part; 3] = [
    Part {
        title: "exact, k = 1.5",
        model: Model::Exact,
        k: 1.5,
        phases: [200, 250, 150],
        power_cut: Some(125),
    },
    Part {
        title: "exact, k = 0",
        model: Model::Exact,
        k: 0.0,
        phases: [200, 250, 150],
        power_cut: None,
    },
    Part {
        title: "compact, k = 2",
        model: Model::Compact,
        k: 2.0,
        phases: [100, 100, 50],
        power_cut: Some(50),
    },
];

impl Part {
    /// Units of time in all.
    pub(super) fn duration(&self) -> u32 {
        self.phases.iter().sum()
    }

    /// The network whose couplings the board has in flash; on a board without them, the largest that it draws itself.
    pub(super) fn setup(&self, board: &Identity, seed_state: u64) -> Result<Setup, Failure> {
        let image = match self.model {
            Model::Exact => board
                .flash
                .map(|image| (image.n, image.g, image.seed, image.network)),
            Model::Compact => board
                .flash_signs
                .map(|image| (image.n, COMPACT_GAIN, image.seed, image.network)),
        };
        let ((n, g, seed_network, network), couplings) = match image {
            Some(image) => (image, CouplingSource::Flash),
            None => {
                let gain = match self.model {
                    Model::Exact => EXACT_GAIN,
                    Model::Compact => COMPACT_GAIN,
                };
                (
                    (board.capacity(self.model), gain, SEED, 0),
                    CouplingSource::Seeded,
                )
            }
        };
        if n == 0 {
            return Err(Failure::Device(format!(
                "the board has no room for a network of the {} kind",
                self.model.name()
            )));
        }
        Ok(Setup {
            model: self.model.id(),
            n,
            params: Params {
                g,
                k: self.k,
                p: P,
                dt: DT,
            },
            seed_network,
            seed_state,
            network,
            start: Start::Small,
            transfer: TransferId::TANH,
            couplings,
        })
    }
}
