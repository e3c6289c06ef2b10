//! `host-sim memory quantisation`: what is left of a stored state when x and the plastic state are kept in few bits.

use std::path::Path;

use clap::Args;
use figures::chart::CONDITIONS;
use figures::{Chart, Look, Piece, Series};
use science::measure::quantisation::{Quantisation, Row, Summary};

use super::recall::CueOptions;
use super::table::cell;
use crate::commands::measured;
use crate::failure::Failure;
use crate::options::NetworkOptions;
use crate::output::draw;

/// Options of `memory quantisation`. --duration is not used.
#[derive(Args, Clone, Debug)]
pub(super) struct QuantisationOptions {
    #[command(flatten)]
    network: NetworkOptions,
    #[command(flatten)]
    trials: CueOptions,
    /// Number of cues
    #[arg(long, default_value_t = 8)]
    cues: u32,
    /// Strength of the cues
    #[arg(long, default_value_t = 1.0)]
    strength: f32,
}

pub(super) fn execute(options: QuantisationOptions) -> Result<(), Failure> {
    let QuantisationOptions {
        cues,
        strength,
        trials:
            CueOptions {
                training,
                trials,
                write,
                rest,
            },
        network,
    } = options;
    let quantisation = Quantisation::new(cues, strength, training, trials, [write, rest])?;
    let configuration = network.check()?;
    let title = configuration.ensemble.describe();
    measured::execute_with(
        &quantisation,
        &configuration,
        |measured, out| draw_quantisation(&measured.summary.rows, &title, out),
        |summary| text(&title, summary),
    )?;
    Ok(())
}

fn text(title: &str, summary: &Summary) -> String {
    let mut text = format!(
        "{title}\n\nbits of x, plastic     bytes   recalled         same state       cosine           least cosine\n"
    );
    for row in &summary.rows {
        let bits = [row.x_bits, row.plastic_bits]
            .map(|bits| bits.map_or("whole".to_owned(), |bits| bits.to_string()));
        text += &format!(
            "{:>9}, {:<7}  {:>8}   {:<15}  {:<15}  {:<15}  {:.4}\n",
            bits[0],
            bits[1],
            row.bytes,
            cell(&row.recall),
            cell(&row.same),
            cell(&row.cosine),
            row.least_cosine
        );
    }
    text
}

/// What the cosine lacks of 1, against bits.
fn draw_quantisation(rows: &[Row], title: &str, out: &Path) -> Result<(), Failure> {
    let kinds = [
        ("x alone", CONDITIONS[1], Look::Line, [true, false]),
        ("plastic state alone", CONDITIONS[2], Look::Line, [false, true]),
        ("both", CONDITIONS[3], Look::Dashed, [true, true]),
    ];
    let mut series = Vec::new();
    for (name, colour, look, kind) in kinds {
        let rows = || {
            rows.iter()
                .filter(|row| [row.x_bits.is_some(), row.plastic_bits.is_some()] == kind)
        };
        let x: Vec<f64> = rows()
            .filter_map(|row| row.x_bits.or(row.plastic_bits).map(f64::from))
            .collect();
        let lost: Vec<f64> = rows()
            .map(|row| row.cosine.map_or(f64::NAN, |cosine| 1.0 - cosine.mean))
            .collect();
        for (look, name) in [(look, Some(name.to_owned())), (Look::Points, None)] {
            series.push(Series {
                name,
                look,
                colour,
                x: x.clone(),
                y: lost.clone(),
                errors: Vec::new(),
            });
        }
    }
    draw(
        &Chart {
            x_name: &[Piece::Plain("bits of each number that is kept")],
            y_name: &[Piece::Plain("1 − cosine to the state held")],
            note: title,
            series: &series,
            include: &[],
            decades: true,
            marks: &[],
        },
        &out.join("quantisation"),
    )
}
