//! Hebbian plasticity slows chaos.

use super::shared::{C_PHI, Curve, Ensemble, HEIGHT, LAG, WIDTH, simulated_curve, theory, theory_curve};
use crate::estimators::MeanSem;
use crate::failure::Failure;
use crate::figures::{Chart, chart::CONDITIONS};
use crate::repro::{Check, Effort, Job, Measured, Report, Results, Section};

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

/// Strengths of plasticity, at the gain 2.
const STRENGTHS: [f64; 4] = [0.0, 1.0, 1.5, 2.0];
/// The longest lag compared and shown.
const LONGEST: f64 = 60.0;

/// The curve at every lag: joint standard errors (of some ten independent lags, the worst lies at 2.5), and a share of
/// `C_phi(0)` for the finite size.
const POINTWISE: (f64, f64) = (3.0, 0.03);
/// By how many joint standard errors the half-width has to grow from each strength to the next.
const GROWTH: f64 = 3.0;

fn ensemble(effort: Effort, k: f64) -> Ensemble {
    Ensemble {
        n: effort.of([16, 400, 1000]),
        g: 2.0,
        k,
        networks: effort.of([2, 8, 16]),
        duration: effort.of([130.0, 1000.0, 1000.0]),
    }
}

fn simulation(effort: Effort, k: f64) -> Job {
    ensemble(effort, k).job("run", 1.0, effort.of([" --burn-in 20 --longest-lag 60", "", ""]))
}

fn jobs(effort: Effort) -> Vec<Job> {
    let pairs = STRENGTHS.map(|k| [simulation(effort, k), theory(effort, 2.0, k)]);
    pairs.into_iter().flatten().collect()
}

fn report(effort: Effort, results: &Results) -> Result<Report, Failure> {
    let mut report = Report::default();
    let mut series = Vec::new();
    let mut widths: Vec<(Option<MeanSem>, Job)> = Vec::new();
    for (k, colour) in STRENGTHS.into_iter().zip(CONDITIONS) {
        let jobs = [simulation(effort, k), theory(effort, 2.0, k)];
        let [simulated, solved] = [results.of(&jobs[0])?, results.of(&jobs[1])?];
        let curves: [Curve; 2] = [simulated_curve(&simulated)?, theory_curve(&solved)?];
        for (name, key, allowance) in [
            ("C_φ(0)", "c_phi_0", HEIGHT),
            ("half-width of C_φ", "half_width", WIDTH),
        ] {
            let found = simulated.average(key);
            let check = Check::near(
                format!("{name} at k = {k}"),
                found,
                solved.average(key),
                allowance,
            );
            report.checks.push(check.from(&jobs));
        }
        let misfit = curves[0].misfit(&curves[1], LONGEST, POINTWISE.0, POINTWISE.1);
        report.checks.push(
            Check::bounded(
                format!("C_φ(τ) at k = {k}, every lag up to {LONGEST}: largest difference, in units of {} joint s.e. + {} % of C_φ(0)",
                    POINTWISE.0, 100.0 * POINTWISE.1),
                misfit.is_finite().then(|| Measured::exact(misfit)),
                [0.0, 1.0],
            )
            .from(&jobs),
        );
        widths.push((simulated.average("half_width"), jobs[0].clone()));
        series.push(curves[1].line(Some(format!("k = {k}")), colour, LONGEST));
        series.push(curves[0].points(colour, LONGEST, 30));
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
    let Ensemble { n, networks, .. } = ensemble(effort, 0.0);
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
