//! The stable fixed points of one network, by letting it settle from many starts.

use freezable_chaos::random::Randomness;
use freezable_chaos::{Generator, Purpose};
use serde::{Deserialize, Serialize};

use crate::configuration::{Configuration, StartOption};
use crate::estimators::{Richness, steps_in};
use crate::failure::Failure;
use crate::fixed_points::{Catalogue, Equation};
use crate::jacobian::mean_square;
use crate::progress::Progress;
use crate::simulation::{Simulation, with_start};

/// What is found of one network.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(in crate::commands) struct Outcome {
    /// Stable pairs x and -x other than rest, in the order of first finds.
    pub(in crate::commands) pairs: Vec<Pair>,
    /// Starts that ended at a stable one, that ended at rest (x = 0), and that still moved or came to rest where there
    /// is no stable fixed point.
    pub(in crate::commands) settled: u64,
    pub(in crate::commands) quiescent: u64,
    pub(in crate::commands) unsettled: u64,
}

/// A stable fixed point and its mirror.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(in crate::commands) struct Pair {
    /// Starts that ended at either.
    pub(in crate::commands) count: u64,
    /// Largest real part in the joint spectrum, without the -1/p of lone synapses.
    pub(in crate::commands) rightmost: f64,
    /// `g^2 <phi'^2 / (1 - k C phi')^2>`.
    pub(in crate::commands) marginality: f64,
    /// `|phi|^2 / N`.
    pub(in crate::commands) mean_square_rate: f64,
}

impl Outcome {
    /// How many stable fixed points there are at least, x and -x counted as two.
    pub(in crate::commands) fn number(&self) -> Richness {
        Richness::chao1(self.pairs.iter().map(|pair| pair.count)).times(2.0)
    }
}

/// How a network is started; the starts take turns.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    /// x = 0.1 z, A = 0: chaos, as long as it lasts, chooses.
    Small,
    /// x = 3 z, A = (k/N) phi phi^T: a random pattern of signs.
    Large,
    /// The small start, driven by a constant random input for a while: a pattern that J had a say in.
    Driven,
}

const KINDS: [Kind; 3] = [Kind::Small, Kind::Large, Kind::Driven];
/// Scale of the input, and the time that it lasts, in time constants of the synapses (one at least).
const DRIVE: f32 = 3.0;
const DRIVE_TIME: f64 = 4.0;
/// Time between two looks at the speed.
const LOOK: f64 = 1.0;
/// Root mean square distance between a network at rest and the fixed point that it is taken for.
const NEAR: f64 = 0.1;
/// Root mean square state below which a network is at rest at x = 0.
const ZERO: f64 = 1e-3;

/// Lets one network settle from many starts.
pub(super) fn measure(
    configuration: &Configuration,
    starts: u32,
    index: u32,
    simulation: &dyn Simulation,
    progress: &Progress,
) -> Result<Outcome, Failure> {
    let (n, k) = (configuration.n, f64::from(configuration.k));
    let (quenched, _) = simulation.couplings();
    let equation = Equation::new(&quenched, n, k, configuration.transfer.into());
    let mut states = configuration.generator(index, Purpose::State);
    let mut inputs = configuration.generator(index, Purpose::Input);
    let mut catalogue = Catalogue::default();
    let (mut unsettled, mut quiescent) = (0, 0);
    for start in 0..starts {
        let kind = KINDS[start as usize % KINDS.len()];
        let rest = settle(configuration, index, kind, &mut states, &mut inputs)?;
        let point = rest.and_then(|rest| {
            let point = equation.refine(&rest)?;
            let difference: Vec<f64> = rest.iter().zip(&point).map(|(a, b)| a - b).collect();
            (mean_square(&difference).sqrt() < NEAR).then_some(point)
        });
        match point {
            None => unsettled += 1,
            Some(point) if mean_square(&point).sqrt() < ZERO => quiescent += 1,
            Some(point) => {
                catalogue.add(point);
            }
        }
        progress.advance(1);
    }
    let (mut pairs, mut settled) = (Vec::new(), 0);
    for point in catalogue.points() {
        let rightmost = equation.rightmost(&point.x, configuration.p.into());
        match rightmost.filter(|rightmost| *rightmost < 0.0) {
            None => unsettled += point.count,
            Some(rightmost) => {
                settled += point.count;
                let rates: Vec<f64> = point.x.iter().map(|&x| equation.rate(x)).collect();
                pairs.push(Pair {
                    count: point.count,
                    rightmost,
                    marginality: equation.marginality(&point.x, configuration.g.into()),
                    mean_square_rate: mean_square(&rates),
                });
            }
        }
    }
    Ok(Outcome {
        pairs,
        settled,
        quiescent,
        unsettled,
    })
}

/// The state in which the network comes to rest; `None` if it still moves after --burn-in and --duration.
fn settle(
    configuration: &Configuration,
    index: u32,
    kind: Kind,
    states: &mut Generator,
    inputs: &mut Generator,
) -> Result<Option<Vec<f64>>, Failure> {
    let dt = f64::from(configuration.dt);
    let start = match kind {
        Kind::Large => StartOption::Large,
        Kind::Small | Kind::Driven => StartOption::Small,
    };
    with_start(configuration, index, start, states, |simulation| {
        if kind == Kind::Driven {
            let input: Vec<f32> = (0..configuration.n).map(|_| DRIVE * inputs.gaussian()).collect();
            let time = DRIVE_TIME * f64::from(configuration.p).max(1.0);
            for _ in 0..steps_in(time, dt) {
                simulation.step_with_input(&input)?;
            }
        }
        for _ in 0..configuration.burn_in_steps() {
            simulation.step()?;
        }
        let (threshold, look) = (simulation.precision().speed_threshold(), steps_in(LOOK, dt));
        for step in 1..=configuration.window_steps() {
            simulation.step()?;
            if step.is_multiple_of(look) && simulation.speed().max < threshold {
                let mut rest = Vec::new();
                simulation.copy_state(&mut rest);
                return Ok(Some(rest));
            }
        }
        Ok(None)
    })
}
