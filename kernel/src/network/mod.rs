//! The network: neurons, connectivity and plasticity, and the step that moves them.

#[cfg(test)]
mod behaviour;
#[cfg(test)]
mod bounds;
mod error;
mod neurons;
mod restore;
mod snapshot;

pub use error::{Diverged, StepError};
pub use neurons::{Neurons, Speed, Start};
pub use restore::Restoring;
pub use snapshot::SnapshotPieces;

use crate::arithmetic::{cosine, largest_magnitude};
use crate::bytes::{ByteSink, Fnv1a};
use crate::connectivity::{BuildError, Compact, Connectivity, DRIVE_BOUND, Exact};
use crate::environment;
use crate::parameters::Dynamics;
use crate::random::Randomness;
use crate::snapshot::{HEADER, PIECE};
use crate::transfer::{Tanh, Transfer};
use crate::values::{SizeError, ValuesError};

/// States up to this magnitude stay so, in steps whose drive and input are at most [`DRIVE_BOUND`]: see
/// [`Network::advance`].
const STATE_BOUND: f32 = 8e36;

/// Neurons that move at a time.
const BLOCK: usize = 4;

/// Whether the plastic couplings change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "postcard", derive(serde::Serialize, serde::Deserialize))]
pub enum Plasticity {
    /// Synapses follow the plasticity rule.
    Running,
    /// Synapses stand still: in the freezable phase, the present state becomes a stable fixed point.
    Frozen,
}

/// The network without state of order N^2: J of signs, A as the recent history of the rates.
pub type CompactNetwork<'a, T = Tanh> = Network<'a, Compact<'a>, T>;

/// The network of the paper on borrowed storage: Gaussian J, full A.
pub type ExactNetwork<'a, T = Tanh> = Network<'a, Exact<'a>, T>;

/// The same network in the memory order of a host: the same bits, digests and snapshots.
#[cfg(feature = "std")]
pub type PanelNetwork<'a, T = Tanh> = Network<'a, crate::connectivity::Panels<'a>, T>;

/// A recurrent network with quenched and plastic couplings (Clark and Abbott 2024, equations 1 and 2), advanced
/// by the Euler map
///
/// ```text
/// x <- x + dt (-x + (J + A) phi + I)          phi = phi(x)
/// A <- (1 - dt/p) A + (dt/p)(k/N) phi phi^T   while the plasticity runs
/// ```
///
/// with everything on the right taken before the step. The order of every operation is fixed (see
/// `docs/numerics.md`): the same seeds give the same bits on every target.
///
/// The storage is borrowed: [`ExactBuffers`](crate::ExactBuffers) on a microcontroller, any slices on a host.
#[derive(Debug)]
pub struct Network<'a, C, T = Tanh> {
    dynamics: Dynamics,
    transfer: T,
    neurons: Neurons<'a>,
    connectivity: C,
    plasticity: Plasticity,
    steps: u64,
    // No state exceeds the bound.
    bounded: bool,
    // Whether the velocities are those of the last step.
    moving: bool,
}

impl<'a, C: Connectivity, T: Transfer> Network<'a, C, T> {
    /// A network at rest (x = 0, A = 0) with running plasticity. Refuses parts of different sizes or gains, a transfer function
    /// whose rates the couplings do not take, and a processor that is set to another arithmetic
    /// ([`environment`](crate::environment)).
    pub fn new(
        dynamics: Dynamics,
        transfer: T,
        neurons: Neurons<'a>,
        connectivity: C,
    ) -> Result<Self, BuildError> {
        environment::check()?;
        SizeError::check("the neurons' storage", dynamics.n(), neurons.n())?;
        connectivity.check(&dynamics)?;
        let (limit, bound) = (connectivity.rate_limit(), transfer.bound());
        if bound > limit {
            return Err(BuildError::Transfer { limit, bound });
        }
        let plasticity = Plasticity::Running;
        let mut network = Self {
            dynamics,
            transfer,
            neurons,
            connectivity,
            plasticity,
            steps: 0,
            bounded: true,
            moving: false,
        };
        network.rest();
        Ok(network)
    }

    /// Back to rest: x = 0, A = 0, plasticity running, no step done.
    pub fn rest(&mut self) {
        self.neurons.x.fill(0.0);
        self.connectivity.clear();
        self.begin();
    }

    /// Starts anew from a random state, see [`Start`].
    pub fn start(&mut self, start: Start, randomness: &mut impl Randomness) {
        for x in self.neurons.x.iter_mut() {
            *x = start.scale() * randomness.gaussian();
        }
        self.connectivity.clear();
        self.begin();
        if start == Start::Large {
            self.connectivity.imprint(&self.dynamics, self.neurons.phi);
        }
    }

