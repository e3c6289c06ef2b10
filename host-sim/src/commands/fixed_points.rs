//! `host-sim fixed-points`: finds and counts stable fixed points of neurons and synapses together.

pub(super) mod measurement;

use clap::Args;
use serde::Serialize;

use self::measurement::{Outcome, Pair, measure};
use super::drawing::draw;
use super::table::average;
use crate::configuration::{Configuration, Model, NetworkOptions};
use crate::ensemble::{self, Parts};
use crate::estimators::{MeanSem, Richness};
use crate::failure::Failure;
use crate::figures::FixedPointsFigure;
use crate::output::{Arrays, Provenance, ResultObject};
use crate::progress::Progress;
use crate::theory::fixed_points::{complexity, typical};

/// Options of `fixed-points`. A start that has not come to rest --duration after --burn-in is given up.
#[derive(Args, Clone, Debug)]
pub struct FixedPointsOptions {
    #[command(flatten)]
    network: NetworkOptions,
    /// Starts of each network: small, large, and small with a random input for a while, in turn. At N = 16 and g = 1.5,
    /// k = 4 a thousand take a few seconds
    #[arg(long, default_value_t = 300, allow_negative_numbers = true)]
    starts: u32,
    /// Numbers of neurons to go through, separated by commas, in place of --n
    #[arg(long, value_delimiter = ',')]
    sizes: Vec<usize>,
}

/// What a result states as its parameters.
#[derive(Serialize)]
struct Parameters<'a> {
    #[serde(flatten)]
    configuration: &'a Configuration,
    starts: u32,
    sizes: &'a [usize],
}

/// Averages over networks. Numbers count x and -x as two, and leave out rest (x = 0).
#[derive(Clone, Debug, Serialize)]
pub(super) struct Summary {
    /// Stable fixed points that were found, of the largest networks.
    pub(super) distinct: Option<MeanSem>,
    /// Chao1's lower bound on how many there are, of the largest networks.
    pub(super) lower_bound: Option<MeanSem>,
    pub(super) by_size: Vec<BySize>,
    /// Factor per neuron by which the mean lower bound grows, over the sizes at which most of it was found.
    pub(super) growth_per_neuron: Option<Growth>,
    /// Mean-field theory of the same factor; `null` where it has no stable fixed points.
    pub(super) annealed_per_neuron: Option<f64>,
    /// Marginality of the mean field's typical fixed point: stable below 1.
    pub(super) typical_marginality: Option<f64>,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct BySize {
    pub(super) n: usize,
    pub(super) distinct: Option<MeanSem>,
    pub(super) lower_bound: Option<MeanSem>,
    /// Of each network, with 95% confidence intervals.
    pub(super) networks: Vec<Richness>,
    /// Share of the starts that ended at a stable fixed point, and at rest.
    pub(super) settled: Option<MeanSem>,
    pub(super) quiescent: Option<MeanSem>,
    /// Largest real part of the joint spectrum, averaged over a network's fixed points; and the median of its bulk's
    /// marginality over them, which one neuron close to the fold makes as large as it likes.
    pub(super) rightmost: Option<MeanSem>,
    pub(super) marginality: Option<MeanSem>,
}

/// A factor with its standard error.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct Growth {
    pub(super) value: f64,
    pub(super) error: f64,
}

/// Share of a lower bound that must have been found for it to count in the growth.
const FOUND: f64 = 0.8;
/// Largest network: the spectrum of every fixed point is found.
const LARGEST: usize = 1024;

/// Runs the command.
pub fn execute(options: FixedPointsOptions) -> Result<(), Failure> {
    let FixedPointsOptions {
        network,
        starts,
        mut sizes,
    } = options;
    if sizes.is_empty() {
        sizes.push(network.n);
    }
    sizes.sort_unstable();
    sizes.dedup();
    let check = |&n: &usize| NetworkOptions { n, ..network.clone() }.check();
    let configurations: Vec<Configuration> = sizes.iter().map(check).collect::<Result<_, _>>()?;
    let (outcomes, parts) = search(&configurations, starts)?;
    // There is one size at least, and the last is the largest.
    let Some(configuration) = configurations.last() else {
        return Ok(());
    };
    let summary = summarise(configuration, &sizes, &outcomes);
    let result = ResultObject {
        kind: "fixed-points",
        params: Parameters {
            configuration,
            starts,
            sizes: &sizes,
        },
        summary: &summary,
        provenance: Provenance::collect(configuration.seeds),
    };
    if let Some(out) = &configuration.out {
        write_arrays(&outcomes, &sizes, &out.join("fixed-points.npz"))?;
        draw_fixed_points(&outcomes, &summary, configuration, out)?;
        result.write(&out.join("fixed-points.json"))?;
    }
    parts.iter().for_each(Parts::remove);
    if configuration.json {
        return Ok(result.print()?);
    }
    super::table::print(&configuration.describe(), &rows(&summary, &outcomes))
}

