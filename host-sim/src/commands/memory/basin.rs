//! From which states a frozen network returns to the one that it holds: its mirror image, the state of the opposite sign,
//! is held as well.

use clap::Args;
use freezable_chaos::random::Randomness;
use freezable_chaos::{Generator, Purpose};
use serde::{Deserialize, Serialize};

use super::check_count;
use super::summary::cell;
use crate::commands::drawing::draw;
use crate::commands::table::print_text;
use crate::configuration::{Configuration, NetworkOptions};
use crate::ensemble::{self, PROGRESS_STRIDE};
use crate::estimators::{FREEZE_LIMIT, MeanSem, cosine, steps_in};
use crate::failure::Failure;
use crate::figures::chart::CONDITIONS;
use crate::figures::{Chart, Look, Piece, Series};
use crate::memory::come_to_rest;
use crate::output::{Arrays, Provenance, ResultObject};
use crate::progress::Progress;
use crate::simulation::Simulation;
use crate::simulation::edit::Parts;

/// Options of `memory basin`. --duration is not used.
#[derive(Args, Clone, Debug)]
pub(super) struct BasinOptions {
    #[command(flatten)]
    network: NetworkOptions,
    /// States that each network stores, one after the other
    #[arg(long, default_value_t = 8, allow_negative_numbers = true)]
    states: u32,
    /// Starts at each overlap with a stored state, in random directions
    #[arg(long, default_value_t = 4, allow_negative_numbers = true)]
    starts: u32,
}

const MOST: u32 = 10_000;
/// Time for which the network runs between two stored states.
const BETWEEN: f64 = 50.0;
/// Magnitude of the cosine above which the network is in the stored state or in its mirror image.
const SAME: f64 = 0.99;
/// Overlaps from -1 to 1, in tenths.
const TENTHS: std::ops::RangeInclusive<i32> = -10..=10;

/// Where starts at one overlap end, as shares.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
struct Ends {
    returned: f64,
    mirror: f64,
    other: f64,
    moving: f64,
}

#[derive(Clone, Debug, Serialize)]
struct Row {
    /// Cosine between the initial state x and the stored one.
    overlap: f64,
    /// Came back to the stored state.
    returned: Option<MeanSem>,
    /// Came to its mirror image.
    mirror: Option<MeanSem>,
    /// Came to rest elsewhere.
    other: Option<MeanSem>,
    /// Did not come to rest, nor near either.
    moving: Option<MeanSem>,
}

#[derive(Serialize)]
struct Parameters<'a> {
    #[serde(flatten)]
    configuration: &'a Configuration,
    states: u32,
    starts: u32,
}

#[derive(Serialize)]
struct Summary<'a> {
    rows: &'a [Row],
}

/// Runs the experiment.
pub(super) fn execute(options: BasinOptions) -> Result<(), Failure> {
    check_count("--states", options.states, [1, MOST])?;
    check_count("--starts", options.starts, [1, MOST])?;
    let configuration = options.network.clone().check()?;
    configuration.check_memory(0)?;
    let (states, starts) = (options.states, options.starts);
    let per_start = steps_in(FREEZE_LIMIT, configuration.dt.into());
    let overlaps = TENTHS.count() as u64;
    let steps = u64::from(states) * (1 + overlaps * u64::from(starts)) * per_start;
    let progress = Progress::new("memory basin", steps * u64::from(configuration.networks));
    let (outcomes, parts) = ensemble::measure(
        &format!("memory-basin-{states}-{starts}"),
        &configuration,
        &progress,
        steps,
        |index, simulation, progress| measure(&configuration, (states, starts), index, simulation, progress),
    )?;
    drop(progress);
    let rows = rows(&outcomes);
    let result = ResultObject {
        kind: "memory basin",
        params: Parameters {
            configuration: &configuration,
            states,
            starts,
        },
        summary: Summary { rows: &rows },
        provenance: Provenance::collect(configuration.seeds),
    };
    if let Some(out) = &configuration.out {
        let mut arrays = Arrays::new();
        let shape = [outcomes.len(), rows.len(), 4];
        let ends = outcomes.iter().flatten();
        let values = ends.flat_map(|ends| [ends.returned, ends.mirror, ends.other, ends.moving]);
        arrays.f64("ends", &shape, values.collect())?.f64(
            "overlap",
            &[rows.len()],
            rows.iter().map(|row| row.overlap).collect(),
        )?;
        arrays.write(&out.join("basin.npz"))?;
        draw_basin(&rows, &configuration.describe(), out)?;
        result.write(&out.join("basin.json"))?;
    }
    parts.remove();
    if configuration.json {
        return Ok(result.print()?);
    }
    let mut text = format!(
        "{}\n\noverlap   returned         mirror           other            moving\n",
        configuration.describe()
    );
    for row in &rows {
        let shares = [&row.returned, &row.mirror, &row.other, &row.moving].map(cell);
        text += &format!(
            "{:>7.1}   {:<15}  {:<15}  {:<15}  {}\n",
            row.overlap, shares[0], shares[1], shares[2], shares[3]
        );
    }
    print_text(&text)
}

