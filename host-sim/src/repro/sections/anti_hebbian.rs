//! Anti-Hebbian plasticity quickens chaos and makes it oscillate.

use super::shared::{
    C_PHI, Curve, HEIGHT, LAG, WIDTH, extrapolated, networks, run, simulated_curve, theory, theory_curve,
};
use crate::failure::Failure;
use crate::options::NetworkOptions;
use crate::repro::{Allowance, Check, Effort, Job, Measured, Outcome, Report, Results, Section};
use figures::{Chart, chart::CONDITIONS};
use science::estimators::MeanSem;
use science::measure::activity::Summary;
use science::measure::mean_field::MeanFieldSummary;

pub(super) const SECTION: Section = Section {
    name: "anti-hebbian",
    title: "Anti-Hebbian plasticity quickens chaos, and makes it oscillate",
    source: "Clark and Abbott, abstract: “anti-Hebbian plasticity quickens activity and produces an oscillatory component”",
    text: &[
        "With k below zero the synapses push each neuron away from where it was. C_φ(τ) falls faster and swings below \
         zero. At k = −8 networks of this size are off by a few per cent; there the values are extrapolated in 1/N, \
         along a straight line through three sizes.",
    ],
    equations: &[],
    jobs,
    report,
};

/// Strengths of plasticity, at the gain 2; the last is extrapolated.
const STRENGTHS: [f32; 3] = [0.0, -3.0, -8.0];
/// The longest lag shown.
const LONGEST: f64 = 15.0;

/// How deep C_phi swings, as a share of `C_phi(0)`, against the mean field.
const DEPTH: Allowance = Allowance {
    errors: 2.0,
    relative: 0.0,
    absolute: 0.03,
};
/// Standard errors by which C_phi has to swing below zero, and by which each strength has to be quicker than the last.
const ERRORS: f64 = 3.0;

fn sizes(effort: Effort) -> [usize; 3] {
    effort.of([[8, 16, 24], [200, 400, 800], [500, 1000, 2000]])
}

fn simulation(effort: Effort, k: f32, n: usize) -> Job {
    let network = NetworkOptions {
        n: Some(n),
        k,
        networks: effort.of([2, 8, 16]),
        duration: effort.of([130.0, 500.0, 1000.0]),
        ..networks(effort)
    };
    run(network, Some(50.0))
}

/// The sizes simulated at a strength: one, or those to extrapolate.
fn simulations(effort: Effort, k: f32) -> Vec<(usize, Job)> {
    let sizes = sizes(effort);
    let used = if k == -8.0 { &sizes[..] } else { &sizes[1..2] };
    used.iter().map(|&n| (n, simulation(effort, k, n))).collect()
}

fn jobs(effort: Effort) -> Vec<Job> {
    let of = |k| {
        let simulated = simulations(effort, k).into_iter().map(|(_, job)| job);
        simulated.chain([theory(effort, 2.0, k)]).collect::<Vec<Job>>()
    };
    STRENGTHS.into_iter().flat_map(of).collect()
}

/// Of the networks, or of infinitely many where several sizes are given.
fn value(
    outcomes: &[(usize, Outcome<Summary>)],
    of: impl Fn(&Summary) -> Option<MeanSem>,
) -> Option<Measured> {
    let values = outcomes
        .iter()
        .map(|(n, outcome)| Some((*n as f64, of(&outcome.summary)?.into())));
    let values: Option<Vec<(f64, Measured)>> = values.collect();
    match values?.as_slice() {
        [(_, only)] => Some(*only),
        several => extrapolated(several),
    }
}

/// The lag at which a curve is lowest.
fn lowest(curve: &Curve) -> Option<f64> {
    let least = (0..curve.y.len()).min_by(|&a, &b| curve.y[a].total_cmp(&curve.y[b]))?;
    Some(curve.x[least])
}

