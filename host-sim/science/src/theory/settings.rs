//! Settings of an iteration on sampled paths.

/// How long and how often.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Step, in units of the time constant of the neurons (of the synapses where those are infinitely slow).
    pub dt: f64,
    /// Steps of a path; even.
    pub length: usize,
    /// Steps before a path is looked at.
    pub burn_in: usize,
    /// Paths of an iteration, in groups of [`LANES`](super::draws::LANES).
    pub groups: usize,
    /// Iterations before the average, on a single group of paths but for the last eighth of them.
    pub settling: usize,
    /// Iterations in the average, on all paths.
    pub averaged: usize,
    /// Share of the new power in the next iteration.
    pub damping: f64,
    /// Seed of all fields.
    pub seed: u64,
}
