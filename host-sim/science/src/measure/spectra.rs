//! Spectra of the joint and of the frozen Jacobian along trajectories, and where theory puts them.

use serde::{Deserialize, Serialize};

use super::arrays::Array;
use super::ensemble::{Cost, Measurement};
use super::plausible;
use super::trajectory::{Activity, run};
use crate::estimators::{MeanSem, mean_square};
use crate::networks::{Ensemble, Model, Network, Simulation};
use crate::spectra::{Complex, eigenvalues};
use crate::theory::joint_edge::{JointEdge, frozen_edge};
use crate::watch::{Watch, advance};
use crate::{Refusal, Stopped};

/// Spectra of running networks, whose equations are linearised in some of their states.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Spectra {
    /// States of each network, at even intervals over the duration.
    pub snapshots: u32,
}

/// Largest network: at twice as many rows, eigenvalues take an hour.
pub const LARGEST: usize = 4096;
/// Share of the joint eigenvalues that count as rightmost.
const RIGHTMOST: f64 = 0.05;
/// Rounding of an eigenvalue that equals -1/p, as N of them do at k = 0.
const ROUNDING: f64 = 1e-6;
/// Steps of a network's simulation that take as long as its eigenvalues in one state, per neuron.
const SPECTRUM_STEPS: u64 = 200;

/// What is measured of one network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// Whether it was active all the time.
    pub alive: bool,
    /// The spectra, in the order of their times.
    pub snapshots: Vec<Snapshot>,
}

/// The spectra in one state, each eigenvalue by its real and imaginary part, from the right to the left; per unit of time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    /// Time since the start of the simulation.
    pub time: f64,
    /// Joint eigenvalues, 2N: without the N^2 - N that equal -1/p for synapses that no neuron feels.
    pub joint: Vec<[f64; 2]>,
    /// Eigenvalues with the synapses held, N.
    pub frozen: Vec<[f64; 2]>,
    /// phi'(x), N.
    pub slopes: Vec<f64>,
    /// `|phi|^2 / N`.
    pub mean_square_rate: f64,
    /// Rightmost point of the edge of the joint spectrum, from these slopes; NaN where there is none.
    pub predicted_rightmost: [f64; 2],
    /// Real part of the same of the frozen spectrum.
    pub predicted_rightmost_frozen: f64,
    /// Share of the joint eigenvalues with a real part above -1/p.
    pub fraction_above_band: f64,
}

/// Averages over active networks, of averages over the snapshots of each. All predictions are for the bulk in the limit
/// of many neurons with independent couplings of variance g^2/N, from the slopes of the same states.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// Largest real part among the 2N eigenvalues that are not of lone synapses.
    pub rightmost_joint: Option<MeanSem>,
    /// The same of the edge.
    pub predicted_rightmost: Option<MeanSem>,
    /// Imaginary part of the rightmost, not negative.
    pub imaginary_part_of_rightmost: Option<MeanSem>,
    /// The same of the edge.
    pub predicted_imaginary_part: Option<MeanSem>,
    /// Largest real part with the synapses held.
    pub rightmost_frozen: Option<MeanSem>,
    /// The same of the edge.
    pub predicted_rightmost_frozen: Option<MeanSem>,
    /// Mean magnitude of the imaginary parts of the rightmost 5% of the 2N.
    pub mean_abs_imaginary: Option<MeanSem>,
    /// Share of the 2N with a real part above -1/p.
    pub fraction_above_band: Option<MeanSem>,
    /// Number of the 2N with a positive real part.
    pub unstable_joint: Option<MeanSem>,
    /// Share of the networks that stayed active.
    pub alive: Option<MeanSem>,
}

impl Default for Spectra {
    /// Four snapshots.
    fn default() -> Self {
        Self { snapshots: 4 }
    }
}

