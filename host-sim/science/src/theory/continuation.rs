//! Continuation of the chaotic solution, and the strengths of the plasticity between which it exists.
//!
//! At a given strength k the iteration falls off a solution that ends, and finds none of those that it leaves. Here the mean
//! square rate `C_phi(0)` is given, and k follows until the rates have it: through the fold in which chaos below g = 1 begins,
//! and on towards fixed points, where the rates slow down without bound.

use numerics::Matrix;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::freezability::Crossing;
use super::paths::Neuron;
use super::response::{Neurons, Rooms};
use super::settings::Settings;
use crate::Stopped;
use crate::estimators::{MeanSem, half_width};
use crate::watch::{Watch, advance};

/// The strengths of the plasticity between which there is a chaotic solution at a gain.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ChaosRange {
    /// Where it begins, in a fold: below g = 1, where rest is stable at all strengths. `None` where it was not resolved, and
    /// above g = 1, where it begins with no plasticity or below.
    pub onset: Option<Crossing>,
    /// Where it ends at fixed points: its half-width grows without bound. Extrapolated; `None` where it was not resolved.
    pub end: Option<Crossing>,
}

/// A solution of given mean square rate, from one start.
#[derive(Clone, Debug)]
struct Solution {
    /// The k that it takes.
    k: f64,
    /// `C_phi` at the lags 0, dt, 2 dt, ...
    covariance: Vec<f64>,
    half_width: Option<f64>,
}

/// Mean square rates from below the fold on; above the last, the distance to 1 shrinks by a factor from one to the next: by
/// the first far from the end, by the second near to it.
const HEIGHTS: [f64; 7] = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7];
const APPROACH: [f64; 2] = [0.6, 0.8];
/// The end is far as long as the half-width is below this share of the longest.
const FAR: f64 = 1.0 / 6.0;
/// Further ones, at most.
const STEPS: usize = 14;
/// A window is long enough for solutions with this share of it as half-width.
const LONGEST: f64 = 1.0 / 20.0;
/// Solutions before the end that it is extrapolated from, and as many more as its error is judged by.
const LAST: usize = 4;
const MORE: usize = 2;
/// The first guess, at the lowest mean square rate.
const GUESS: f64 = 1.5;
const GUESSED_TIME: f64 = 5.0;

/// Solutions that [`chaos_range`] takes at most.
pub const SOLUTIONS: u64 = (HEIGHTS.len() + STEPS) as u64;

/// Where chaos begins and ends at the gain of the neuron, whose own k does not matter. Errors are of independent starts; that
/// of the end is also half of what two solutions more make of it. The watcher sees each iteration as a step, as if
/// [`SOLUTIONS`] were solved.
///
/// # Errors
///
/// [`Stopped::Interrupted`] where the watcher asks for it.
pub fn chaos_range(
    neuron: &Neuron,
    settings: &Settings,
    starts: u32,
    watch: &dyn Watch,
) -> Result<ChaosRange, Stopped> {
    let rooms = Rooms::new(settings.length);
    let is_below = neuron.g < 1.0;
    let mut ladder: Vec<(f64, Vec<Solution>)> = Vec::new();
    let mut height = if is_below {
        HEIGHTS[0]
    } else {
        HEIGHTS[HEIGHTS.len() - 1]
    };
    let each = u64::from(starts) * (settings.settling + settings.averaged) as u64;
    let mut spent = 0;
    let longest = LONGEST * settings.dt * settings.length as f64;
    // Whether the last solution is slower than the window resolves.
    let mut slow = false;
    let mut begins = if is_below { None } else { Some(0) };
    for step in 0..SOLUTIONS as u32 {
        let before = ladder.last().map(|(_, solutions)| &solutions[..]);
        let solutions: Vec<Solution> = (0..starts)
            .into_par_iter()
            .map(|start| {
                let from = before.map(|solutions| &solutions[start as usize]);
                solve(neuron, settings, &rooms, (start, step), height, from, watch)
            })
            .collect::<Result<_, _>>()?;
        spent += each;
        ladder.push((height, solutions));
        // Slow solutions may still speed up on the way to the fold.
        if is_below {
            begins = fold(&ladder);
        }
        let width = ladder.last().and_then(|(_, solutions)| width(solutions));
        if begins.is_some() && width.is_none_or(|width| width > longest) {
            // It bounds the fold all the same: only the end does without.
            slow = true;
            break;
        }
        let is_far = width.is_some_and(|width| width < FAR * longest);
        height = match HEIGHTS.iter().find(|next| **next > height) {
            Some(next) => *next,
            None => 1.0 - APPROACH[usize::from(!is_far)] * (1.0 - height),
        };
    }
    advance(watch, SOLUTIONS * each - spent)?;
    let resolved = ladder.len() - usize::from(slow);
    Ok(ChaosRange {
        onset: begins.filter(|_| is_below).and_then(|at| onset(&ladder, at)),
        end: begins.and_then(|at| end(ladder.get(at..resolved)?)),
    })
}

