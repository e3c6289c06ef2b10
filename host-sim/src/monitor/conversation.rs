//! What is asked of a board, and when. One command at a time: a board may have room for few bytes.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use freezable_chaos::Plasticity;
use freezable_chaos::frames::{Command, Refusal, Report, Setup};

use super::{News, Order};
use crate::failure::Failure;
use link::{Identity, refused};

/// What the monitor wants of a board.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The network to start where there is none.
    pub setup: fn(&Identity, u64) -> Result<Setup, Failure>,
    /// Seed of its initial state.
    pub seed_state: u64,
    /// Microseconds from one step to the next; 0: as fast as possible.
    pub period: u32,
    /// Steps between two samples.
    pub interval: u32,
}

/// Longest time to an answer: a board may erase its flash first.
pub const ANSWER_LIMIT: Duration = Duration::from_secs(15);
/// Least silence after which a board is asked whether it is still there.
pub const SILENCE: Duration = Duration::from_secs(2);
/// A silence of so many times the longest time between two samples is normal.
const NORMAL_GAPS: u32 = 3;
/// Longest time to the answer to that.
pub const HELLO_LIMIT: Duration = Duration::from_secs(5);
/// How often a command whose frame arrived damaged is sent again.
const REPEATS: u32 = 3;

/// A command on its way.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Ask {
    Hello,
    Configure(Setup),
    Pace,
    Step,
    Freeze,
    Release,
    Store,
    Recall,
}

impl Ask {
    fn limit(self) -> Duration {
        match self {
            Self::Hello => HELLO_LIMIT,
            _ => ANSWER_LIMIT,
        }
    }

    /// Whether a report can be the answer. That steps are under way is seen from the first sample.
    fn is_answered_by(self, report: &Report<'_>) -> bool {
        match (self, report) {
            (_, Report::Refused(_))
            | (Self::Hello, Report::Hello { .. })
            | (Self::Configure(_) | Self::Pace | Self::Step, Report::Done { .. })
            | (Self::Step, Report::Telemetry(_))
            | (Self::Store, Report::Stored { .. })
            | (Self::Recall, Report::Recalled { .. }) => true,
            (Self::Freeze, Report::Done { plasticity, .. }) => *plasticity == Plasticity::Frozen,
            (Self::Release, Report::Done { plasticity, .. }) => *plasticity == Plasticity::Running,
            _ => false,
        }
    }

    /// What was asked, in words.
    fn name(self) -> &'static str {
        match self {
            Self::Hello => "to say who it is",
            Self::Configure(_) => "to begin a network",
            Self::Pace => "to keep a period",
            Self::Step => "to step",
            Self::Freeze => "to freeze",
            Self::Release => "to release",
            Self::Store => "to store",
            Self::Recall => "to recall",
        }
    }
}

/// A command that was sent and is not answered yet.
#[derive(Clone, Copy, Debug)]
struct Awaited {
    ask: Ask,
    number: u16,
    since: Instant,
    repeats: u32,
}

/// The conversation with a board, from the opening of the line on.
#[derive(Debug)]
pub struct Conversation {
    wanted: Wanted,
    waiting: VecDeque<(Ask, u32)>,
    awaited: Option<Awaited>,
    last_heard: Instant,
    last_sample: Option<Instant>,
    /// Silence after which the board is asked whether it is still there: a slow one takes its time between two samples.
    patience: Duration,
    identity: Option<Identity>,
}

impl Conversation {
    /// Begins by asking who is there.
    pub fn new(wanted: Wanted, now: Instant) -> Self {
        Self {
            wanted,
            waiting: VecDeque::from([(Ask::Hello, 0)]),
            awaited: None,
            last_heard: now,
            last_sample: None,
            patience: SILENCE,
            identity: None,
        }
    }

    /// Takes up what a person asks for. The orders that are no command of a board are not for here.
    pub fn order(&mut self, order: Order) {
        let ask = match order {
            Order::Freeze => Ask::Freeze,
            Order::Release => Ask::Release,
            Order::Store => Ask::Store,
            Order::Recall => Ask::Recall,
            Order::PowerCycle | Order::Quit => return,
        };
        self.waiting.push_back((ask, 0));
    }

