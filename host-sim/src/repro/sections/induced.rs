//! Hebbian plasticity induces chaos below the gain at which networks without plasticity are silent.

use crate::failure::Failure;
use crate::repro::{Check, Effort, Job, Measured, Report, Results, Section};

pub(super) const SECTION: Section = Section {
    name: "induced",
    title: "Hebbian plasticity induces chaos in quiescent networks",
    source: "Clark and Abbott, abstract: Hebbian plasticity “induces chaos in otherwise quiescent networks”",
    text: &[
        "Below g = 1 the state of rest is stable for any plasticity, and small starts decay. Large starts, which imprint \
         themselves on the synapses, can stay chaotic. How many do depends on N: at N = 800 about half of them come to rest \
         within some hundred time units; at N = 1600 all that were tried stayed. The phase diagram is drawn by host-sim sweep.",
    ],
    equations: &[],
    jobs,
    report,
};

/// Standard errors by which the exponent has to be above zero.
const SURE: f64 = 3.0;

fn large(effort: Effort) -> Job {
    let line = effort.of([
        "lyapunov --n 12 --g 0.9 --k 1.75 --start large --networks 2 --burn-in 20 --duration 110",
        "lyapunov --n 800 --g 0.9 --k 1.75 --start large --networks 8 --burn-in 400 --duration 200",
        "lyapunov --n 1600 --g 0.9 --k 1.75 --start large --networks 4 --burn-in 1000 --duration 500",
    ]);
    Job::new(line, effort.of([0.5, 120.0, 1500.0]))
}

fn small(effort: Effort) -> Job {
    let line = effort.of([
        "run --n 12 --g 0.9 --k 1.75 --networks 2 --burn-in 20 --duration 110 --longest-lag 20",
        "run --n 800 --g 0.9 --k 1.75 --networks 4 --duration 300 --longest-lag 50",
        "run --n 1600 --g 0.9 --k 1.75 --networks 4 --duration 500 --longest-lag 50",
    ]);
    Job::new(line, effort.of([0.5, 9.0, 50.0]))
}

fn jobs(effort: Effort) -> Vec<Job> {
    vec![large(effort), small(effort)]
}

fn report(effort: Effort, results: &Results) -> Result<Report, Failure> {
    let mut report = Report::default();
    let jobs = [large(effort), small(effort)];
    let [large, small] = [results.of(&jobs[0])?, results.of(&jobs[1])?];
    let exponent = large.average("lyapunov_max").map(Measured::from);
    report.checks.push(
        Check::above(
            "largest exponent of the large starts that stay active, g = 0.9, k = 1.75",
            exponent,
            0.0,
            SURE,
        )
        .from([&jobs[0]]),
    );
    let share = small.average("alive").map(|alive| Measured::exact(alive.mean));
    report.checks.push(
        Check::bounded("share of the small starts that stay active", share, [0.0, 0.0]).from([&jobs[1]]),
    );
    if let Some(alive) = large.average("alive") {
        let (count, all) = ((alive.mean * alive.count as f64).round(), alive.count);
        report
            .findings
            .push(format!("{count} of {all} large starts stayed active."));
    }
    report.drawn_by(
        &large,
        "lyapunov",
        "induced",
        "Largest exponent of the large starts as it is measured; below g = 1, where the state of rest is stable.",
    )?;
    Ok(report)
}
