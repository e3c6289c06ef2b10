//! What is read when: the rows of the result.

use serde::Serialize;

use super::Signals;
use super::damage::Damage;
use crate::networks::Network;
use crate::signals::{FEATURES, Recordings};

/// What keeps an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum System {
    /// The network, frozen.
    Frozen,
    /// The same without freezing.
    Running,
    /// An echo-state network of the same size.
    Echo,
    /// No network: the window itself, or numbers made of it.
    Trivial,
}

/// What is read, and when.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Condition {
    /// What keeps the event.
    pub system: System,
    /// In words.
    pub when: String,
    /// Since the freeze, or since the end of the window; `None` where time does not matter.
    pub time: Option<f64>,
    /// What was done to the state.
    #[serde(skip)]
    damage: Option<Damage>,
}

impl Condition {
    fn new(system: System, when: impl Into<String>, time: Option<f64>) -> Self {
        Self {
            system,
            when: when.into(),
            time,
            damage: None,
        }
    }

    /// Bytes that are kept, for a network with snapshots of so many; `None` where the network itself goes on.
    pub(super) fn bytes(&self, network: &Network, snapshot: usize, recordings: &Recordings) -> Option<usize> {
        let numbers = match (self.system, self.when.as_str()) {
            (System::Frozen, _) => {
                return self
                    .damage
                    .map_or(Some(snapshot), |damage| damage.bytes(network, snapshot));
            }
            (System::Running, _) => return None,
            (System::Echo, _) => return (self.time == Some(0.0)).then_some(4 * network.n),
            (System::Trivial, FEATURES_NAME) => FEATURES * recordings.channels(),
            (System::Trivial, STORED_NAME) => return Some(1 + 4 * recordings.names.len()),
            (System::Trivial, _) => recordings.length() * recordings.channels(),
        };
        Some(4 * numbers)
    }
}

pub(super) const FEATURES_NAME: &str = "ridge on 8 features a channel";
pub(super) const STORED_NAME: &str = "their readings, stored as numbers";

impl Signals {
    /// The rows, in their order.
    pub fn conditions(&self) -> Vec<Condition> {
        use System::{Echo, Frozen, Running, Trivial};
        let mut all = vec![
            Condition::new(Frozen, "at the freeze", Some(0.0)),
            Condition::new(Frozen, "when it has stopped", None),
        ];
        for &time in self.times.iter().chain([&self.hold]) {
            all.push(Condition::new(
                Frozen,
                format!("after a power cut, held for {time}"),
                Some(time),
            ));
        }
        for damage in self.damages() {
            all.push(Condition {
                damage: Some(damage),
                ..Condition::new(Frozen, damage.to_string(), None)
            });
        }
        all.push(Condition::new(Running, "at the window's end", Some(0.0)));
        for &time in &self.times {
            all.push(Condition::new(
                Running,
                format!("not frozen, after {time}"),
                Some(time),
            ));
        }
        all.push(Condition::new(Echo, "at the window's end, or a copy", Some(0.0)));
        for &time in &self.times {
            all.push(Condition::new(Echo, format!("after {time}"), Some(time)));
        }
        for name in [
            "nearest window of training",
            "ridge on the window",
            FEATURES_NAME,
            STORED_NAME,
        ] {
            all.push(Condition::new(Trivial, name, None));
        }
        all
    }
}
