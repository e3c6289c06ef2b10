//! Windows of recordings, with what is to be read of each.

use std::sync::Arc;

use freezable_chaos::{ByteSink, Fnv1a};
use serde::{Serialize, Serializer};

use crate::Refusal;

/// More quantities than anybody reads of one event.
const MOST_TARGETS: usize = 64;

/// Trials of a length, each with a class, the group (person) that it is of, and continuous quantities. Their JSON form is a
/// digest and the sizes.
#[derive(Clone, Debug, PartialEq)]
pub struct Recordings {
    samples: Arc<[f32]>,
    shape: [usize; 3],
    /// Class of each trial, from 0 on without a gap.
    pub labels: Vec<usize>,
    /// Group of each trial.
    pub groups: Vec<u64>,
    /// Continuous quantities, a row for each trial.
    targets: Vec<f64>,
    /// Their names.
    pub names: Vec<String>,
}

impl Recordings {
    /// Takes samples of trials x time x channels, and of each trial a class, a group and as many quantities as there are
    /// names. Refuses other numbers of them, values that are not finite, fewer than two classes or groups.
    pub fn new(
        samples: Vec<f32>,
        shape: [usize; 3],
        (labels, groups): (Vec<u64>, Vec<u64>),
        (targets, names): (Vec<f64>, Vec<String>),
    ) -> Result<Self, Refusal> {
        let trials = shape[0];
        let counts = [
            ("signals", samples.len(), shape.iter().product()),
            ("labels", labels.len(), trials),
            ("groups", groups.len(), trials),
            ("targets", targets.len(), trials.saturating_mul(names.len())),
        ];
        for (name, found, expected) in counts {
            if found != expected || found == 0 && name != "targets" {
                let words = format!("values are not the {expected} of {trials} trials");
                return Err(Refusal::because(name, found, words));
            }
        }
        if names.len() > MOST_TARGETS {
            return Err(
                Refusal::above("targets", names.len(), MOST_TARGETS).reason("each is a panel of the figure")
            );
        }
        if let Some(at) = samples.iter().position(|value| !value.is_finite()) {
            let words = format!(
                "of trial {} is not a finite number",
                at / (shape[1] * shape[2]).max(1)
            );
            return Err(Refusal::because("signals", samples[at], words));
        }
        if let Some(at) = targets.iter().position(|value| !value.is_finite()) {
            let words = format!("of trial {} is not a finite number", at / names.len().max(1));
            return Err(Refusal::because("targets", targets[at], words));
        }
        let classes = labels.iter().max().map_or(0, |&label| label.saturating_add(1));
        if classes < 2 || classes > trials as u64 {
            return Err(Refusal::outside("labels", classes, 2, trials)
                .reason("they are classes counted from 0, and two at least are needed"));
        }
        let labels: Vec<usize> = labels.into_iter().map(|label| label as usize).collect();
        let mut is_there = vec![false; classes as usize];
        labels.iter().for_each(|&label| is_there[label] = true);
        if let Some(missing) = is_there.iter().position(|is_there| !is_there) {
            return Err(Refusal::because("labels", missing, "is the class of no trial"));
        }
        let recordings = Self {
            samples: samples.into(),
            shape,
            labels,
            groups,
            targets,
            names,
        };
        match recordings.distinct_groups().len() {
            0 | 1 => Err(Refusal::below("groups", 1, 2).reason("training and test may not share one")),
            _ => Ok(recordings),
        }
    }

    /// Number of trials.
    pub fn trials(&self) -> usize {
        self.shape[0]
    }

    /// Samples of a trial in time.
    pub fn length(&self) -> usize {
        self.shape[1]
    }

    /// Channels of a sample.
    pub fn channels(&self) -> usize {
        self.shape[2]
    }

    /// Number of classes.
    pub fn classes(&self) -> usize {
        self.labels.iter().max().map_or(0, |&label| label + 1)
    }

    /// Samples of a trial, time x channels.
    pub fn trial(&self, trial: usize) -> &[f32] {
        let length = self.shape[1] * self.shape[2];
        &self.samples[trial * length..(trial + 1) * length]
    }

    /// Continuous quantities of a trial.
    pub fn targets(&self, trial: usize) -> &[f64] {
        let count = self.names.len();
        &self.targets[trial * count..(trial + 1) * count]
    }

    /// The groups, ascending.
    pub fn distinct_groups(&self) -> Vec<u64> {
        let mut groups = self.groups.clone();
        groups.sort_unstable();
        groups.dedup();
        groups
    }

    /// A split by groups: `held_out` of them, the next ones for the next `number`, are for the test, all others train.
    pub fn split(&self, held_out: usize, number: usize) -> Split {
        let groups = self.distinct_groups();
        let is_tested = |group: u64| {
            let place = groups.binary_search(&group).unwrap_or(0);
            let first = number * held_out % groups.len();
            (place + groups.len() - first) % groups.len() < held_out
        };
        let (test, training) = (0..self.trials()).partition(|&trial| is_tested(self.groups[trial]));
        Split { training, test }
    }

