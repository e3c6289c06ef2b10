//! What is known of the board, and what a key does.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use freezable_chaos::Plasticity;
use freezable_chaos::frames::Timing;

use super::recording::Recording;
use super::{News, Order, Sample};

/// Samples that the view may show: more than a terminal has columns.
pub const SHOWN: usize = 1024;
/// Time over which the rate of the steps is measured.
const RATE_WINDOW: Duration = Duration::from_secs(2);

/// The line to the board.
#[derive(Clone, Debug, PartialEq)]
pub enum Connection {
    /// Being opened, or open and nothing was heard yet.
    Connecting,
    /// The board of this name talks.
    Connected(String),
    /// Broken since that moment; it is tried again.
    Lost {
        /// Since when.
        since: Instant,
        /// Why.
        reason: String,
    },
}

/// What a key asks for, besides orders to the board.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Something for the board.
    Order(Order),
    /// Begin to record, or end and write the file.
    Record,
    /// Nothing.
    None,
}

/// The whole state of the monitor.
#[derive(Debug)]
pub struct Monitor {
    connection: Connection,
    /// The newest samples, oldest first.
    samples: VecDeque<Sample>,
    plasticity: Option<Plasticity>,
    /// Generation of the state in flash.
    stored: Option<u32>,
    /// Steps done at recent moments, for their rate.
    progress: VecDeque<(Instant, u64)>,
    recording: Option<Recording>,
    message: String,
    damaged: u64,
}

impl Default for Monitor {
    fn default() -> Self {
        Self::new()
    }
}

impl Monitor {
    /// Nothing is known yet.
    pub fn new() -> Self {
        Self {
            connection: Connection::Connecting,
            samples: VecDeque::with_capacity(SHOWN),
            plasticity: None,
            stored: None,
            progress: VecDeque::new(),
            recording: None,
            message: "looking for the board".to_owned(),
            damaged: 0,
        }
    }

    /// What a key asks for; `None` for a key that means nothing.
    pub fn action(key: char) -> Action {
        match key.to_ascii_lowercase() {
            'f' => Action::Order(Order::Freeze),
            'r' => Action::Order(Order::Release),
            's' => Action::Order(Order::Store),
            'c' => Action::Order(Order::Recall),
            'p' => Action::Order(Order::PowerCycle),
            'q' => Action::Order(Order::Quit),
            'w' => Action::Record,
            _ => Action::None,
        }
    }

    /// Takes in what happened.
    pub fn take(&mut self, news: News, now: Instant) {
        match news {
            News::Connecting => {
                if self.connection == Connection::Connecting {
                    self.say("waiting for the board's answer");
                }
            }
            News::Connected(identity, stored) => {
                if !matches!(self.connection, Connection::Connected(_)) {
                    self.say(match stored {
                        Some(generation) => {
                            format!("connected; state {generation} is in flash, c recalls it")
                        }
                        None => "connected; there is no state in flash".to_owned(),
                    });
                }
                self.connection = Connection::Connected(identity.name);
                self.stored = stored;
                self.progress.clear();
            }
            News::Started => {
                let was_known = !self.samples.is_empty();
                let flash = self.stored.map_or(String::new(), |stored| {
                    format!("; c recalls state {stored} from flash")
                });
                self.say(if was_known {
                    format!("the board was reset, its network starts anew{flash}")
                } else {
                    format!("the network starts{flash}")
                });
                self.plasticity = Some(Plasticity::Running);
                self.progress.clear();
            }
            News::Lost(reason) => {
                // The first reason is the one to know; later ones say only that the board is still away.
                if let Connection::Lost { since, .. } = self.connection {
                    let text = format!("{reason}; trying again");
                    self.connection = Connection::Lost { since, reason };
                    self.message = text;
                } else {
                    self.say(format!("{reason}; trying again"));
                    self.connection = Connection::Lost { since: now, reason };
                }
                self.progress.clear();
            }
            News::Sample(sample) => self.take_sample(sample, now),
            News::Plasticity(plasticity) => {
                self.plasticity = Some(plasticity);
                self.say(match plasticity {
                    Plasticity::Frozen => "frozen",
                    Plasticity::Running => "released",
                });
            }
            News::Stored { generation, bytes } => {
                self.stored = Some(generation);
                self.plasticity = Some(Plasticity::Frozen);
                self.say(format!(
                    "frozen and stored: state {generation}, {bytes} bytes in flash"
                ));
            }
            News::Recalled {
                generation,
                step,
                lost,
            } => {
                self.stored = Some(generation);
                self.plasticity = Some(Plasticity::Frozen);
                self.progress.clear();
                let lost = lost.map_or(String::new(), |lost| format!("; {lost}"));
                self.say(format!(
                    "recalled state {generation}, stored at step {step}; r releases it{lost}"
                ));
            }
            News::Refused(reason) => self.say(reason),
            News::Damaged => {
                self.damaged += 1;
            }
        }
    }

