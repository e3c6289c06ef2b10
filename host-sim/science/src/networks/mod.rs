//! Networks on the heap: what describes them, and how they run. All arithmetic is the kernel's; [`double`] is the one
//! independent simulator, which exists to check it.

mod bias;
mod build;
mod compact;
mod couplings;
mod description;
pub mod double;
mod driven;
pub mod edit;
mod ensemble;
mod execution;
mod heap;
mod image;
mod input;
mod instance;
mod kernel;
mod kinds;
mod origin;
mod reference;
mod resources;
pub mod rules;
mod simulation;
pub mod tangents;
mod times;

pub use bias::Biases;
pub(crate) use build::reference_at;
pub use build::{Source, reference_of, with_simulation};
pub use compact::CompactStorage;
pub use couplings::{CouplingMatrix, Couplings};
pub use description::{Network, Seeds};
pub use ensemble::Ensemble;
pub use execution::{Execution, Rows};
pub use heap::HeapStorage;
pub use image::{CouplingsImage, Words};
pub use input::{Input, Table};
pub use instance::{Instance, KernelNetwork};
pub use kernel::Rule;
pub use kinds::{InitialState, Model, TransferFunction};
pub use origin::{Origin, Snapshot};
pub use rules::PlasticityRule;
pub use simulation::{History, Saved, Simulation, Speed};
pub use tangents::{Synapses, TangentMap};
