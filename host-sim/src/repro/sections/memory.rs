//! Memory: a state is frozen, held and released.

use super::freezing;
use crate::failure::Failure;
use crate::repro::{Check, Effort, Job, Measured, Outcome, Report, Results, Section};
use figures::{
    Chart, FrozenInterval, Labels, Look, MemoryFigure, Piece, RasterFigure, Series, Trace, Traces,
    chart::CONDITIONS,
};
use science::measure::freeze::{DEMONSTRATION as HOLD, Summary};

pub(super) const SECTION: Section = Section {
    name: "memory",
    title: "Memory through freeze, hold and release",
    source: "Clark and Abbott, freezable chaos as a mechanism of working memory",
    text: &[
        "Whatever state the network is in when its plasticity is halted is stored as a fixed point of the neurons, held \
         as long as one likes, and left for chaos when the plasticity runs again. First one network, then all of them.",
    ],
    equations: &[],
    jobs: |effort| vec![job(effort)],
    report,
};

/// Least mean cosine to the state at the freeze at the end of the hold.
const HELD: f64 = 0.95;
/// Most rms speed of a network at the end of the hold, where running ones move at 0.1 and more.
const STILL: f64 = 1e-4;
/// Most share of the released networks that have not left what they held after 200.
const STAYED: f64 = 0.1;
/// Most overlap, in magnitude, of the states that one network stored at different times, on average: they are different
/// states.
const DISTINCT: f64 = 0.8;

fn size(effort: Effort) -> usize {
    effort.of([12, 400, 400])
}

fn job(effort: Effort) -> Job {
    freezing::simulation(effort, size(effort), 2.0, 2.0)
}

fn report(effort: Effort, results: &Results) -> Result<Report, Failure> {
    let mut report = Report::default();
    let (n, job) = (size(effort), job(effort));
    let outcome = results.of::<Summary>(&job)?;
    let [running, held, _] = HOLD;
    let frozen = FrozenInterval {
        start: running,
        end: running + held,
    };
    one(&outcome, frozen, n, &mut report)?;
    let (time, cosines) = outcome.alive_rows("demonstration_time", "hold_cosine")?;
    let (_, speeds) = outcome.alive_rows("demonstration_time", "hold_speed")?;
    let end = time.iter().rposition(|&time| time <= frozen.end).unwrap_or(0);
    let at_the_end = |rows: &[Vec<f64>]| {
        science::estimators::MeanSem::of(rows.iter().filter_map(|row| row.get(end).copied()))
            .map(Measured::from)
    };
    report.checks.push(
        Check::bounded(
            format!("cosine to the stored state after {held} of holding, over networks"),
            at_the_end(&cosines),
            [HELD, 1.0],
        )
        .from([&job]),
    );
    report.checks.push(
        Check::bounded(
            "rms speed at the end of the hold",
            at_the_end(&speeds),
            [0.0, STILL],
        )
        .from([&job]),
    );
    let stayed = outcome.summary.release_censored.map(Measured::from);
    report.checks.push(
        Check::bounded(
            "share of the released networks still near what they held after 200",
            stayed,
            [0.0, STAYED],
        )
        .from([&job]),
    );
    let overlap = outcome.summary.stored_overlap.map(Measured::from);
    report.checks.push(
        Check::bounded(
            "magnitude of the cosine between states that one network stored at different times",
            overlap,
            [0.0, DISTINCT],
        )
        .from([&job]),
    );
    if let Some(release) = outcome.summary.release_time {
        report.findings.push(format!(
            "Released, the networks leave the stored state (cosine below 0.5) after {}.",
            Measured::from(release)
        ));
    }
    let series: Vec<Series> = cosines
        .iter()
        .enumerate()
        .map(|(network, cosine)| Series {
            name: (network == 0).then(|| format!("each of {} networks", cosines.len())),
            look: Look::Line,
            colour: CONDITIONS[1],
            x: time.clone(),
            y: cosine.clone(),
            errors: Vec::new(),
        })
        .collect();
    report.chart(
        "memory-networks",
        &format!("Cosine between the rates and those at the freeze, of every active network (N = {n}, g = 2, k = 2): frozen at {running}, released at {}.", frozen.end),
        &Chart {
            x_name: &[Piece::Plain("time (units of the neuronal time constant)")],
            y_name: &[Piece::Plain("cosine to the stored state")],
            note: "",
            series: &series,
            include: &[0.0, 1.0],
            decades: false,
            marks: &[(frozen.start, "frozen".to_owned()), (frozen.end, "released".to_owned())],
        },
    )?;
    Ok(report)
}

/// One network: activity, speed, cosine.
fn one(
    outcome: &Outcome<Summary>,
    frozen: FrozenInterval,
    n: usize,
    report: &mut Report,
) -> Result<(), Failure> {
    let mut arrays = outcome.arrays()?;
    let axis = "demonstration_time";
    let (_, time) = arrays.read_finite::<f64>(axis, &[axis])?;
    let (shape, rates) = arrays.read_finite::<f32>("demonstration_rates", &[axis, "neuron"])?;
    let (_, speed) = arrays.read::<f64>("demonstration_speed", &[axis])?;
    let (_, cosine) = arrays.read::<f64>("demonstration_cosine", &[axis])?;
    let interval = time
        .get(1)
        .zip(time.first())
        .map_or(0.25, |(second, first)| second - first);
    let traces = |values| Traces {
        host: Trace { times: &time, values },
        device: None,
        control: None,
    };
    report.figure(
        "memory",
        &format!(
            "One network of N = {n}: rates of its first neurons, their rms speed, and the cosine to the state at the freeze."
        ),
        &MemoryFigure {
            raster: RasterFigure {
                rates: &rates,
                neurons: shape.last().copied().unwrap_or(0),
                start: interval,
                interval,
                frozen: &[frozen],
            },
            speed: traces(&speed),
            cosine: traces(&cosine),
            labels: Labels { host: "one network", ..Labels::default() },
            power_cut: None,
        },
    )
}