    /// Starts anew from a given state x, with A = 0. Refuses a state of another size or one that is not finite.
    pub fn start_from(&mut self, x: &[f32]) -> Result<(), ValuesError> {
        ValuesError::check("the initial state", self.n(), x)?;
        for (state, &x) in self.neurons.x.iter_mut().zip(x) {
            *state = x;
        }
        self.connectivity.clear();
        self.begin();
        Ok(())
    }

    fn begin(&mut self) {
        self.plasticity = Plasticity::Running;
        self.steps = 0;
        self.bounded = largest_magnitude(&*self.neurons.x) <= STATE_BOUND;
        self.moving = false;
        self.transfer.apply(self.neurons.x, self.neurons.phi);
    }

    /// One step of the Euler map.
    ///
    /// A step that would write a non-finite state reports the first neuron concerned and leaves x and A as they
    /// were. Magnitudes that cannot overflow are the rule: then the plasticity shares a pass over the couplings with
    /// the drive. A needs no check of its own then: with `|phi| <= 1`, `|k/N| <= 1e15` and a finite A, the next A is finite.
    /// With larger rates it is checked beforehand, and a step that would take it beyond reports the neuron of the largest
    /// rate.
    pub fn step(&mut self) -> Result<(), Diverged> {
        self.advance(&[])
    }

    /// One step with an external input `I`, one value per neuron.
    pub fn step_with_input(&mut self, input: &[f32]) -> Result<(), StepError> {
        const WHAT: &str = "the input";
        SizeError::check(WHAT, self.n(), input.len()).map_err(|error| StepError::Input(error.into()))?;
        // A finite input is the rule: only a step that failed looks for another.
        self.advance(input)
            .map_err(|diverged| match ValuesError::check_finite(WHAT, input) {
                Err(error) => StepError::Input(error),
                Ok(()) => StepError::Diverged(diverged),
            })
    }

    /// One step with the input, or none where it is empty: one function for both, since each copy of the connectivity
    /// takes kilobytes of flash.
    ///
    /// It is sure to stay finite if the drive s and the input I are at most B = [`DRIVE_BOUND`] = 1e36 in magnitude,
    /// and the state x at most [`STATE_BOUND`] = 8 B, which then holds for the next state too: rounding keeps the order
    /// of numbers, and `0 < dt <= 1`. Where `x >= 2.5 B`, the velocity `s - x + I` is negative and at most `x + 2 B` in
    /// magnitude, so the next state lies between -2 B and x, but for roundings; and so on the other side. In between
    /// it is at most `2.5 B + 4.5 B`. Then A may take its step in the same pass, and no neuron needs a look.
    fn advance(&mut self, input: &[f32]) -> Result<(), Diverged> {
        let dt = self.dynamics.params().dt;
        let Neurons { x, phi, velocity } = &mut self.neurons;
        let is_running = self.plasticity == Plasticity::Running;
        let stays_finite = self.bounded
            && largest_magnitude(input) <= DRIVE_BOUND
            && self.connectivity.drive_is_bounded(phi);
        if stays_finite {
            if is_running {
                self.connectivity.drive_and_learn(&self.dynamics, phi, velocity);
            } else {
                self.connectivity.drive(&self.dynamics, phi, velocity);
            }
            // By blocks, all loaded before any is stored: no operation waits for the one before.
            let (blocks, tail) = x.as_chunks_mut::<BLOCK>();
            let (velocities, tail_velocities) = velocity.as_chunks_mut::<BLOCK>();
            let (inputs, tail_input) = input.as_chunks::<BLOCK>();
            let mut inputs = inputs.iter();
            for (x, velocity) in blocks.iter_mut().zip(velocities) {
                let (mut states, mut rates_of_change) = (*x, *velocity);
                for (rate_of_change, &x) in rates_of_change.iter_mut().zip(&states) {
                    *rate_of_change -= x;
                }
                if let Some(input) = inputs.next() {
                    add(&mut rates_of_change, input);
                }
                for (state, &rate_of_change) in states.iter_mut().zip(&rates_of_change) {
                    *state += dt * rate_of_change;
                }
                (*x, *velocity) = (states, rates_of_change);
            }
            for (velocity, &x) in tail_velocities.iter_mut().zip(tail.iter()) {
                *velocity -= x;
            }
            add(tail_velocities, tail_input);
            for (x, &velocity) in tail.iter_mut().zip(tail_velocities.iter()) {
                *x += dt * velocity;
            }
        } else {
            self.connectivity.drive(&self.dynamics, phi, velocity);
            for (velocity, &x) in velocity.iter_mut().zip(x.iter()) {
                *velocity -= x;
            }
            add(velocity, input);
            let diverging = |(&x, &velocity): (&f32, &f32)| !(x + dt * velocity).is_finite();
            if let Some(neuron) = x.iter().zip(velocity.iter()).position(diverging) {
                self.moving = false;
                return Err(Diverged {
                    neuron,
                    step: self.steps,
                });
            }
            if is_running {
                if !self.connectivity.stays_finite(&self.dynamics, phi) {
                    self.moving = false;
                    return Err(Diverged {
                        neuron: place_of_largest(phi),
                        step: self.steps,
                    });
                }
                self.connectivity.learn(&self.dynamics, phi);
            }
            for (x, &velocity) in x.iter_mut().zip(velocity.iter()) {
                *x += dt * velocity;
            }
            self.bounded = largest_magnitude(&**x) <= STATE_BOUND;
        }
        self.transfer.apply(x, phi);
        self.moving = true;
        self.steps = self.steps.wrapping_add(1);
        Ok(())
    }