impl Snapshot {
    /// The joint eigenvalue with the largest real part.
    pub fn rightmost(&self) -> Complex<f64> {
        let [re, im] = self.joint.first().copied().unwrap_or([f64::NAN; 2]);
        Complex::new(re, im)
    }

    /// Largest real part with the synapses held.
    pub fn rightmost_frozen(&self) -> f64 {
        self.frozen.first().map_or(f64::NAN, |eigenvalue| eigenvalue[0])
    }

    /// Mean absolute imaginary part of the rightmost 5% of the joint eigenvalues, one at least.
    pub fn mean_abs_imaginary(&self) -> f64 {
        let count = ((RIGHTMOST * self.joint.len() as f64).round() as usize).max(1);
        self.joint.iter().take(count).map(|[_, im]| im.abs()).sum::<f64>() / count as f64
    }

    /// Number of joint eigenvalues with a positive real part.
    pub fn unstable(&self) -> usize {
        self.joint.iter().filter(|[re, _]| *re > 0.0).count()
    }

    /// The spectra in the present state, at that time.
    fn of(network: &Network, simulation: &dyn Simulation, time: f64) -> Result<Self, Stopped> {
        let [g, k, p] = [network.g, network.k, network.p].map(f64::from);
        let (mut rates, mut slopes) = (Vec::new(), Vec::new());
        simulation.copy_rates_and_slopes(&mut rates, &mut slopes);
        let n = rates.len();
        let joint = from_the_right(2 * n, &simulation.joint_jacobian()?, time)?;
        let c = mean_square(&rates);
        let predicted = JointEdge::new([g, k, p], [(c, &slopes[..])]).rightmost();
        let above = joint.iter().filter(|[re, _]| *re > -1.0 / p + ROUNDING).count();
        Ok(Self {
            time,
            fraction_above_band: above as f64 / joint.len() as f64,
            joint,
            frozen: from_the_right(n, &simulation.frozen_jacobian(), time)?,
            mean_square_rate: c,
            predicted_rightmost: predicted.map_or([f64::NAN; 2], |at| [at.re, at.im]),
            predicted_rightmost_frozen: frozen_edge(g, &slopes),
            slopes,
        })
    }
}

/// The eigenvalues in the order of their real parts, the largest first.
fn from_the_right(n: usize, matrix: &[f64], time: f64) -> Result<Vec<[f64; 2]>, Stopped> {
    let found = eigenvalues(n, matrix).ok_or_else(|| {
        Stopped::Failed(format!(
            "the eigenvalues of {n} rows at time {time} did not converge"
        ))
    })?;
    let mut points: Vec<[f64; 2]> = found.iter().map(|at| [at.re, at.im]).collect();
    points.sort_by(|a, b| b[0].total_cmp(&a[0]).then(b[1].total_cmp(&a[1])));
    Ok(points)
}

impl Measurement for Spectra {
    const NAME: &'static str = "jacobian";
    type Outcome = Outcome;
    type Summary = Summary;

    fn check(&self, of: &Ensemble) -> Result<Cost, Refusal> {
        let (n, window) = (of.network.n, of.window_steps());
        if of.network.model == Model::Compact {
            let words = "has no joint Jacobian: its synapses are a history of samples, not a variable that moves with \
                         the neurons";
            return Err(Refusal::because("model", "compact", words));
        }
        if n > LARGEST {
            return Err(Refusal::above("n", n, LARGEST));
        }
        if self.snapshots == 0 || u64::from(self.snapshots) > window {
            return Err(
                Refusal::outside("snapshots", self.snapshots, 1, window).reason("the steps of the duration")
            );
        }
        let (n, snapshots) = (n as u64, u64::from(self.snapshots));
        Ok(Cost {
            steps: of.burn_in_steps() + window + snapshots * SPECTRUM_STEPS * n,
            // Four matrices of 2N x 2N while the eigenvalues are found, and those of N x N that they come from.
            bytes: 160 * n * n,
            outcome: snapshots * 8 * 7 * n,
        })
    }

