//! The phase diagram, cell by cell against a table that another program measured before.

use serde::Deserialize;

use crate::commands::sweep::SweepOptions;
use crate::failure::Failure;
use crate::options::ResultOptions;
use crate::repro::{Check, Effort, Job, Measured, Report, Results, Section, Stated};
use science::measure::phase::Class;

pub(super) const SECTION: Section = Section {
    name: "phase-map",
    title: "Phase diagram over gain and strength of the plasticity",
    source: "Clark and Abbott, section on phases: quiescent, chaotic, freezable chaos, fixed points",
    text: &[
        "Each cell has the class of its networks from small and from large starts, by rules that stand in \
         docs/phase-diagram.md. The lines are boundaries of mean-field theory. Cells are judged against a table measured \
         before with an independent double-precision program (N = 400, p = 2.5, one or few networks per cell), where they \
         lie further than 0.25 in k from every line; the others are reported.",
    ],
    equations: &[],
    jobs,
    report,
};

/// Distance in k from a boundary within which a cell is not judged.
const UNCERTAIN: f64 = 0.25;

/// The earlier table: at each gain, strengths and what was found there. Two entries differ from it: at g = 0.8, k = 2 it
/// has rest alone, but theory has stable fixed points from k = 1.45 on, and large starts find them; at g = 2, k = 1.5 it
/// has chaos of which 0.88(8) of the freezes succeed, which is freezable or not within its error.
const TABLE: [(f64, [&str; 9]); 4] = [
    (0.8, ["Q", "Q", "Q", "Q", "Q", "Q", "Q or F", "Q or F", "Q or F"]),
    (1.5, ["weak", "weak", "weak", "C", "C", "C*", "C*", "F", "F"]),
    (2.0, ["C", "C", "C", "C", "C", "C or C*", "C*", "F", "F"]),
    (3.0, ["C", "C", "C", "C", "C", "C", "C", "C/F*", "F"]),
];
const STRENGTHS: [f64; 9] = [-3.0, -1.5, 0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0];

/// The classes that an entry of the table stands for. Weak: at the finite-size edge of chaos.
fn classes(entry: &str) -> &'static [Class] {
    use Class::{Chaotic, Coexisting, FixedPoint, Freezable, Oscillating, Quiescent, Undecided};
    match entry {
        "Q" => &[Quiescent],
        "F" => &[FixedPoint],
        "Q or F" => &[Quiescent, FixedPoint, Coexisting],
        "weak" => &[Oscillating, Chaotic, Undecided],
        "C" => &[Chaotic],
        "C*" => &[Freezable],
        "C or C*" => &[Chaotic, Freezable],
        "C/F*" => &[Freezable, FixedPoint, Coexisting, Undecided],
        _ => &[],
    }
}

/// A point of the sweep, as far as it is judged.
#[derive(Deserialize)]
struct Cell {
    g: f64,
    k: f64,
    class: Class,
    boundary_distance: Option<f64>,
}

/// Of the sweep's summary what is judged.
#[derive(Deserialize)]
struct Cells {
    points: Vec<Cell>,
}

impl Stated for Cells {
    const COMMAND: &'static str = "sweep";
}

impl Cell {
    fn entry(&self) -> Option<&'static str> {
        let (_, row) = TABLE.iter().find(|(g, _)| *g == self.g)?;
        let place = STRENGTHS.iter().position(|k| *k == self.k)?;
        row.get(place).copied()
    }

    fn is_judged(&self) -> bool {
        self.entry().is_some() && self.boundary_distance.is_none_or(|distance| distance > UNCERTAIN)
    }

    fn agrees(&self) -> bool {
        self.entry()
            .is_some_and(|entry| classes(entry).contains(&self.class))
    }
}

fn jobs(effort: Effort) -> Vec<Job> {
    let (file, text) = effort.of([
        (
            "phase-map-smoke.toml",
            "p = 2.5\nn = 12\ng = [0.8, 2]\nk = [0, 4]\nnetworks = 1\nburn_in = 10\nduration = 110\n\
             trials = 1\nexponent_duration = 200\nboundaries = false\n",
        ),
        (
            "phase-map-quick.toml",
            include_str!("../../../examples/phase-map-quick.toml"),
        ),
        ("phase-map.toml", include_str!("../../../examples/phase-map.toml")),
    ]);
    let options = SweepOptions {
        file: file.into(),
        results: ResultOptions::default(),
    };
    vec![Job::new(options, effort.of([1.0, 60.0, 3600.0])).with_file(file, text)]
}

fn report(effort: Effort, results: &Results) -> Result<Report, Failure> {
    let mut report = Report::default();
    let jobs = jobs(effort);
    let outcome = results.of::<Cells>(&jobs[0])?;
    let cells = &outcome.summary.points;
    let judged: Vec<&Cell> = cells.iter().filter(|cell| cell.is_judged()).collect();
    let share = judged.iter().filter(|cell| cell.agrees()).count() as f64 / judged.len() as f64;
    let claim = format!(
        "share of {} cells further than {UNCERTAIN} from a boundary whose class is the table's",
        judged.len()
    );
    let too_few = judged.is_empty() || effort == Effort::Smoke;
    report.checks.push(
        Check::bounded(claim, Some(Measured::exact(share)), [1.0, 1.0])
            .from(&jobs)
            .unless(too_few, "too few or too small networks"),
    );
    for cell in cells.iter().filter(|cell| !cell.agrees()) {
        let entry = cell.entry().unwrap_or("nothing");
        let judged = if cell.is_judged() { "" } else { ", not judged" };
        report.findings.push(format!(
            "g = {}, k = {}: {}, where the table has {entry}{judged}.",
            cell.g,
            cell.k,
            cell.class.name(),
        ));
    }
    report.drawn_by(
        &outcome,
        "phase-map",
        "phase-map",
        "Classes over gain and strength of the plasticity; numbers are largest exponents from small starts; lines are \
         boundaries of theory.",
    )?;
    Ok(report)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(g: f64, k: f64, class: Class, distance: f64) -> Cell {
        Cell {
            g,
            k,
            class,
            boundary_distance: Some(distance),
        }
    }

    #[test]
    fn every_entry_stands_for_a_class() {
        let entries = TABLE.iter().flat_map(|(_, row)| row);
        entries.for_each(|entry| assert!(!classes(entry).is_empty(), "{entry}"));
    }

    #[test]
    fn cells_near_a_boundary_or_beside_the_table_are_not_judged() {
        assert!(cell(2.0, 2.0, Class::Freezable, 0.7).is_judged());
        assert!(!cell(2.0, 2.0, Class::Freezable, 0.2).is_judged());
        assert!(!cell(2.0, 2.1, Class::Freezable, 0.7).is_judged());
        assert!(cell(2.0, 2.0, Class::Freezable, 0.7).agrees());
        assert!(!cell(2.0, 0.0, Class::Freezable, 0.7).agrees());
        assert!(cell(1.5, 0.0, Class::Undecided, 0.7).agrees());
    }
}
