//! What depends on the number of neurons, with the sizes that fit a microcontroller.

use super::shared::{extrapolated, freeze, networks, run, theory, values};
use crate::failure::Failure;
use crate::options::NetworkOptions;
use crate::repro::{Allowance, Check, Effort, Job, Measured, Report, Results, Section};
use figures::{Chart, Look, Piece, Series, chart::CONDITIONS};
use science::estimators::MeanSem;
use science::measure::{activity, freeze as freezes, mean_field::MeanFieldSummary};
use science::networks::Model;

pub(super) const SECTION: Section = Section {
    name: "finite-size",
    title: "Finite size, and the sizes of a microcontroller",
    source: "Beyond the paper, whose theory is of infinitely many neurons",
    text: &[
        "Theory holds for N → ∞; a microcontroller has room for 32 to 128 neurons of the exact network and 1,024 of the \
         compact one. Small networks move less, fall into fixed points sooner or later, and are not robust as a memory.",
    ],
    equations: &[],
    jobs,
    report,
};

/// Against the mean field once extrapolated to infinitely many neurons.
const LIMIT: Allowance = Allowance {
    errors: 2.0,
    relative: 0.01,
    absolute: 0.0,
};
/// Least share of networks that stay active, and of freezes that succeed, at the sizes called robust.
const ROBUST: f64 = 0.9;
/// Sizes from which on networks are called robust, and from which on values follow a line in 1/N.
const LARGE: usize = 256;

/// Sizes of the exact network.
fn sizes(effort: Effort) -> &'static [usize] {
    match effort {
        Effort::Smoke => &[8, 16],
        Effort::Quick => &[32, 64, 128, 256, 512],
        Effort::Full => &[32, 64, 128, 256, 512, 1024],
    }
}

/// Sizes of the compact network.
fn compact_sizes(effort: Effort) -> &'static [usize] {
    match effort {
        Effort::Smoke => &[16],
        _ => &[256, 512, 1024],
    }
}

/// At g = 2, k = 1 all sizes are compared with theory.
fn chaotic(effort: Effort, n: usize) -> Job {
    let network = NetworkOptions {
        n: Some(n),
        k: 1.0,
        networks: effort.of([2, 10, 24]),
        duration: effort.of([130.0, 1000.0, 1000.0]),
        ..networks(effort)
    };
    run(network, None)
}

/// At g = 2, k = 2 networks are frozen.
fn frozen(effort: Effort, n: usize, model: Model) -> Job {
    let network = NetworkOptions {
        model,
        n: Some(n),
        networks: effort.of([2, 10, 20]),
        duration: effort.of([110.0, 800.0, 2000.0]),
        ..networks(effort)
    };
    // The compact network takes time of order N.
    let factor = if model == Model::Exact { 2.0 } else { 0.3 };
    freeze(network, effort.of([1, 2, 4]), 512, factor)
}

fn jobs(effort: Effort) -> Vec<Job> {
    let exact = sizes(effort).iter();
    let of_exact = exact.flat_map(|&n| [chaotic(effort, n), frozen(effort, n, Model::Exact)]);
    let of_compact = compact_sizes(effort)
        .iter()
        .map(|&n| frozen(effort, n, Model::Compact));
    of_exact
        .chain(of_compact)
        .chain([theory(effort, 2.0, 1.0)])
        .collect()
}

fn report(effort: Effort, results: &Results) -> Result<Report, Failure> {
    let mut report = Report::default();
    heights(effort, results, &mut report)?;
    robustness(effort, results, &mut report)?;
    Ok(report)
}

