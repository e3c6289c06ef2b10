//! Freezing as a function of k, with the control that fails, and the mean field of the frozen network.

use super::shared::{freeze, networks, theory, values};
use crate::failure::Failure;
use crate::options::NetworkOptions;
use crate::repro::{Allowance, Check, Effort, Job, Measured, Report, Results, Section, Tier};
use figures::style::Colour;
use figures::{Chart, Look, Piece, Series, chart::CONDITIONS};
use science::estimators::MeanSem;
use science::measure::freeze::Summary;
use science::measure::mean_field::MeanFieldSummary;

pub(super) const SECTION: Section = Section {
    name: "freezing",
    title: "Freezable chaos",
    source: "Clark and Abbott, freezable chaos: “in chaotic states with strong Hebbian plasticity, a stable fixed point of neuronal dynamics is destabilized by synaptic dynamics, allowing any neuronal state to be stored as a stable fixed point by halting the plasticity”",
    text: &[
        "A running network is copied, its plasticity halted, and it is given 300 time units to come to rest. A freeze \
         succeeds if it does, with a cosine above 0.9 to the rates at the freeze. Without plasticity (k = 0) nothing can \
         be held: that is the control, which has to fail.",
        "In mean field the frozen neurons are driven by a frozen field and by the memory in their synapses. The bulk of \
         the frozen Jacobian ends at g √⟨φ′²⟩ − 1: freezing holds where this is below zero.",
    ],
    equations: &[
        "x* = η* + (k/p) ∫₀^∞ exp(−s/p) Q(s) φ(x(−s)) ds,   Q(s) = ⟨φ(x*) φ(x(−s))⟩",
        "rightmost edge of the frozen spectrum = g √⟨φ′(x*)²⟩ − 1",
    ],
    jobs,
    report,
};

/// The six points with a mean field of the frozen network.
const POINTS: [(f32, f32); 6] = [
    (2.0, 1.0),
    (2.0, 1.5),
    (2.0, 2.0),
    (1.5, 1.5),
    (3.0, 2.0),
    (3.0, 2.5),
];
/// Strengths of plasticity along which freezing begins to succeed, at the gain 2; the first is the control.
const STRENGTHS: [f32; 5] = [0.0, 1.0, 1.25, 1.5, 2.0];
/// The same at the gain 3, in a full run.
const STRONGER_GAIN: [f32; 4] = [1.5, 1.75, 2.0, 2.5];

/// Gains at which the boundary of freezability is looked for, and the strengths of plasticity there.
fn lines(effort: Effort) -> &'static [(f32, &'static [f32])] {
    match effort {
        Effort::Full => &[(2.0, &STRENGTHS), (3.0, &STRONGER_GAIN)],
        _ => &[(2.0, &STRENGTHS)],
    }
}

/// The points with a mean field at a gain, in the order of their strengths.
fn solved(effort: Effort, gain: f32) -> Vec<f32> {
    let mut strengths: Vec<f32> = POINTS
        .iter()
        .filter(|(g, _)| *g == gain)
        .map(|(_, k)| *k)
        .collect();
    // The edge crosses zero between these and the points.
    if effort == Effort::Full && gain == 3.0 {
        strengths.insert(0, STRONGER_GAIN[1]);
    }
    strengths
}

/// Rightmost eigenvalue against the edge in mean field, and cosine where the frozen state is stable.
const EDGE: Allowance = Allowance {
    errors: 2.0,
    relative: 0.0,
    absolute: 0.12,
};
const COSINE: Allowance = Allowance {
    errors: 2.0,
    relative: 0.0,
    absolute: 0.03,
};
/// Where half of the freezes succeed, against where the edge of the mean field crosses zero, in k.
const BOUNDARY: Allowance = Allowance {
    errors: 0.0,
    relative: 0.0,
    absolute: 0.25,
};
/// Least share of successes where the state is called freezable, and most in the control.
const FREEZABLE: f64 = 0.95;
const CONTROL: f64 = 0.05;

/// Sizes simulated; the mean field is compared with each.
fn sizes(effort: Effort) -> &'static [usize] {
    match effort {
        Effort::Smoke => &[12],
        Effort::Quick => &[400],
        Effort::Full => &[400, 800],
    }
}

pub(super) fn simulation(effort: Effort, n: usize, g: f32, k: f32) -> Job {
    let network = NetworkOptions {
        n: Some(n),
        g,
        k,
        networks: effort.of([2, 8, 8]),
        duration: effort.of([110.0, 600.0, 1000.0]),
        ..networks(effort)
    };
    let largest_spectrum = effort.of([512, 512, 800]);
    freeze(network, effort.of([1, 3, 6]), largest_spectrum, 3.0)
}

