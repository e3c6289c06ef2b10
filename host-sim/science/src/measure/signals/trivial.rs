//! What needs no network: the window itself, and features of it.

use crate::Stopped;
use crate::signals::{Reading, Recordings, Score, Split, features, nearest, regress, score};

/// Scores of the nearest neighbour, of ridge regression on the window and on features, and of their stored readings.
pub(super) fn trivial(recordings: &Recordings, split: &Split) -> Result<[Score; 4], Stopped> {
    let windows = standardised(split, |trial| recordings.trial(trial).to_vec());
    let of_features = |trial| features(recordings.trial(trial), recordings.channels());
    let features = standardised(split, of_features);
    let found = nearest(&windows[0], &windows[1]);
    let copied = |place: &usize| {
        let trial = split.training[*place];
        Reading {
            class: recordings.labels[trial],
            targets: recordings.targets(trial).to_vec(),
        }
    };
    let readings: Vec<Reading> = found.iter().map(copied).collect();
    let ridge = |[training, test]: &[Vec<Vec<f32>>; 2]| {
        let readings = regress(recordings, &split.training, training)?.read_all(test)?;
        Ok::<_, Stopped>(score(recordings, &split.test, &readings))
    };
    let of_features = ridge(&features)?;
    Ok([
        score(recordings, &split.test, &readings),
        ridge(&windows)?,
        of_features.clone(),
        of_features,
    ])
}

/// Rows of training and test, every column scaled to mean 0 and variance 1 over training.
fn standardised(split: &Split, row: impl Fn(usize) -> Vec<f32>) -> [Vec<Vec<f32>>; 2] {
    let mut all = [&split.training, &split.test]
        .map(|trials| -> Vec<Vec<f32>> { trials.iter().map(|&trial| row(trial)).collect() });
    let columns = all[0].first().map_or(0, Vec::len);
    let count = all[0].len().max(1) as f64;
    for column in 0..columns {
        let values = || all[0].iter().map(|row| f64::from(row[column]));
        let mean = values().sum::<f64>() / count;
        let variance = values().map(|value| (value - mean).powi(2)).sum::<f64>() / count;
        let scale = if variance > 0.0 {
            variance.sqrt().recip()
        } else {
            0.0
        };
        for row in all.iter_mut().flatten() {
            row[column] = ((f64::from(row[column]) - mean) * scale) as f32;
        }
    }
    all
}
