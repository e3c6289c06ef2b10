//! Stable fixed points of neurons and synapses, and how their number grows.

use crate::failure::Failure;
use crate::repro::{Allowance, Check, Effort, Job, Measured, Report, Results, Section};

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
    let line = effort.of([
        "fixed-points --g 1.5 --k 4 --sizes 4,5 --networks 2 --starts 20 --burn-in 0 --duration 200",
        "fixed-points --g 1.5 --k 4 --sizes 6,8,10 --networks 12 --starts 3000 --burn-in 0 --duration 300",
        "fixed-points --g 1.5 --k 4 --sizes 6,8,10,12 --networks 24 --starts 6000 --burn-in 0 --duration 300",
    ]);
    Job::new(line, effort.of([0.5, 12.0, 60.0]))
}

fn jobs(effort: Effort) -> Vec<Job> {
    vec![job(effort)]
}

fn report(effort: Effort, results: &Results) -> Result<Report, Failure> {
    let mut report = Report::default();
    let job = job(effort);
    let outcome = results.of(&job)?;
    let growth = outcome
        .number("growth_per_neuron/value")
        .zip(outcome.number("growth_per_neuron/error"))
        .map(|(value, error)| Measured::new(value, error));
    let annealed = outcome.number("annealed_per_neuron").map(Measured::exact);
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
