//! The network of a board on this machine, beside which the board runs.

use freezable_chaos::{ByteSink, Connectivity, Fnv1a, Network, Tanh};

use crate::failure::Failure;

/// The same network on this machine.
pub(super) struct Twin<'a, C> {
    pub(super) network: Network<'a, C, Tanh>,
    pub(super) chain: Fnv1a,
    /// Rates at the freeze and at the recall, each with the reports before it.
    pub(super) stored: Vec<(usize, Vec<f32>)>,
    /// Rates at every report.
    pub(super) history: Vec<Vec<f32>>,
}

impl<C: Connectivity> Twin<'_, C> {
    pub(super) fn follow(&mut self, steps: u32) -> Result<(), Failure> {
        for _ in 0..steps {
            self.network.step()?;
            self.chain.put(&self.network.digest().to_le_bytes());
        }
        self.history.push(self.network.rates().to_vec());
        Ok(())
    }

    /// Keeps the rates, for cosines with them.
    pub(super) fn remember(&mut self) {
        self.stored
            .push((self.history.len(), self.network.rates().to_vec()));
    }

    /// What the rates of a report are compared with: those stored last before, or the first.
    pub(super) fn reference(&self, report: usize) -> &[f32] {
        let before = self.stored.iter().rfind(|(reports, _)| *reports <= report);
        before.or(self.stored.first()).map_or(&[], |(_, rates)| rates)
    }
}
