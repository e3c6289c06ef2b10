//! Typed frames over a byte stream: commands out, reports in.

use std::io::{ErrorKind, Read, Write};
use std::time::{Duration, Instant};

use freezable_chaos::frames::{self, Command, FrameError, MAX_FRAME, Receiver, Refusal, Report};

use crate::LinkError;
use crate::board::answers::{kind, wrong};
use crate::traffic::Traffic;

/// A byte stream whose reads return after a while even if nothing came.
pub trait Port: Read + Write + Send {}
impl<P: Read + Write + Send> Port for P {}

/// What came of a look for a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard<T> {
    /// A report, and what was made of it.
    Report(T),
    /// A frame that was damaged on its way.
    Damaged(FrameError),
    /// None, or not yet the whole of one.
    Nothing,
}

/// Longest wait for an answer, or for the next part of one: an emulated board without a floating-point unit is slow.
const PATIENCE: Duration = Duration::from_secs(60);

/// A line to a board.
pub struct Link {
    port: Box<dyn Port>,
    receiver: Receiver,
    /// Bytes that were read and not yet looked at.
    arrived: Vec<u8>,
    sequence: u16,
    patience: Duration,
    traffic: Traffic,
}

/// What a report is to who waits for an answer.
enum Look<T> {
    /// It is of something else.
    Other,
    /// It is one of several.
    Part,
    /// It is the one.
    Answer(Result<T, LinkError>),
}

fn damaged(error: FrameError) -> LinkError {
    LinkError::new(format!("a report of the board: {error}"))
}

impl Link {
    /// Talks over this stream.
    pub fn new(port: Box<dyn Port>) -> Self {
        Self {
            port,
            receiver: Receiver::new(),
            arrived: Vec::new(),
            sequence: 0,
            patience: PATIENCE,
            traffic: Traffic::default(),
        }
    }

    /// The same line with another patience for an answer than a minute.
    pub fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// What came so far.
    pub fn traffic(&self) -> Traffic {
        self.traffic
    }