    fn take_sample(&mut self, sample: Sample, now: Instant) {
        self.plasticity = Some(sample.plasticity);
        // Another network, or one that was recalled: its steps count from elsewhere.
        if self.progress.back().is_some_and(|&(_, step)| step > sample.step) {
            self.progress.clear();
        }
        self.progress.push_back((now, sample.step));
        while self.progress.len() > 2
            && self
                .progress
                .front()
                .is_some_and(|&(then, _)| now.duration_since(then) > RATE_WINDOW)
        {
            self.progress.pop_front();
        }
        if let Some(recording) = &mut self.recording {
            recording.push(&sample);
        }
        if self.samples.len() == SHOWN {
            self.samples.pop_front();
        }
        self.samples.push_back(sample);
    }

    /// Begins to record, or ends: then what was recorded is handed over.
    pub fn toggle_recording(&mut self) -> Option<Recording> {
        let ended = self.recording.take();
        if ended.is_none() {
            self.recording = Some(Recording::default());
            self.say("recording; w ends it and writes the file");
        }
        ended
    }

    /// What was recorded and not yet handed over, at the end.
    pub fn end_recording(&mut self) -> Option<Recording> {
        self.recording.take()
    }

    /// Shows a line of text.
    pub fn say(&mut self, message: impl Into<String>) {
        self.message = message.into();
    }

    /// The line to the board.
    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    /// The newest samples, oldest first.
    pub fn samples(&self) -> &VecDeque<Sample> {
        &self.samples
    }

    /// The newest sample.
    pub fn newest(&self) -> Option<&Sample> {
        self.samples.back()
    }

    /// Whether the plastic couplings change, once that is known.
    pub fn plasticity(&self) -> Option<Plasticity> {
        self.plasticity
    }

    /// Generation of the state in flash, if there is one.
    pub fn stored(&self) -> Option<u32> {
        self.stored
    }

    /// Steps a second, once two samples came.
    pub fn rate(&self) -> Option<f64> {
        let (&(start, first), &(end, last)) = (self.progress.front()?, self.progress.back()?);
        let seconds = end.duration_since(start).as_secs_f64();
        (seconds > 0.0).then(|| (last - first) as f64 / seconds)
    }

    /// How the steps keep time, as the newest sample says.
    pub fn timing(&self) -> Option<Timing> {
        self.newest().map(|sample| sample.timing)
    }

    /// Samples recorded, while that is under way.
    pub fn recorded(&self) -> Option<usize> {
        self.recording.as_ref().map(Recording::len)
    }

    /// The line of text.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Reports that arrived damaged.
    pub fn damaged(&self) -> u64 {
        self.damaged
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(step: u64) -> Sample {
        Sample {
            step,
            plasticity: Plasticity::Running,
            speed: 0.1,
            overlap: 0.0,
            activity: vec![1; 3],
            timing: Timing::default(),
        }
    }

    #[test]
    fn every_key_of_the_help_does_something() {
        let orders = [
            Order::Freeze,
            Order::Release,
            Order::Store,
            Order::Recall,
            Order::PowerCycle,
            Order::Quit,
        ];
        for (key, order) in "frscpq".chars().zip(orders) {
            assert_eq!(Monitor::action(key), Action::Order(order));
            assert_eq!(Monitor::action(key.to_ascii_uppercase()), Action::Order(order));
        }
        assert_eq!(Monitor::action('w'), Action::Record);
        assert_eq!(Monitor::action('x'), Action::None);
    }

    #[test]
    fn the_rate_is_that_of_the_last_two_seconds_and_forgets_a_network_that_is_gone() {
        let (mut monitor, start) = (Monitor::new(), Instant::now());
        assert_eq!(monitor.rate(), None);
        let mut now = start;
        // ten seconds at 100 steps a second, then five at 400
        for step in (0..=1000).step_by(20).chain((1020..=3000).step_by(20)) {
            monitor.take(News::Sample(sample(step)), now);
            now += Duration::from_millis(if step < 1000 { 200 } else { 50 });
        }
        assert!(
            (monitor.rate().unwrap() - 400.0).abs() < 1e-6,
            "{:?}",
            monitor.rate()
        );
        monitor.take(News::Sample(sample(20)), now);
        assert_eq!(monitor.rate(), None);
    }

    #[test]
    fn no_more_samples_are_kept_than_can_be_shown_but_all_are_recorded() {
        let (mut monitor, now) = (Monitor::new(), Instant::now());
        monitor.take(News::Sample(sample(0)), now);
        assert!(monitor.toggle_recording().is_none());
        for step in 1..=2000 {
            monitor.take(News::Sample(sample(step)), now);
        }
        assert_eq!((monitor.samples().len(), monitor.recorded()), (SHOWN, Some(2000)));
        assert_eq!(
            monitor.toggle_recording().map(|recording| recording.len()),
            Some(2000)
        );
        assert_eq!(monitor.recorded(), None);
        assert!(monitor.end_recording().is_none());
    }

    #[test]
    fn the_time_without_a_board_counts_from_the_first_loss() {
        let (mut monitor, now) = (Monitor::new(), Instant::now());
        monitor.take(News::Lost("pulled".into()), now);
        monitor.take(News::Lost("no such port".into()), now + Duration::from_secs(5));
        let Connection::Lost { since, reason } = monitor.connection() else {
            panic!("{monitor:?}")
        };
        assert_eq!((*since, reason.as_str()), (now, "no such port"));
        assert_eq!(monitor.message(), "no such port; trying again");
    }
}
