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
mod heap;
mod input;
mod kernel;
mod kinds;
mod origin;
mod reference;
mod resources;
pub mod rules;
mod simulation;
pub mod tangents;

pub use bias::Biases;
pub(crate) use build::reference_at;
pub use build::{Source, reference_of, with_simulation};
pub use compact::{CompactStorage, History};
pub use couplings::{CouplingMatrix, Couplings};
pub use description::{Ensemble, Execution, Network, Rows, Seeds};
pub use heap::HeapStorage;
pub use input::{Input, Table};
pub use kernel::Rule;
pub use kinds::{InitialState, Model, TransferFunction};
pub use origin::{Origin, Snapshot};
pub use rules::PlasticityRule;
pub use simulation::{Saved, Simulation, Speed};
pub use tangents::{Synapses, TangentMap};
