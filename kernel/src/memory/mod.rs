//! The working memory: a state is written by an input, held by freezing, kept as bytes, read out and released.
//!
//! ```
//! use freezable_chaos::{CompactBuffers, Cue, Generator, HashedSigns, HistoryRule, Params, Purpose, Start, Tanh};
//! # const N: usize = 256;
//! let params = Params { g: 2.0, k: 2.0, p: 2.5, dt: 0.05 };
//! let dynamics = params.validate(N).unwrap();
//! let mut buffers = CompactBuffers::<N>::new();
//! let signs = HashedSigns::new(&dynamics, 1, 0);
//! let rule = HistoryRule::recommended(&params);
//! let mut network = buffers.network(dynamics, signs, rule, Tanh).unwrap();
//! network.start(Start::Small, &mut Generator::new(1, 0, Purpose::State));
//!
//! let mut input = [0.0; N];
//! Cue { seed: 1, index: 3, strength: 1.0 }.write(&mut input);
//! for _ in 0..400 {
//!     network.step_with_input(&input).unwrap(); // writes the cue
//! }
//! let mut bytes = [0; 3140];
//! network.store(&mut bytes).unwrap(); // holds the state, and keeps it
//! let held = network.digest();
//! network.release(); // lets it go
//! network.step().unwrap();
//! network.recall(&bytes).unwrap(); // and has it again, bit for bit
//! assert_eq!(network.digest(), held);
//! ```

mod activity;
mod envelope;
mod error;
mod input;
mod readout;
mod sensor;
mod stored;
mod write;

pub use activity::{ActivityRule, ActivityWatch};
pub use envelope::Envelopes;
pub use error::{ReadoutError, SensorError};
pub use input::{Cue, InputWeights};
pub use readout::{Readout, strongest};
pub use sensor::{SensorHeader, StoredSensor};
pub use stored::{ReadoutHeader, StoredReadout};
pub use write::{Writable, Write, WriteProgress, WriteRule};

use crate::connectivity::Connectivity;
use crate::network::Network;
use crate::snapshot::SnapshotError;
use crate::transfer::Transfer;

impl<C: Connectivity, T: Transfer> Network<'_, C, T> {
    /// Holds the present state: freezes the plasticity and writes a snapshot of the frozen network into the start of a
    /// buffer, for [`recall`](Self::recall). Returns the bytes written, [`snapshot_len`](Self::snapshot_len).
    ///
    /// With a buffer that is too small, or a state that is not finite, nothing is frozen.
    pub fn store(&mut self, buffer: &mut [u8]) -> Result<usize, SnapshotError> {
        let before = self.plasticity();
        self.freeze();
        let written = self.snapshot(buffer);
        if written.is_err() && before == crate::Plasticity::Running {
            self.release();
        }
        written
    }

    /// Takes a stored state up again and holds it, frozen, until [`release`](Self::release). The bits are those of the
    /// network that stored it; a snapshot of a running network is taken up frozen, too.
    ///
    /// On an error the network is as it was.
    pub fn recall(&mut self, bytes: &[u8]) -> Result<(), SnapshotError> {
        self.restore(bytes)?;
        self.freeze();
        Ok(())
    }
}
