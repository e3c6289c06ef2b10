//! Finished points and boundaries on disk, so that a sweep that was killed goes on, and shards come together.

use std::path::Path;

use science::Stopped;
use science::measure::phase::{Boundaries, Item, PhaseMap, Point};
use science::measure::{recall, store};

use crate::failure::Failure;
use crate::store::{Parts, Plan};

/// Where the parts of a sweep are kept: the folder `points` below that of the results.
#[derive(Clone, Debug)]
pub struct Points {
    parts: Parts,
    settings: PhaseMap,
}

impl Points {
    /// Opens the folder to add parts.
    pub fn open(out: &Path, settings: &PhaseMap, may_replace: bool) -> Result<Self, Failure> {
        let plan = Plan::new("sweep", settings)?;
        Ok(Self {
            parts: Parts::begin(&out.join("points"), plan, may_replace)?,
            settings: settings.clone(),
        })
    }

    /// Opens it to read only, by whatever code its parts were computed.
    pub fn open_finished(out: &Path, settings: &PhaseMap) -> Result<Self, Failure> {
        let plan = Plan::new("sweep", settings)?;
        Ok(Self {
            parts: Parts::open_finished(&out.join("points"), plan)?,
            settings: settings.clone(),
        })
    }

    /// The commit that the parts were computed at.
    pub fn revision(&self) -> &str {
        &self.parts.plan().code.revision
    }

    /// A finished point.
    pub fn point(&self, g: f32, k: f32) -> Option<Point> {
        let kept: Option<Point> = recall(&self.parts, &name_of(Item::Point(g, k)));
        kept.filter(|point| (point.g, point.k) == (g, k) && point.is_plausible(&self.settings))
    }

    /// Finished boundaries.
    pub fn boundaries(&self, g: f32) -> Option<Boundaries> {
        let kept: Option<Boundaries> = recall(&self.parts, &name_of(Item::Boundaries(g)));
        kept.filter(|boundaries| boundaries.g == g && boundaries.is_plausible())
    }

    /// Whether an item is finished.
    pub fn has(&self, item: Item) -> bool {
        match item {
            Item::Point(g, k) => self.point(g, k).is_some(),
            Item::Boundaries(g) => self.boundaries(g).is_some(),
        }
    }

    /// Keeps a point.
    pub fn keep_point(&self, point: &Point) -> Result<(), Stopped> {
        store(&self.parts, &name_of(Item::Point(point.g, point.k)), point)
    }

    /// Keeps boundaries.
    pub fn keep_boundaries(&self, boundaries: &Boundaries) -> Result<(), Stopped> {
        store(&self.parts, &name_of(Item::Boundaries(boundaries.g)), boundaries)
    }

    /// Deletes what was being written when a program was killed. For a finished sweep: nothing is being written then.
    pub fn tidy(&self) {
        self.parts.tidy();
    }
}

/// Name of an item's part.
fn name_of(item: Item) -> String {
    match item {
        Item::Point(g, k) => format!("point-g{g}-k{k}"),
        Item::Boundaries(g) => format!("boundaries-g{g}"),
    }
}
