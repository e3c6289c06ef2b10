//! Lyapunov exponents and the dimension of the attractor against the strength of plasticity.

use super::shared::{lyapunov, networks, theory};
use crate::failure::Failure;
use crate::options::{NetworkOptions, defaults};
use crate::output::reader;
use crate::repro::{Allowance, Check, Effort, Job, Measured, Report, Results, Section};
use figures::{Chart, Look, Piece, Series, chart::CONDITIONS};
use science::measure::exponents::Summary;
use science::measure::mean_field::MeanFieldSummary;

pub(super) const SECTION: Section = Section {
    name: "exponents",
    title: "Complexity rises with Hebbian plasticity, then falls",
    source: "Clark and Abbott, abstract and Lyapunov analysis: “for increasing strength, Hebbian plasticity initially raises the complexity of the dynamics, measured by the maximum Lyapunov exponent and attractor dimension, but then decreases these metrics”",
    text: &[
        "Lyapunov exponents are those of the joint map of neurons and synapses, by tangent vectors (dx, dA) that the \
         exact derivative of the step carries along. The dimension is Kaplan and Yorke's, per neuron. Networks that come \
         to rest are left out, as fixed points coexist with chaos at large k.",
        "In the spectrum of all exponents, N(N+1)/2 + N of them, about N(N−1)/2 lie at that of a lone synapse, −1/p; the \
         rest forms a band of at most about N above it, slow and synaptic, and one below.",
    ],
    equations: &[],
    jobs,
    report,
};

/// Strengths of plasticity, at the gain 2.
const STRENGTHS: [f32; 6] = [0.0, 0.5, 1.0, 1.5, 2.0, 2.5];
/// The largest exponent known from an independent program at k = 2, N = 200, and how far this one may be.
const KNOWN: (f64, f64) = (0.073, 0.015);
/// Standard errors by which complexity has to rise above k = 0, and to fall from its peak.
const RISE: f64 = 3.0;
const FALL: f64 = 2.0;
/// Least share of the networks that has to stay active for an average to speak for them.
const LEAST_ALIVE: f64 = 0.75;

/// Networks of the largest exponent: few exponents of many neurons.
fn largest(effort: Effort, k: f32) -> Job {
    let network = NetworkOptions {
        n: Some(effort.of([8, 200, 800])),
        k,
        // In a quick run these are at k = 2 the networks of [`known`] too.
        networks: effort.of([2, if k == 2.0 { 24 } else { 12 }, 8]),
        duration: effort.of([60.0, 500.0, 500.0]),
        ..networks(effort)
    };
    lyapunov(network, "1", effort.of([1.0, 3.0, 8.0]))
}

/// The networks whose exponent an independent program has measured too.
fn known(effort: Effort) -> Job {
    let network = NetworkOptions {
        n: Some(effort.of([8, 200, 200])),
        networks: effort.of([2, 24, 24]),
        duration: effort.of([60.0, 500.0, 500.0]),
        ..networks(effort)
    };
    lyapunov(network, "1", effort.of([1.0, 3.0, 3.0]))
}

/// Networks of the dimension: many exponents of few neurons.
fn dimension(effort: Effort, k: f32) -> Job {
    let network = NetworkOptions {
        n: Some(effort.of([8, 200, 200])),
        k,
        networks: effort.of([2, 4, 12]),
        duration: effort.of([60.0, 100.0, 300.0]),
        ..networks(effort)
    };
    lyapunov(
        network,
        effort.of(["8", "16", "30"]),
        effort.of([1.0, 60.0, 60.0]),
    )
}

/// The network whose exponents are all found. At this size chaos needs a larger gain.
fn whole(effort: Effort) -> Job {
    let network = NetworkOptions {
        n: Some(effort.of([4, 16, 32])),
        g: effort.of([3.0, 6.0, 6.0]),
        k: 1.0,
        // About half of such small networks come to rest.
        networks: effort.of([1, 4, 6]),
        duration: effort.of([60.0, 300.0, 200.0]),
        ..defaults()
    };
    lyapunov(network, "all", effort.of([1.0, 2000.0, 40000.0]))
}

fn jobs(effort: Effort) -> Vec<Job> {
    let pairs = STRENGTHS.map(|k| [largest(effort, k), dimension(effort, k)]);
    pairs
        .into_iter()
        .flatten()
        .chain([known(effort), whole(effort), theory(effort, 2.0, 0.0)])
        .collect()
}

