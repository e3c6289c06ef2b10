//! Spectra of neurons and synapses together: their edge, and where plasticity moves them.

use super::shared::{networks, work};
use crate::commands::jacobian::JacobianOptions;
use crate::failure::Failure;
use crate::options::{NetworkOptions, defaults};
use crate::repro::{Allowance, Check, Effort, Job, Measured, Outcome, Report, Results, Section};
use figures::{Chart, Look, Piece, Series, chart::CONDITIONS};
use science::estimators::MeanSem;
use science::measure::spectra::Summary;

pub(super) const SECTION: Section = Section {
    name: "spectra",
    title: "Spectra of neurons and synapses together",
    source: "Clark and Abbott, joint Jacobian of neurons and synapses; the edge of its bulk is derived in theory/joint_edge.rs",
    text: &[
        "Linearised about a chaotic state, neurons and synapses have N + N² eigenvalues, of which all but 2N are −1/p. Hebbian \
         plasticity moves the unstable ones to the real axis, which is slow; anti-Hebbian plasticity moves them away from it, \
         which is an oscillation.",
        "Frozen, only the N eigenvalues of the neurons remain. In the freezable phase these are stable while those of neurons \
         and synapses together are not: that is freezable chaos.",
    ],
    equations: &[],
    jobs,
    report,
};

/// Strengths of plasticity, at the gain 2.
const STRENGTHS: [f32; 5] = [-8.0, -3.0, 0.0, 1.0, 2.0];
/// Distance of the rightmost eigenvalue from the edge that is allowed at 400 neurons; it is the smaller, as the root of N
/// is larger.
const EDGE: (f64, f64) = (0.08, 400.0);
/// Share of the 2N above −1/p with Hebbian plasticity, and its allowance.
const ABOVE_BAND: (f64, f64) = (0.5, 0.01);
/// Standard errors by which the imaginary parts have to fall and rise, and the frozen edge to be below zero.
const SURE: f64 = 3.0;

fn spectrum(effort: Effort, k: f32) -> Job {
    let network = NetworkOptions {
        n: Some(effort.of([12, 200, 400])),
        k,
        networks: effort.of([2, 6, 8]),
        duration: effort.of([110.0, 400.0, 1000.0]),
        ..networks(effort)
    };
    let eigenvalues = 2.5e-8 * (network.drawn_neurons() as f64).powi(3) * 2.0 * f64::from(network.networks);
    let work = work(&network, 1.0) + eigenvalues;
    let options = JacobianOptions {
        network,
        snapshots: effort.of([1, 2, 4]),
    };
    Job::new(options, work)
}

/// Neurons of the largest networks, in a full run: eigenvalues of 3200 rows.
const LARGE: usize = 1600;

/// The largest networks, with anti-Hebbian and with Hebbian plasticity.
fn large(effort: Effort) -> Vec<(f32, Job)> {
    let of = |k| {
        let network = NetworkOptions {
            n: Some(LARGE),
            k,
            networks: 3,
            duration: 100.0,
            ..defaults()
        };
        let options = JacobianOptions {
            network,
            snapshots: 1,
        };
        (k, Job::new(options, 330.0))
    };
    let strengths: &[f32] = if effort == Effort::Full { &[-3.0, 2.0] } else { &[] };
    strengths.iter().map(|&k| of(k)).collect()
}

fn jobs(effort: Effort) -> Vec<Job> {
    let spectra = STRENGTHS.map(|k| spectrum(effort, k));
    let large = large(effort).into_iter().map(|(_, job)| job);
    spectra.into_iter().chain(large).collect()
}

/// The rightmost eigenvalue against the edge of theory, at its size.
fn edge(job: &Job, found: &Summary, n: usize, k: f32) -> Check {
    let allowance = Allowance {
        errors: 0.0,
        relative: 0.0,
        // Rounded, so that the report states what was applied.
        absolute: (1e3 * EDGE.0 * (EDGE.1 / n as f64).sqrt()).round() / 1e3,
    };
    Check::near(
        format!("rightmost joint eigenvalue at k = {k}, N = {n}, against the edge of theory"),
        found.rightmost_joint,
        found.predicted_rightmost,
        allowance,
    )
    .from([job])
}

