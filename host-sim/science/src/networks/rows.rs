//! Who works on the rows of a network.

use super::description::{Ensemble, Execution, Network};

/// Who works on the rows of a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rows {
    /// The thread that steps it: right where several networks run side by side.
    OneThread,
    /// All threads of rayon's present pool, if the network is large enough to gain by it. The bits are the same.
    AllThreads,
}

/// Neurons from which on several threads are worth their pool for the rows of one network.
const SHARED_FROM: usize = 1024;

impl Rows {
    /// For a network that runs by itself: all threads where it has many neurons and there is more than one.
    pub fn of_one(network: &Network, how: &Execution) -> Self {
        if network.n >= SHARED_FROM && how.threads() > 1 {
            Self::AllThreads
        } else {
            Self::OneThread
        }
    }

    /// A thread that waits for the rows of one among several networks might take up the next network meanwhile, and hold
    /// both in memory: so rows are shared only where there is but one.
    pub fn of(ensemble: &Ensemble) -> Self {
        if ensemble.networks == 1 {
            Self::AllThreads
        } else {
            Self::OneThread
        }
    }
}