/// Searches networks of every size: the outcomes of each size.
pub(super) fn search(
    configurations: &[Configuration],
    starts: u32,
) -> Result<(Vec<Vec<Outcome>>, Vec<Parts>), Failure> {
    if starts == 0 {
        return Err(Failure::Usage("--starts 0 is below its bound 1".into()));
    }
    for configuration in configurations {
        let n = configuration.n;
        if configuration.model == Model::Compact {
            return Err(Failure::Usage(
                "--model compact has no fixed points of neurons and synapses together: its history is sampled on and on"
                    .into(),
            ));
        }
        if n > LARGEST {
            return Err(Failure::Usage(format!("--n {n} is above its bound {LARGEST}")));
        }
        configuration.check_memory(40 * n as u64)?;
    }
    let total = configurations
        .iter()
        .map(|configuration| u64::from(configuration.networks));
    let progress = Progress::new("fixed-points", total.sum::<u64>() * u64::from(starts));
    let (mut outcomes, mut parts) = (Vec::new(), Vec::new());
    for configuration in configurations {
        let (found, part) = ensemble::measure(
            &format!("fixed-points-{starts}"),
            configuration,
            &progress,
            starts.into(),
            |index, simulation, progress| measure(configuration, starts, index, simulation, progress),
        )?;
        outcomes.push(found);
        parts.push(part);
    }
    Ok((outcomes, parts))
}

fn rows(summary: &Summary, outcomes: &[Vec<Outcome>]) -> Vec<(&'static str, String)> {
    let last = summary.by_size.last();
    let of_last =
        |value: fn(&BySize) -> &Option<MeanSem>| last.map_or_else(String::new, |size| average(value(size)));
    let number = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), |value| format!("{value:.4}"));
    let small = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), |value| format!("{value:.1e}"));
    let largest = outcomes
        .last()
        .into_iter()
        .flatten()
        .flat_map(|outcome| &outcome.pairs);
    let largest = largest.map(|pair| pair.rightmost).reduce(f64::max);
    vec![
        ("distinct stable fixed points", average(&summary.distinct)),
        ("  at least (Chao1)", average(&summary.lower_bound)),
        ("starts that ended there", of_last(|size| &size.settled)),
        ("starts that ended at rest", of_last(|size| &size.quiescent)),
        ("rightmost joint eigenvalue", of_last(|size| &size.rightmost)),
        ("  largest of all", number(largest)),
        (
            "median marginality of the bulk",
            of_last(|size| &size.marginality),
        ),
        ("  mean field", small(summary.typical_marginality)),
        (
            "growth per neuron",
            summary.growth_per_neuron.map_or_else(
                || "-".to_owned(),
                |growth| format!("{:.3} +- {:.3}", growth.value, growth.error),
            ),
        ),
        ("  annealed count", number(summary.annealed_per_neuron)),
    ]
}

/// The averages over ensembles of several sizes, which share the other parameters of `configuration`.
pub(super) fn summarise(
    configuration: &Configuration,
    sizes: &[usize],
    outcomes: &[Vec<Outcome>],
) -> Summary {
    let [g, k] = [configuration.g, configuration.k].map(f64::from);
    let transfer = configuration.transfer.into();
    let by_size: Vec<BySize> = sizes
        .iter()
        .zip(outcomes)
        .map(|(&n, outcomes)| of_size(n, outcomes))
        .collect();
    let last = by_size.last();
    Summary {
        distinct: last.and_then(|size| size.distinct),
        lower_bound: last.and_then(|size| size.lower_bound),
        growth_per_neuron: growth(&by_size),
        by_size,
        annealed_per_neuron: complexity(transfer, g, k).map(|count| count.sigma.exp()),
        typical_marginality: typical(transfer, g, k).map(|point| point.marginality),
    }
}

