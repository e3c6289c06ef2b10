//! One start of a network, and where it comes to rest.

use freezable_chaos::Generator;
use freezable_chaos::random::Randomness;

use crate::Stopped;
use crate::estimators::steps_in;
use crate::measure::trajectory::pass;
use crate::networks::{Ensemble, InitialState, Simulation};
use crate::watch::{Watch, advance};

/// How a network is started; the starts take turns.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Kind {
    /// x = 0.1 z, A = 0: chaos, as long as it lasts, chooses.
    Small,
    /// x = 3 z, A = (k/N) phi phi^T: a random pattern of signs.
    Large,
    /// The small start, driven by a constant random input for a while: a pattern that J had a say in.
    Driven,
}

const KINDS: [Kind; 3] = [Kind::Small, Kind::Large, Kind::Driven];
/// Scale of the input, and the time that it lasts, in time constants of the synapses (one at least).
const DRIVE: f32 = 3.0;
const DRIVE_TIME: f64 = 4.0;
/// Time between two looks at the speed.
const LOOK: f64 = 1.0;

impl Kind {
    pub(super) fn of_start(start: u32) -> Self {
        KINDS[start as usize % KINDS.len()]
    }

    /// Steps with an input.
    fn driven_steps(self, of: &Ensemble) -> u64 {
        if self == Self::Driven {
            let time = DRIVE_TIME * f64::from(of.network.p).max(1.0);
            steps_in(time, of.network.step())
        } else {
            0
        }
    }

    /// Steps of a start, at most.
    pub(super) fn steps(self, of: &Ensemble) -> u64 {
        self.driven_steps(of) + of.burn_in_steps() + of.window_steps()
    }

    /// The state in which the network comes to rest; `None` if it still moves after burn-in and duration.
    pub(super) fn settle(
        self,
        of: &Ensemble,
        network: &mut dyn Simulation,
        [states, inputs]: [&mut Generator; 2],
        watch: &dyn Watch,
    ) -> Result<Option<Vec<f64>>, Stopped> {
        let start = match self {
            Self::Large => InitialState::Large,
            Self::Small | Self::Driven => InitialState::Small,
        };
        network.start(start, states);
        let mut left = self.steps(of);
        if self == Self::Driven {
            let input: Vec<f32> = (0..network.n()).map(|_| DRIVE * inputs.gaussian()).collect();
            for _ in 0..self.driven_steps(of) {
                network.step_with_input(&input)?;
            }
        }
        pass(network, of.burn_in_steps(), watch)?;
        left -= of.burn_in_steps();
        let (threshold, look) = (
            network.precision().speed_threshold(),
            steps_in(LOOK, of.network.step()),
        );
        let mut rest = None;
        for _ in 0..of.window_steps() / look {
            pass(network, look, watch)?;
            left -= look;
            if network.speed().max < threshold {
                network.copy_state(rest.insert(Vec::new()));
                break;
            }
        }
        advance(watch, left)?;
        Ok(rest)
    }
}
