//! How networks are run: threads, memory, and who works on the rows. Nothing here changes a result.

use super::description::Network;
use super::ensemble::Ensemble;
use crate::Refusal;

/// How to run an ensemble: nothing here changes a result.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Execution {
    /// Threads; 0 takes all processors.
    pub threads: usize,
    /// Bytes that the networks which run at the same time may take; without a bound if `None`.
    pub memory: Option<u64>,
}

/// More threads than any machine has processors only cost memory.
const MOST_THREADS: usize = 1024;

impl Execution {
    /// Checks every bound.
    pub fn check(self) -> Result<Self, Refusal> {
        if self.threads > MOST_THREADS {
            return Err(Refusal::above("threads", self.threads, MOST_THREADS));
        }
        Ok(self)
    }

    /// Threads asked for.
    fn threads(&self) -> usize {
        if self.threads == 0 {
            std::thread::available_parallelism().map_or(1, usize::from)
        } else {
            self.threads
        }
    }

    /// Networks that run at the same time.
    pub fn networks_at_a_time(&self, of: &Ensemble) -> usize {
        self.threads().min(of.networks as usize)
    }

    /// Threads that work at the same time: on a network each, or all on the only one.
    pub fn parallelism(&self, of: &Ensemble) -> usize {
        match Rows::of(of) {
            Rows::OneThread => self.networks_at_a_time(of),
            Rows::AllThreads => self.threads(),
        }
    }
}

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