/// A quantity against the strength of plasticity.
struct Against {
    values: Vec<Option<Measured>>,
    jobs: Vec<Job>,
}

impl Against {
    fn read(
        results: &Results,
        job: impl Fn(f32) -> Job,
        value: impl Fn(&Summary) -> Option<Measured>,
    ) -> Result<Self, Failure> {
        let jobs: Vec<Job> = STRENGTHS.into_iter().map(job).collect();
        let values: Result<Vec<Option<Measured>>, Failure> = jobs
            .iter()
            .map(|job| {
                let found = results.of::<Summary>(job)?.summary;
                let alive = found.alive.is_some_and(|alive| alive.mean >= LEAST_ALIVE);
                Ok(value(&found).filter(|_| alive))
            })
            .collect();
        Ok(Self {
            values: values?,
            jobs,
        })
    }

    /// Where it is largest.
    fn peak(&self) -> Option<usize> {
        let known = (0..self.values.len()).filter(|&at| self.values[at].is_some());
        known.max_by(|&a, &b| {
            let value = |at: usize| self.values[at].map_or(f64::NAN, |value| value.value);
            value(a).total_cmp(&value(b))
        })
    }

    /// Whether it rises above its value at k = 0, and falls from its peak to the largest k that has one.
    fn checks(&self, name: &str) -> [Check; 2] {
        let difference =
            |to: Option<usize>, from: Option<usize>| Some(self.values[to?]?.less(self.values[from?]?));
        let (peak, last) = (self.peak(), self.values.iter().rposition(Option::is_some));
        let at = |index: Option<usize>| index.map_or(f32::NAN, |index| STRENGTHS[index]);
        let rise = Check::above(
            format!(
                "{name} rises: its peak, at k = {}, less its value at k = 0",
                at(peak)
            ),
            difference(peak, Some(0)),
            0.0,
            RISE,
        );
        let fall = Check::above(
            format!("{name} falls: its peak less its value at k = {}", at(last)),
            difference(peak, last),
            0.0,
            FALL,
        );
        let at_the_end = "the peak is at the largest k at which networks stay active: beyond, they come to rest, and no fall is seen";
        let fall = if peak == last { fall.note(at_the_end) } else { fall };
        [rise, fall].map(|check| check.from(&self.jobs))
    }

    fn series(&self, name: &str) -> Series {
        let known = || {
            self.values
                .iter()
                .zip(STRENGTHS)
                .filter_map(|(value, k)| Some((k, (*value)?)))
        };
        Series {
            name: Some(name.to_owned()),
            look: Look::Points,
            colour: CONDITIONS[1],
            x: known().map(|(k, _)| k.into()).collect(),
            y: known().map(|(_, value)| value.value).collect(),
            errors: known().map(|(_, value)| value.error.unwrap_or(0.0)).collect(),
        }
    }
}

fn report(effort: Effort, results: &Results) -> Result<Report, Failure> {
    let mut report = Report::default();
    let exponents = Against::read(
        results,
        |k| largest(effort, k),
        |found| found.lyapunov_max.map(Measured::from),
    )?;
    let neurons = effort.of([8.0, 200.0, 200.0]);
    let dimensions = Against::read(
        results,
        |k| dimension(effort, k),
        |found| {
            let dimension = Measured::from(found.kaplan_yorke_dimension?);
            Some(Measured {
                value: dimension.value / neurons,
                error: dimension.error.map(|error| error / neurons),
            })
        },
    )?;
    let allowance = Allowance {
        errors: 0.0,
        relative: 0.0,
        absolute: KNOWN.1,
    };
    let claim = "largest exponent at k = 2, N = 200, against an independent program";
    let found = results.of::<Summary>(&known(effort))?.summary.lyapunov_max;
    report
        .checks
        .push(Check::near(claim, found, Some(Measured::exact(KNOWN.0)), allowance).from([&known(effort)]));
    report.checks.extend(exponents.checks("the largest exponent"));
    report
        .checks
        .extend(dimensions.checks("the dimension per neuron"));
    let limit = infinitely_many(effort, results)?;
    let (n, few) = (effort.of([8, 200, 800]), effort.of([8, 200, 200]));
    for (stem, against, name, caption) in [
        (
            "exponents",
            &exponents,
            "largest Lyapunov exponent",
            format!(
                "Largest Lyapunov exponent of neurons and synapses against the strength of plasticity; g = 2, N = {n}. Dots: \
             networks that stayed active, with standard errors. Theory knows it at k = 0, for infinitely many neurons; networks of this size fall short of it."
            ),
        ),
        (
            "dimension",
            &dimensions,
            "Kaplan-Yorke dimension / N",
            format!("Kaplan-Yorke dimension of the attractor per neuron; g = 2, N = {few}."),
        ),
    ] {
        let mut shown = vec![against.series("active networks")];
        shown.extend(limit.iter().filter(|_| stem == "exponents").cloned());
        report.chart(
            stem,
            &caption,
            &Chart {
                x_name: &[Piece::Plain("strength of plasticity k")],
                y_name: &[Piece::Plain(name)],
                note: &format!(
                    "simulation, N = {}, standard errors over networks",
                    if stem == "exponents" { n } else { few }
                ),
                series: &shown,
                include: &[0.0],
                decades: false,
                marks: &[],
            },
        )?;
    }
    bands(effort, results, &mut report)?;
    Ok(report)
}