    fn one(
        &self,
        of: &Ensemble,
        _index: u32,
        network: &mut dyn Simulation,
        watch: &dyn Watch,
    ) -> Result<Outcome, Stopped> {
        let (burn_in, window) = (of.burn_in_steps(), of.window_steps());
        let between = (window / u64::from(self.snapshots)).max(1);
        let mut activity = Activity::of(&of.network);
        let mut snapshots = Vec::new();
        run(network, burn_in + window, watch, |step, network| {
            if step <= burn_in {
                return Ok(());
            }
            activity.look(network);
            if (step - burn_in).is_multiple_of(between) && snapshots.len() < self.snapshots as usize {
                snapshots.push(Snapshot::of(&of.network, network, of.network.time(step))?);
                advance(watch, SPECTRUM_STEPS * network.n() as u64)?;
            }
            Ok(())
        })?;
        Ok(Outcome {
            alive: activity.alive(),
            snapshots,
        })
    }

    fn is_plausible(&self, of: &Ensemble, _index: u32, outcome: &Outcome) -> bool {
        let n = of.network.n;
        let snapshot = |snapshot: &Snapshot| {
            [snapshot.joint.len(), snapshot.frozen.len(), snapshot.slopes.len()] == [2 * n, n, n]
                && plausible::finite(snapshot.joint.iter().chain(&snapshot.frozen).flatten().copied())
                && plausible::shares(snapshot.slopes.iter().copied())
                && plausible::shares([snapshot.mean_square_rate, snapshot.fraction_above_band])
                && plausible::not_negative([snapshot.time])
        };
        outcome.snapshots.len() == self.snapshots as usize && outcome.snapshots.iter().all(snapshot)
    }

    fn summary(&self, _of: &Ensemble, outcomes: &[Outcome]) -> Summary {
        let mean = |value: fn(&Snapshot) -> f64| {
            MeanSem::of(outcomes.iter().filter(|outcome| outcome.alive).map(|outcome| {
                outcome.snapshots.iter().map(value).sum::<f64>() / outcome.snapshots.len() as f64
            }))
        };
        Summary {
            rightmost_joint: mean(|snapshot| snapshot.rightmost().re),
            predicted_rightmost: mean(|snapshot| snapshot.predicted_rightmost[0]),
            imaginary_part_of_rightmost: mean(|snapshot| snapshot.rightmost().im.abs()),
            predicted_imaginary_part: mean(|snapshot| snapshot.predicted_rightmost[1]),
            rightmost_frozen: mean(Snapshot::rightmost_frozen),
            predicted_rightmost_frozen: mean(|snapshot| snapshot.predicted_rightmost_frozen),
            mean_abs_imaginary: mean(Snapshot::mean_abs_imaginary),
            fraction_above_band: mean(|snapshot| snapshot.fraction_above_band),
            unstable_joint: mean(|snapshot| snapshot.unstable() as f64),
            alive: MeanSem::share(outcomes.iter().map(|outcome| outcome.alive)),
        }
    }

