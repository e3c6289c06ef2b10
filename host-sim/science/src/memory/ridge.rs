//! Ridge regression of one-hot labels and other targets on rates, with the penalty that leave-one-out errors choose.

use freezable_chaos::Readout;
use numerics::Matrix;

/// Penalties that are tried, in units of the mean square length of the centred rates.
const PENALTIES: [f64; 6] = [1e-4, 1e-3, 1e-2, 1e-1, 1.0, 10.0];

/// A trained readout: what the kernel's [`Readout`] takes.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct FittedReadout {
    /// Weights of each output, one row of neurons after the other.
    pub weights: Vec<f32>,
    /// One for each output.
    pub biases: Vec<f32>,
    /// The penalty chosen, in units of the mean square length of the centred rates.
    pub penalty: f64,
}

/// Why nothing could be fitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FitError {
    /// Fewer trials than a regression needs.
    #[error("{0} training trials are below their bound 2")]
    Trials(usize),
    /// All trials have the same rates, or some are not finite.
    #[error("the rates of the training trials do not differ, or are not finite")]
    Degenerate,
}

impl FittedReadout {
    /// The kernel's readout of these weights, for `n` neurons.
    pub fn readout(&self, n: usize) -> Result<Readout<'_>, freezable_chaos::SizeError> {
        Readout::new(&self.weights, &self.biases, n)
    }
}

/// Fits `outputs` scores to one-hot labels of trials, a row of rates each: see [`fit_targets`].
pub fn fit(rates: &[Vec<f32>], labels: &[usize], outputs: usize) -> Result<FittedReadout, FitError> {
    let trials = rates.len().min(labels.len());
    let one_hot = |trial: usize, output: usize| f64::from(u8::from(labels[trial] == output));
    fit_targets(&rates[..trials], outputs, one_hot)
}

/// Fits `outputs` numbers of each trial, a row of rates each.
///
/// With centred rates X (trials x neurons) and targets Y, the weights are `W = X^T (X X^T + lambda)^-1 Y`, the form of
/// few trials and many neurons. With `G = (X X^T + lambda)^-1`, the error of leaving trial t out is the residual
/// `lambda (G Y)_t` over one less its leverage (Hastie, Tibshirani and Friedman, The Elements of Statistical Learning,
/// section 7.10), to which the mean adds one part in T: `(G Y)_t / (G_tt - 1 / (lambda T))`. The penalty with the least
/// sum of squares is taken.
pub fn fit_targets(
    rates: &[Vec<f32>],
    outputs: usize,
    target: impl Fn(usize, usize) -> f64,
) -> Result<FittedReadout, FitError> {
    let trials = rates.len();
    if trials < 2 {
        return Err(FitError::Trials(trials));
    }
    let n = rates[0].len();
    let (x, mean_x) = centred(trials, n, |trial, neuron| f64::from(rates[trial][neuron]));
    let (y, mean_y) = centred(trials, outputs, target);
    let products = x.times(&x.transposed());
    let unit = (0..trials).map(|trial| products[(trial, trial)]).sum::<f64>() / trials as f64;
    if !(unit.is_finite() && unit > 0.0) {
        return Err(FitError::Degenerate);
    }
    let mut best: Option<(f64, f64, Matrix)> = None;
    for penalty in PENALTIES {
        let mut ridge = products.clone();
        (0..trials).for_each(|trial| ridge[(trial, trial)] += penalty * unit);
        let inverse = ridge.cholesky().ok_or(FitError::Degenerate)?.inverse();
        let coefficients = inverse.times(&y);
        let left_out: f64 = (0..trials)
            .map(|trial| {
                let leverage = inverse[(trial, trial)] - 1.0 / (penalty * unit * trials as f64);
                let square: f64 = (0..outputs)
                    .map(|output| coefficients[(trial, output)].powi(2))
                    .sum();
                square / leverage.powi(2)
            })
            .sum();
        if best.as_ref().is_none_or(|(least, ..)| left_out < *least) {
            best = Some((left_out, penalty, coefficients));
        }
    }
    let (_, penalty, coefficients) = best.ok_or(FitError::Degenerate)?;
    let weights = coefficients.transposed().times(&x);
    let explained = weights.apply(&mean_x);
    Ok(FittedReadout {
        biases: (0..outputs)
            .map(|output| (mean_y[output] - explained[output]) as f32)
            .collect(),
        weights: (0..outputs)
            .flat_map(|output| (0..n).map(move |neuron| (output, neuron)))
            .map(|at| weights[at] as f32)
            .collect(),
        penalty,
    })
}

/// A matrix less the means of its columns, and those.
fn centred(rows: usize, columns: usize, entry: impl Fn(usize, usize) -> f64) -> (Matrix, Vec<f64>) {
    let mean = |column| (0..rows).map(|row| entry(row, column)).sum::<f64>() / rows as f64;
    let means: Vec<f64> = (0..columns).map(mean).collect();
    let matrix = Matrix::from_fn(rows, columns, |row, column| entry(row, column) - means[column]);
    (matrix, means)
}

#[cfg(test)]
mod tests {
    use super::*;
    use faer::linalg::solvers::Solve;
    use faer::{Mat, Row};
    use freezable_chaos::random::Randomness;
    use freezable_chaos::{Generator, Purpose, strongest};

