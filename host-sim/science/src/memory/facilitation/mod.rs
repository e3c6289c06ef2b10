//! Working memory by short-term synaptic facilitation, the rival of freezing: G. Mongillo, O. Barak and M. Tsodyks,
//! Synaptic theory of working memory, Science 319, 1543 (2008).
//!
//! A cue makes the neurons of a predefined assembly fire, which facilitates their synapses; the facilitation outlasts
//! the firing, and a later excitation of all neurons alike (a reactivation, or the readout) makes the facilitated
//! assembly fire again. The published network has 8,000 excitatory and 2,000 inhibitory spiking neurons. Here it is in
//! mean field, with its published parameters and none beside them: each population is described by the firing rate of
//! its integrate-and-fire neurons, its synapses by their mean u and x, and its spikes are counted in whole numbers
//! (Poisson), so that trials differ as far as the published number of neurons makes them differ. Times are in
//! milliseconds, depolarisations in millivolts, rates per millisecond.

mod integral;
mod network;
mod rate;
mod synapse;
mod trial;

pub use network::{Groups, Network, Stimulus};
pub use rate::Neuron;
pub use synapse::{FACILITATION_TIME, RECOVERY_TIME, Synapses, UTILISATION};
pub use trial::{
    BACKGROUND, Memory, PERSISTENT_BACKGROUND, Protocol, REACTIVATION, Recalled, TIME_CONSTANT,
    predicted_facilitation, recall,
};
