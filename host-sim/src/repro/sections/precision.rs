//! Single against double precision, and the step of the map: statistics agree, trajectories part.

use super::shared::{lyapunov, networks, run, work};
use crate::commands::precision::PrecisionOptions;
use crate::failure::Failure;
use crate::options::NetworkOptions;
use crate::repro::{Allowance, Check, Effort, Job, Measured, Outcome, Report, Results, Section};
use figures::{Chart, Look, Piece, Series, chart::CONDITIONS};
use science::estimators::Precision;
use science::measure::{activity, exponents, precision};

pub(super) const SECTION: Section = Section {
    name: "precision",
    title: "Precision and step: statistics agree, trajectories part",
    source: "Beyond the paper: how far the numbers here depend on the arithmetic",
    text: &[
        "The microcontroller computes in single precision with a step of 0.05. A plainly written simulator in double \
         precision, which shares no code with the kernel, is started from the same state: in a chaotic network the two \
         trajectories part like e^{λt}, where λ is the largest Lyapunov exponent, until they have nothing in common. \
         Their statistics have to agree all the same.",
    ],
    equations: &[],
    jobs,
    report,
};

/// Statistics in double precision, and at other steps, against single precision at the step 0.05.
const STATISTICS: Allowance = Allowance {
    errors: 3.0,
    relative: 0.0,
    absolute: 0.0,
};
/// The rate at which trajectories part against the largest exponent: both are averages over finite times of few networks.
const RATE: Allowance = Allowance {
    errors: 3.0,
    relative: 0.1,
    absolute: 0.0,
};
/// Distance of single from double precision after one time unit: rounding of sums of order one.
const ROUNDING: f64 = 1e-5;
/// Steps beside 0.05.
const STEPS: [f32; 3] = [0.025, 0.1, 0.2];

/// The networks of the statistics, in single precision at the step 0.05.
fn reference(effort: Effort) -> NetworkOptions {
    NetworkOptions {
        n: Some(effort.of([12, 100, 200])),
        k: 1.5,
        networks: effort.of([2, 16, 24]),
        duration: effort.of([130.0, 1000.0, 1000.0]),
        ..networks(effort)
    }
}

fn statistics(network: NetworkOptions) -> Job {
    // Plain loops in double precision take some thirty times as long.
    let factor = if network.precision == Precision::F64 {
        30.0
    } else {
        1.5
    };
    let mut job = run(network, None);
    job.work *= factor;
    job
}

/// Networks whose trajectories part.
fn parting(effort: Effort) -> NetworkOptions {
    NetworkOptions {
        n: Some(effort.of([12, 200, 200])),
        k: 1.0,
        networks: effort.of([2, 8, 16]),
        duration: effort.of([20.0, 400.0, 400.0]),
        ..networks(effort)
    }
}

fn distances(effort: Effort) -> Job {
    let network = parting(effort);
    let work = work(&network, 20.0);
    Job::new(PrecisionOptions { network }, work)
}

fn exponent(effort: Effort) -> Job {
    let network = NetworkOptions {
        networks: effort.of([2, 24, 24]),
        duration: effort.of([60.0, 500.0, 500.0]),
        ..parting(effort)
    };
    lyapunov(network, "1", 3.0)
}

/// The reference's networks in double precision and with other steps.
fn variants(effort: Effort) -> Vec<(String, Job)> {
    let double = NetworkOptions {
        precision: Precision::F64,
        ..reference(effort)
    };
    let steps = STEPS.map(|dt| {
        let network = NetworkOptions {
            dt,
            ..reference(effort)
        };
        (format!("dt = {dt}"), statistics(network))
    });
    [("f64".to_owned(), statistics(double))]
        .into_iter()
        .chain(steps)
        .collect()
}

fn jobs(effort: Effort) -> Vec<Job> {
    let others = variants(effort).into_iter().map(|(_, job)| job);
    [statistics(reference(effort))]
        .into_iter()
        .chain(others)
        .chain([distances(effort), exponent(effort)])
        .collect()
}

fn report(effort: Effort, results: &Results) -> Result<Report, Failure> {
    let mut report = Report::default();
    let reference = statistics(reference(effort));
    let expected = results.of::<activity::Summary>(&reference)?.summary;
    for (name, job) in variants(effort) {
        let found = results.of::<activity::Summary>(&job)?.summary;
        for (quantity, found, expected) in [
            ("C_φ(0)", found.c_phi_0, expected.c_phi_0),
            ("half-width of C_φ", found.half_width, expected.half_width),
            ("rms speed", found.speed_rms, expected.speed_rms),
        ] {
            let claim = format!("{quantity}: {name} against f32, dt = 0.05");
            report
                .checks
                .push(Check::near(claim, found, expected, STATISTICS).from([&job, &reference]));
        }
    }
    part(effort, results, &mut report)?;
    Ok(report)
}

fn part(effort: Effort, results: &Results, report: &mut Report) -> Result<(), Failure> {
    let (job, exponents) = (distances(effort), exponent(effort));
    let found: Outcome<precision::Summary> = results.of(&job)?;
    let lyapunov: Outcome<exponents::Summary> = results.of(&exponents)?;
    let early = found.summary.early_distance.map(Measured::from);
    report.checks.push(
        Check::bounded(
            "rms distance of f32 from f64 after one time unit",
            early,
            [0.0, ROUNDING],
        )
        .from([&job]),
    );
    let exponent = lyapunov.summary.lyapunov_max;
    report.checks.push(
        Check::near(
            "rate at which f32 and f64 part, against the largest exponent (g = 2, k = 1)",
            found.summary.rate,
            exponent,
            RATE,
        )
        .from([&job, &exponents]),
    );
    let (time, distances) = found.rows("time", "distance")?;
    let mut series: Vec<Series> = distances
        .iter()
        .enumerate()
        .map(|(network, distance)| Series {
            name: (network == 0).then(|| format!("each of {} networks", distances.len())),
            look: Look::Line,
            colour: CONDITIONS[1],
            x: time.clone(),
            y: distance.clone(),
            errors: Vec::new(),
        })
        .collect();
    if let Some(exponent) = exponent.filter(|exponent| exponent.mean > 0.0) {
        let from = 1e-6;
        let end = ((1.0_f64 / from).ln() / exponent.mean).min(time.last().copied().unwrap_or(0.0));
        series.push(Series {
            name: Some(format!("slope of the largest exponent, {:.3}", exponent.mean)),
            look: Look::Dashed,
            colour: CONDITIONS[2],
            x: vec![0.0, end],
            y: vec![from, from * (exponent.mean * end).exp()],
            errors: Vec::new(),
        });
    }
    report.chart(
        "precision",
        "Rms distance per neuron between the same network in single and in double precision, from one state on; broken line: growth at the largest Lyapunov exponent.",
        &Chart {
            x_name: &[Piece::Plain("time since they were equal (units of the neuronal time constant)")],
            y_name: &[Piece::Plain("rms distance of x, f32 from f64")],
            note: "",
            series: &series,
            include: &[],
            decades: true,
            marks: &[],
        },
    )
}
