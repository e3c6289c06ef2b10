//! Hebbian plasticity induces chaos below the gain at which networks without plasticity are silent.

use super::shared::{lyapunov, networks, run};
use crate::failure::Failure;
use crate::options::NetworkOptions;
use crate::repro::{Check, Effort, Job, Measured, Outcome, Report, Results, Section};
use science::measure::{activity, exponents};
use science::networks::InitialState;

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

/// Below the gain 1.
fn quiescent(effort: Effort) -> NetworkOptions {
    NetworkOptions {
        g: 0.9,
        k: 1.75,
        ..networks(effort)
    }
}

fn large(effort: Effort) -> Job {
    let network = NetworkOptions {
        n: Some(effort.of([12, 800, 1600])),
        start: InitialState::Large,
        networks: effort.of([2, 8, 4]),
        burn_in: effort.of([20.0, 400.0, 1000.0]),
        duration: effort.of([110.0, 200.0, 500.0]),
        ..quiescent(effort)
    };
    lyapunov(network, "1", 10.0)
}

fn small(effort: Effort) -> Job {
    let network = NetworkOptions {
        n: Some(effort.of([12, 800, 1600])),
        networks: effort.of([2, 4, 4]),
        duration: effort.of([110.0, 300.0, 500.0]),
        ..quiescent(effort)
    };
    run(network, Some(effort.of([20.0, 50.0, 50.0])))
}

fn jobs(effort: Effort) -> Vec<Job> {
    vec![large(effort), small(effort)]
}

fn report(effort: Effort, results: &Results) -> Result<Report, Failure> {
    let mut report = Report::default();
    let jobs = [large(effort), small(effort)];
    let large: Outcome<exponents::Summary> = results.of(&jobs[0])?;
    let small: Outcome<activity::Summary> = results.of(&jobs[1])?;
    let exponent = large.summary.lyapunov_max.map(Measured::from);
    report.checks.push(
        Check::above(
            "largest exponent of the large starts that stay active, g = 0.9, k = 1.75",
            exponent,
            0.0,
            SURE,
        )
        .from([&jobs[0]]),
    );
    let share = small.summary.alive.map(|alive| Measured::exact(alive.mean));
    report.checks.push(
        Check::bounded("share of the small starts that stay active", share, [0.0, 0.0]).from([&jobs[1]]),
    );
    if let Some(alive) = large.summary.alive {
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
