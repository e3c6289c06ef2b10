//! Hebbian plasticity slows chaos.

use super::shared::{C_PHI, Curve, HEIGHT, LAG, WIDTH, networks, run, simulated_curve, theory, theory_curve};
use crate::failure::Failure;
use crate::options::NetworkOptions;
use crate::repro::{Check, Effort, Job, Measured, Outcome, Report, Results, Section};
use figures::{Chart, chart::CONDITIONS};
use science::estimators::MeanSem;
use science::measure::activity::Summary;
use science::measure::mean_field::MeanFieldSummary;

pub(super) const SECTION: Section = Section {
    name: "hebbian",
    title: "Hebbian plasticity slows chaos",
    source: "Clark and Abbott, abstract and dynamical mean-field theory: “adding Hebbian plasticity slows activity in already chaotic networks”",
    text: &[
        "The autocorrelation of the rates, C_φ(τ), rises and broadens with the strength k of Hebbian plasticity: neurons \
         are held by what their synapses remember of them. Theory, for infinitely many neurons, and simulated networks \
         share the axes.",
    ],
    equations: &[],
    jobs,
    report,
};

/// Strengths of plasticity, at the gain [`GAIN`].
const STRENGTHS: [f32; 4] = [0.0, 1.0, 1.5, 2.0];
const GAIN: f32 = 2.0;
/// Points at a smaller gain, where finite networks are further from theory: only compared in a full run.
const NEARER_TO_THE_EDGE_OF_CHAOS: [(f32, f32); 2] = [(1.5, 0.0), (1.5, 1.5)];
/// The longest lag compared and shown.
const LONGEST: f64 = 60.0;

/// The curve at every lag: joint standard errors (of some ten independent lags, the worst lies at 2.5), and a share of
/// `C_phi(0)` for the finite size.
const POINTWISE: (f64, f64) = (3.0, 0.03);
/// By how many joint standard errors the half-width has to grow from each strength to the next.
const GROWTH: f64 = 3.0;

fn ensemble(effort: Effort, g: f32, k: f32) -> NetworkOptions {
    NetworkOptions {
        // Without plasticity, half a percent of C_phi(0) is missing at N = 1000 and g = 1.5.
        // At k = 2 networks of 400 are a tenth slower than infinitely many neurons.
        n: Some(effort.of([16, 800, if g < GAIN { 2000 } else { 1000 }])),
        g,
        k,
        networks: effort.of([2, 8, if g < GAIN { 8 } else { 16 }]),
        duration: effort.of([130.0, 1000.0, 1000.0]),
        ..networks(effort)
    }
}

fn simulation(effort: Effort, g: f32, k: f32) -> Job {
    run(ensemble(effort, g, k), effort.of([Some(60.0), None, None]))
}

/// Gains and strengths that are compared with theory.
fn points(effort: Effort) -> impl Iterator<Item = (f32, f32)> {
    let more = NEARER_TO_THE_EDGE_OF_CHAOS
        .into_iter()
        .filter(move |_| effort == Effort::Full);
    STRENGTHS.into_iter().map(|k| (GAIN, k)).chain(more)
}

fn jobs(effort: Effort) -> Vec<Job> {
    let pairs = points(effort).map(|(g, k)| [simulation(effort, g, k), theory(effort, g, k)]);
    pairs.flatten().collect()
}

/// A point's curve of simulation and of theory, and the half-width that was simulated.
struct Compared {
    curves: [Curve; 2],
    width: Option<MeanSem>,
}

/// Simulation against theory at a point: height, width and every lag.
fn compare(
    effort: Effort,
    (g, k): (f32, f32),
    results: &Results,
    report: &mut Report,
) -> Result<Compared, Failure> {
    let jobs = [simulation(effort, g, k), theory(effort, g, k)];
    let simulated: Outcome<Summary> = results.of(&jobs[0])?;
    let solved: Outcome<MeanFieldSummary> = results.of(&jobs[1])?;
    let curves: [Curve; 2] = [simulated_curve(&simulated)?, theory_curve(&solved)?];
    let at = if g == GAIN {
        format!("k = {k}")
    } else {
        format!("g = {g}, k = {k}")
    };
    let (found, expected) = (&simulated.summary, &solved.summary);
    for (name, found, expected, allowance) in [
        ("C_φ(0)", found.c_phi_0, expected.c_phi_0, HEIGHT),
        ("half-width of C_φ", found.half_width, expected.half_width, WIDTH),
    ] {
        let check = Check::near(format!("{name} at {at}"), found, expected, allowance);
        report.checks.push(check.from(&jobs));
    }
    let misfit = curves[0].misfit(&curves[1], LONGEST, POINTWISE.0, POINTWISE.1);
    report.checks.push(
        Check::bounded(
            format!("C_φ(τ) at {at}, every lag up to {LONGEST}: largest difference, in units of {} joint s.e. + {} % of C_φ(0)",
                POINTWISE.0, 100.0 * POINTWISE.1),
            misfit.is_finite().then(|| Measured::exact(misfit)),
            [0.0, 1.0],
        )
        .from(&jobs),
    );
    Ok(Compared {
        curves,
        width: simulated.summary.half_width,
    })
}

fn report(effort: Effort, results: &Results) -> Result<Report, Failure> {
    let mut report = Report::default();
    let mut series = Vec::new();
    let mut widths: Vec<(Option<MeanSem>, Job)> = Vec::new();
    let mut colours = STRENGTHS.into_iter().zip(CONDITIONS);
    for (g, k) in points(effort) {
        let Compared { curves, width } = compare(effort, (g, k), results, &mut report)?;
        if let Some((_, colour)) = colours.next() {
            widths.push((width, simulation(effort, g, k)));
            series.push(curves[1].line(Some(format!("k = {k}")), colour, LONGEST));
            series.push(curves[0].points(colour, LONGEST, 30));
        }
    }
    for (pair, strengths) in widths.windows(2).zip(STRENGTHS.windows(2)) {
        let growth = pair[1]
            .0
            .zip(pair[0].0)
            .map(|(to, from)| Measured::from(to).less(from.into()));
        let claim = format!(
            "the half-width grows from k = {} to k = {}",
            strengths[0], strengths[1]
        );
        report
            .checks
            .push(Check::above(claim, growth, 0.0, GROWTH).from([&pair[0].1, &pair[1].1]));
    }
    let shown = ensemble(effort, GAIN, 0.0);
    let (n, networks) = (shown.drawn_neurons(), shown.networks);
    report.chart(
        "hebbian",
        &format!(
            "Autocorrelation of the rates at g = 2, p = 2.5. Lines: mean-field theory (k = 0: exact). Dots: {networks} \
             networks of N = {n}, with standard errors."
        ),
        &Chart {
            x_name: LAG,
            y_name: C_PHI,
            note: &format!("lines: mean field; dots: simulation, N = {n}, {networks} networks"),
            series: &series,
            include: &[0.0],
            decades: false,
            marks: &[],
        },
    )?;
    Ok(report)
}
