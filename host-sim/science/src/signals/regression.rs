//! One linear readout of classes and continuous quantities together.

use freezable_chaos::{Readout, strongest};

use super::recordings::Recordings;
use super::scores::Reading;
use crate::Stopped;
use crate::memory::{FittedReadout, fit_targets};

/// A trained readout: the kernel's, with the units of the continuous quantities beside it.
#[derive(Clone, Debug)]
pub struct Linear {
    pub(crate) fitted: FittedReadout,
    classes: usize,
    /// Mean and standard deviation over training.
    pub(crate) units: Vec<[f64; 2]>,
    n: usize,
}

/// Fits a score for each class and each quantity, in units of its standard deviation, by ridge regression on rows of
/// numbers of the trials; one penalty for classes, another for quantities.
pub fn regress(recordings: &Recordings, trials: &[usize], rows: &[Vec<f32>]) -> Result<Linear, Stopped> {
    let classes = recordings.classes();
    let unit = |target: usize| {
        let values = || trials.iter().map(|&trial| recordings.targets(trial)[target]);
        let count = trials.len().max(1) as f64;
        let mean = values().sum::<f64>() / count;
        let variance = values().map(|value| (value - mean).powi(2)).sum::<f64>() / count;
        [mean, if variance > 0.0 { variance.sqrt() } else { 1.0 }]
    };
    let units: Vec<[f64; 2]> = (0..recordings.names.len()).map(unit).collect();
    let failed = |error| Stopped::Failed(format!("no readout: {error}"));
    let one_hot = |row: usize, class: usize| f64::from(u8::from(recordings.labels[trials[row]] == class));
    let mut fitted = fit_targets(rows, classes, one_hot).map_err(failed)?;
    if !units.is_empty() {
        let value = |row: usize, target: usize| {
            let [mean, deviation] = units[target];
            (recordings.targets(trials[row])[target] - mean) / deviation
        };
        let continuous = fit_targets(rows, units.len(), value).map_err(failed)?;
        fitted.weights.extend(continuous.weights);
        fitted.biases.extend(continuous.biases);
    }
    Ok(Linear {
        fitted,
        classes,
        units,
        n: rows.first().map_or(0, Vec::len),
    })
}

impl Linear {
    /// Reads a row of numbers with the kernel's readout.
    pub fn read(&self, row: &[f32]) -> Result<Reading, Stopped> {
        let readout: Readout<'_> = self.fitted.readout(self.n)?;
        let mut outputs = vec![0.0; self.fitted.biases.len()];
        readout.read(row, &mut outputs)?;
        let (classes, continuous) = outputs.split_at(self.classes);
        let of_units =
            |(&[mean, deviation], &output): (&[f64; 2], &f32)| mean + deviation * f64::from(output);
        Ok(Reading {
            class: strongest(classes)?,
            targets: self.units.iter().zip(continuous).map(of_units).collect(),
        })
    }

    /// Reads several rows.
    pub fn read_all(&self, rows: &[Vec<f32>]) -> Result<Vec<Reading>, Stopped> {
        rows.iter().map(|row| self.read(row)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signals::{features, score, synthetic_movements};

    #[test]
    fn features_of_movements_tell_their_classes_and_quantities() {
        let recordings = synthetic_movements(1);
        let split = recordings.split(2, 0);
        let rows = |trials: &[usize]| -> Vec<Vec<f32>> {
            let of_trial = |&trial: &usize| features(recordings.trial(trial), recordings.channels());
            trials.iter().map(of_trial).collect()
        };
        let readout = regress(&recordings, &split.training, &rows(&split.training)).unwrap();
        let readings = readout.read_all(&rows(&split.test)).unwrap();
        let found = score(&recordings, &split.test, &readings);
        assert!(found.accuracy > 0.8, "{found:?}");
        assert!(found.r2.iter().all(|&r2| r2 > 0.8), "{found:?}");
    }
}
