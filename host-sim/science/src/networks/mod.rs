//! Networks on the heap: what describes them, and how they run. All arithmetic is the kernel's; [`double`] is the one
//! independent simulator, which exists to check it.

mod build;
mod compact;
mod couplings;
mod description;
pub mod double;
pub mod edit;
mod execution;
mod heap;
mod kernel;
mod kinds;
mod reference;
mod resources;
mod simulation;
pub mod tangents;

pub use build::{Source, reference_of, with_simulation};
pub use compact::CompactStorage;
pub use couplings::{CouplingMatrix, Couplings};
pub use description::{Ensemble, Network, Seeds};
pub use execution::{Execution, Rows};
pub use heap::HeapStorage;
pub use kernel::Rule;
pub use kinds::{InitialState, Model, TransferFunction};
pub use simulation::{History, Saved, Simulation, Speed};
pub use tangents::{Synapses, TangentMap};