fn jobs(effort: Effort) -> Vec<Job> {
    let mut jobs = Vec::new();
    for &n in sizes(effort) {
        for &(g, strengths) in lines(effort) {
            jobs.extend(strengths.iter().map(|&k| simulation(effort, n, g, k)));
        }
        jobs.extend(POINTS.map(|(g, k)| simulation(effort, n, g, k)));
    }
    jobs.extend(POINTS.map(|(g, k)| theory(effort, g, k)));
    for &(g, _) in lines(effort) {
        jobs.extend(solved(effort, g).into_iter().map(|k| theory(effort, g, k)));
    }
    let mut listed: Vec<Job> = Vec::new();
    for job in jobs {
        if !listed.contains(&job) {
            listed.push(job);
        }
    }
    listed
}

fn report(effort: Effort, results: &Results) -> Result<Report, Failure> {
    let mut report = Report::default();
    for &n in sizes(effort) {
        control(effort, n, results, &mut report)?;
    }
    for (g, k) in POINTS {
        point(effort, (g, k), results, &mut report)?;
    }
    for &(gain, strengths) in lines(effort) {
        boundary(effort, (gain, strengths), results, &mut report)?;
    }
    charts(effort, results, &mut report)?;
    Ok(report)
}

/// Without plasticity no freeze succeeds; with k = 2 nearly all do.
fn control(effort: Effort, n: usize, results: &Results, report: &mut Report) -> Result<(), Failure> {
    for (k, range, claim) in [
        (
            0.0,
            [0.0, CONTROL],
            "share of freezes that succeed without plasticity, the control",
        ),
        (
            2.0,
            [FREEZABLE, 1.0],
            "share of freezes that succeed at g = 2, k = 2",
        ),
    ] {
        let job = simulation(effort, n, 2.0, k);
        let found = results.of::<Summary>(&job)?.summary;
        let trials = found.freeze_trials;
        let share = found.freeze_success.map(Measured::from);
        report
            .checks
            .push(Check::bounded(format!("{claim}, N = {n}, {trials} freezes"), share, range).from([&job]));
    }
    Ok(())
}

/// Rightmost eigenvalue and cosine at a point, at every size.
fn point(effort: Effort, (g, k): (f32, f32), results: &Results, report: &mut Report) -> Result<(), Failure> {
    let solved = theory(effort, g, k);
    let theory = results.of::<MeanFieldSummary>(&solved)?.summary.frozen;
    let edge = theory
        .as_ref()
        .and_then(|frozen| frozen.rightmost_edge)
        .map(Measured::from);
    let stable = edge.is_some_and(|edge| edge.value < 0.0);
    let mut distances = Vec::new();
    for &n in sizes(effort) {
        let job = simulation(effort, n, g, k);
        let found = results.of::<Summary>(&job)?.summary;
        let rightmost = found.rightmost_eigenvalue.map(Measured::from);
        let at = format!("g = {g}, k = {k}, N = {n}");
        report.checks.push(
            Check::near(
                format!("rightmost frozen eigenvalue, {at}"),
                rightmost,
                edge,
                EDGE,
            )
            .unless(
                !stable,
                "the mean field is unstable here: only the few freezes that came to rest were looked at",
            )
            .from([&job, &solved]),
        );
        distances.extend(rightmost.zip(edge).map(|(found, edge)| {
            let difference = found.less(edge);
            Measured {
                value: difference.value.abs(),
                ..difference
            }
        }));
        if stable {
            report.checks.push(
                Check::near(
                    format!("cosine between the rates at the freeze and at rest, {at}"),
                    found.cosine,
                    theory.as_ref().and_then(|frozen| frozen.cosine),
                    COSINE,
                )
                .from([&job, &solved]),
            );
        }
    }
    if let ([near, far], true) = (distances.as_slice(), stable) {
        let claim =
            format!("at the larger N, the eigenvalue is not farther from the mean field; g = {g}, k = {k}");
        // One standard error of grace on either side of zero.
        let closer = near.less(*far);
        let grace = closer.error.unwrap_or(0.0);
        report
            .checks
            .push(Check::bounded(claim, Some(closer), [-2.0 * grace, f64::INFINITY]).from([&solved]));
    }
    Ok(())
}

/// The k at which a quantity crosses a level for the first time, straight between its neighbours.
fn crossing(points: &[(f64, f64)], level: f64) -> Option<f64> {
    points.windows(2).find_map(|pair| {
        let [(from, low), (to, high)] = [pair[0], pair[1]];
        let crosses = (low - level) * (high - level) <= 0.0 && low != high;
        crosses.then(|| from + (to - from) * (level - low) / (high - low))
    })
}

fn edges(effort: Effort, gain: f32, results: &Results) -> Result<Vec<(f64, Measured)>, Failure> {
    let edge = |of: &MeanFieldSummary| of.frozen.as_ref()?.rightmost_edge;
    let jobs = solved(effort, gain)
        .into_iter()
        .map(|k| (k.into(), theory(effort, gain, k)));
    values(jobs, results, edge)
}

