//! The protocol alone, on a network whose speeds are given.

use super::*;
use std::string::ToString;
use std::vec::Vec;

/// Stands still from that many steps after a freeze on, and keeps a diary.
struct Scripted {
    still_after: Vec<u32>,
    frozen: Option<u32>,
    freezes: usize,
    diary: Vec<&'static str>,
}

impl Scripted {
    fn new(still_after: &[u32]) -> Self {
        Self {
            still_after: still_after.to_vec(),
            frozen: None,
            freezes: 0,
            diary: Vec::new(),
        }
    }

    fn count(&self, what: &str) -> usize {
        self.diary.iter().filter(|&&entry| entry == what).count()
    }
}

impl Writable for Scripted {
    type Error = ();

    fn dt(&self) -> f32 {
        0.05
    }

    fn rest(&mut self) {
        self.diary.push("rest");
    }

    fn step_under(&mut self, input: Option<&[f32]>) -> Result<(), ()> {
        if input.is_some_and(<[f32]>::is_empty) {
            return Err(());
        }
        self.frozen = self.frozen.map(|steps| steps + 1);
        self.diary.push(if input.is_some() { "drive" } else { "step" });
        Ok(())
    }

    fn freeze(&mut self) {
        self.frozen = Some(0);
        self.freezes += 1;
        self.diary.push("freeze");
    }

    fn release(&mut self) {
        self.frozen = None;
        self.diary.push("release");
    }

    fn largest_speed(&self) -> Option<f32> {
        let still_after = self.still_after.get(self.freezes.wrapping_sub(1))?;
        // A speed at the bound is not below it.
        Some(if self.frozen? >= *still_after {
            1e-5
        } else {
            RULE.speed
        })
    }
}

const RULE: WriteRule = WriteRule {
    settle: 0.15,
    speed: 1e-4,
    deadline: 0.5,
    freezes: 2,
};

#[test]
fn an_event_is_reset_driven_settled_frozen_and_watched() {
    let mut network = Scripted::new(&[4]);
    let mut write = RULE.begin(&mut network).unwrap();
    write.drive(&mut network, &[1.0]).unwrap();
    write.drive(&mut network, &[1.0]).unwrap();
    assert_eq!(write.finish(&mut network), Ok(WriteProgress::Held));
    let expected = [
        "rest", "drive", "drive", "step", "step", "step", "freeze", "step", "step", "step", "step",
    ];
    assert_eq!(network.diary, expected);
    assert_eq!((write.freezes(), write.steps_to_stop()), (1, 4));
    // What is over stays so, without a step.
    assert_eq!(write.advance(&mut network), Ok(WriteProgress::Held));
    assert_eq!(network.diary, expected);
}

#[test]
fn a_network_that_moves_at_the_deadline_settles_and_is_frozen_again() {
    let mut network = Scripted::new(&[11, 10]);
    let mut write = RULE.begin(&mut network).unwrap();
    assert_eq!(write.finish(&mut network), Ok(WriteProgress::Held));
    assert_eq!((write.freezes(), network.count("step")), (2, 3 + 10 + 3 + 10));
    assert_eq!((network.count("freeze"), network.count("release")), (2, 1));
}

#[test]
fn one_that_never_stops_is_left_running() {
    let mut network = Scripted::new(&[100, 100, 0]);
    let mut write = RULE.begin(&mut network).unwrap();
    assert_eq!(write.finish(&mut network), Ok(WriteProgress::Moving));
    assert_eq!(network.frozen, None);
    assert_eq!((write.freezes(), write.steps_to_stop()), (2, 0));
    assert_eq!(write.progress(), WriteProgress::Moving);
}

#[test]
fn an_input_after_the_drive_goes_on_with_the_event() {
    let mut network = Scripted::new(&[1, 1]);
    let mut write = RULE.begin(&mut network).unwrap();
    write.drive(&mut network, &[1.0]).unwrap();
    write.advance(&mut network).unwrap();
    write.advance(&mut network).unwrap();
    // Before the freeze: settling begins anew.
    write.drive(&mut network, &[1.0]).unwrap();
    for _ in 0..3 {
        assert_eq!(write.advance(&mut network), Ok(WriteProgress::Settling));
    }
    assert_eq!(write.advance(&mut network), Ok(WriteProgress::Held));
    // After it: the plasticity runs again, under the same bound on freezes.
    write.drive(&mut network, &[1.0]).unwrap();
    assert_eq!((network.frozen, write.freezes()), (None, 0));
    assert_eq!(write.finish(&mut network), Ok(WriteProgress::Held));
    assert_eq!((network.count("freeze"), network.count("rest")), (2, 1));
}

#[test]
fn an_input_after_a_freeze_that_failed_begins_anew_with_all_freezes() {
    let mut network = Scripted::new(&[11, 11, 1]);
    let mut write = RULE.begin(&mut network).unwrap();
    while network.count("release") == 0 {
        write.advance(&mut network).unwrap();
    }
    write.drive(&mut network, &[1.0]).unwrap();
    assert_eq!(write.freezes(), 0);
    assert_eq!(write.finish(&mut network), Ok(WriteProgress::Held));
    assert_eq!((write.freezes(), network.count("freeze")), (2, 3));
}

#[test]
fn a_refused_input_is_told_and_the_event_can_go_on() {
    let mut network = Scripted::new(&[1]);
    let mut write = RULE.begin(&mut network).unwrap();
    assert_eq!(write.drive(&mut network, &[]), Err(()));
    write.drive(&mut network, &[1.0]).unwrap();
    assert_eq!(write.finish(&mut network), Ok(WriteProgress::Held));
}

#[test]
fn bad_rules_are_refused_and_touch_nothing() {
    for (rule, message) in [
        (
            WriteRule { settle: -1.0, ..RULE },
            "the time of settling = -1 is below its bound 0",
        ),
        (
            WriteRule {
                settle: f32::NAN,
                ..RULE
            },
            "the time of settling = NaN is not a finite number",
        ),
        (
            WriteRule { settle: 6e7, ..RULE },
            "the time of settling = 60000000 is above its bound 50000000",
        ),
        (
            WriteRule {
                deadline: 0.0,
                ..RULE
            },
            "the deadline of a write = 0 is not above its bound 0",
        ),
        (
            WriteRule {
                deadline: f32::INFINITY,
                ..RULE
            },
            "the deadline of a write = inf is not a finite number",
        ),
        (
            WriteRule { speed: 0.0, ..RULE },
            "the speed of a network that has stopped = 0 is not above its bound 0",
        ),
        (
            WriteRule {
                speed: f32::NAN,
                ..RULE
            },
            "the speed of a network that has stopped = NaN is not a finite number",
        ),
        (
            WriteRule { freezes: 0, ..RULE },
            "the number of freezes of a write is 0, outside its bounds 1 and 1000000000",
        ),
    ] {
        let mut network = Scripted::new(&[]);
        assert_eq!(rule.begin(&mut network).unwrap_err().to_string(), message);
        assert!(network.diary.is_empty());
    }
}
