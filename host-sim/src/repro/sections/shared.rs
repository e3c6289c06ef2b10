//! Commands and series that several sections use.

use crate::commands::freeze::FreezeOptions;
use crate::commands::lyapunov::LyapunovOptions;
use crate::commands::mean_field::MeanFieldOptions;
use crate::commands::run::RunOptions;
use crate::failure::Failure;
use crate::options::{NetworkOptions, defaults};
use crate::repro::{Allowance, Effort, Job, Measured, Outcome, Results, Stated};
use figures::style::Colour;
use figures::{Look, Piece, Series};
use science::estimators::MeanSem;
use science::measure::mean_field::MeanFieldSummary;

/// Name of an axis of lags.
pub(super) const LAG: &[Piece<'_>] = &[Piece::Plain("lag τ (units of the neuronal time constant)")];
/// Name of an axis of autocorrelations.
pub(super) const C_PHI: &[Piece<'_>] = &[Piece::Plain("C"), Piece::Subscript("φ"), Piece::Plain("(τ)")];

/// `C_phi(0)` and half-width of simulated networks against the mean field.
pub(super) const HEIGHT: Allowance = Allowance {
    errors: 2.0,
    relative: 0.01,
    absolute: 0.0,
};
pub(super) const WIDTH: Allowance = Allowance {
    errors: 2.0,
    relative: 0.03,
    absolute: 0.0,
};

/// Steps of a synapse in a second, roughly, of one processor.
const SPEED: f64 = 3e9;
const STEPS_PER_TIME: f64 = 20.0;

/// Networks with the gain 2, and a burn-in that is short where there is nothing to establish.
pub(super) fn networks(effort: Effort) -> NetworkOptions {
    NetworkOptions {
        burn_in: effort.of([20.0, 200.0, 200.0]),
        ..defaults()
    }
}

/// Rough seconds of what takes so many times the work of simulating these networks.
pub(super) fn work(network: &NetworkOptions, factor: f64) -> f64 {
    let steps = STEPS_PER_TIME * (network.duration + 200.0) * f64::from(network.networks);
    factor * steps * (network.drawn_neurons() as f64).powi(2) / SPEED
}

/// The activity of these networks.
pub(super) fn run(network: NetworkOptions, longest_lag: Option<f64>) -> Job {
    let work = work(&network, 1.0);
    let options = RunOptions {
        network,
        longest_lag,
        ..defaults()
    };
    Job::new(options, work)
}

/// So many freezes of each network, with the spectra of frozen states up to so many neurons.
pub(super) fn freeze(network: NetworkOptions, trials: u32, largest_spectrum: usize, factor: f64) -> Job {
    let work = work(&network, factor);
    let options = FreezeOptions {
        network,
        trials,
        largest_spectrum,
    };
    Job::new(options, work)
}

/// Exponents of these networks: so many, or all.
pub(super) fn lyapunov(network: NetworkOptions, exponents: &str, factor: f64) -> Job {
    let work = work(&network, factor);
    let options = LyapunovOptions {
        network,
        exponents: exponents.to_owned(),
        tolerance: 0.0,
        frozen: false,
    };
    Job::new(options, work)
}

/// Mean-field theory at a gain and a strength of plasticity: exact without plasticity.
pub(super) fn theory(effort: Effort, g: f32, k: f32) -> Job {
    let options = MeanFieldOptions { g, k, ..defaults() };
    if k == 0.0 {
        return Job::new(options, 0.2);
    }
    // A network can be frozen in its chaos anywhere; only Hebbian plasticity holds it.
    let options = MeanFieldOptions {
        frozen: k > 0.0,
        ..options
    };
    let options = match effort {
        Effort::Smoke => MeanFieldOptions {
            paths: 16,
            window: 60.0,
            starts: 2,
            settling: 3,
            iterations: 3,
            ..options
        },
        Effort::Quick => MeanFieldOptions {
            paths: 32,
            window: 800.0,
            settling: 30,
            iterations: 20,
            ..options
        },
        Effort::Full => options,
    };
    Job::new(options, effort.of([0.5, 12.0, 120.0]))
}

/// `C_phi` of the mean field, with the standard errors over starts: lags, values, errors.
pub(super) fn theory_curve(outcome: &Outcome<MeanFieldSummary>) -> Result<Curve, Failure> {
    let (lags, curves) = outcome.rows("lag", "autocorrelation")?;
    Curve::of(lags, &curves)
}

/// `C_phi` of the networks that stayed active, with the standard errors over networks.
pub(super) fn simulated_curve<S: Stated>(outcome: &Outcome<S>) -> Result<Curve, Failure> {
    let (lags, curves) = outcome.alive_rows("lag", "autocorrelation")?;
    Curve::of(lags, &curves)
}

/// A quantity along commands, where it was measured.
pub(super) fn values<S: Stated>(
    jobs: impl IntoIterator<Item = (f64, Job)>,
    results: &Results,
    value: impl Fn(&S) -> Option<MeanSem>,
) -> Result<Vec<(f64, Measured)>, Failure> {
    let mut values = Vec::new();
    for (x, job) in jobs {
        let found = value(&results.of::<S>(&job)?.summary);
        values.extend(found.map(|value| (x, value.into())));
    }
    Ok(values)
}

/// A curve with its standard errors (zero where there is but one).
#[derive(Clone, Debug)]
pub(super) struct Curve {
    pub(super) x: Vec<f64>,
    pub(super) y: Vec<f64>,
    pub(super) errors: Vec<f64>,
}

impl Curve {
    fn of(x: Vec<f64>, rows: &[Vec<f64>]) -> Result<Self, Failure> {
        let summaries: Vec<Option<MeanSem>> = (0..x.len())
            .map(|at| MeanSem::of(rows.iter().filter_map(|row| row.get(at).copied())))
            .collect();
        Ok(Self {
            y: summaries.iter().map(|s| s.map_or(f64::NAN, |s| s.mean)).collect(),
            errors: summaries
                .iter()
                .map(|s| s.and_then(|s| s.sem).unwrap_or(0.0))
                .collect(),
            x,
        })
    }

    /// Value and error at a place between those of the curve, straight between its neighbours.
    pub(super) fn at(&self, x: f64) -> Option<(f64, f64)> {
        let after = self.x.iter().position(|&place| place >= x)?;
        let before = after.saturating_sub(1);
        let step = self.x[after] - self.x[before];
        let share = if step > 0.0 {
            (x - self.x[before]) / step
        } else {
            0.0
        };
        let between = |values: &[f64]| values[before] + share * (values[after] - values[before]);
        Some((between(&self.y), between(&self.errors)))
    }

    /// Up to a place, as a line without errors.
    pub(super) fn line(&self, name: Option<String>, colour: Colour, until: f64) -> Series {
        let count = self.x.iter().take_while(|&&x| x <= until).count();
        Series {
            name,
            look: Look::Line,
            colour,
            x: self.x[..count].to_vec(),
            y: self.y[..count].to_vec(),
            errors: Vec::new(),
        }
    }

    /// Up to a place, as about that many points.
    pub(super) fn points(&self, colour: Colour, until: f64, wanted: usize) -> Series {
        let count = self.x.iter().take_while(|&&x| x <= until).count();
        let every = (count / wanted.max(1)).max(1);
        let thin = |values: &[f64]| values[..count].iter().step_by(every).copied().collect();
        Series {
            name: None,
            look: Look::Points,
            colour,
            x: thin(&self.x),
            y: thin(&self.y),
            errors: thin(&self.errors),
        }
    }

    /// Largest difference to another curve up to a place, in units of what is allowed: so many joint standard errors and
    /// a share of the other's first value.
    pub(super) fn misfit(&self, other: &Self, until: f64, errors: f64, share: f64) -> f64 {
        let places = self.x.iter().zip(self.y.iter().zip(&self.errors));
        let within = places.take_while(|(x, _)| **x <= until);
        let first = other.y.first().copied().unwrap_or(f64::NAN);
        let ratios = within.filter_map(|(&x, (&value, &error))| {
            let (expected, spread) = other.at(x)?;
            Some((value - expected).abs() / (errors * error.hypot(spread) + share * first.abs()))
        });
        ratios.fold(0.0, |worst: f64, ratio| {
            if ratio.is_nan() {
                f64::NAN
            } else {
                worst.max(ratio)
            }
        })
    }
}

/// The value of infinitely many neurons: where the straight line in 1/N through the values of several sizes, weighted by
/// their errors, meets the axis. `None` without errors or sizes enough.
pub(super) fn extrapolated(values: &[(f64, Measured)]) -> Option<Measured> {
    let (mut weights, mut x, mut y, mut xx, mut xy) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for (n, Measured { value, error }) in values {
        let (inverse, weight) = (1.0 / n, error.filter(|error| *error > 0.0)?.powi(-2));
        weights += weight;
        x += weight * inverse;
        y += weight * value;
        xx += weight * inverse * inverse;
        xy += weight * inverse * value;
    }
    let determinant = weights * xx - x * x;
    let enough = values.len() > 1 && determinant > 0.0;
    enough.then(|| Measured::new((xx * y - x * xy) / determinant, (xx / determinant).sqrt()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_in_one_over_n_is_followed_to_its_end() {
        let value = |n: f64| (n, Measured::new(0.25 - 3.0 / n, 0.01));
        let found = extrapolated(&[value(250.0), value(500.0), value(1000.0)]).unwrap();
        assert!((found.value - 0.25).abs() < 1e-12);
        // Errors of 0.01 at 1/N = 4, 2 and 1 (in 1/1000): 0.01 sqrt(sum x^2 / (3 sum x^2 - (sum x)^2)).
        assert!((found.error.unwrap() - 0.01 * (21.0_f64 / 14.0).sqrt()).abs() < 1e-12);
        assert_eq!(extrapolated(&[value(250.0)]), None);
        assert_eq!(extrapolated(&[value(250.0), (500.0, Measured::exact(0.2))]), None);
    }

    #[test]
    fn curves_are_compared_where_their_places_differ() {
        let coarse = Curve::of(vec![0.0, 2.0, 4.0], &[vec![1.0, 0.5, 0.0], vec![1.2, 0.7, 0.2]]).unwrap();
        let fine = Curve::of(
            (0..9).map(|at| 0.5 * f64::from(at)).collect(),
            &[(0..9).map(|at| 1.1 - 0.125 * f64::from(at)).collect()],
        )
        .unwrap();
        assert!((fine.at(0.75).unwrap().0 - 0.9125).abs() < 1e-12);
        assert_eq!(fine.at(5.0), None);
        // Differences 0, 0, 0 at lags 0, 2, 4 where the mean of the rows is 1.1, 0.6, 0.1.
        assert!(coarse.misfit(&fine, 4.0, 2.0, 0.01) < 1e-9);
        let shifted = Curve {
            y: fine.y.iter().map(|y| y + 0.211).collect(),
            ..fine.clone()
        };
        // 0.211 / (2 x 0.1 + 0.01 x 1.311)
        assert!((coarse.misfit(&shifted, 4.0, 2.0, 0.01) - 0.211 / 0.21311).abs() < 1e-9);
    }
}