/// The solution at one height, from that at the height before.
fn solve(
    neuron: &Neuron,
    settings: &Settings,
    rooms: &Rooms,
    (start, step): (u32, u32),
    height: f64,
    from: Option<&Solution>,
    watch: &dyn Watch,
) -> Result<Solution, Stopped> {
    let transforms = rooms.transforms();
    // Each step has random numbers of its own; the streams of two starts are apart.
    let stream = start * SOLUTIONS as u32 + step;
    let mut neurons = Neurons::new(settings, rooms, stream, settings.groups);
    let unit = GUESSED_TIME * f64::max(settings.dt / neuron.rate, 1.0);
    let guess = |lag: usize| 1.0 / (lag as f64 * settings.dt / unit).cosh();
    let mut k = from.map_or(GUESS, |from| from.k);
    let mut power = match from {
        Some(from) => transforms.power(&from.covariance),
        None => transforms.power(&(0..transforms.frequencies()).map(guess).collect::<Vec<_>>()),
    };
    let scale = height / transforms.covariance(&power)[0];
    power.iter_mut().for_each(|power| *power *= scale);
    let (mut mean_k, mut mean_power) = (0.0, vec![0.0; power.len()]);
    for iteration in 0..settings.settling + settings.averaged {
        let (found, _) = neurons.respond(&Neuron { k, ..*neuron }, &power);
        let scale = height / transforms.covariance(&found)[0];
        // The logarithm of the height grows by less than 1 per unit of k.
        k += settings.damping * scale.ln();
        power
            .iter_mut()
            .zip(&found)
            .for_each(|(power, found)| *power = scale * found);
        if iteration >= settings.settling {
            let weight = 1.0 / settings.averaged as f64;
            mean_k += weight * k;
            mean_power
                .iter_mut()
                .zip(&power)
                .for_each(|(mean, power)| *mean += weight * power);
        }
        advance(watch, 1)?;
    }
    let covariance = transforms.covariance(&mean_power);
    Ok(Solution {
        k: mean_k,
        half_width: half_width(&covariance, settings.dt),
        covariance,
    })
}

/// The mean half-width, if all starts have one.
fn width(solutions: &[Solution]) -> Option<f64> {
    let all: Option<Vec<f64>> = solutions.iter().map(|solution| solution.half_width).collect();
    MeanSem::of(all?).map(|width| width.mean)
}

type Ladder = [(f64, Vec<Solution>)];

/// Which height has the least k, if there are some on either side of it, two above.
fn fold(ladder: &Ladder) -> Option<usize> {
    let mean = |(_, solutions): &(f64, Vec<Solution>)| solutions.iter().map(|one| one.k).sum::<f64>();
    let at = (0..ladder.len()).min_by(|&a, &b| mean(&ladder[a]).total_cmp(&mean(&ladder[b])))?;
    (at > 0 && at + 2 < ladder.len()).then_some(at)
}

/// The least k, by a parabola through the solutions about the fold, of each start.
fn onset(ladder: &Ladder, at: usize) -> Option<Crossing> {
    let starts = ladder[at].1.len();
    let least = |start: usize| {
        let points = ladder[at - 1..]
            .iter()
            .take(4)
            .map(|(height, solutions)| (*height, solutions[start].k));
        let [constant, slope, curvature] = fit::<3>(&points.collect::<Vec<_>>())?;
        (curvature > 0.0).then(|| constant - slope * slope / (4.0 * curvature))
    };
    crossing((0..starts).filter_map(least), starts, 0.0)
}

/// The k at which the root of the inverse half-width vanishes, towards which it falls along a nearly straight line.
fn end(ladder: &Ladder) -> Option<Crossing> {
    let starts = ladder.first()?.1.len();
    let from = |solutions: usize| -> Option<Vec<f64>> {
        let last = &ladder[ladder.len().checked_sub(solutions)?..];
        let intercept = |start: usize| {
            let point = |solution: &Solution| Some((solution.half_width?.sqrt().recip(), solution.k));
            let points: Option<Vec<_>> = last
                .iter()
                .map(|(_, solutions)| point(&solutions[start]))
                .collect();
            Some(fit::<2>(&points?)?[0])
        };
        (0..starts).map(intercept).collect()
    };
    let (few, more) = (from(LAST)?, from(LAST + MORE)?);
    let mean_k = |solutions: &[Solution]| solutions.iter().map(|one| one.k).sum::<f64>() / starts as f64;
    let last = ladder.last().map(|(_, solutions)| mean_k(solutions))?;
    // Where activity does not slow down, the line meets zero anywhere.
    if few.iter().any(|k| *k <= last) {
        return None;
    }
    let difference = MeanSem::of(more)?.mean - MeanSem::of(few.iter().copied())?.mean;
    crossing(few.into_iter(), starts, 0.5 * difference.abs())
}

