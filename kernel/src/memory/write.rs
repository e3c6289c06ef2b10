//! The write protocol: how an event that an input tells of becomes a state that is held.

use crate::connectivity::Connectivity;
use crate::network::{Network, StepError};
use crate::parameters::ParameterError;
use crate::transfer::Transfer;

/// Most steps of a part of a write, and most freezes.
const MOST: u32 = 1_000_000_000;

/// How an event is written: what is done when it is over.
///
/// 1. **Reset at the onset.** The network is put to rest (x = 0, A = 0) when the event begins. Whatever chaos had made of the
///    time before would be in the state as well, and the readout would have to tell the two apart.
/// 2. **Drive.** One step for each input, about 10 units of the neuronal time constant in all: plastic chaos forgets what
///    came long before.
/// 3. **Settle.** The network runs on freely. At the end of a drive the state is where the input pushed it, which need not
///    be near a state that the network alone can hold: frozen at once, it often keeps moving, or drifts far.
/// 4. **Freeze**, and wait until every neuron has stopped, for that is what being held means: a fixed point, which is there
///    as long as the couplings are.
/// 5. **A deadline.** A network that still moves then holds nothing. It is released, runs on for the time of settling and is
///    frozen again, as often as the rule says; after the last freeze it is left running, so that nobody takes what it says
///    for a memory.
///
/// `docs/signals.md` has what each part is worth, measured.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct WriteRule {
    /// Time between the end of the drive and the freeze, in units of the neuronal time constant.
    pub settle: f32,
    /// Largest `|dx_i/dt|` of a network that has stopped, per that unit.
    pub speed: f32,
    /// Time from a freeze until the network must have stopped, in that unit.
    pub deadline: f32,
    /// How often a network is frozen at most.
    pub freezes: u32,
}

impl WriteRule {
    /// 3 time units of settling; stopped below 1e-4, where rounding moves a neuron at 1e-6 and chaos at 0.1; 300 time units
    /// until then; 2 freezes.
    pub const RECOMMENDED: Self = Self {
        settle: 3.0,
        speed: 1e-4,
        deadline: 300.0,
        freezes: 2,
    };

    /// The event begins: puts the network to rest. Refuses a time that is negative or of more than 1e9 steps, a speed or
    /// deadline that is not above zero, and no freeze at all; then the network stays as it was.
    pub fn begin<W: Writable + ?Sized>(&self, network: &mut W) -> Result<Write, ParameterError> {
        let (settle, deadline) = self.check(network.dt())?;
        let write = Write {
            rule: *self,
            settle,
            deadline,
            phase: Phase::Settling,
            steps: 0,
            freezes: 0,
        };
        network.rest();
        Ok(write)
    }

    /// Steps of settling, and until the deadline; refuses what [`begin`](Self::begin) refuses.
    pub(super) fn check(&self, dt: f32) -> Result<(u32, u32), ParameterError> {
        for (parameter, value) in [
            ("the speed of a network that has stopped", self.speed),
            ("the deadline of a write", self.deadline),
        ] {
            if value <= 0.0 {
                return Err(ParameterError::NotPositive { parameter, value });
            }
        }
        if !self.speed.is_finite() {
            let (parameter, value) = ("the speed of a network that has stopped", self.speed);
            return Err(ParameterError::NotFinite { parameter, value });
        }
        if !(1..=MOST).contains(&self.freezes) {
            return Err(ParameterError::Whole {
                parameter: "the number of freezes of a write",
                value: self.freezes,
                maximum: MOST,
            });
        }
        let settle = steps("the time of settling", self.settle, dt)?;
        Ok((settle, steps("the deadline of a write", self.deadline, dt)?))
    }
}

/// The nearest number of steps to a time.
fn steps(parameter: &'static str, time: f32, dt: f32) -> Result<u32, ParameterError> {
    let maximum = MOST as f32 * dt;
    if !time.is_finite() {
        return Err(ParameterError::NotFinite {
            parameter,
            value: time,
        });
    }
    if time < 0.0 {
        return Err(ParameterError::BelowMinimum {
            parameter,
            value: time,
            minimum: 0.0,
        });
    }
    if time > maximum {
        return Err(ParameterError::AboveMaximum {
            parameter,
            value: time,
            maximum,
        });
    }
    Ok((time / dt + 0.5) as u32)
}

/// An event on its way into a network: each call does one step at most, so that a program may do something else meanwhile.
///
/// ```
/// use freezable_chaos::{CompactBuffers, Cue, HashedSigns, HistoryRule, Params, Tanh, WriteProgress, WriteRule};
/// # const N: usize = 256;
/// let params = Params { g: 1.5, k: 2.5, p: 2.5, dt: 0.05 };
/// let dynamics = params.validate(N).unwrap();
/// let mut buffers = CompactBuffers::<N>::new();
/// let signs = HashedSigns::new(&dynamics, 1, 0);
/// let mut network = buffers.network(dynamics, signs, HistoryRule::recommended(&params), Tanh).unwrap();
///
/// let mut input = [0.0; N];
/// Cue { seed: 1, index: 3, strength: 1.0 }.write(&mut input); // or InputWeights, of what a sensor says
/// let mut write = WriteRule::RECOMMENDED.begin(&mut network).unwrap();
/// for _ in 0..200 {
///     write.drive(&mut network, &input).unwrap(); // as samples come
/// }
/// let written = loop {
///     match write.advance(&mut network).unwrap() {
///         WriteProgress::Settling | WriteProgress::Stopping => {} // free to do something else
///         over => break over,
///     }
/// };
/// assert_eq!(written, WriteProgress::Held); // for Readout::read, Network::store, Network::release
/// ```
#[derive(Clone, Debug)]
pub struct Write {
    rule: WriteRule,
    settle: u32,
    deadline: u32,
    phase: Phase,
    /// Done in this phase.
    steps: u32,
    freezes: u32,
}