fn report(effort: Effort, results: &Results) -> Result<Report, Failure> {
    let mut report = Report::default();
    let jobs = STRENGTHS.map(|k| spectrum(effort, k));
    let outcomes: Vec<Outcome<Summary>> = jobs.iter().map(|job| results.of(job)).collect::<Result<_, _>>()?;
    let found = |at: usize| &outcomes[at].summary;
    let n = effort.of([12, 200, 400]);
    for (at, &k) in STRENGTHS.iter().enumerate() {
        report.checks.push(edge(&jobs[at], found(at), n, k));
    }
    for (k, job) in large(effort) {
        report
            .checks
            .push(edge(&job, &results.of::<Summary>(&job)?.summary, LARGE, k));
    }
    let [anti_hebbian, _, none, weak, hebbian] = [0, 1, 2, 3, 4];
    for at in [weak, hebbian] {
        let allowance = Allowance {
            errors: 0.0,
            relative: 0.0,
            absolute: ABOVE_BAND.1,
        };
        let claim = format!("share of the 2N eigenvalues above −1/p at k = {}", STRENGTHS[at]);
        let expected = Some(Measured::exact(ABOVE_BAND.0));
        let share = found(at).fraction_above_band;
        report
            .checks
            .push(Check::near(claim, share, expected, allowance).from([&jobs[at]]));
    }
    for (claim, from, to) in [
        ("falls from k = 0 to k = 2", hebbian, none),
        ("rises from k = 0 to k = −8", none, anti_hebbian),
    ] {
        let imaginary = |at| found(at).mean_abs_imaginary.map(Measured::from);
        let difference = imaginary(to).zip(imaginary(from)).map(|(to, from)| to.less(from));
        let claim = format!("mean imaginary part of the rightmost 5 % {claim}");
        report
            .checks
            .push(Check::above(claim, difference, 0.0, SURE).from([&jobs[from], &jobs[to]]));
    }
    for (claim, rightmost, sign) in [
        (
            "frozen, the rightmost eigenvalue at k = 2 lies below zero: −rightmost",
            found(hebbian).rightmost_frozen,
            -1.0,
        ),
        ("running, it lies above zero", found(hebbian).rightmost_joint, 1.0),
    ] {
        let rightmost = rightmost.map(|found| Measured {
            value: sign * found.mean,
            error: found.sem,
        });
        report
            .checks
            .push(Check::above(claim, rightmost, 0.0, SURE).from([&jobs[hebbian]]));
    }
    for (at, sign) in [(hebbian, "hebbian"), (anti_hebbian, "anti-hebbian")] {
        report.drawn_by(
            &outcomes[at],
            "jacobian",
            &format!("spectrum-{sign}"),
            &format!(
                "Eigenvalues at g = 2, k = {}, N = {n}, of neurons and synapses together and of the frozen network, with the \
                 edges of theory.",
                STRENGTHS[at]
            ),
        )?;
    }
    edges(effort, &outcomes, &mut report)?;
    Ok(report)
}

/// The rightmost eigenvalues against the strength of plasticity.
fn edges(effort: Effort, outcomes: &[Outcome<Summary>], report: &mut Report) -> Result<(), Failure> {
    let series = |name: &str, value: fn(&Summary) -> Option<MeanSem>, look: Look, colour| {
        let known = STRENGTHS.iter().zip(outcomes);
        let known: Vec<(f64, Measured)> = known
            .filter_map(|(&k, outcome)| Some((k.into(), value(&outcome.summary)?.into())))
            .collect();
        Series {
            name: Some(name.to_owned()),
            look,
            colour,
            x: known.iter().map(|(k, _)| *k).collect(),
            y: known.iter().map(|(_, value)| value.value).collect(),
            errors: match look {
                Look::Points => known
                    .iter()
                    .map(|(_, value)| value.error.unwrap_or(0.0))
                    .collect(),
                _ => Vec::new(),
            },
        }
    };
    let [joint, frozen] = [CONDITIONS[1], CONDITIONS[2]];
    let shown = [
        series("together, theory", |of| of.predicted_rightmost, Look::Line, joint),
        series("simulation", |of| of.rightmost_joint, Look::Points, joint),
        series(
            "frozen, theory",
            |of| of.predicted_rightmost_frozen,
            Look::Line,
            frozen,
        ),
        series("simulation", |of| of.rightmost_frozen, Look::Points, frozen),
    ];
    let n = effort.of([12, 200, 400]);
    report.chart(
        "edges",
        &format!(
            "Rightmost eigenvalue of neurons and synapses together, and of the frozen network, against the strength of \
             plasticity; g = 2. Lines: edge of the bulk of infinitely many neurons. Rings: N = {n}, which falls a little short."
        ),
        &Chart {
            x_name: &[Piece::Plain("strength of plasticity k")],
            y_name: &[Piece::Plain("rightmost eigenvalue, real part")],
            note: &format!("lines: theory; rings: simulation, N = {n}"),
            series: &shown,
            include: &[0.0],
            decades: false,
            marks: &[],
        },
    )
}
