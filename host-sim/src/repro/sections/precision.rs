//! Single against double precision, and the step of the map: statistics agree, trajectories part.

use super::shared::Ensemble;
use crate::failure::Failure;
use crate::repro::{Allowance, Check, Effort, Job, Measured, Outcome, Report, Results, Section};
use figures::{Chart, Look, Piece, Series, chart::CONDITIONS};

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
const STEPS: [f64; 3] = [0.025, 0.1, 0.2];

fn ensemble(effort: Effort) -> Ensemble {
    Ensemble {
        n: effort.of([12, 100, 200]),
        g: 2.0,
        k: 1.5,
        networks: effort.of([2, 16, 24]),
        duration: effort.of([130.0, 1000.0, 1000.0]),
    }
}

fn statistics(effort: Effort, more: &str) -> Job {
    // Plain loops in double precision take some thirty times as long.
    let factor = if more.contains("f64") { 30.0 } else { 1.5 };
    let short = effort.of([" --burn-in 20", "", ""]);
    ensemble(effort).job("run", factor, &format!("{more}{short}"))
}

fn parting(effort: Effort) -> Job {
    let ensemble = Ensemble {
        n: effort.of([12, 200, 200]),
        g: 2.0,
        k: 1.0,
        networks: effort.of([2, 8, 16]),
        duration: effort.of([20.0, 400.0, 400.0]),
    };
    ensemble.job("precision", 20.0, effort.of([" --burn-in 20", "", ""]))
}

fn exponent(effort: Effort) -> Job {
    let ensemble = Ensemble {
        n: effort.of([12, 200, 200]),
        g: 2.0,
        k: 1.0,
        networks: effort.of([2, 24, 24]),
        duration: effort.of([60.0, 500.0, 500.0]),
    };
    ensemble.job("lyapunov", 3.0, effort.of([" --burn-in 20", "", ""]))
}

fn variants() -> Vec<(String, String)> {
    let steps = STEPS.map(|dt| (format!("dt = {dt}"), format!(" --dt {dt}")));
    let double = ("f64".to_owned(), " --precision f64".to_owned());
    [double].into_iter().chain(steps).collect()
}

fn jobs(effort: Effort) -> Vec<Job> {
    let others = variants().into_iter().map(|(_, more)| statistics(effort, &more));
    [statistics(effort, "")]
        .into_iter()
        .chain(others)
        .chain([parting(effort), exponent(effort)])
        .collect()
}

fn report(effort: Effort, results: &Results) -> Result<Report, Failure> {
    let mut report = Report::default();
    let reference = statistics(effort, "");
    let expected = results.of(&reference)?;
    for (name, more) in variants() {
        let job = statistics(effort, &more);
        let found = results.of(&job)?;
        for (quantity, key) in [
            ("C_φ(0)", "c_phi_0"),
            ("half-width of C_φ", "half_width"),
            ("rms speed", "speed_rms"),
        ] {
            let claim = format!("{quantity}: {name} against f32, dt = 0.05");
            report.checks.push(
                Check::near(claim, found.average(key), expected.average(key), STATISTICS)
                    .from([&job, &reference]),
            );
        }
    }
    part(effort, results, &mut report)?;
    Ok(report)
}

fn part(effort: Effort, results: &Results, report: &mut Report) -> Result<(), Failure> {
    let (job, exponents) = (parting(effort), exponent(effort));
    let (found, lyapunov): (Outcome, Outcome) = (results.of(&job)?, results.of(&exponents)?);
    let early = found.average("early_distance").map(Measured::from);
    report.checks.push(
        Check::bounded(
            "rms distance of f32 from f64 after one time unit",
            early,
            [0.0, ROUNDING],
        )
        .from([&job]),
    );
    let exponent = lyapunov.average("lyapunov_max");
    report.checks.push(
        Check::near(
            "rate at which f32 and f64 part, against the largest exponent (g = 2, k = 1)",
            found.average("rate"),
            exponent,
            RATE,
        )
        .from([&job, &exponents]),
    );
    let (time, distances) = (found.array("time")?.1, found.rows("distance")?);
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
