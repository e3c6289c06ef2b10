//! Points from the emulated board over the mean field.

use super::shared::{C_PHI, LAG, networks, run, simulated_curve, theory, theory_curve, work};
use crate::commands::attached::BoardPlace;
use crate::commands::board::{self, BoardOptions};
use crate::failure::Failure;
use crate::options::{NetworkOptions, defaults};
use crate::repro::job::FIRMWARE;
use crate::repro::{Allowance, Check, Effort, Job, Measured, Report, Results, Section, Tier, Verdict};
use figures::{Chart, chart::CONDITIONS};
use link::Cpu;
use science::measure::activity;
use science::measure::mean_field::MeanFieldSummary;

pub(super) const SECTION: Section = Section {
    name: "device",
    title: "Points from the microcontroller over theory",
    source: "Beyond the paper: its network on an emulated Cortex-M4F, which is not hardware",
    text: &[
        "The firmware runs the exact network with N = 128 in the emulator and sends every fifth state over its serial \
         line; C_φ(τ) is computed from those states alone. Each is compared, bit for bit, with that of the same network \
         on this machine. The distance from theory is that of 128 neurons from infinitely many: larger networks on this \
         machine, with the same program, are drawn beside it.",
    ],
    equations: &[],
    jobs,
    report,
};

/// The longest lag shown.
const LONGEST: f64 = 40.0;
/// C_phi(0) of the board's networks against those of other seeds and of the same size on this machine.
const SAME_SIZE: Allowance = Allowance {
    errors: 3.0,
    relative: 0.0,
    absolute: 0.0,
};

fn board(effort: Effort) -> Job {
    let network = NetworkOptions {
        n: Some(effort.of([8, 128, 128])),
        k: 1.0,
        networks: effort.of([1, 4, 8]),
        burn_in: effort.of([5.0, 100.0, 200.0]),
        duration: effort.of([20.0, 300.0, 1000.0]),
        ..defaults()
    };
    let work = work(&network, effort.of([10.0, 300.0, 300.0]));
    let options = BoardOptions {
        network,
        place: BoardPlace::emulated(Cpu::M4f, FIRMWARE),
    };
    Job::new(options, work)
}

fn host(effort: Effort, n: usize) -> Job {
    let network = NetworkOptions {
        n: Some(n),
        k: 1.0,
        networks: effort.of([2, 12, 24]),
        duration: effort.of([130.0, 1000.0, 1000.0]),
        // Other networks than the board's, so that the comparison is of independent samples.
        seed: 2,
        ..networks(effort)
    };
    run(network, None)
}

fn sizes(effort: Effort) -> [usize; 2] {
    effort.of([[8, 16], [128, 512], [128, 1024]])
}

fn jobs(effort: Effort) -> Vec<Job> {
    let [same, large] = sizes(effort).map(|n| host(effort, n));
    vec![board(effort), same, large, theory(effort, 2.0, 1.0)]
}

fn report(effort: Effort, results: &Results) -> Result<Report, Failure> {
    let mut report = Report::default();
    let job = board(effort);
    let outcome = results.of::<board::Summary>(&job)?;
    let found = &outcome.summary;
    let [same, large] = sizes(effort);
    let hosts = [host(effort, same), host(effort, large)];
    let solved = theory(effort, 2.0, 1.0);
    let states = found.states_compared;
    report.checks.push(
        Check::reached(
            format!("each of {states} states that the board sent has the bits of this machine's"),
            "no difference",
            None,
            if found.first_difference.is_none() && states > 0 {
                Verdict::Agrees
            } else {
                Verdict::Disagrees
            },
        )
        .tier(Tier::Bitwise)
        .from([&job]),
    );
    let expected = results.of::<activity::Summary>(&hosts[0])?.summary.c_phi_0;
    report.checks.push(
        Check::near(
            format!("C_φ(0) of the board's networks, against others of N = {same} on this machine"),
            found.c_phi_0,
            expected,
            SAME_SIZE,
        )
        .from([&job, &hosts[0]]),
    );
    let distance = |value: Option<Measured>, limit: Option<Measured>| Some(value?.less(limit?));
    let theory = results.of::<MeanFieldSummary>(&solved)?;
    let limit = theory.summary.c_phi_0.map(Measured::from);
    if let Some(distance) = distance(found.c_phi_0.map(Measured::from), limit) {
        report.findings.push(format!(
            "C_φ(0) of the board less that of the mean field, N → ∞: {distance}."
        ));
    }
    let mut series = vec![theory_curve(&theory)?.line(Some("mean field".to_owned()), CONDITIONS[0], LONGEST)];
    for (host, (n, colour)) in hosts.iter().zip([(same, CONDITIONS[1]), (large, CONDITIONS[3])]) {
        series.push(simulated_curve(&results.of::<activity::Summary>(host)?)?.line(
            Some(format!("this machine, N = {n}")),
            colour,
            LONGEST,
        ));
    }
    let mut points = simulated_curve(&outcome)?.points(CONDITIONS[2], LONGEST, 30);
    points.name = Some(format!("emulated board, N = {same}"));
    series.push(points);
    report.chart(
        "device",
        "Autocorrelation of the rates at g = 2, k = 1, p = 2.5: computed from the states that the emulated board sent (dots, standard errors over networks), of other networks on this machine, and in mean field.",
        &Chart {
            x_name: LAG,
            y_name: C_PHI,
            note: "",
            series: &series,
            include: &[0.0],
            decades: false,
            marks: &[],
        },
    )?;
    Ok(report)
}
