//! Networks on the heap: what describes them, and how they run. All arithmetic is the kernel's; [`double`] is the one
//! independent simulator, which exists to check it.

mod build;
mod compact;
mod couplings;
mod description;
pub mod double;
mod driven;
pub mod edit;
mod execution;
mod heap;
mod input;
mod kernel;
mod kinds;
mod origin;
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
pub use input::{Input, Table};
pub use kernel::Rule;
pub use kinds::{InitialState, Model, TransferFunction};
pub use origin::{Origin, Snapshot};
pub use simulation::{History, Saved, Simulation, Speed};
pub use tangents::{Synapses, TangentMap};
