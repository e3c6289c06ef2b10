//! Which fixed points were found, and how often.

use std::collections::HashMap;

/// A pair x and -x of fixed points.
#[derive(Clone, Debug, PartialEq)]
pub struct FixedPoint {
    /// The one whose component of largest magnitude is positive.
    pub x: Vec<f64>,
    /// How often either was found.
    pub count: u64,
}

/// Pairs of fixed points, told apart by [`Catalogue::TOLERANCE`].
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    points: Vec<FixedPoint>,
    /// Indices of the points by their projection on a fixed direction, in cells wider than the tolerance.
    cells: HashMap<i64, Vec<usize>>,
}

impl Catalogue {
    /// Fixed points are the same where no component differs by more: far above the rounding of a refined one.
    pub const TOLERANCE: f64 = 1e-6;

    /// Adds one that was found; its number in the order of first finds.
    pub fn add(&mut self, mut x: Vec<f64>) -> usize {
        let largest = x
            .iter()
            .copied()
            .reduce(|a, b| if b.abs() > a.abs() { b } else { a });
        if largest.is_some_and(|x| x < 0.0) {
            x.iter_mut().for_each(|x| *x = -*x);
        }
        let cell = Self::cell(&x);
        let same = |at: &usize| {
            let known = &self.points[*at].x;
            known
                .iter()
                .zip(&x)
                .all(|(a, b)| (a - b).abs() <= Self::TOLERANCE)
        };
        let near = (cell - 1..=cell + 1).filter_map(|cell| self.cells.get(&cell));
        if let Some(at) = near.flatten().copied().find(same) {
            self.points[at].count += 1;
            return at;
        }
        self.cells.entry(cell).or_default().push(self.points.len());
        self.points.push(FixedPoint { x, count: 1 });
        self.points.len() - 1
    }

    /// The cell of a point: those within the tolerance lie in the same or the next one.
    fn cell(x: &[f64]) -> i64 {
        // Weights between 0 and 1, so that the projection moves by less than N times the tolerance.
        const GOLDEN: f64 = 0.618_033_988_749_894_9;
        let weights = (1..=x.len()).map(|at| (at as f64 * GOLDEN).fract());
        let projection: f64 = x.iter().zip(weights).map(|(x, weight)| x * weight).sum();
        (projection / (Self::TOLERANCE * x.len().max(1) as f64)).floor() as i64
    }

    /// All pairs, in the order of first finds.
    pub fn points(&self) -> &[FixedPoint] {
        &self.points
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mirrors_and_rounding_are_the_same_and_others_are_not() {
        let mut catalogue = Catalogue::default();
        assert_eq!(catalogue.add(vec![1.0, -2.0, 0.5]), 0);
        assert_eq!(catalogue.add(vec![-1.0, 2.0, -0.5]), 0);
        assert_eq!(catalogue.add(vec![1.0 + 5e-7, -2.0 - 5e-7, 0.5 + 5e-7]), 0);
        assert_eq!(catalogue.add(vec![1.0, -2.0, -0.5]), 1);
        assert_eq!(catalogue.add(vec![1.0 + 3e-6, -2.0, 0.5]), 2);
        let counts: Vec<u64> = catalogue.points().iter().map(|point| point.count).collect();
        assert_eq!(counts, [3, 1, 1]);
        assert_eq!(catalogue.points()[0].x, [-1.0, 2.0, -0.5]);
    }
}
