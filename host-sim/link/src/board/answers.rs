//! What an answer of a board has to be: of the kind, the step and the length that were asked for.

use freezable_chaos::Plasticity;
use freezable_chaos::frames::Report;

use crate::LinkError;

/// A right frame with wrong contents.
pub(crate) fn wrong(what: &str) -> LinkError {
    LinkError::new(format!("the board gave a wrong answer: {what}"))
}

/// Refuses an answer that does not fit the question.
pub(super) fn expect(what: &str, expected: u64, found: u64) -> Result<(), LinkError> {
    if expected == found {
        return Ok(());
    }
    Err(wrong(&format!("{what} is {found} where {expected} was due")))
}

/// A piece of several: its place, the bytes in all, its bytes.
pub(super) type Piece = (u32, u32, Vec<u8>);

pub(super) fn of_state(report: &Report<'_>) -> Option<Piece> {
    match *report {
        Report::State { offset, total, bytes } => Some((offset, total, bytes.to_vec())),
        _ => None,
    }
}

pub(super) fn of_snapshot(report: &Report<'_>) -> Option<Piece> {
    match *report {
        Report::Snapshot { offset, total, bytes } => Some((offset, total, bytes.to_vec())),
        _ => None,
    }
}

/// Puts pieces together, of `most` bytes at most; `ask` gets the one at a place. What the board says of their number is
/// compared, never believed.
pub(super) fn gather(
    most: u64,
    mut ask: impl FnMut(u32) -> Result<Piece, LinkError>,
) -> Result<Vec<u8>, LinkError> {
    let (mut gathered, mut announced) = (Vec::new(), None);
    loop {
        let (offset, total, bytes) = ask(gathered.len() as u32)?;
        expect("the place of a piece", gathered.len() as u64, offset.into())?;
        expect(
            "the bytes in all",
            (*announced.get_or_insert(total)).into(),
            total.into(),
        )?;
        gathered.extend_from_slice(&bytes);
        let length = gathered.len() as u64;
        if u64::from(total) > most
            || length > u64::from(total)
            || (bytes.is_empty() && length < u64::from(total))
        {
            return Err(wrong(&format!(
                "{length} of {total} bytes, of which there are {most} at most"
            )));
        }
        if length == u64::from(total) {
            return Ok(gathered);
        }
    }
}

/// The reports on the way through steps that were asked for.
pub(super) struct Samples {
    /// Step before them, where it is known.
    pub(super) first: Option<u64>,
    pub(super) steps: u32,
    pub(super) every: u32,
    pub(super) latest: Option<u64>,
    pub(super) count: u32,
}

impl Samples {
    /// Takes the next one; refuses those that were not asked for, of which there could be any number.
    pub(super) fn take(&mut self, step: u64) -> Result<(), LinkError> {
        let done = self.first.map(|first| step.wrapping_sub(first));
        let is_next = self.latest.or(self.first).is_none_or(|latest| step > latest);
        let is_of_these =
            done.is_none_or(|done| done <= self.steps.into() && done.is_multiple_of(self.every.into()));
        self.count += 1;
        let most = self.steps.checked_div(self.every).unwrap_or(0);
        if is_next && is_of_these && self.count <= most {
            self.latest = Some(step);
            return Ok(());
        }
        let before = match self.latest.or(self.first) {
            Some(before) => format!(" after step {before}"),
            None => String::new(),
        };
        Err(wrong(&format!(
            "it reports step {step}{before}, {} steps asked for and every {} reported",
            self.steps, self.every
        )))
    }
}

/// Steps and plasticity of a snapshot, as its header has them.
pub(super) fn taken_at(snapshot: &[u8]) -> Option<(u64, Plasticity)> {
    let plasticity = u32::from_le_bytes(snapshot.get(12..16)?.try_into().ok()?);
    let steps = u64::from_le_bytes(snapshot.get(20..28)?.try_into().ok()?);
    let plasticity = match plasticity {
        0 => Plasticity::Running,
        _ => Plasticity::Frozen,
    };
    Some((steps, plasticity))
}

/// What a report is, in words.
pub fn kind(report: &Report<'_>) -> &'static str {
    match report {
        Report::Hello { .. } => "a greeting",
        Report::Done { .. } => "that a command is done",
        Report::Telemetry(_) => "telemetry",
        Report::State { .. } => "a state",
        Report::Digest { .. } => "a digest",
        Report::Snapshot { .. } => "a snapshot",
        Report::Refused(_) => "a refusal",
        Report::Stored { .. } => "that a state is stored",
        Report::Recalled { .. } => "that a state is recalled",
        Report::Timing(_) => "how steps keep time",
        Report::Read { .. } => "what a readout reads",
        Report::Felt { .. } => "that a sample is felt",
        Report::Written { .. } => "what became of an event",
    }
}