    /// Rates about one pattern for each label, with noise.
    fn examples(trials: usize, n: usize, noise: f32) -> (Vec<Vec<f32>>, Vec<usize>) {
        let mut generator = Generator::new(1, 0, Purpose::Input);
        let patterns: Vec<Vec<f32>> = (0..4)
            .map(|_| (0..n).map(|_| generator.gaussian()).collect())
            .collect();
        let labels: Vec<usize> = (0..trials).map(|trial| trial * 7 % 4).collect();
        let noisy = |&label: &usize| {
            let pattern: &Vec<f32> = &patterns[label];
            pattern
                .iter()
                .map(|value| value + noise * generator.gaussian())
                .collect()
        };
        (labels.iter().map(noisy).collect(), labels)
    }

    fn share_right(readout: &FittedReadout, rates: &[Vec<f32>], labels: &[usize]) -> f64 {
        let mut outputs = vec![0.0; readout.biases.len()];
        let is_right = |(rates, &label): (&Vec<f32>, &usize)| {
            let kernel = readout.readout(rates.len()).unwrap();
            kernel.read(rates, &mut outputs).unwrap();
            strongest(&outputs) == Ok(label)
        };
        let right = rates.iter().zip(labels).map(is_right).filter(|&right| right);
        right.count() as f64 / labels.len() as f64
    }

    #[test]
    fn patterns_in_noise_are_told_apart_and_noise_alone_is_not() {
        let (rates, labels) = examples(120, 60, 1.0);
        let readout = fit(&rates[..60], &labels[..60], 4).unwrap();
        let share = share_right(&readout, &rates[60..], &labels[60..]);
        assert!(share > 0.95, "{share}, {:?}", readout.penalty);
        // Labels that have nothing to do with the rates: chance, within four binomial errors.
        let shuffled: Vec<usize> = (0..120).map(|trial| trial * trial % 7 % 4).collect();
        let readout = fit(&rates[..60], &shuffled[..60], 4).unwrap();
        let error = (0.25_f64 * 0.75 / 60.0).sqrt();
        assert!(share_right(&readout, &rates[60..], &shuffled[60..]) < 0.25 + 4.0 * error);
    }

    #[test]
    fn a_single_neuron_gets_the_weight_of_the_normal_equations() {
        let rates: Vec<Vec<f32>> = [0.0, 1.0, 2.0, 3.0].map(|value| vec![value]).into();
        let readout = fit(&rates, &[0, 0, 1, 1], 2).unwrap();
        // Centred: x = -1.5, -0.5, 0.5, 1.5, sum of squares 5, product with the labels 2; mean square 1.25.
        let weight = 2.0 / (5.0 + 1.25 * readout.penalty);
        assert!(
            (f64::from(readout.weights[1]) - weight).abs() < 1e-6,
            "{readout:?}"
        );
        assert!((f64::from(readout.weights[0]) + weight).abs() < 1e-6);
        assert!((f64::from(readout.biases[1]) - (0.5 - 1.5 * weight)).abs() < 1e-6);
    }

    /// The errors of leaving out, as such: each trial by a fit to all others.
    #[test]
    fn the_penalty_is_the_best_for_trials_left_out() {
        let (rates, labels) = examples(24, 40, 3.0);
        let chosen = fit(&rates, &labels, 4).unwrap().penalty;
        let error = |penalty: f64| -> f64 {
            let left_out = |trial: usize| {
                let kept: Vec<usize> = (0..24).filter(|&other| other != trial).collect();
                let centre =
                    |neuron: usize| kept.iter().map(|&t| f64::from(rates[t][neuron])).sum::<f64>() / 23.0;
                let x = Mat::from_fn(23, 40, |t, i| f64::from(rates[kept[t]][i]) - centre(i));
                let y = |t: usize, output: usize| f64::from(u8::from(labels[t] == output));
                let mean = |output| kept.iter().map(|&t| y(t, output)).sum::<f64>() / 23.0;
                let targets = Mat::from_fn(23, 4, |t, output| y(kept[t], output) - mean(output));
                let (all, _) = centred(24, 40, |t, i| f64::from(rates[t][i]));
                let square: f64 = (0..24 * 40).map(|at| all[(at / 40, at % 40)].powi(2)).sum();
                let lambda = penalty * square / 24.0;
                let ridge = &x * x.transpose() + lambda * Mat::<f64>::identity(23, 23);
                let weights = x.transpose() * ridge.full_piv_lu().solve(&targets);
                let probe = Row::from_fn(40, |i| f64::from(rates[trial][i]) - centre(i));
                let found = probe * weights;
                (0..4)
                    .map(|o| (found[o] + mean(o) - y(trial, o)).powi(2))
                    .sum::<f64>()
            };
            (0..24).map(left_out).sum()
        };
        let best = PENALTIES
            .into_iter()
            .min_by(|&a, &b| error(a).total_cmp(&error(b)));
        assert_eq!(Some(chosen), best);
    }

    #[test]
    fn what_cannot_be_fitted_is_refused() {
        assert_eq!(fit(&[vec![1.0]], &[0], 2), Err(FitError::Trials(1)));
        let same = vec![vec![1.0, 2.0]; 5];
        assert_eq!(fit(&same, &[0, 1, 0, 1, 0], 2), Err(FitError::Degenerate));
        let bad = vec![vec![f32::NAN], vec![1.0]];
        assert_eq!(fit(&bad, &[0, 1], 2), Err(FitError::Degenerate));
    }
}