    /// The command to send now, if there is one; pass its number to [`sent`](Self::sent). Fails when the board has been
    /// silent for too long.
    pub fn next(&mut self, now: Instant) -> Result<Option<Command<'static>>, Failure> {
        if let Some(awaited) = &self.awaited {
            let limit = awaited.ask.limit();
            if now.duration_since(awaited.since) > limit {
                return Err(Failure::Device(format!(
                    "the board has not answered for {} s",
                    limit.as_secs()
                )));
            }
            return Ok(None);
        }
        if self.waiting.is_empty() && now.duration_since(self.last_heard) > self.patience {
            self.patience *= 2;
            self.last_sample = None;
            self.waiting.push_back((Ask::Hello, 0));
        }
        Ok(self.waiting.front().map(|(ask, _)| match *ask {
            Ask::Hello => Command::Hello,
            Ask::Configure(setup) => Command::Configure(setup),
            Ask::Pace => Command::Pace {
                period: self.wanted.period,
            },
            Ask::Step => Command::Step {
                steps: u32::MAX,
                report_every: self.wanted.interval,
                chain_every: 0,
            },
            Ask::Freeze => Command::Freeze,
            Ask::Release => Command::Release,
            Ask::Store => Command::Store,
            Ask::Recall => Command::Recall,
        }))
    }

    /// Notes that the command from [`next`](Self::next) was sent under this number.
    pub fn sent(&mut self, number: u16, now: Instant) {
        self.awaited = self.waiting.pop_front().map(|(ask, repeats)| Awaited {
            ask,
            number,
            since: now,
            repeats,
        });
    }

    /// Takes a report. Fails on a board that this program cannot talk to.
    pub fn take(&mut self, number: u16, report: &Report<'_>, now: Instant) -> Result<Option<News>, Failure> {
        self.last_heard = now;
        let answered = self.awaited.filter(|awaited| awaited.number == number);
        if let Report::Refused(Refusal::BadFrame) = report {
            return self.repeat();
        }
        // The answer to steps comes when they are done; that they are under way is seen earlier.
        if answered.is_some() {
            self.awaited = None;
        }
        let ask = answered.map(|awaited| awaited.ask);
        if let Some(ask) = ask.filter(|ask| !ask.is_answered_by(report)) {
            let name = ask.name();
            return Ok(Some(News::Refused(format!(
                "the board gave a wrong answer when it was told {name}"
            ))));
        }
        // Beside samples and refusals only an answer is news: what was said before, said once more, is not.
        if ask.is_none() && !matches!(report, Report::Telemetry(_) | Report::Refused(_)) {
            return Ok(None);
        }
        Ok(match *report {
            Report::Telemetry(ref telemetry) => {
                if let Some(before) = self.last_sample.replace(now) {
                    let gap = now.duration_since(before);
                    self.patience = self.patience.max(NORMAL_GAPS * gap);
                }
                Some(News::Sample(telemetry.into()))
            }
            Report::Hello { stored, .. } => {
                let identity = Identity::of(report).transpose()?;
                self.identity.clone_from(&identity);
                self.run();
                identity.map(|identity| News::Connected(identity, stored))
            }
            Report::Refused(Refusal::NotConfigured) if ask == Some(Ask::Pace) => {
                let Some(identity) = &self.identity else {
                    return Ok(None);
                };
                let setup = (self.wanted.setup)(identity, self.wanted.seed_state)?;
                self.waiting.retain(|(ask, _)| *ask != Ask::Step);
                self.run();
                self.waiting.push_front((Ask::Configure(setup), 0));
                None
            }
            Report::Refused(ref reason) => Some(News::Refused(refused(reason).to_string())),
            Report::Done { plasticity, .. } => match ask {
                Some(Ask::Configure(_)) => Some(News::Started),
                Some(Ask::Freeze | Ask::Release) => Some(News::Plasticity(plasticity)),
                _ => None,
            },
            Report::Stored { generation, bytes } => Some(News::Stored { generation, bytes }),
            Report::Recalled {
                generation,
                step,
                lost,
                ..
            } => {
                self.run();
                Some(News::Recalled {
                    generation,
                    step,
                    lost,
                })
            }
            _ => None,
        })
    }

    /// Has the network run, before anything else that is asked for.
    fn run(&mut self) {
        self.waiting.push_front((Ask::Step, 0));
        self.waiting.push_front((Ask::Pace, 0));
    }

    /// Sends once more what the board could not read.
    fn repeat(&mut self) -> Result<Option<News>, Failure> {
        let Some(awaited) = self.awaited.take() else {
            return Ok(Some(News::Damaged));
        };
        if awaited.repeats == REPEATS {
            return Err(Failure::Device(format!(
                "the board could not read a command {} times: the line is bad, or --baud is wrong",
                REPEATS + 1
            )));
        }
        self.waiting.push_front((awaited.ask, awaited.repeats + 1));
        Ok(Some(News::Damaged))
    }
}
