//! The compact network beside the exact one.

use super::shared::{C_PHI, LAG, networks, work};
use crate::commands::equivalence::EquivalenceOptions;
use crate::failure::Failure;
use crate::options::NetworkOptions;
use crate::output::reader;
use crate::repro::{Check, Effort, Job, Measured, Report, Results, Section, Verdict};
use figures::{Chart, Look, Series, chart::CONDITIONS};
use science::estimators::{MeanSem, pooled};
use science::measure::equivalence::{Averages, Difference, Summary};

pub(super) const SECTION: Section = Section {
    name: "compact",
    title: "The compact network is the same network in less memory",
    source: "Beyond the paper, whose network is the exact one",
    text: &[
        "The compact network has no state of order N²: its quenched couplings are signs, and its plastic ones are \
         recomputed from a short history of the rates, in whole numbers. It is compared with exact networks that have \
         the same signs and start from the same states, network by network, and with Gaussian ones.",
    ],
    equations: &["A φ = (k/N) Σₘ wₘ φₘ (φₘ · φ),   φₘ: the rates at the m-th sample before now"],
    jobs: |effort| vec![job(effort)],
    report,
};

/// Bounds of the 95 % interval of the paired differences to the exact network of the same signs: of `C_phi(0)`, and of
/// the half-width relative to its own.
const HEIGHT: f64 = 0.005;
const WIDTH: f64 = 0.1;
/// Least share of freezes that succeed.
const HELD: f64 = 0.95;
/// Standard errors on either side of the mean in a 95 % interval.
const INTERVAL: f64 = 1.96;

fn job(effort: Effort) -> Job {
    let network = NetworkOptions {
        n: Some(effort.of([12, 256, 512])),
        networks: effort.of([2, 40, 40]),
        duration: effort.of([110.0, 800.0, 2000.0]),
        ..networks(effort)
    };
    let work = work(&network, 6.0);
    let options = EquivalenceOptions {
        network,
        trials: effort.of([1, 1, 4]),
        pairs: effort.of([0, 0, 2]),
        histories: Vec::new(),
        check: false,
    };
    Job::new(options, work)
}

/// Whether the interval about a difference lies within a bound: if it lies outside, they differ; between, nobody knows.
fn equal(claim: &str, difference: Option<Measured>, bound: f64, job: &Job) -> Check {
    let verdict = match difference {
        Some(Measured {
            value,
            error: Some(error),
        }) if value.abs() + INTERVAL * error <= bound => Verdict::Agrees,
        Some(Measured {
            value,
            error: Some(error),
        }) if value.abs() - INTERVAL * error > bound => Verdict::Disagrees,
        _ => Verdict::Open,
    };
    let check = Check::reached(
        claim,
        format!("95 % interval within ±{bound}"),
        difference,
        verdict,
    );
    match verdict {
        Verdict::Open => {
            check.note("the interval reaches beyond the bound, but not all of it: more networks would tell")
        }
        _ => check,
    }
    .from([job])
}

fn report(effort: Effort, results: &Results) -> Result<Report, Failure> {
    let mut report = Report::default();
    let job = job(effort);
    let outcome = results.of::<Summary>(&job)?;
    let Summary { kinds, differences } = &outcome.summary;
    let difference = |value: fn(&Difference) -> Option<MeanSem>| {
        let row = differences.iter().find(|row| row.name.starts_with("compact"));
        row.and_then(value).map(Measured::from)
    };
    let success = |name: &str| {
        let row: Option<&Averages> = kinds.iter().find(|row| row.name.starts_with(name));
        row.and_then(|row| row.freeze_success).map(Measured::from)
    };
    report.checks = vec![
        equal(
            "C_φ(0): compact less exact with the same signs",
            difference(|row| row.c_phi_0),
            HEIGHT,
            &job,
        ),
        equal(
            "half-width of C_φ: the same, relative",
            difference(|row| row.half_width),
            WIDTH,
            &job,
        ),
        Check::bounded(
            "share of freezes of the compact network that succeed",
            success("compact"),
            [HELD, 1.0],
        )
        .from([&job]),
        Check::bounded(
            "share of freezes of the exact network (signs) that succeed",
            success("exact, signs"),
            [HELD, 1.0],
        )
        .from([&job]),
    ];
    let mut arrays = outcome.arrays()?;
    let (_, lags) = arrays.read_finite::<f64>("lag", &["lag"])?;
    let (_, alive) = arrays.read::<bool>("alive", &["kind", "network"])?;
    let (shape, curves) = arrays.read_finite("autocorrelation", &["kind", "network", "lag"])?;
    let (networks, rows) = (shape[1].max(1), reader::rows(&curves, lags.len()));
    let names = ["exact, Gaussian", "exact, signs", "compact"];
    let mut series = Vec::new();
    for (kind, (name, curves)) in names.into_iter().zip(rows.chunks(networks)).enumerate() {
        let active: Vec<&[f64]> = curves
            .iter()
            .zip(&alive[kind * networks..])
            .filter(|(_, alive)| **alive)
            .map(|(curve, _)| curve.as_slice())
            .collect();
        let Some(mean) = pooled(&active) else { continue };
        series.push(Series {
            name: Some(name.to_owned()),
            look: if kind < 2 { Look::Line } else { Look::Dashed },
            colour: CONDITIONS[kind],
            x: lags.clone(),
            y: mean,
            errors: Vec::new(),
        });
    }
    report.chart(
        "compact",
        &format!("Autocorrelation of the rates of exact and compact networks with the same parameters, pooled over {networks} networks of each kind."),
        &Chart {
            x_name: LAG,
            y_name: C_PHI,
            note: &format!("simulation, {networks} networks of each kind"),
            series: &series,
            include: &[0.0],
            decades: false,
            marks: &[],
        },
    )?;
    Ok(report)
}