/// The value of the curve at a lag, as a share of its first, and its standard error.
fn share(curve: &Curve, lag: f64) -> Option<Measured> {
    let (value, error) = curve.at(lag)?;
    let first = curve.y[0];
    (first > 0.0).then(|| Measured::new(value / first, error / first))
}

fn report(effort: Effort, results: &Results) -> Result<Report, Failure> {
    let mut report = Report::default();
    let mut series = Vec::new();
    let mut widths = Vec::new();
    for (k, colour) in STRENGTHS.into_iter().zip(CONDITIONS) {
        let simulated = simulations(effort, k);
        let solved = theory(effort, 2.0, k);
        let outcomes: Result<Vec<(usize, Outcome<Summary>)>, Failure> = simulated
            .iter()
            .map(|(n, job)| Ok((*n, results.of(job)?)))
            .collect();
        let (outcomes, theory) = (outcomes?, results.of::<MeanFieldSummary>(&solved)?);
        let largest = &outcomes[outcomes.len() - 1].1;
        let curves = [simulated_curve(largest)?, theory_curve(&theory)?];
        let jobs = || simulated.iter().map(|(_, job)| job).chain([&solved]);
        let limit = if outcomes.len() > 1 { ", N → ∞" } else { "" };
        if k != 0.0 {
            let [height, width] = [
                value(&outcomes, |of| of.c_phi_0),
                value(&outcomes, |of| of.half_width),
            ];
            for (name, found, expected, allowance) in [
                ("C_φ(0)", height, theory.summary.c_phi_0, HEIGHT),
                ("half-width of C_φ", width, theory.summary.half_width, WIDTH),
            ] {
                let check = Check::near(format!("{name} at k = {k}{limit}"), found, expected, allowance);
                report.checks.push(check.from(jobs()));
            }
            // Theory chooses the lag: the lowest point of a simulated curve would be that of its noise.
            let lag = lowest(&curves[1]).unwrap_or(f64::NAN);
            let [found, expected] = curves.each_ref().map(|curve| share(curve, lag));
            report.checks.push(
                Check::near(
                    format!("C_φ(τ)/C_φ(0) at k = {k} where the mean field is lowest, τ = {lag:.1}"),
                    found,
                    expected,
                    DEPTH,
                )
                .from(jobs()),
            );
            let below = found.map(|share| Measured {
                value: -share.value,
                ..share
            });
            let claim = format!("C_φ swings below zero at k = {k}: −C_φ(τ)/C_φ(0) at τ = {lag:.1}");
            report
                .checks
                .push(Check::above(claim, below, 0.0, ERRORS).from(jobs()));
        }
        widths.push((value(&outcomes, |of| of.half_width), simulated));
        series.push(curves[1].line(Some(format!("k = {k}").replace('-', "−")), colour, LONGEST));
        series.push(curves[0].points(colour, LONGEST, 40));
    }
    for (pair, strengths) in widths.windows(2).zip(STRENGTHS.windows(2)) {
        let fall = pair[0].0.zip(pair[1].0).map(|(from, to)| from.less(to));
        let claim = format!(
            "the half-width falls from k = {} to k = {}",
            strengths[0], strengths[1]
        );
        let jobs = pair.iter().flat_map(|(_, jobs)| jobs.iter().map(|(_, job)| job));
        report
            .checks
            .push(Check::above(claim, fall, 0.0, ERRORS).from(jobs));
    }
    let [_, middle, large] = sizes(effort);
    report.chart(
        "anti-hebbian",
        &format!(
            "Autocorrelation of the rates at g = 2, p = 2.5. Lines: mean-field theory. Dots: simulation, N = {middle} \
             (k = −8: N = {large}), with standard errors."
        ),
        &Chart {
            x_name: LAG,
            y_name: C_PHI,
            note: &format!("lines: mean field; dots: simulation, N = {middle} ({large} at k = −8)"),
            series: &series,
            include: &[0.0],
            decades: false,
            marks: &[],
        },
    )?;
    Ok(report)
}