fn of_size(n: usize, outcomes: &[Outcome]) -> BySize {
    let networks: Vec<Richness> = outcomes.iter().map(Outcome::number).collect();
    let share = |count: fn(&Outcome) -> u64| {
        MeanSem::of(outcomes.iter().map(|outcome| {
            count(outcome) as f64 / (outcome.settled + outcome.quiescent + outcome.unsettled) as f64
        }))
    };
    let found = || outcomes.iter().filter(|outcome| !outcome.pairs.is_empty());
    let rightmost = found().map(|outcome| {
        outcome.pairs.iter().map(|pair| pair.rightmost).sum::<f64>() / outcome.pairs.len() as f64
    });
    let marginality = found().map(|outcome| {
        let mut values: Vec<f64> = outcome.pairs.iter().map(|pair| pair.marginality).collect();
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    });
    BySize {
        n,
        distinct: MeanSem::of(networks.iter().map(|number| number.observed)),
        lower_bound: MeanSem::of(networks.iter().map(|number| number.lower_bound)),
        settled: share(|outcome| outcome.settled),
        quiescent: share(|outcome| outcome.quiescent),
        rightmost: MeanSem::of(rightmost),
        marginality: MeanSem::of(marginality),
        networks,
    }
}

/// The factor per neuron, from a straight line through the logarithms of the mean lower bounds, weighted by their errors;
/// the annealed count is of the mean too. Where less than [`FOUND`] of it was found, the bound says more of the starts than
/// of the network. `None` with fewer than two sizes that have a mean above zero with an error.
fn growth(sizes: &[BySize]) -> Option<Growth> {
    let points: Vec<[f64; 3]> = sizes
        .iter()
        .filter_map(|size| {
            let bound = size.lower_bound.filter(|bound| bound.mean > 0.0)?;
            if size.distinct?.mean < FOUND * bound.mean {
                return None;
            }
            let error = bound.sem.filter(|sem| *sem > 0.0)? / bound.mean;
            Some([size.n as f64, bound.mean.ln(), error.powi(-2)])
        })
        .collect();
    if points.len() < 2 {
        return None;
    }
    let total: f64 = points.iter().map(|[.., weight]| weight).sum();
    let middle: f64 = points.iter().map(|[n, _, weight]| weight * n).sum::<f64>() / total;
    let spread: f64 = points
        .iter()
        .map(|[n, _, weight]| weight * (n - middle).powi(2))
        .sum();
    let slope: f64 = points
        .iter()
        .map(|[n, log, weight]| weight * (n - middle) * log)
        .sum::<f64>()
        / spread;
    let value = slope.exp();
    Some(Growth {
        value,
        error: value / spread.sqrt(),
    })
}

/// One row per stable pair, whatever its network.
fn write_arrays(outcomes: &[Vec<Outcome>], sizes: &[usize], path: &std::path::Path) -> Result<(), Failure> {
    let mut rows: Vec<(u64, u64, Pair)> = Vec::new();
    for (n, outcomes) in sizes.iter().zip(outcomes) {
        for (network, outcome) in outcomes.iter().enumerate() {
            rows.extend(
                outcome
                    .pairs
                    .iter()
                    .map(|pair| (*n as u64, network as u64, *pair)),
            );
        }
    }
    let of = |value: fn(&Pair) -> f64| rows.iter().map(|(.., pair)| value(pair)).collect();
    let shape = [rows.len()];
    let mut arrays = Arrays::new();
    arrays
        .u64("n", &shape, rows.iter().map(|row| row.0).collect())?
        .u64("network", &shape, rows.iter().map(|row| row.1).collect())?
        .u64("count", &shape, rows.iter().map(|row| row.2.count).collect())?
        .f64("rightmost", &shape, of(|pair| pair.rightmost))?
        .f64("marginality", &shape, of(|pair| pair.marginality))?
        .f64("mean_square_rate", &shape, of(|pair| pair.mean_square_rate))?;
    Ok(arrays.write(path)?)
}

/// Numbers against N with the annealed count, and the rightmost eigenvalues.
pub(super) fn draw_fixed_points(
    outcomes: &[Vec<Outcome>],
    summary: &Summary,
    configuration: &Configuration,
    out: &std::path::Path,
) -> Result<(), Failure> {
    let Configuration { g, k, p, .. } = configuration;
    let numbers: Vec<(usize, MeanSem, MeanSem)> = summary
        .by_size
        .iter()
        .filter_map(|size| Some((size.n, size.distinct?, size.lower_bound?)))
        .collect();
    let rightmost: Vec<(usize, Vec<f64>)> = summary
        .by_size
        .iter()
        .zip(outcomes)
        .map(|(size, outcomes)| {
            let pairs = outcomes.iter().flat_map(|outcome| &outcome.pairs);
            (size.n, pairs.map(|pair| pair.rightmost).collect())
        })
        .collect();
    let figure = FixedPointsFigure {
        numbers: &numbers,
        annealed_per_neuron: summary.annealed_per_neuron,
        rightmost: &rightmost,
        title: &format!("g = {g}, k = {k}, p = {p}").replace('-', "−"),
    };
    draw(&figure, &out.join("fixed-points"))
}