/// Stores states and starts the frozen network about each of them.
fn measure(
    configuration: &Configuration,
    (states, starts): (u32, u32),
    index: u32,
    simulation: &mut dyn Simulation,
    progress: &Progress,
) -> Result<Vec<Ends>, Failure> {
    let dt = f64::from(configuration.dt);
    let per_start = steps_in(FREEZE_LIMIT, dt) / PROGRESS_STRIDE * PROGRESS_STRIDE;
    for _ in 0..configuration.burn_in_steps() {
        simulation.step()?;
    }
    let mut directions = Generator::at_block(configuration.seeds.state, index, Purpose::Input, 1 << 61);
    let mut ends = vec![Ends::default(); TENTHS.count()];
    let share = 1.0 / (f64::from(states) * f64::from(starts));
    for _ in 0..states {
        for _ in 0..steps_in(BETWEEN, dt) {
            simulation.step()?;
        }
        let before = simulation.save()?;
        let (stored, _) = come_to_rest(simulation, dt, 0.0)?;
        let mut parts = Parts::of(&simulation.save()?, configuration.model, configuration.n)?;
        let held = parts.x.clone();
        progress.advance(per_start);
        for (ends, tenths) in ends.iter_mut().zip(TENTHS) {
            for _ in 0..starts {
                parts.x = at_overlap(&held, f64::from(tenths) / 10.0, &mut directions);
                simulation.load(&parts.saved())?;
                let (rates, came_to_rest) = come_to_rest(simulation, dt, 0.0)?;
                let end = match cosine(&stored, &rates).unwrap_or(0.0) {
                    near if near > SAME => &mut ends.returned,
                    near if near < -SAME => &mut ends.mirror,
                    _ if came_to_rest => &mut ends.other,
                    _ => &mut ends.moving,
                };
                *end += share;
                progress.advance(per_start);
            }
        }
        simulation.load(&before)?;
    }
    Ok(ends)
}

/// A state of the length of `held` at that cosine to it, in a random direction.
fn at_overlap(held: &[f32], overlap: f64, directions: &mut Generator) -> Vec<f32> {
    let length = |x: &[f64]| x.iter().map(|x| x * x).sum::<f64>().sqrt();
    let held: Vec<f64> = held.iter().map(|&x| x.into()).collect();
    let mut across: Vec<f64> = held.iter().map(|_| directions.gaussian().into()).collect();
    let along = across.iter().zip(&held).map(|(a, b)| a * b).sum::<f64>() / length(&held).powi(2);
    across
        .iter_mut()
        .zip(&held)
        .for_each(|(across, held)| *across -= along * held);
    let scale = (1.0 - overlap * overlap).max(0.0).sqrt() * length(&held) / length(&across);
    let sum = |(held, across): (&f64, &f64)| (overlap * held + scale * across) as f32;
    held.iter().zip(&across).map(sum).collect()
}

fn rows(outcomes: &[Vec<Ends>]) -> Vec<Row> {
    let row = |(place, tenths): (usize, i32)| {
        let over = |value: fn(&Ends) -> f64| MeanSem::of(outcomes.iter().map(|ends| value(&ends[place])));
        Row {
            overlap: f64::from(tenths) / 10.0,
            returned: over(|ends| ends.returned),
            mirror: over(|ends| ends.mirror),
            other: over(|ends| ends.other),
            moving: over(|ends| ends.moving),
        }
    };
    TENTHS.enumerate().map(row).collect()
}

fn draw_basin(rows: &[Row], title: &str, out: &std::path::Path) -> Result<(), Failure> {
    let values = [
        (
            "stored state",
            CONDITIONS[1],
            (|row| row.returned) as fn(&Row) -> Option<MeanSem>,
        ),
        ("its mirror image", CONDITIONS[2], |row| row.mirror),
        ("at rest elsewhere", CONDITIONS[3], |row| row.other),
        ("not at rest", CONDITIONS[0], |row| row.moving),
    ];
    let mut series = Vec::new();
    // What never happens is said by its absence.
    let happens =
        |value: fn(&Row) -> Option<MeanSem>| rows.iter().filter_map(value).any(|share| share.mean > 0.0);
    for (name, colour, value) in values.into_iter().filter(|(.., value)| happens(*value)) {
        let of =
            |part: fn(MeanSem) -> f64| rows.iter().map(|row| value(row).map_or(f64::NAN, part)).collect();
        let x: Vec<f64> = rows.iter().map(|row| row.overlap).collect();
        let (y, errors): (Vec<f64>, Vec<f64>) =
            (of(|value| value.mean), of(|value| value.sem.unwrap_or(0.0)));
        series.push(Series {
            name: None,
            look: Look::Line,
            colour,
            x: x.clone(),
            y: y.clone(),
            errors: Vec::new(),
        });
        series.push(Series {
            name: Some(name.to_owned()),
            look: Look::Points,
            colour,
            x,
            y,
            errors,
        });
    }
    draw(
        &Chart {
            x_name: &[Piece::Plain(
                "initial overlap with the stored state (cosine of x)",
            )],
            y_name: &[Piece::Plain("share of starts that end there")],
            note: title,
            series: &series,
            include: &[0.0, 1.0],
            decades: false,
            marks: &[],
        },
        &out.join("basin"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn starts_have_the_overlap_and_the_length_asked_for() {
        let mut directions = Generator::new(1, 0, Purpose::Input);
        let held: Vec<f32> = (0..300).map(|_| 2.0 * directions.gaussian()).collect();
        let length = |x: &[f32]| x.iter().map(|&x| f64::from(x).powi(2)).sum::<f64>().sqrt();
        for overlap in [-1.0, -0.3, 0.0, 0.5, 1.0] {
            let start = at_overlap(&held, overlap, &mut directions);
            let found = cosine(&held, &start).unwrap();
            assert!((found - overlap).abs() < 1e-6, "{overlap}: {found}");
            assert!((length(&start) / length(&held) - 1.0).abs() < 1e-6);
        }
    }
}
