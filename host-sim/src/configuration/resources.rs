//! What a configuration asks of the machine: memory and steps, refused before anything is computed.

use super::{Configuration, Couplings, Model, Precision};
use crate::failure::Failure;
use crate::simulation::{CompactStorage, HeapStorage};

impl Configuration {
    /// Bytes of the networks that are simulated at the same time.
    fn bytes_at_a_time(&self, samples: u64) -> u64 {
        let n = self.n as u64;
        let single = HeapStorage::bytes(self.n);
        let one = match self.precision {
            Precision::F32 if self.model == Model::Compact => {
                CompactStorage::bytes(self.n, self.history_rule(), self.couplings != Couplings::Hashed)
            }
            // The state, and the snapshot to which a freeze trial goes back.
            Precision::F32 => single + 2 * n * n,
            // The couplings are drawn by the kernel, then widened; a freeze trial keeps a copy.
            Precision::F64 => single + 32 * n * n,
        };
        let sampled = samples.saturating_mul(4 * n);
        one.saturating_add(sampled)
            .saturating_mul(self.networks_at_a_time() as u64)
    }

    /// Refuses what no machine finishes, so that a mistyped step is not waited for.
    pub(super) fn check_work(&self) -> Result<(), Failure> {
        const MOST_STEPS: u64 = 1_000_000_000_000;
        let each = self.burn_in_steps().saturating_add(self.window_steps());
        let steps = each.saturating_mul(self.networks.into());
        if steps > MOST_STEPS {
            return Err(Failure::Usage(format!(
                "--dt {}, --burn-in {}, --duration {} and --networks {} make {:e} steps, above the bound {:e}",
                self.dt, self.burn_in, self.duration, self.networks, steps as f64, MOST_STEPS as f64
            )));
        }
        Ok(())
    }

    /// Refuses networks that do not fit into the memory that is free, with `samples` samples of all rates each.
    pub fn check_memory(&self, samples: u64) -> Result<(), Failure> {
        let needed = self.bytes_at_a_time(samples);
        match available_memory() {
            Some(available) if needed > available => Err(Failure::Usage(format!(
                "--n {} for --duration {} with {} networks at a time needs {} MB, and {} MB are free",
                self.n,
                self.duration,
                self.networks_at_a_time(),
                needed / 1_000_000,
                available / 1_000_000
            ))),
            _ => Ok(()),
        }
    }
}

/// Memory that the system can still give, where it says so.
fn available_memory() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}