/// Where a write is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Driven, or running on freely.
    Settling,
    /// Frozen, and moving as far as is known.
    Stopping,
    /// Frozen and still.
    Held,
    /// Given up.
    Moving,
}

/// How far a write is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum WriteProgress {
    /// The network runs freely.
    Settling,
    /// It is frozen and still moves.
    Stopping,
    /// It is frozen and has stopped: it holds the event.
    Held,
    /// It moved at the last deadline, and holds nothing: its plasticity runs again.
    Moving,
}

impl Write {
    /// One step under the input of the event, one value for each neuron.
    ///
    /// An input after the drive seemed to be over, as from a sensor that had paused, goes on with the event: a network that
    /// was frozen meanwhile is released, and everything after the drive begins anew. On an error nothing has changed but that.
    pub fn drive<W: Writable + ?Sized>(&mut self, network: &mut W, input: &[f32]) -> Result<(), W::Error> {
        if self.phase != Phase::Settling {
            network.release();
            self.phase = Phase::Settling;
        }
        (self.steps, self.freezes) = (0, 0);
        network.step_under(Some(input))
    }

    /// One step after the drive: the first call ends that. Once the write is over, further calls do nothing and say so again.
    ///
    /// On an error the network is as it was before the step, but for a freeze or a release that was due before it, and so is
    /// the write.
    pub fn advance<W: Writable + ?Sized>(&mut self, network: &mut W) -> Result<WriteProgress, W::Error> {
        if self.phase == Phase::Settling && self.steps >= self.settle {
            network.freeze();
            (self.phase, self.steps) = (Phase::Stopping, 0);
            self.freezes = self.freezes.saturating_add(1);
        }
        if matches!(self.phase, Phase::Settling | Phase::Stopping) {
            network.step_under(None)?;
            self.steps = self.steps.saturating_add(1);
        }
        if self.phase == Phase::Stopping {
            if network
                .largest_speed()
                .is_some_and(|speed| speed < self.rule.speed)
            {
                self.phase = Phase::Held;
            } else if self.steps >= self.deadline {
                network.release();
                self.steps = 0;
                self.phase = if self.freezes < self.rule.freezes {
                    Phase::Settling
                } else {
                    Phase::Moving
                };
            }
        }
        Ok(self.progress())
    }

    /// All steps after the drive at once; [`WriteProgress::Held`] or [`WriteProgress::Moving`].
    pub fn finish<W: Writable + ?Sized>(&mut self, network: &mut W) -> Result<WriteProgress, W::Error> {
        loop {
            let progress = self.advance(network)?;
            if matches!(progress, WriteProgress::Held | WriteProgress::Moving) {
                return Ok(progress);
            }
        }
    }

    /// How far it is.
    pub fn progress(&self) -> WriteProgress {
        match self.phase {
            Phase::Settling => WriteProgress::Settling,
            Phase::Stopping => WriteProgress::Stopping,
            Phase::Held => WriteProgress::Held,
            Phase::Moving => WriteProgress::Moving,
        }
    }

    /// Freezes so far, of this event.
    pub fn freezes(&self) -> u32 {
        self.freezes
    }

    /// Steps since the last freeze, up to where the network had stopped; 0 before.
    pub fn steps_to_stop(&self) -> u32 {
        match self.phase {
            Phase::Stopping | Phase::Held => self.steps,
            Phase::Settling | Phase::Moving => 0,
        }
    }
}

/// What can be written into: every [`Network`], and whatever simulates one.
pub trait Writable {
    /// Why a step was not done.
    type Error;

    /// Step of the Euler map, above zero.
    fn dt(&self) -> f32;
    /// Back to rest: x = 0, A = 0, plasticity running.
    fn rest(&mut self);
    /// One step, under an input if there is one.
    fn step_under(&mut self, input: Option<&[f32]>) -> Result<(), Self::Error>;
    /// Halts the plasticity.
    fn freeze(&mut self);
    /// Lets the plasticity run.
    fn release(&mut self);
    /// Largest `|dx_i/dt|` in the last step; `None` before the first.
    fn largest_speed(&self) -> Option<f32>;
}

impl<C: Connectivity, T: Transfer> Writable for Network<'_, C, T> {
    type Error = StepError;

    fn dt(&self) -> f32 {
        self.dynamics().params().dt
    }

    fn rest(&mut self) {
        Network::rest(self);
    }

    fn step_under(&mut self, input: Option<&[f32]>) -> Result<(), StepError> {
        match input {
            Some(input) => self.step_with_input(input),
            None => Ok(self.step()?),
        }
    }

    fn freeze(&mut self) {
        Network::freeze(self);
    }

    fn release(&mut self) {
        Network::release(self);
    }

    fn largest_speed(&self) -> Option<f32> {
        self.speed().map(|speed| speed.max)
    }
}

#[cfg(test)]
mod tests;
