//! A finished sweep: the result, the arrays, the table for people, the figure.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Serialize;

use super::Part;
use crate::failure::Failure;
use crate::output::draw;
use crate::output::{Arrays, Provenance, ResultObject, Seeds};
use figures::PhaseMapFigure;
use science::estimators::MeanSem;
use science::measure::phase::{Boundaries, Class, PhaseMap, Point, StartRow};

/// All rows of a sweep.
pub(super) struct Rows<'a> {
    settings: &'a PhaseMap,
    summary: Summary,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct Summary {
    /// Points of each class.
    classes: BTreeMap<&'static str, usize>,
    points: Vec<Row>,
    boundaries: Vec<Boundaries>,
    /// Commit that the points were computed at, where they were kept on disk.
    computed_at: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
struct Row {
    #[serde(flatten)]
    point: Point,
    /// Distance in k from the nearest boundary of the theory at this gain.
    boundary_distance: Option<f64>,
}

impl<'a> Rows<'a> {
    /// Points gain by gain, each in the order of the strengths.
    pub(super) fn of(settings: &'a PhaseMap, parts: Vec<Part>, revision: Option<&str>) -> Self {
        let (mut points, mut boundaries) = (Vec::new(), Vec::new());
        for part in parts {
            match part {
                Part::Point(point) => points.push(*point),
                Part::Boundaries(part) => boundaries.push(part),
            }
        }
        let mut classes = BTreeMap::new();
        for point in &points {
            *classes.entry(point.class.name()).or_default() += 1;
        }
        let row = |point: Point| {
            let at_gain = boundaries.iter().find(|boundaries| boundaries.g == point.g);
            Row {
                boundary_distance: at_gain.and_then(|boundaries| boundaries.distance(point.k.into())),
                point,
            }
        };
        Self {
            settings,
            summary: Summary {
                classes,
                points: points.into_iter().map(row).collect(),
                boundaries,
                computed_at: revision.map(str::to_owned),
            },
        }
    }

    fn points(&self) -> impl Iterator<Item = &Point> {
        self.summary.points.iter().map(|row| &row.point)
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
        self.write_arrays(&out.join("sweep.npz"))?;
        let points: Vec<&Point> = self.points().collect();
        draw(
            &PhaseMapFigure {
                g: &self.settings.g,
                k: &self.settings.k,
                points: &points,
                boundaries: &self.summary.boundaries,
                title: &self.title(),
            },
            &out.join("phase-map"),
        )?;
        Ok(self.result().write(&out.join("sweep.json"))?)
    }

    fn write_arrays(&self, path: &Path) -> Result<(), Failure> {
        let PhaseMap { g, k, .. } = self.settings;
        let shape = [g.len(), k.len()];
        let codes =
            |class: &dyn Fn(&Point) -> Class| self.points().map(|point| class(point).code()).collect();
        let means = |value: &dyn Fn(&Point) -> Option<MeanSem>| {
            let mean = |point| value(point).map_or(f64::NAN, |value| value.mean);
            self.points().map(mean).collect::<Vec<f64>>()
        };
        let errors = |value: &dyn Fn(&Point) -> Option<MeanSem>| {
            let error = |point| value(point).and_then(|value| value.sem).unwrap_or(f64::NAN);
            self.points().map(error).collect::<Vec<f64>>()
        };
        let mut arrays = Arrays::new();
        arrays
            .f32("g", &shape[..1], g.clone())?
            .f32("k", &shape[1..], k.clone())?
            .u64("class", &shape, codes(&|point| point.class))?
            .f64("freeze_success", &shape, means(&|point| point.freeze_success))?;
        type Start = fn(&Point) -> &StartRow;
        let [small, large]: [Start; 2] = [|point| &point.small, |point| &point.large];
        for (name, start) in [("small", small), ("large", large)] {
            let lyapunov = |point: &Point| start(point).lyapunov_max;
            arrays
                .u64(
                    &format!("class_{name}"),
                    &shape,
                    codes(&|point| start(point).class),
                )?
                .f64(
                    &format!("alive_{name}"),
                    &shape,
                    means(&|point| start(point).alive),
                )?
                .f64(
                    &format!("c_phi_0_{name}"),
                    &shape,
                    means(&|point| start(point).c_phi_0),
                )?
                .f64(&format!("lyapunov_max_{name}"), &shape, means(&lyapunov))?
                .f64(&format!("lyapunov_max_{name}_sem"), &shape, errors(&lyapunov))?;
        }
        let boundaries = &self.summary.boundaries;
        let of = |value: fn(&Boundaries) -> Option<f64>| {
            let value = |at: &Boundaries| value(at).unwrap_or(f64::NAN);
            boundaries.iter().map(value).collect::<Vec<f64>>()
        };
        let length = [boundaries.len()];
        arrays
            .f32("boundary_g", &length, boundaries.iter().map(|at| at.g).collect())?
            .f64("boundary_freezability", &length, of(|at| at.freezability))?
            .f64(
                "boundary_freezability_error",
                &length,
                of(|at| at.freezability_error),
            )?
            .f64(
                "boundary_chaos_onset",
                &length,
                of(|at| at.chaos_onset.map(|at| at.k)),
            )?
            .f64(
                "boundary_chaos_onset_error",
                &length,
                of(|at| at.chaos_onset?.error),
            )?
            .f64(
                "boundary_chaos_end",
                &length,
                of(|at| at.chaos_end.map(|at| at.k)),
            )?
            .f64("boundary_chaos_end_error", &length, of(|at| at.chaos_end?.error))?
            .f64(
                "boundary_stable_fixed_points",
                &length,
                of(|at| at.stable_fixed_points),
            )?
            .f64("boundary_marginality", &length, of(|at| at.marginality))?;
        Ok(arrays.made_with("sweep", self.settings)?.write(path)?)
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
