//! Measurements of networks: each a value that checks its cost, measures one network, averages over networks and gives
//! arrays; [`measure()`] runs any of them over an ensemble, seen by a [`Watch`](crate::Watch) and kept by a [`Keep`].
//!
//! | module | measures |
//! |---|---|
//! | [`activity`] | autocorrelation, half-width, speed of running networks |
//! | [`phase`] | the phase diagram: classes of networks over gain and strength of the plasticity |
//! | [`equivalence`] | the compact network beside the exact one |
//! | [`exponents`] | Lyapunov exponents of neurons and synapses together, or of frozen networks |
//! | [`fixed_points`] | stable fixed points of neurons and synapses, and how their number grows |
//! | [`mean_field`] | no networks: the theory of infinitely many neurons, solved |
//! | [`mod@recall`] | cues that are held by freezing and read by a trained readout, and how many |
//! | [`facilitation`] | other networks: short-term facilitation, the rival of freezing, with the same protocol |
//! | [`basin`] | from which states a frozen network returns to the one that it holds |
//! | [`quantisation`] | what is left of a held state that is kept in fewer bits |
//! | [`freeze`] | what becomes of states when the plasticity halts, and after a release |
//! | [`precision`] | how fast single precision parts from double |
//! | [`recording`] | nothing: keeps rates, states, speed and plastic couplings at even intervals |
//! | [`signals`] | recordings of sensors that are written, held, kicked, kept in few bits and read; and the alternatives |
//! | [`spectra`] | eigenvalues of the joint and of the frozen Jacobian along trajectories |

pub mod activity;
mod arrays;
pub mod basin;
mod ensemble;
pub mod equivalence;
pub mod exponents;
pub mod facilitation;
pub mod fixed_points;
pub mod freeze;
mod hold;
mod keep;
pub mod mean_field;
pub mod phase;
pub mod plausible;
pub mod precision;
pub mod quantisation;
pub mod recall;
pub mod recording;
pub mod signals;
pub mod spectra;
pub mod trajectory;

pub use arrays::{Array, Axis, Values};
pub use ensemble::{Cost, Measured, Measurement, in_pool, measure, measure_here, measure_networks};
pub use hold::{Held, hold, leave};
pub use keep::{Keep, recall, store};