    fn arrays(&self, of: &Ensemble, outcomes: &[Outcome]) -> Vec<Array> {
        let n = of.network.n;
        let each = [("network", outcomes.len()), ("snapshot", self.snapshots as usize)];
        let [networks, snapshots] = each;
        let all = || outcomes.iter().flat_map(|outcome| &outcome.snapshots);
        let numbers = |value: fn(&Snapshot) -> f64| -> Vec<f64> { all().map(value).collect() };
        let points = |values: fn(&Snapshot) -> &[[f64; 2]]| -> Vec<[f64; 2]> {
            all().flat_map(values).copied().collect()
        };
        let slopes: Vec<f64> = all().flat_map(|snapshot| snapshot.slopes.clone()).collect();
        vec![
            Array::alive(outcomes.iter().map(|outcome| outcome.alive)),
            Array::new(
                "time",
                "times of the snapshots, since the start",
                &each,
                numbers(|one| one.time),
            )
            .in_units("time"),
            Array::new(
                "mean_square_rate",
                "|phi|^2 / N",
                &each,
                numbers(|one| one.mean_square_rate),
            ),
            Array::new("slopes", "phi'(x)", &[networks, snapshots, ("neuron", n)], slopes),
            Array::new(
                "joint",
                "joint eigenvalues without the -1/p of lone synapses, from the right to the left",
                &[networks, snapshots, ("joint_eigenvalue", 2 * n)],
                points(|one| &one.joint),
            )
            .in_units("1/time"),
            Array::new(
                "frozen",
                "eigenvalues with the synapses held, from the right to the left",
                &[networks, snapshots, ("frozen_eigenvalue", n)],
                points(|one| &one.frozen),
            )
            .in_units("1/time"),
            Array::new(
                "predicted_rightmost",
                "rightmost point of the predicted edge of the joint spectrum; NaN where there is none",
                &each,
                points(|one| std::slice::from_ref(&one.predicted_rightmost)),
            )
            .in_units("1/time"),
            Array::new(
                "predicted_rightmost_frozen",
                "rightmost point of the predicted edge of the frozen spectrum",
                &each,
                numbers(|one| one.predicted_rightmost_frozen),
            )
            .in_units("1/time"),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::{Values, measure};
    use crate::networks::Execution;
    use freezable_chaos::Params;

    const PARAMS: Params = Params {
        g: 2.0,
        k: 0.0,
        p: 2.5,
        dt: 0.05,
    };

    #[test]
    fn arrays_are_complex_and_times_are_multiples_of_the_step() {
        let network = Network::exact(8, PARAMS).unwrap();
        let of = Ensemble::of(network, 2).unwrap().over(10.0, 20.0).unwrap();
        let spectra = Spectra { snapshots: 2 };
        let found = measure(&spectra, &of, &Execution::default(), &(), &()).unwrap();
        let arrays = spectra.arrays(&of, &found.outcomes);
        let of_name = |name: &str| arrays.iter().find(|array| array.name == name).unwrap();
        assert_eq!(of_name("time").values, Values::from(vec![20.0, 30.0, 20.0, 30.0]));
        let joint = of_name("joint");
        assert_eq!(joint.shape(), [2, 2, 16]);
        let Values::Complex(values) = &joint.values else {
            panic!("complex values")
        };
        // Without plasticity, half of them are of synapses alone.
        let lone = values
            .iter()
            .filter(|[re, im]| (re + 0.4).abs() < 1e-9 && im.abs() < 1e-9);
        assert!(lone.count() >= 4 * 8, "{values:?}");
    }

    #[test]
    fn networks_at_rest_are_told_and_have_no_average() {
        let network = Network::exact(3, Params { g: 0.0, ..PARAMS }).unwrap();
        let of = Ensemble::of(network, 2).unwrap().over(100.0, 60.0).unwrap();
        let found = measure(&Spectra { snapshots: 1 }, &of, &Execution::default(), &(), &()).unwrap();
        assert_eq!(found.summary.alive, MeanSem::share([false, false]));
        assert_eq!(found.summary.rightmost_joint, None);
    }

    #[test]
    fn what_cannot_be_measured_is_refused() {
        let refused = |network, snapshots| {
            let of = Ensemble::of(network, 1).unwrap();
            Spectra { snapshots }.check(&of).unwrap_err().to_string()
        };
        let exact = Network::exact(8, PARAMS).unwrap();
        assert!(refused(exact, 0).starts_with("snapshots 0 is outside its bounds 1 and 20000"));
        let large = Network::exact(5000, PARAMS).unwrap();
        assert_eq!(refused(large, 1), "n 5000 is above its bound 4096");
        let compact = Network::compact(8, PARAMS).unwrap();
        assert!(refused(compact, 1).starts_with("model compact has no joint Jacobian"));
    }
}
