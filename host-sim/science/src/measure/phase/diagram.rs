//! A finished phase diagram: its summary and its arrays.

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::Serialize;

use super::{Boundaries, Class, Item, PhaseMap, Point, StartRow, measure_point};
use crate::estimators::MeanSem;
use crate::measure::{Array, in_pool};
use crate::networks::Execution;
use crate::{Stopped, Watch};

/// One finished item.
pub enum Part {
    /// A point.
    Point(Box<Point>),
    /// Boundaries at one gain.
    Boundaries(Boundaries),
}

impl Item {
    /// Measures or solves it, in rayon's present pool.
    pub fn measure(self, map: &PhaseMap, watch: &dyn Watch) -> Result<Part, Stopped> {
        match self {
            Self::Point(g, k) => measure_point(map, g, k, watch).map(|point| Part::Point(Box::new(point))),
            Self::Boundaries(g) => Boundaries::solve(map, g, watch).map(Part::Boundaries),
        }
    }
}

/// All points and boundaries of a phase diagram, averaged.
#[derive(Clone, Debug, Serialize)]
pub struct Diagram {
    /// Points of each class.
    pub classes: BTreeMap<&'static str, usize>,
    /// Points gain by gain, each in the order of the strengths.
    pub points: Vec<Row>,
    /// Boundaries of the theory, gain by gain.
    pub boundaries: Vec<Boundaries>,
}

/// A point, and where it lies.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// The point.
    #[serde(flatten)]
    pub point: Point,
    /// Distance in k from the nearest boundary of the theory at this gain.
    pub boundary_distance: Option<f64>,
}

impl PhaseMap {
    /// Measures all items, as many at a time as there are threads.
    pub fn measure(&self, how: &Execution, watch: &dyn Watch) -> Result<Diagram, Stopped> {
        self.check_memory(how)?;
        let items = self.items();
        let one = |item: &Item| item.measure(self, watch);
        let parts: Result<Vec<Part>, Stopped> = in_pool(how.threads, || items.par_iter().map(one).collect())?;
        parts.map(Diagram::of)
    }
}

impl Diagram {
    /// Puts the parts together, which are in the order of the items.
    pub fn of(parts: Vec<Part>) -> Self {
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
            classes,
            points: points.into_iter().map(row).collect(),
            boundaries,
        }
    }

    /// Grids over gain and strength, and the lines of the theory.
    pub fn arrays(&self, map: &PhaseMap) -> Vec<Array> {
        let mut arrays = vec![
            Array::new("g", "gains", &[("g", map.g.len())], map.g.clone()),
            Array::new(
                "k",
                "strengths of the plasticity",
                &[("k", map.k.len())],
                map.k.clone(),
            ),
            self.codes(map, "class", |point| point.class),
            self.grid(map, "freeze_success", "share of freezes that succeed", |point| {
                mean(point.freeze_success)
            }),
        ];
        type Start = fn(&Point) -> &StartRow;
        let starts: [(&str, Start); 2] = [("small", |point| &point.small), ("large", |point| &point.large)];
        for (name, start) in starts {
            let grid = |value: &str, about, of: fn(&StartRow) -> f64| {
                let name = match value {
                    "sem" => format!("lyapunov_max_{name}_sem"),
                    value => format!("{value}_{name}"),
                };
                self.grid(map, name, about, move |point| of(start(point)))
            };
            arrays.extend([
                self.codes(map, format!("class_{name}"), move |point| start(point).class),
                grid("alive", "share of the networks that keep moving", |row| {
                    mean(row.alive)
                }),
                grid("c_phi_0", "mean square rate", |row| mean(row.c_phi_0)),
                grid(
                    "lyapunov_max",
                    "largest exponent of neurons and synapses",
                    |row| mean(row.lyapunov_max),
                )
                .in_units("1/time"),
                grid("sem", "standard error of that exponent", |row| {
                    row.lyapunov_max.and_then(|value| value.sem).unwrap_or(f64::NAN)
                })
                .in_units("1/time"),
            ]);
        }
        let axis = [("boundary_g", self.boundaries.len())];
        let gains: Vec<f32> = self.boundaries.iter().map(|at| at.g).collect();
        arrays.push(Array::new(
            "boundary_g",
            "gains of the theory's lines",
            &axis,
            gains,
        ));
        type Line = (&'static str, &'static str, fn(&Boundaries) -> Option<f64>);
        let lines: [Line; 8] = [
            ("freezability", "k above which freezing succeeds", |at| {
                at.freezability
            }),
            ("freezability_error", "its standard error", |at| {
                at.freezability_error
            }),
            ("chaos_onset", "k at which chaos begins beside rest", |at| {
                at.chaos_onset.map(|at| at.k)
            }),
            ("chaos_onset_error", "its error", |at| at.chaos_onset?.error),
            ("chaos_end", "k at which chaos gives way to fixed points", |at| {
                at.chaos_end.map(|at| at.k)
            }),
            ("chaos_end_error", "its error", |at| at.chaos_end?.error),
            (
                "stable_fixed_points",
                "k above which their number grows with N",
                |at| at.stable_fixed_points,
            ),
            (
                "marginality",
                "k above which fixed points on the outer branch are stable",
                |at| at.marginality,
            ),
        ];
        for (name, about, of) in lines {
            let values = self.boundaries.iter().map(|at| of(at).unwrap_or(f64::NAN));
            let values: Vec<f64> = values.collect();
            arrays.push(Array::new(format!("boundary_{name}"), about, &axis, values));
        }
        arrays
    }

    fn codes(&self, map: &PhaseMap, name: impl Into<String>, of: impl Fn(&Point) -> Class) -> Array {
        let codes: Vec<u64> = self.points.iter().map(|row| of(&row.point).code()).collect();
        let about = "class: 0 quiescent, 1 fixed point, 2 oscillating, 3 chaotic, 4 freezable, 5 coexisting, 6 induced chaos, \
                     7 undecided";
        Array::new(name.into(), about, &axes(map), codes)
    }

    fn grid(
        &self,
        map: &PhaseMap,
        name: impl Into<String>,
        about: &'static str,
        of: impl Fn(&Point) -> f64,
    ) -> Array {
        let values: Vec<f64> = self.points.iter().map(|row| of(&row.point)).collect();
        Array::new(name.into(), about, &axes(map), values)
    }
}

fn axes(map: &PhaseMap) -> [(&'static str, usize); 2] {
    [("g", map.g.len()), ("k", map.k.len())]
}

fn mean(value: Option<MeanSem>) -> f64 {
    value.map_or(f64::NAN, |value| value.mean)
}