    /// Number of the trials of the test whose class no trial of the training has.
    pub fn unseen(&self, split: &Split) -> usize {
        let mut is_known = vec![false; self.classes()];
        split
            .training
            .iter()
            .for_each(|&trial| is_known[self.labels[trial]] = true);
        let is_unseen = |trial: &&usize| !is_known[self.labels[**trial]];
        split.test.iter().filter(is_unseen).count()
    }

    /// Tells recordings apart.
    pub fn digest(&self) -> u64 {
        let mut digest = Fnv1a::new();
        self.samples
            .iter()
            .for_each(|value| digest.put(&value.to_le_bytes()));
        self.labels
            .iter()
            .for_each(|&label| digest.put(&(label as u64).to_le_bytes()));
        self.groups
            .iter()
            .for_each(|group| digest.put(&group.to_le_bytes()));
        self.targets
            .iter()
            .for_each(|value| digest.put(&value.to_le_bytes()));
        digest.digest()
    }
}

impl Serialize for Recordings {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Stated<'a> {
            digest: String,
            trials: usize,
            length: usize,
            channels: usize,
            classes: usize,
            groups: usize,
            targets: &'a [String],
        }
        Stated {
            digest: format!("{:016x}", self.digest()),
            trials: self.trials(),
            length: self.length(),
            channels: self.channels(),
            classes: self.classes(),
            groups: self.distinct_groups().len(),
            targets: &self.names,
        }
        .serialize(serializer)
    }
}

/// Trials that train and trials that test, of different groups.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Split {
    /// Trials of training.
    pub training: Vec<usize>,
    /// Trials of the test.
    pub test: Vec<usize>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recordings(labels: &[u64], groups: &[u64]) -> Result<Recordings, Refusal> {
        let samples = (0..labels.len() * 6).map(|value| value as f32).collect();
        let targets = (0..labels.len()).map(|value| value as f64).collect();
        let (labels, groups) = (labels.to_vec(), groups.to_vec());
        let shape = [labels.len(), 3, 2];
        Recordings::new(
            samples,
            shape,
            (labels, groups),
            (targets, vec!["place".to_owned()]),
        )
    }

    #[test]
    fn no_group_is_in_training_and_test_and_all_are_tested_in_turn() {
        let groups = [5, 5, 9, 9, 2, 2, 7];
        let recordings = recordings(&[0, 1, 0, 1, 0, 1, 0], &groups).unwrap();
        let mut tested = vec![0; 7];
        for number in 0..4 {
            let split = recordings.split(1, number);
            assert_eq!(split.training.len() + split.test.len(), 7);
            for &trial in &split.test {
                tested[trial] += 1;
                assert!(!split.training.iter().any(|&other| groups[other] == groups[trial]));
            }
        }
        assert_eq!(tested, [1; 7]);
        assert_eq!(recordings.split(3, 1).test.len(), 6);
    }

    #[test]
    fn trials_of_a_class_that_nobody_trains_are_counted() {
        // Only group 3 does class 2.
        let recordings = recordings(&[0, 1, 0, 1, 2, 2, 0], &[1, 1, 2, 2, 3, 3, 3]).unwrap();
        let unseen = [0, 1, 2].map(|number| recordings.unseen(&recordings.split(1, number)));
        assert_eq!(unseen, [0, 0, 2]);
    }

    #[test]
    fn what_is_no_task_is_refused() {
        let refused = |labels: &[u64], groups: &[u64]| recordings(labels, groups).unwrap_err().to_string();
        assert!(refused(&[0, 0], &[1, 2]).starts_with("labels 1 is outside its bounds 2 and 2"));
        assert!(refused(&[0, 2, 2], &[1, 2, 3]).starts_with("labels 1 is the class of no trial"));
        assert!(refused(&[0, 1], &[4, 4]).starts_with("groups 1 is below its bound 2"));
        assert!(refused(&[0, 1], &[4]).starts_with("groups 1 values are not the 2 of 2 trials"));
        let samples = vec![f32::NAN; 4];
        let labels = (vec![0, 1], vec![0, 1]);
        let refusal = Recordings::new(samples, [2, 2, 1], labels, (Vec::new(), Vec::new())).unwrap_err();
        assert!(
            refusal
                .to_string()
                .starts_with("signals NaN of trial 0 is not a finite number")
        );
    }

    #[test]
    fn trials_keep_their_own_numbers() {
        let recordings = recordings(&[0, 1, 0], &[1, 2, 3]).unwrap();
        assert_eq!(recordings.trial(1), [6.0, 7.0, 8.0, 9.0, 10.0, 11.0]);
        assert_eq!(recordings.targets(2), [2.0]);
        assert_eq!(
            (recordings.classes(), recordings.length(), recordings.channels()),
            (2, 3, 2)
        );
    }
}