fn measured(
    effort: Effort,
    n: usize,
    (gain, strengths): (f32, &[f32]),
    results: &Results,
    value: fn(&Summary) -> Option<MeanSem>,
) -> Result<Vec<(f64, Measured)>, Failure> {
    let jobs = strengths
        .iter()
        .map(|&k| (k.into(), simulation(effort, n, gain, k)));
    values(jobs, results, value)
}

fn boundary(
    effort: Effort,
    (gain, strengths): (f32, &[f32]),
    results: &Results,
    report: &mut Report,
) -> Result<(), Failure> {
    let bare = |points: &[(f64, Measured)]| {
        points
            .iter()
            .map(|(k, value)| (*k, value.value))
            .collect::<Vec<_>>()
    };
    let theory = crossing(&bare(&edges(effort, gain, results)?), 0.0).map(Measured::exact);
    for &n in sizes(effort) {
        let success = measured(effort, n, (gain, strengths), results, |of| of.freeze_success)?;
        let found = crossing(&bare(&success), 0.5).map(Measured::exact);
        let claim = format!(
            "k at which half of the freezes succeed, g = {gain}, N = {n}; in mean field the edge crosses zero"
        );
        let jobs = strengths.iter().map(|&k| simulation(effort, n, gain, k));
        let jobs: Vec<Job> = jobs.collect();
        report.checks.push(
            Check::near(claim, found, theory, BOUNDARY)
                .tier(Tier::Statistical)
                .from(&jobs),
        );
    }
    Ok(())
}

fn series(points: &[(f64, Measured)], name: String, look: Look, colour: Colour) -> Series {
    let points = || points.iter();
    Series {
        name: Some(name),
        look,
        colour,
        x: points().map(|(k, _)| *k).collect(),
        y: points().map(|(_, value)| value.value).collect(),
        errors: if look == Look::Points {
            points().map(|(_, value)| value.error.unwrap_or(0.0)).collect()
        } else {
            Vec::new()
        },
    }
}

fn charts(effort: Effort, results: &Results, report: &mut Report) -> Result<(), Failure> {
    let k = &[Piece::Plain("strength of plasticity k")];
    let edges = edges(effort, 2.0, results)?;
    let values: Vec<(f64, f64)> = edges.iter().map(|(k, edge)| (*k, edge.value)).collect();
    let marks: Vec<(f64, String)> = crossing(&values, 0.0)
        .map(|at| (at, "mean field".to_owned()))
        .into_iter()
        .collect();
    type Quantity = fn(&Summary) -> Option<MeanSem>;
    let charts: [(&str, Quantity, &str, &str, [f64; 2]); 2] = [
        (
            "freezing-success",
            |of| of.freeze_success,
            "share of freezes that succeed",
            "Freezes that succeed against the strength of plasticity at g = 2, p = 2.5; k = 0 is the control without plasticity. Broken line: where the edge of the mean field crosses zero.",
            [0.0, 1.0],
        ),
        (
            "freezing-edge",
            |of| of.rightmost_eigenvalue,
            "rightmost frozen eigenvalue",
            "Rightmost eigenvalue of the frozen Jacobian where freezes came to rest (dots), and the edge of its bulk in mean field (line), at g = 2, p = 2.5. A frozen state is stable below zero.",
            [0.0, 0.0],
        ),
    ];
    for (stem, quantity, name, caption, include) in charts {
        let mut shown = Vec::new();
        if stem == "freezing-edge" {
            shown.push(series(&edges, "mean field".to_owned(), Look::Line, CONDITIONS[2]));
        }
        for (&n, colour) in sizes(effort).iter().zip([CONDITIONS[1], CONDITIONS[3]]) {
            let points = measured(effort, n, (2.0, &STRENGTHS), results, quantity)?;
            shown.push(series(
                &points,
                format!("simulation, N = {n}"),
                Look::Points,
                colour,
            ));
        }
        report.chart(
            stem,
            caption,
            &Chart {
                x_name: k,
                y_name: &[Piece::Plain(name)],
                note: "standard errors over networks",
                series: &shown,
                include: &include,
                decades: false,
                marks: if stem == "freezing-success" { &marks } else { &[] },
            },
        )?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crossings_lie_between_their_neighbours() {
        assert_eq!(crossing(&[(0.0, 0.0), (1.0, 0.25), (2.0, 0.75)], 0.5), Some(1.5));
        assert_eq!(crossing(&[(1.0, 0.1), (2.0, -0.3)], 0.0), Some(1.25));
        assert_eq!(crossing(&[(1.0, 0.1), (2.0, 0.3)], 0.0), None);
    }

    #[test]
    fn the_control_is_without_plasticity() {
        assert_eq!(STRENGTHS[0], 0.0);
    }
}