    /// Halts the plasticity: A keeps its bits until [`release`](Self::release).
    pub fn freeze(&mut self) {
        self.plasticity = Plasticity::Frozen;
        self.connectivity.freeze();
    }

    /// Lets the plasticity run again.
    pub fn release(&mut self) {
        self.plasticity = Plasticity::Running;
    }

    /// Whether the plastic couplings change.
    pub fn plasticity(&self) -> Plasticity {
        self.plasticity
    }

    /// Number of neurons.
    pub fn n(&self) -> usize {
        self.dynamics.n()
    }

    /// The parameters and the constants derived from them.
    pub fn dynamics(&self) -> &Dynamics {
        &self.dynamics
    }

    /// The transfer function.
    pub fn transfer(&self) -> &T {
        &self.transfer
    }

    /// The couplings.
    pub fn connectivity(&self) -> &C {
        &self.connectivity
    }

    /// Takes the couplings back.
    pub fn into_connectivity(self) -> C {
        self.connectivity
    }

    /// Steps done since the start; times `dt`, the time in units of the neuronal time constant.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// The neurons' states x.
    pub fn state(&self) -> &[f32] {
        self.neurons.x
    }

    /// The neurons' rates phi(x), of the present state.
    pub fn rates(&self) -> &[f32] {
        self.neurons.phi
    }

    /// Rates of change dx/dt in the last step, or `None` before the first step and after a restore.
    pub fn velocity(&self) -> Option<&[f32]> {
        self.moving.then_some(&*self.neurons.velocity)
    }

    /// How fast the neurons moved in the last step, or `None` where [`velocity`](Self::velocity) is.
    pub fn speed(&self) -> Option<Speed> {
        self.velocity().map(Speed::of)
    }

    /// Cosine between the present rates and remembered ones; 0 if either vanishes. Refuses remembered rates of another
    /// number, or of which one is not finite.
    pub fn overlap(&self, remembered: &[f32]) -> Result<f32, ValuesError> {
        ValuesError::check("the remembered rates", self.n(), remembered)?;
        Ok(cosine(self.neurons.phi, remembered))
    }

    /// Digest of the whole state: FNV-1a over the little-endian bits of x, then A in the order of snapshots.
    pub fn digest(&self) -> u64 {
        self.digest_from(HEADER)
    }

    /// Digest of the plastic state alone, in the order of snapshots.
    pub fn plastic_digest(&self) -> u64 {
        self.digest_from(self.plastic_start())
    }

    /// Digest of what a snapshot has from a position on.
    fn digest_from(&self, mut position: usize) -> u64 {
        let mut digest = Fnv1a::new();
        let mut piece = [0; PIECE];
        loop {
            let length = self.write_piece(position, &mut piece);
            if length == 0 {
                return digest.digest();
            }
            digest.put(piece.get(..length).unwrap_or_default());
            position += length;
        }
    }
}

/// Place of the largest magnitude, the first of several.
fn place_of_largest(values: &[f32]) -> usize {
    let largest = largest_magnitude(values);
    let is_largest = |value: &f32| f32::abs(*value) == largest;
    values.iter().position(is_largest).unwrap_or(0)
}

/// Adds to each its addend, as far as there are any.
fn add(sums: &mut [f32], addends: &[f32]) {
    for (sum, &addend) in sums.iter_mut().zip(addends) {
        *sum += addend;
    }
}