fn heights(effort: Effort, results: &Results, report: &mut Report) -> Result<(), Failure> {
    let runs = || sizes(effort).iter().map(|&n| (n as f64, chaotic(effort, n)));
    let found = values(runs(), results, |of: &activity::Summary| of.c_phi_0)?;
    let solved = theory(effort, 2.0, 1.0);
    let expected = results
        .of::<MeanFieldSummary>(&solved)?
        .summary
        .c_phi_0
        .map(Measured::from);
    let large: Vec<(f64, Measured)> = found
        .iter()
        .filter(|(n, _)| *n >= LARGE as f64 / 2.0)
        .copied()
        .collect();
    let limit = extrapolated(&large);
    let jobs: Vec<Job> = runs().map(|(_, job)| job).chain([solved]).collect();
    report.checks.push(
        Check::near(
            format!(
                "C_φ(0) at g = 2, k = 1, extrapolated in 1/N from N ≥ {}, against the mean field",
                LARGE / 2
            ),
            limit,
            expected,
            LIMIT,
        )
        .from(&jobs),
    );
    let inverse = |(n, value): &(f64, Measured)| (1.0 / n, *value);
    let points: Vec<(f64, Measured)> = found.iter().map(inverse).collect();
    let mut series = vec![Series {
        name: Some("simulation".to_owned()),
        look: Look::Points,
        colour: CONDITIONS[1],
        x: points.iter().map(|(x, _)| *x).collect(),
        y: points.iter().map(|(_, value)| value.value).collect(),
        errors: points
            .iter()
            .map(|(_, value)| value.error.unwrap_or(0.0))
            .collect(),
    }];
    let end = points.iter().map(|(x, _)| *x).fold(0.0, f64::max);
    if let Some(Measured { value, .. }) = expected {
        series.push(Series {
            name: Some("mean field, N → ∞".to_owned()),
            look: Look::Dashed,
            colour: CONDITIONS[2],
            x: vec![0.0, end],
            y: vec![value; 2],
            errors: Vec::new(),
        });
    }
    let marks: Vec<(f64, String)> = effort
        .of([&[16.0][..], &[32.0, 128.0], &[32.0, 128.0]])
        .iter()
        .map(|n| (1.0 / n, format!("N = {n}")))
        .collect();
    report.chart(
        "finite-size",
        "C_φ(0) at g = 2, k = 1 against 1/N, over networks that stayed active, with standard errors. Marked: the smallest and the largest exact network of the microcontroller.",
        &Chart {
            x_name: &[Piece::Plain("1/N")],
            y_name: &[Piece::Plain("C"), Piece::Subscript("φ"), Piece::Plain("(0)")],
            note: "",
            series: &series,
            include: &[],
            decades: false,
            marks: &marks,
        },
    )
}

fn robustness(effort: Effort, results: &Results, report: &mut Report) -> Result<(), Failure> {
    let exact = || {
        sizes(effort)
            .iter()
            .map(|&n| (n as f64, frozen(effort, n, Model::Exact)))
    };
    let compact = || {
        compact_sizes(effort)
            .iter()
            .map(|&n| (n as f64, frozen(effort, n, Model::Compact)))
    };
    let log = |points: Vec<(f64, Measured)>| -> Vec<(f64, Measured)> {
        points.into_iter().map(|(n, value)| (n.log2(), value)).collect()
    };
    let mut series = Vec::new();
    type Share = fn(&freezes::Summary) -> Option<MeanSem>;
    let shares: [(&str, &str, Share); 2] = [
        ("active", "networks active to the end", |of| of.alive),
        ("held", "freezes that succeed", |of| of.freeze_success),
    ];
    for (at, (short, name, share)) in shares.into_iter().enumerate() {
        for (model, points, colours) in [
            (
                Model::Exact,
                values(exact(), results, share)?,
                [CONDITIONS[1], CONDITIONS[3]],
            ),
            (
                Model::Compact,
                values(compact(), results, share)?,
                [CONDITIONS[2], CONDITIONS[4]],
            ),
        ] {
            let kind = model.name();
            for (n, share) in points.iter().filter(|(n, _)| *n >= LARGE as f64) {
                let job = frozen(effort, *n as usize, model);
                report.checks.push(
                    Check::bounded(
                        format!("{kind} network, N = {n}, g = 2, k = 2: share of {name}"),
                        Some(*share),
                        [ROBUST, 1.0],
                    )
                    .from([&job]),
                );
            }
            let points = log(points);
            series.push(Series {
                name: Some(format!("{kind}: {short}")),
                look: Look::Points,
                colour: colours[at],
                // Side by side, where they would hide each other.
                x: points
                    .iter()
                    .map(|(x, _)| x + 0.05 * (series.len() as f64 - 1.5))
                    .collect(),
                y: points.iter().map(|(_, value)| value.value).collect(),
                errors: points
                    .iter()
                    .map(|(_, value)| value.error.unwrap_or(0.0))
                    .collect(),
            });
        }
    }
    let marks = [(32.0_f64, "exact"), (128.0, "exact"), (1024.0, "compact")]
        .map(|(n, kind)| (n.log2(), format!("{kind}, N = {n}")));
    report.chart(
        "robustness",
        "Share of the networks that stay active to the end of the run, and of freezes that succeed in them, at g = 2, k = 2, against N. Marked: the sizes of the microcontroller.",
        &Chart {
            x_name: &[Piece::Plain("log₂ N")],
            y_name: &[Piece::Plain("share")],
            note: "",
            series: &series,
            include: &[0.0, 1.0],
            decades: false,
            marks: if effort == Effort::Smoke { &[] } else { &marks },
        },
    )
}
