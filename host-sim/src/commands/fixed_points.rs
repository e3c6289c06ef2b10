//! `host-sim fixed-points`: finds and counts stable fixed points of neurons and synapses together.

use std::path::Path;

use clap::Args;
use figures::FixedPointsFigure;
use science::estimators::MeanSem;
use science::measure::Measurement;
use science::measure::fixed_points::{self, BySize, FixedPoints, Outcome, Summary};
use science::networks::Ensemble;
use serde::Serialize;

use super::measured::{Parameters, carry_out_all, open_store, report};
use super::table::{self, average};
use crate::failure::Failure;
use crate::options::{Configuration, NetworkOptions};
use crate::output::{Provenance, ResultObject, draw};

/// Options of `fixed-points`. A start that has not come to rest --duration after --burn-in is given up.
#[derive(Args, Clone, Debug, PartialEq, Serialize)]
pub struct FixedPointsOptions {
    #[command(flatten)]
    #[serde(flatten)]
    pub network: NetworkOptions,
    /// Starts of each network: small, large, and small with a random input for a while, in turn. At N = 16 and g = 1.5,
    /// k = 4 a thousand take a few seconds
    #[arg(long, default_value_t = FixedPoints::default().starts, allow_negative_numbers = true)]
    pub starts: u32,
    /// Numbers of neurons to go through, separated by commas, in place of --n
    #[arg(long, value_delimiter = ',')]
    pub sizes: Vec<usize>,
}

/// What a result states as its parameters.
#[derive(Serialize)]
struct OfSizes<'a> {
    #[serde(flatten)]
    parameters: Parameters<'a, FixedPoints>,
    sizes: &'a [usize],
}

pub fn execute(options: FixedPointsOptions) -> Result<(), Failure> {
    let FixedPointsOptions {
        network,
        starts,
        mut sizes,
    } = options;
    if sizes.is_empty() {
        sizes.push(network.neurons()?);
    }
    sizes.sort_unstable();
    sizes.dedup();
    let search = FixedPoints { starts };
    let check = |&n: &usize| -> Result<Configuration, Failure> {
        let configuration = NetworkOptions {
            n: Some(n),
            ..network.clone()
        }
        .check()?;
        let cost = search.check(&configuration.ensemble)?;
        configuration
            .execution
            .check_memory(&configuration.ensemble, cost.bytes, cost.outcome)?;
        Ok(configuration)
    };
    let configurations: Vec<Configuration> = sizes.iter().map(check).collect::<Result<_, _>>()?;
    // There is one size at least, and the last is the largest.
    let Some(largest) = configurations.last() else {
        return Ok(());
    };
    let Configuration {
        ensemble, results, ..
    } = largest;
    let params = OfSizes {
        parameters: Parameters {
            ensemble,
            measurement: &search,
        },
        sizes: &sizes,
    };
    let store = open_store::<FixedPoints>(largest, &params)?;
    let found = carry_out_all(&search, &configurations, &store)?;
    let outcomes = found.iter().map(|measured| &measured.outcomes[..]);
    let of_sizes: Vec<(usize, &[Outcome])> = sizes.iter().copied().zip(outcomes).collect();
    let summary = fixed_points::summarise(ensemble, &of_sizes);
    let result = ResultObject {
        kind: FixedPoints::NAME,
        params,
        summary: &summary,
        provenance: Provenance::collect(ensemble.network.seeds),
    };
    report(
        &result,
        (store, results),
        || fixed_points::arrays(&of_sizes),
        |out| draw_fixed_points(&of_sizes, &summary, ensemble, out),
        || table::text(&ensemble.describe(), &rows(&summary, &of_sizes)),
    )
}

fn rows(summary: &Summary, of_sizes: &[(usize, &[Outcome])]) -> Vec<(&'static str, String)> {
    let last = summary.by_size.last();
    let of_last =
        |value: fn(&BySize) -> &Option<MeanSem>| last.map_or_else(String::new, |size| average(value(size)));
    let number = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), |value| format!("{value:.4}"));
    let small = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), |value| format!("{value:.1e}"));
    let outcomes = of_sizes.last().map_or(&[][..], |(_, outcomes)| outcomes);
    let pairs = outcomes.iter().flat_map(|outcome| &outcome.pairs);
    let largest = pairs.map(|pair| pair.rightmost).reduce(f64::max);
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

/// Numbers against N with the annealed count, and the rightmost eigenvalues.
fn draw_fixed_points(
    of_sizes: &[(usize, &[Outcome])],
    summary: &Summary,
    ensemble: &Ensemble,
    out: &Path,
) -> Result<(), Failure> {
    let network = &ensemble.network;
    let numbers: Vec<(usize, MeanSem, MeanSem)> = summary
        .by_size
        .iter()
        .filter_map(|size| Some((size.n, size.distinct?, size.lower_bound?)))
        .collect();
    let rightmost: Vec<(usize, Vec<f64>)> = of_sizes
        .iter()
        .map(|(n, outcomes)| {
            let pairs = outcomes.iter().flat_map(|outcome| &outcome.pairs);
            (*n, pairs.map(|pair| pair.rightmost).collect())
        })
        .collect();
    let figure = FixedPointsFigure {
        numbers: &numbers,
        annealed_per_neuron: summary.annealed_per_neuron,
        rightmost: &rightmost,
        title: &format!("g = {}, k = {}, p = {}", network.g, network.k, network.p).replace('-', "−"),
    };
    draw(&figure, &out.join("fixed-points"))
}