/// The largest exponent of infinitely many neurons without plasticity, where theory has it.
fn infinitely_many(effort: Effort, results: &Results) -> Result<Option<Series>, Failure> {
    let theory = results.of::<MeanFieldSummary>(&theory(effort, 2.0, 0.0))?;
    let exponent = theory.summary.lyapunov_max;
    Ok(exponent.map(|exponent| Series {
        name: Some("mean field at k = 0, N → ∞".to_owned()),
        look: Look::Points,
        colour: CONDITIONS[2],
        x: vec![0.0],
        y: vec![exponent],
        errors: Vec::new(),
    }))
}

/// The two bands about the exponent of a lone synapse.
fn bands(effort: Effort, results: &Results, report: &mut Report) -> Result<(), Failure> {
    let job = whole(effort);
    let outcome = results.of::<Summary>(&job)?;
    let n = effort.of([4.0, 16.0, 32.0]);
    let total = n + n * (n + 1.0) / 2.0;
    for (name, share) in [
        ("above", outcome.summary.above_synaptic_rate),
        ("below", outcome.summary.below_synaptic_rate),
    ] {
        let share = share.map(|share| Measured {
            value: share.mean * total / n,
            error: share.sem.map(|sem| sem * total / n),
        });
        report.checks.push(
            Check::bounded(
                format!("exponents {name} that of a lone synapse, per neuron"),
                share,
                [0.05, 1.1],
            )
            .note("counted where they differ from it by more than a twentieth")
            .from([&job]),
        );
    }
    let mut arrays = outcome.arrays()?;
    let (_, alive) = arrays.read::<bool>("alive", &["network"])?;
    // Some may be -infinity.
    let (shape, spectra) = arrays.read::<f64>("spectrum", &["network", "exponent"])?;
    let spectra = reader::rows(&spectra, shape[1]);
    let mut active = spectra.iter().zip(alive).filter(|(_, alive)| *alive);
    let Some((spectrum, _)) = active.next() else {
        report
            .findings
            .push("The network whose exponents are all found came to rest.".to_owned());
        return Ok(());
    };
    let lone = (1.0 - 0.05_f64 / 2.5).ln() / 0.05;
    let places: Vec<f64> = (1..=spectrum.len()).map(|at| at as f64 / n).collect();
    let ends = vec![0.0, places[places.len() - 1]];
    let level = Series {
        name: Some("a lone synapse".to_owned()),
        look: Look::Dashed,
        colour: CONDITIONS[2],
        x: ends,
        y: vec![lone; 2],
        errors: Vec::new(),
    };
    let line = Series {
        name: Some("all exponents of one network".to_owned()),
        look: Look::Line,
        colour: CONDITIONS[1],
        x: places,
        y: spectrum.clone(),
        errors: Vec::new(),
    };
    report.chart(
        "bands",
        &format!("All Lyapunov exponents of a network of N = {n} neurons, in their order: two bands about that of a lone synapse."),
        &Chart {
            x_name: &[Piece::Plain("number of the exponent / N")],
            y_name: &[Piece::Plain("Lyapunov exponent")],
            note: &format!("simulation, N = {n}"),
            series: &[line, level],
            include: &[0.0],
            decades: false,
            marks: &[],
        },
    )
}
