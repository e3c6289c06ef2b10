//! Dynamic mean-field theory of the limit of many neurons, N -> infinity (Clark and Abbott, Phys. Rev. X 14, 021001).
//!
//! Without plasticity, k = 0, the theory is solved exactly: [`potential`] in continuous time, [`euler`] for the map,
//! [`schroedinger`] for the largest exponent. With plasticity one neuron is followed along sampled paths of its
//! Gaussian field: [`paths`], whose random numbers are [`draws`] and whose memory of the neuron is [`past`]; iterated to
//! self-consistency in [`iteration`], whose starts come to one or several solutions: [`branches`];
//! followed from one strength of the plasticity to the next, to where they end: [`continuation`].

pub mod anderson;
pub mod branches;
pub mod chebyshev;
pub mod continuation;
pub mod draws;
pub mod euler;
pub mod fixed_points;
pub mod freezability;
pub mod frozen;
pub mod gaussian;
pub mod iteration;
pub mod joint_edge;
pub mod past;
pub mod paths;
pub mod potential;
mod rates;
mod response;
pub mod roots;
pub mod schroedinger;
pub mod settings;
pub mod solution;
pub mod transforms;

pub use iteration::MeanField;
pub use settings::Settings;
pub use solution::Autocorrelation;
