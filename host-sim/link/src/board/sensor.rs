//! The commands of a sensor: an event begins, is felt, and ends.

use freezable_chaos::Plasticity;
use freezable_chaos::frames::{Command, Report, Telemetry};

use super::Board;
use super::answers::{expect, wrong};
use crate::LinkError;

/// A sample that drove a board's network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Felt {
    /// Nanoseconds that it took, by the board's cycle counter.
    pub nanoseconds: u32,
}

/// What became of an event on a board.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written {
    /// Whether the network is frozen and has stopped.
    pub held: bool,
    /// Freezes that it took.
    pub freezes: u32,
    /// Steps from the last freeze until it had stopped.
    pub steps_to_stop: u32,
    /// Steps since the event began.
    pub step: u64,
}

impl Board {
    /// An event of a sensor begins: the network is put to rest.
    pub fn begin_event(&mut self) -> Result<(), LinkError> {
        let (step, plasticity) = self.done(&Command::Event)?;
        expect("the step at which an event begins", 0, step)?;
        if let Some(known) = &mut self.network {
            (known.step, known.plasticity) = (step, plasticity);
        }
        Ok(())
    }

    /// A sample, one value for each channel, drives the network for so many steps.
    pub fn feel(&mut self, sample: &[f32], steps: u32) -> Result<Felt, LinkError> {
        let values: Vec<u8> = sample.iter().flat_map(|value| value.to_le_bytes()).collect();
        let (step, nanoseconds) =
            self.link
                .ask(&Command::Sample { values: &values }, |report| match *report {
                    Report::Felt { step, nanoseconds } => Some((step, nanoseconds)),
                    _ => None,
                })?;
        if let Some(known) = &mut self.network {
            expect("the step after a sample", known.step + u64::from(steps), step)?;
            known.step = step;
        }
        Ok(Felt { nanoseconds })
    }

    /// The event is over: the board lets the network settle, freezes it, and waits until it stops, in so many steps at most.
    /// Now and then it sends telemetry meanwhile.
    pub fn finish_event(&mut self, most_steps: u64) -> Result<Written, LinkError> {
        let last = self.network.map(|known| known.step.saturating_add(most_steps));
        let mut latest = self.network.map(|known| known.step);
        let written = self
            .link
            .ask_in_parts(&Command::Finish, |report| match *report {
                Report::Telemetry(Telemetry { step, .. }) => {
                    let is_next =
                        latest.is_none_or(|latest| step > latest) && last.is_none_or(|last| step <= last);
                    latest = Some(step);
                    (!is_next).then(|| Err(of_finish(step)))
                }
                Report::Written {
                    step,
                    held,
                    freezes,
                    steps_to_stop,
                } => Some(Ok(Written {
                    held,
                    freezes,
                    steps_to_stop,
                    step,
                })),
                _ => None,
            })??;
        if let Some(known) = &mut self.network {
            if !(known.step..=known.step.saturating_add(most_steps)).contains(&written.step) {
                return Err(of_finish(written.step));
            }
            known.step = written.step;
            known.plasticity = if written.held {
                Plasticity::Frozen
            } else {
                Plasticity::Running
            };
        }
        Ok(written)
    }
}

fn of_finish(step: u64) -> LinkError {
    wrong(&format!(
        "it reports step {step} while an event is finished, which is before the last one or beyond all of its rule"
    ))
}
