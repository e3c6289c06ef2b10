//! A bounded record of a run: the newest samples, in memory that is fixed at compile time.

use crate::connectivity::Connectivity;
use crate::network::{Network, Plasticity, Speed};
use crate::transfer::Transfer;
use heapless::Deque;

/// What a trace keeps of one moment.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Sample {
    /// Steps done.
    pub step: u64,
    /// Whether the plastic couplings changed.
    pub plasticity: Plasticity,
    /// How fast the neurons moved in the last step; `None` before the first.
    pub speed: Option<Speed>,
}

/// The newest `CAPACITY` samples of a run; older ones are dropped and counted.
///
/// ```
/// # use freezable_chaos::*;
/// # let params = Params { g: 2.0, k: 2.0, p: 2.5, dt: 0.05 };
/// # let dynamics = params.validate(64).unwrap();
/// # let mut buffers = CompactBuffers::<64>::new();
/// # let signs = HashedSigns::new(&dynamics, 1, 0);
/// # let mut network = buffers.network(dynamics, signs, HistoryRule::recommended(&params), Tanh).unwrap();
/// # network.start(Start::Small, &mut Generator::new(1, 0, Purpose::State));
/// let mut trace = Trace::<4>::new();
/// for _ in 0..10 {
///     network.step().unwrap();
///     trace.record(&network);
/// }
/// assert_eq!(trace.iter().map(|sample| sample.step).collect::<Vec<_>>(), [7, 8, 9, 10]);
/// assert_eq!(trace.dropped(), 6);
/// ```
#[derive(Debug, Default)]
pub struct Trace<const CAPACITY: usize> {
    samples: Deque<Sample, CAPACITY>,
    recorded: u64,
}

impl<const CAPACITY: usize> Trace<CAPACITY> {
    /// An empty trace.
    pub const fn new() -> Self {
        Self {
            samples: Deque::new(),
            recorded: 0,
        }
    }

    /// Records the present moment of a network.
    pub fn record<C: Connectivity, T: Transfer>(&mut self, network: &Network<'_, C, T>) {
        let (step, plasticity, speed) = (network.steps(), network.plasticity(), network.speed());
        if self.samples.is_full() {
            self.samples.pop_front();
        }
        // A trace of capacity zero has no room even now.
        let _ = self.samples.push_back(Sample {
            step,
            plasticity,
            speed,
        });
        self.recorded = self.recorded.wrapping_add(1);
    }

    /// The samples kept, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &Sample> {
        self.samples.iter()
    }

    /// Samples dropped because newer ones took their room.
    pub fn dropped(&self) -> u64 {
        self.recorded.saturating_sub(self.samples.len() as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        DenseCouplings, ExactBuffers, Generator, Params, Purpose, Start, Tanh, couplings_len, synapses_len,
    };

    #[test]
    fn keeps_the_newest_samples_and_counts_the_others() {
        let dynamics = Params {
            g: 2.0,
            k: 2.0,
            p: 2.5,
            dt: 0.05,
        }
        .validate(4)
        .unwrap();
        let mut values = [0.0; couplings_len(4)];
        let mut generator = Generator::new(1, 0, Purpose::Couplings);
        let couplings = DenseCouplings::seed(&mut values, &dynamics, &mut generator).unwrap();
        let mut buffers = ExactBuffers::<4, { synapses_len(4) }>::new();
        let mut network = buffers.network(dynamics, couplings, Tanh).unwrap();
        network.start(Start::Small, &mut generator);
        let mut trace = Trace::<3>::new();
        trace.record(&network);
        assert_eq!(trace.iter().next().map(|sample| sample.speed), Some(None));
        for _ in 0..4 {
            network.step().unwrap();
            trace.record(&network);
        }
        assert_eq!(
            trace
                .iter()
                .map(|sample| sample.step)
                .collect::<std::vec::Vec<_>>(),
            [2, 3, 4]
        );
        assert_eq!(trace.dropped(), 2);
        assert!(trace.iter().all(|sample| sample.speed.is_some()));
    }
}