/// The mean over all starts, if all have it.
fn crossing(found: impl Iterator<Item = f64>, starts: usize, other_error: f64) -> Option<Crossing> {
    let mean = MeanSem::of(found).filter(|mean| mean.count == starts && mean.mean.is_finite())?;
    Some(Crossing {
        k: mean.mean,
        error: mean.sem.map(|sem| sem.hypot(other_error)),
    })
}

/// Coefficients of the polynomial of degree N - 1 through points, by least squares.
fn fit<const N: usize>(points: &[(f64, f64)]) -> Option<[f64; N]> {
    if points.len() < N {
        return None;
    }
    let matrix = Matrix::from_fn(points.len(), N, |row, power| points[row].0.powi(power as i32));
    let right = Matrix::from_fn(points.len(), 1, |row, _| points[row].1);
    let solution = matrix.least_squares(&right);
    let coefficients: [f64; N] = std::array::from_fn(|power| solution[(power, 0)]);
    coefficients
        .iter()
        .all(|value| value.is_finite())
        .then_some(coefficients)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theory::MeanField;
    use freezable_chaos::AnyTransfer;

    fn neuron(g: f64, k: f64) -> Neuron {
        Neuron {
            g,
            k,
            rate: 0.04,
            leak: Some(0.1),
            transfer: AnyTransfer::Tanh,
        }
    }

    const SETTINGS: Settings = Settings {
        dt: 0.1,
        length: 1 << 14,
        burn_in: 2500,
        groups: 1,
        settling: 12,
        averaged: 16,
        damping: 1.0,
        seed: 1,
    };

    #[test]
    fn a_parabola_and_its_foot() {
        let points: Vec<(f64, f64)> = (0..4)
            .map(|at| {
                (
                    f64::from(at),
                    2.0 - 3.0 * f64::from(at) + 0.5 * f64::from(at * at),
                )
            })
            .collect();
        let [a, b, c] = fit::<3>(&points).unwrap();
        assert!((a - 2.0).abs() < 1e-12 && (b + 3.0).abs() < 1e-12 && (c - 0.5).abs() < 1e-12);
        assert!(fit::<3>(&points[..2]).is_none());
        let rung = |(height, k): (f64, f64)| {
            let solution = Solution {
                k,
                covariance: Vec::new(),
                half_width: None,
            };
            (height, vec![solution.clone(), solution])
        };
        let ladder: Vec<_> = points.iter().map(|&(height, k)| rung((height, k))).collect();
        assert_eq!(fold(&ladder), None, "the least k is the last");
        let ladder: Vec<_> = (0..8)
            .map(f64::from)
            .map(|h| rung((h, 2.0 - 3.0 * h + 0.5 * h * h)))
            .collect();
        assert_eq!(fold(&ladder), Some(3));
        let onset = onset(&ladder, 3).unwrap();
        assert!((onset.k + 2.5).abs() < 1e-9 && onset.error.unwrap() < 1e-9);
    }

    #[test]
    fn chaos_below_the_gain_1_is_there_above_its_onset_and_not_below() {
        let range = chaos_range(&neuron(0.9, 0.0), &SETTINGS, 4, &()).unwrap();
        let (onset, end) = (range.onset.unwrap(), range.end.unwrap());
        // 1.485(3) and 2.14 with many more paths.
        assert!(
            (onset.k - 1.485).abs() < 3.0 * onset.error.unwrap() + 0.01,
            "{onset:?}"
        );
        assert!(end.k > onset.k + 0.3, "{end:?}");
        // The iteration at given k, from the upper side: it stays just above the onset, and falls to rest just below.
        let high = |_: u32| {
            (0..=SETTINGS.length / 2)
                .map(|lag| 0.6 / (lag as f64 * 0.1 / 15.0).cosh())
                .collect()
        };
        let long = Settings {
            settling: 150,
            groups: 2,
            ..SETTINGS
        };
        for (k, stays) in [(onset.k + 0.06, true), (onset.k - 0.06, false)] {
            let found = MeanField::solve_from(&neuron(0.9, k), &long, 2, &high, &()).unwrap();
            for solution in &found.solutions {
                assert_eq!(
                    solution.covariance[0] > 0.3,
                    stays,
                    "{} at {k}",
                    solution.covariance[0]
                );
            }
        }
    }
}