    /// Sends a command and hands its reports to `answer` until that returns a value. A refusal is an error.
    pub fn ask<T>(
        &mut self,
        command: &Command<'_>,
        answer: impl FnMut(&Report<'_>) -> Option<T>,
    ) -> Result<T, LinkError> {
        self.tell(command)?;
        self.answer(answer)
    }

    /// The same of a command with telemetry on the way to its answer, each of which may take as long.
    pub(crate) fn ask_in_parts<T>(
        &mut self,
        command: &Command<'_>,
        answer: impl FnMut(&Report<'_>) -> Option<T>,
    ) -> Result<T, LinkError> {
        self.tell(command)?;
        self.wait(true, answer)
    }

    /// Hands the reports on the last command sent to `answer` until that returns a value. A refusal is an error, and so is
    /// an answer to another question.
    pub fn answer<T>(&mut self, answer: impl FnMut(&Report<'_>) -> Option<T>) -> Result<T, LinkError> {
        self.wait(false, answer)
    }

    fn wait<T>(
        &mut self,
        comes_in_parts: bool,
        mut answer: impl FnMut(&Report<'_>) -> Option<T>,
    ) -> Result<T, LinkError> {
        let sequence = self.sequence;
        // Only what belongs to the answer buys more time: a line that talks of other things is no answer.
        let (mut since, mut others) = (Instant::now(), 0_u64);
        loop {
            let heard = self.poll(|number, report| match report {
                // A frame that the board could not read has no number to answer to.
                Report::Refused(Refusal::BadFrame) => Look::Answer(Err(refused(&Refusal::BadFrame))),
                _ if number != sequence => Look::Other,
                Report::Refused(refusal) => Look::Answer(Err(refused(refusal))),
                report => match (answer(report), report) {
                    (Some(found), _) => Look::Answer(Ok(found)),
                    (None, Report::Telemetry(_)) if comes_in_parts => Look::Part,
                    (None, Report::Telemetry(_)) => Look::Other,
                    (None, other) => {
                        let words = format!("it says {}, which was not asked", kind(other));
                        Look::Answer(Err(wrong(&words)))
                    }
                },
            })?;
            match heard {
                Heard::Report(Look::Answer(found)) => return found,
                Heard::Report(Look::Part) => since = Instant::now(),
                Heard::Report(Look::Other) => others += 1,
                Heard::Damaged(error) => return Err(damaged(error)),
                Heard::Nothing => {}
            }
            if since.elapsed() > self.patience {
                let meanwhile = match others {
                    0 => String::new(),
                    others => format!(", though it sent {others} other reports"),
                };
                return Err(LinkError::new(format!(
                    "the board did not answer for {} s{meanwhile}",
                    self.patience.as_secs_f32()
                )));
            }
        }
    }

    /// Sends a command and does not wait for its reports; returns the sequence number that they will have.
    pub fn tell(&mut self, command: &Command<'_>) -> Result<u16, LinkError> {
        self.sequence = self.sequence.wrapping_add(1);
        let mut buffer = [0; MAX_FRAME];
        let length = frames::encode(self.sequence, command, &mut buffer)
            .map_err(|error| LinkError::new(error.to_string()))?;
        self.send(&buffer[..length])?;
        Ok(self.sequence)
    }

    /// Sends raw bytes, whatever they are.
    pub fn send(&mut self, bytes: &[u8]) -> Result<(), LinkError> {
        self.port
            .write_all(bytes)
            .and_then(|()| self.port.flush())
            .map_err(|error| broken(&error))
    }

    /// Waits for the next report and hands it over with its sequence number.
    pub fn next_report<T>(&mut self, mut look: impl FnMut(u16, &Report<'_>) -> T) -> Result<T, LinkError> {
        let silent_since = Instant::now();
        loop {
            match self.poll(&mut look)? {
                Heard::Report(result) => return Ok(result),
                Heard::Damaged(error) => return Err(damaged(error)),
                Heard::Nothing if silent_since.elapsed() < self.patience => {}
                Heard::Nothing => {
                    return Err(LinkError::new(format!(
                        "the board said nothing for {} s",
                        self.patience.as_secs_f32()
                    )));
                }
            }
        }
    }

    /// Looks for a report once, for as long as a read of the port may take, and hands it over with its sequence number.
    pub fn poll<T>(&mut self, look: impl FnOnce(u16, &Report<'_>) -> T) -> Result<Heard<T>, LinkError> {
        if self.arrived.is_empty() {
            let mut bytes = [0; 4096];
            match self.port.read(&mut bytes) {
                Ok(0) => return Err(LinkError::new("the board closed the line")),
                Ok(count) => {
                    self.traffic.take(&bytes[..count]);
                    self.arrived.extend_from_slice(&bytes[..count]);
                }
                Err(error) if is_timeout(error.kind()) => return Ok(Heard::Nothing),
                Err(error) => return Err(broken(&error)),
            }
        }
        for (position, &byte) in self.arrived.iter().enumerate() {
            let Some(frame) = self.receiver.push(byte) else {
                continue;
            };
            let decoded = frame.and_then(frames::decode::<Report<'_>>);
            let heard = match decoded {
                Ok((number, report)) => {
                    self.traffic.frames += 1;
                    Heard::Report(look(number, &report))
                }
                Err(error) => {
                    self.traffic.damaged += 1;
                    Heard::Damaged(error)
                }
            };
            // Damaged or not, these bytes are dealt with.
            self.arrived.drain(..=position);
            return Ok(heard);
        }
        self.arrived.clear();
        Ok(Heard::Nothing)
    }
}

fn is_timeout(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted
    )
}

fn broken(error: &std::io::Error) -> LinkError {
    LinkError::new(format!("the line to the board: {error}"))
}

/// A text of the board's without what a terminal would obey, or what turns the direction of reading or is not seen.
pub fn printable(text: &str) -> String {
    let is_seen = |letter: char| matches!(letter, ' '..='~') || letter.is_alphanumeric();
    text.chars()
        .map(|letter| if is_seen(letter) { letter } else { '\u{fffd}' })
        .collect()
}

/// A refusal in words.
pub fn refused(refusal: &Refusal<'_>) -> LinkError {
    LinkError::new(match refusal {
        Refusal::BadFrame => "the board refused a frame: its checksum or its form is wrong".to_owned(),
        Refusal::NotConfigured => "the board refused: it has no network yet".to_owned(),
        Refusal::Parameter { name, value } => {
            let name = printable(name);
            format!("the board refused {name} = {value}: out of its bounds")
        }
        Refusal::Neurons { n, capacity } => {
            format!("the board refused n = {n} neurons: outside its bounds 1 and {capacity}")
        }
        Refusal::FlashImage => "the board refused: its flash holds other couplings, or none".to_owned(),
        Refusal::Transfer(id) => format!(
            "the board refused transfer function {}: its firmware lacks it",
            id.0
        ),
        Refusal::Diverged { neuron, step } => {
            format!("on the board neuron {neuron} would leave the finite numbers at step {step}")
        }
        Refusal::Offset { offset, bound } => {
            format!("the board refused offset {offset}: its bound is {bound}")
        }
        Refusal::Snapshot(error) => format!("the board refused the snapshot: {error}"),
        Refusal::Storage(error) => format!("the board refused: {error}"),
        Refusal::Period { period, longest } => {
            format!("the board refused a period of {period} microseconds: its bound is {longest}")
        }
        Refusal::Readout => {
            "the board refused: its firmware carries no readout, or one of other couplings".to_owned()
        }
        Refusal::Sensor => {
            "the board refused: its firmware carries nothing that was trained for a sensor and this \
                            very network"
                .to_owned()
        }
        Refusal::Event => "the board refused: no event has begun, or it is over".to_owned(),
        other => format!("the board refused: {other:?}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use freezable_chaos::Plasticity;
    use std::io::Cursor;

    /// A board that has already said all that it will say; what it is told is thrown away.
    struct Scripted(Cursor<Vec<u8>>);

    impl Read for Scripted {
        fn read(&mut self, bytes: &mut [u8]) -> std::io::Result<usize> {
            // Few bytes at a time, so that frames arrive in pieces.
            let few = bytes.len().min(7);
            self.0.read(&mut bytes[..few])
        }
    }

    impl Write for Scripted {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    const DONE: Report<'static> = Report::Done {
        step: 5,
        plasticity: Plasticity::Frozen,
    };

    fn link(reports: &[(u16, Report<'_>)]) -> Link {
        let mut bytes = Vec::new();
        for (sequence, report) in reports {
            let mut frame = [0; MAX_FRAME];
            let length = frames::encode(*sequence, report, &mut frame).unwrap();
            bytes.extend_from_slice(&frame[..length]);
        }
        Link::new(Box::new(Scripted(Cursor::new(bytes))))
    }

    fn steps_done(report: &Report<'_>) -> Option<u64> {
        match report {
            Report::Done { step, .. } => Some(*step),
            _ => None,
        }
    }

    #[test]
    fn an_answer_is_the_one_with_the_number_of_the_command() {
        let mut link = link(&[
            (9, DONE),
            (
                7,
                Report::Digest {
                    step: 1,
                    digest: 2,
                    chain: 3,
                },
            ),
            (1, DONE),
            (2, DONE),
        ]);
        assert_eq!(link.ask(&Command::Freeze, steps_done).unwrap(), 5);
        assert_eq!(link.ask(&Command::Release, steps_done).unwrap(), 5);
        let end = link.ask(&Command::Hello, steps_done).unwrap_err();
        assert_eq!(end.to_string().as_str(), "the board closed the line");
    }

    #[test]
    fn an_answer_to_another_question_is_wrong_at_once() {
        let digest = Report::Digest {
            step: 1,
            digest: 2,
            chain: 3,
        };
        let error = link(&[(1, digest), (1, DONE)]).ask(&Command::Freeze, steps_done);
        assert_eq!(
            error.unwrap_err().to_string(),
            "the board gave a wrong answer: it says a digest, which was not asked"
        );
    }

    #[test]
    fn a_refusal_is_an_error_that_names_the_value_and_the_bound() {
        let refusal = Refusal::Neurons {
            n: 4096,
            capacity: 128,
        };
        let error = link(&[(1, Report::Refused(refusal))])
            .ask(&Command::Freeze, steps_done)
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            "the board refused n = 4096 neurons: outside its bounds 1 and 128"
        );
        let unread = (0, Report::Refused(Refusal::BadFrame));
        assert!(link(&[unread]).ask(&Command::Freeze, steps_done).is_err());
    }

    /// A board that never answers, and never falls silent.
    struct Talkative(u16);

    impl Read for Talkative {
        fn read(&mut self, bytes: &mut [u8]) -> std::io::Result<usize> {
            std::thread::sleep(Duration::from_millis(2));
            let mut frame = [0; MAX_FRAME];
            let length = frames::encode(self.0, &DONE, &mut frame).unwrap();
            self.0 = self.0.wrapping_add(1) | 0x100;
            bytes[..length].copy_from_slice(&frame[..length]);
            Ok(length)
        }
    }

    impl Write for Talkative {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn talk_of_other_things_buys_no_time() {
        let mut link = Link::new(Box::new(Talkative(0x100))).with_patience(Duration::from_millis(50));
        let error = link.ask(&Command::Freeze, steps_done).unwrap_err().to_string();
        assert!(
            error.contains("did not answer for 0.05 s, though it sent"),
            "{error}"
        );
    }

    #[test]
    fn no_text_of_a_board_reaches_the_terminal_as_a_command() {
        assert_eq!(printable("a\x1b[2Jb\r\n"), "a\u{fffd}[2Jb\u{fffd}\u{fffd}");
        assert_eq!(
            printable("a\u{202e}b\u{200b}\u{9b}"),
            "a\u{fffd}b\u{fffd}\u{fffd}"
        );
        assert_eq!(printable("Küche_2 µ"), "Küche_2 µ");
    }

    #[test]
    fn a_damaged_report_is_an_error() {
        let mut frame = [0; MAX_FRAME];
        let length = frames::encode(1, &DONE, &mut frame).unwrap();
        frame[2] ^= 1;
        let mut link = Link::new(Box::new(Scripted(Cursor::new(frame[..length].to_vec()))));
        assert!(link.ask(&Command::Freeze, steps_done).is_err());
    }
}
