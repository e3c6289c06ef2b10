//! How well classes and continuous quantities are read.

use serde::{Deserialize, Serialize};

use super::recordings::Recordings;

/// What was read of a trial.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// The class.
    pub class: usize,
    /// The continuous quantities.
    pub targets: Vec<f64>,
}

/// How well trials were read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// Share of the trials with the right class.
    pub accuracy: f64,
    /// Share of the variance over the trials that is explained, `R^2 = 1 - sum (y - read)^2 / sum (y - mean y)^2`, of each
    /// quantity: 1 is perfect, 0 as good as the mean of the tested trials, below 0 worse.
    pub r2: Vec<f64>,
}

/// Compares what was read of trials with what they are.
pub fn score(recordings: &Recordings, trials: &[usize], readings: &[Reading]) -> Score {
    let count = trials.len().max(1) as f64;
    let pairs = || trials.iter().zip(readings);
    let right = pairs().filter(|(trial, reading)| recordings.labels[**trial] == reading.class);
    let explained = |target: usize| {
        let value = |&trial: &usize| recordings.targets(trial)[target];
        let mean = trials.iter().map(value).sum::<f64>() / count;
        let total: f64 = trials.iter().map(|trial| (value(trial) - mean).powi(2)).sum();
        let missed: f64 = pairs()
            .map(|(trial, reading)| (value(trial) - reading.targets[target]).powi(2))
            .sum();
        1.0 - missed / total
    };
    Score {
        accuracy: right.count() as f64 / count,
        r2: (0..recordings.names.len()).map(explained).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn perfect_readings_and_the_mean_have_their_known_scores() {
        let names = vec!["place".to_owned()];
        let targets = vec![1.0, 2.0, 3.0, 4.0];
        let labels = (vec![0, 1, 0, 1], vec![0, 0, 1, 1]);
        let recordings = Recordings::new(vec![0.0; 4], [4, 1, 1], labels, (targets, names)).unwrap();
        let all = [0, 1, 2, 3];
        let readings = |class: [usize; 4], values: [f64; 4]| -> Vec<Reading> {
            let reading = |(class, value)| Reading {
                class,
                targets: vec![value],
            };
            class.into_iter().zip(values).map(reading).collect()
        };
        let perfect = score(&recordings, &all, &readings([0, 1, 0, 1], [1.0, 2.0, 3.0, 4.0]));
        assert_eq!((perfect.accuracy, perfect.r2[0]), (1.0, 1.0));
        let mean = score(&recordings, &all, &readings([0, 1, 1, 0], [2.5; 4]));
        assert_eq!((mean.accuracy, mean.r2[0]), (0.5, 0.0));
        let reversed = score(&recordings, &all, &readings([1, 0, 1, 0], [4.0, 3.0, 2.0, 1.0]));
        assert_eq!((reversed.accuracy, reversed.r2[0]), (0.0, -3.0));
    }
}
