//! A finished sweep: the result, the arrays, the table for people, the figure.

use std::path::Path;

use serde::Serialize;

use crate::failure::Failure;
use crate::output::draw;
use crate::output::{Arrays, Provenance, ResultObject, Seeds};
use figures::PhaseMapFigure;
use science::estimators::MeanSem;
use science::measure::phase::{Class, Diagram, Part, PhaseMap, Point, StartRow};

/// All rows of a sweep.
pub(super) struct Rows<'a> {
    settings: &'a PhaseMap,
    summary: Summary,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct Summary {
    #[serde(flatten)]
    diagram: Diagram,
    /// Commit that the points were computed at, where they were kept on disk.
    computed_at: Option<String>,
}

impl<'a> Rows<'a> {
    /// Points gain by gain, each in the order of the strengths.
    pub(super) fn of(settings: &'a PhaseMap, parts: Vec<Part>, revision: Option<&str>) -> Self {
        let summary = Summary {
            diagram: Diagram::of(parts),
            computed_at: revision.map(str::to_owned),
        };
        Self { settings, summary }
    }

    fn points(&self) -> impl Iterator<Item = &Point> {
        self.summary.diagram.points.iter().map(|row| &row.point)
    }

    pub(super) fn result(&self) -> ResultObject<&'a PhaseMap, &Summary> {
        ResultObject {
            kind: "sweep",
            params: self.settings,
            summary: &self.summary,
            provenance: Provenance::collect(Seeds::all(self.settings.seed)),
        }
    }

    pub(super) fn write(&self, out: &Path) -> Result<(), Failure> {
        Arrays::from(self.summary.diagram.arrays(self.settings))
            .made_with("sweep", self.settings)?
            .write(&out.join("sweep.npz"))?;
        let points: Vec<&Point> = self.points().collect();
        draw(
            &PhaseMapFigure {
                g: &self.settings.g,
                k: &self.settings.k,
                points: &points,
                boundaries: &self.summary.diagram.boundaries,
                title: &self.title(),
            },
            &out.join("phase-map"),
        )?;
        Ok(self.result().write(&out.join("sweep.json"))?)
    }

    fn title(&self) -> String {
        let PhaseMap {
            model,
            n,
            p,
            networks,
            ..
        } = self.settings;
        let model = model.name();
        format!("{model} network, N = {n}, p = {p}, {networks} networks from each start")
    }

    /// The phase diagram in letters, each with its exponent.
    pub(super) fn text(&self) -> String {
        let mut text = format!(
            "{}\nQ quiescent, F fixed point, O oscillating, C chaotic with its largest exponent, * freezable, ? undecided; \
             X|Y from small|large starts\n",
            self.title()
        );
        let PhaseMap { g, k, .. } = self.settings;
        let mut table: Vec<Vec<String>> = vec![
            std::iter::once("g \\ k".to_owned())
                .chain(k.iter().map(f32::to_string))
                .collect(),
        ];
        let points: Vec<&Point> = self.points().collect();
        for (g, row) in g.iter().zip(points.chunks(k.len())) {
            let cells = row.iter().map(|point| cell(point));
            table.push(std::iter::once(g.to_string()).chain(cells).collect());
        }
        let widths: Vec<usize> = (0..=k.len())
            .map(|column| table.iter().map(|row| row[column].len()).max().unwrap_or(0))
            .collect();
        for row in &table {
            for (cell, width) in row.iter().zip(&widths) {
                text.push_str(&format!("{cell:<width$}  "));
            }
            text.truncate(text.trim_end().len());
            text.push('\n');
        }
        text
    }
}

fn cell(point: &Point) -> String {
    let letter = |class: Class, lyapunov: Option<MeanSem>| {
        let exponent = || lyapunov.map_or_else(String::new, |value| format!(" {:.2}", value.mean));
        match class {
            Class::Quiescent => "Q".to_owned(),
            Class::FixedPoint => "F".to_owned(),
            Class::Oscillating => "O".to_owned(),
            Class::Chaotic => format!("C{}", exponent()),
            Class::Freezable => format!("C{}*", exponent()),
            Class::Coexisting | Class::InducedChaos | Class::Undecided => "?".to_owned(),
        }
    };
    match point.class {
        Class::Coexisting | Class::InducedChaos | Class::Undecided => {
            let of = |start: &StartRow| letter(start.class, start.lyapunov_max);
            format!("{}|{}", of(&point.small), of(&point.large))
        }
        class => letter(class, point.small.lyapunov_max),
    }
}
