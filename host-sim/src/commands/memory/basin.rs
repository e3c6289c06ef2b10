//! `host-sim memory basin`: from which states a frozen network returns to the one that it holds.

use std::path::Path;

use clap::Args;
use figures::chart::CONDITIONS;
use figures::{Chart, Look, Piece, Series};
use science::estimators::MeanSem;
use science::measure::basin::{Basin, Row, Summary};

use super::table::cell;
use crate::commands::measured;
use crate::failure::Failure;
use crate::options::NetworkOptions;
use crate::output::draw;

/// Options of `memory basin`. --duration is not used.
#[derive(Args, Clone, Debug)]
pub(super) struct BasinOptions {
    #[command(flatten)]
    network: NetworkOptions,
    /// States that each network stores, one after the other
    #[arg(long, default_value_t = Basin::default().states)]
    states: u32,
    /// Starts at each overlap with a stored state, in random directions
    #[arg(long, default_value_t = Basin::default().starts)]
    starts: u32,
}

pub(super) fn execute(options: BasinOptions) -> Result<(), Failure> {
    let configuration = options.network.check()?;
    let title = configuration.ensemble.describe();
    let basin = Basin {
        states: options.states,
        starts: options.starts,
    };
    measured::execute_with(
        &basin,
        &configuration,
        |measured, out| draw_basin(&measured.summary.rows, &title, out),
        |summary| text(&title, summary),
    )?;
    Ok(())
}

fn text(title: &str, summary: &Summary) -> String {
    let mut text =
        format!("{title}\n\noverlap   returned         mirror           other            moving\n");
    for row in &summary.rows {
        let shares = [&row.returned, &row.mirror, &row.other, &row.moving].map(cell);
        text += &format!(
            "{:>7.1}   {:<15}  {:<15}  {:<15}  {}\n",
            row.overlap, shares[0], shares[1], shares[2], shares[3]
        );
    }
    text
}

fn draw_basin(rows: &[Row], title: &str, out: &Path) -> Result<(), Failure> {
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
