//! What networks ask of the machine, reckoned before anything is computed.

use super::compact::CompactStorage;
use super::couplings::Couplings;
use super::description::Network;
use super::ensemble::Ensemble;
use super::execution::Execution;
use super::heap::HeapStorage;
use super::kinds::Model;
use super::rules::RuleSynapses;
use crate::Refusal;
use crate::estimators::Precision;

impl Network {
    /// Bytes of one network, and of the state to which a freeze trial goes back.
    pub fn bytes(&self) -> u64 {
        let square = (self.n as u64).saturating_mul(self.n as u64);
        let exact = match &self.rule {
            Some(rule) => RuleSynapses::bytes(self.n, rule).saturating_add(2 * square),
            None => HeapStorage::bytes(self.n),
        };
        match self.precision {
            Precision::F32 if self.model == Model::Compact => {
                CompactStorage::bytes(self.n, self.history_rule(), self.couplings != Couplings::Hashed)
            }
            Precision::F32 => exact.saturating_add(2 * square),
            // The couplings are drawn by the kernel, then widened; a freeze trial keeps a copy.
            Precision::F64 => exact.saturating_add(32 * square),
        }
    }

    /// Refuses one network that does not fit into the memory allowed.
    pub fn check_memory(&self, memory: Option<u64>) -> Result<(), Refusal> {
        check_bytes(self.n, self.bytes(), memory)
    }
}

/// Refuses what needs more bytes than there are, if that is known.
pub(super) fn check_bytes(n: usize, needed: u64, memory: Option<u64>) -> Result<(), Refusal> {
    match memory {
        Some(allowed) if needed > allowed => {
            let (needed, allowed) = (needed.div_ceil(1_000_000), allowed / 1_000_000);
            let words = format!("needs {needed} MB, and {allowed} MB are free");
            Err(Refusal::because("n", n, words))
        }
        _ => Ok(()),
    }
}

impl Execution {
    /// Refuses networks that do not fit into the memory allowed, with `each` bytes for every one that runs and `kept` for
    /// every one that is done.
    pub fn check_memory(&self, of: &Ensemble, each: u64, kept: u64) -> Result<(), Refusal> {
        let Some(allowed) = self.memory else {
            return Ok(());
        };
        let at_a_time = self.networks_at_a_time(of);
        let running = of.network.bytes().saturating_add(each);
        let needed = running
            .saturating_mul(at_a_time as u64)
            .saturating_add(kept.saturating_mul(of.networks.into()));
        if needed <= allowed {
            return Ok(());
        }
        let words = format!(
            "for duration {} with {at_a_time} networks at a time needs {} MB, and {} MB are free",
            of.duration,
            needed.div_ceil(1_000_000),
            allowed / 1_000_000
        );
        Err(Refusal::because("n", of.network.n, words))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use freezable_chaos::Params;

    #[test]
    fn networks_that_do_not_fit_are_refused_with_both_numbers() {
        let params = Params {
            g: 2.0,
            k: 2.0,
            p: 2.5,
            dt: 0.05,
        };
        let of = Ensemble::of(Network::exact(1000, params).unwrap(), 8).unwrap();
        let allow = |memory| Execution {
            threads: 2,
            memory: Some(memory),
        };
        // J, A and a merged copy of 4 bytes, and a snapshot of half of that: about 12 MB a network.
        assert!(allow(40_000_000).check_memory(&of, 0, 0).is_ok());
        let refused = allow(10_000_000).check_memory(&of, 0, 0).unwrap_err();
        assert!(
            refused.to_string().contains("2 networks at a time needs")
                && refused.to_string().contains("10 MB are free"),
            "{refused}"
        );
        assert!(allow(40_000_000).check_memory(&of, 0, 5_000_000).is_err());
    }
}
