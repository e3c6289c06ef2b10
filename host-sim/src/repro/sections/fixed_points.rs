//! Stable fixed points of neurons and synapses, and how their number grows.

use crate::commands::fixed_points::FixedPointsOptions;
use crate::failure::Failure;
use crate::options::{NetworkOptions, defaults};
use crate::repro::{Allowance, Check, Effort, Job, Measured, Report, Results, Section};
use science::measure::fixed_points::Summary;

pub(super) const SECTION: Section = Section {
    name: "fixed-points",
    title: "Strong Hebbian plasticity has exponentially many stable fixed points",
    source: "Clark and Abbott, fixed points of neurons and synapses; annealed count derived in theory/fixed_points.rs",
    text: &[
        "With strong Hebbian plasticity, neurons and synapses settle together at one of many stable fixed points. They are \
         found from random starts and refined by Newton's method; how many were missed is estimated by Chao's lower bound.",
        "Theory gives the growth of the mean number, exp(N Σ), in the annealed approximation. The growth is measured over the \
         sizes at which at least 80 % of the bound was found: beyond, it says more of the starts than of the network.",
    ],
    equations: &[],
    jobs,
    report,
};

/// The growth per neuron against the annealed count.
const GROWTH: Allowance = Allowance {
    errors: 2.0,
    relative: 0.05,
    absolute: 0.0,
};
/// Standard errors by which the growth has to be above none.
const SURE: f64 = 3.0;

fn job(effort: Effort) -> Job {
    let sizes: [&[usize]; 3] = [&[4, 5], &[6, 8, 10], &[6, 8, 10, 12]];
    let sizes = effort.of(sizes).to_vec();
    let network = NetworkOptions {
        n: Some(effort.of([5, 10, 12])),
        g: 1.5,
        k: 4.0,
        networks: effort.of([2, 12, 24]),
        burn_in: 0.0,
        duration: effort.of([200.0, 300.0, 300.0]),
        ..defaults()
    };
    let options = FixedPointsOptions {
        network,
        starts: effort.of([20, 3000, 6000]),
        sizes,
    };
    Job::new(options, effort.of([0.5, 12.0, 60.0]))
}

fn jobs(effort: Effort) -> Vec<Job> {
    vec![job(effort)]
}

fn report(effort: Effort, results: &Results) -> Result<Report, Failure> {
    let mut report = Report::default();
    let job = job(effort);
    let outcome = results.of::<Summary>(&job)?;
    let found = &outcome.summary;
    let growth = found
        .growth_per_neuron
        .map(|growth| Measured::new(growth.value, growth.error));
    let annealed = found.annealed_per_neuron.map(Measured::exact);
    let claim = "factor per neuron by which the number of stable fixed points grows, g = 1.5, k = 4";
    report
        .checks
        .push(Check::near(claim, growth, annealed, GROWTH).from([&job]));
    let claim = "the number grows with N: factor per neuron less 1";
    let above_one = growth.map(|growth| growth.less(Measured::exact(1.0)));
    report
        .checks
        .push(Check::above(claim, above_one, 0.0, SURE).from([&job]));
    report.drawn_by(
        &outcome,
        "fixed-points",
        "fixed-points",
        "Number of stable fixed points against N, with the annealed count, and their rightmost eigenvalues; g = 1.5, k = 4.",
    )?;
    Ok(report)
}
