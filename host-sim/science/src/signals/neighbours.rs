//! The nearest neighbour: a trial is what the most similar one of training was.

/// For each probe the place of the row with the least squared distance, the first of several.
pub fn nearest(rows: &[Vec<f32>], probes: &[Vec<f32>]) -> Vec<usize> {
    let distance = |a: &[f32], b: &[f32]| -> f64 {
        let squares = a.iter().zip(b).map(|(a, b)| f64::from(a - b).powi(2));
        squares.sum()
    };
    let place = |probe: &Vec<f32>| {
        let distances = rows.iter().map(|row| distance(row, probe)).enumerate();
        distances
            .min_by(|(_, a), (_, b)| a.total_cmp(b))
            .map_or(0, |(place, _)| place)
    };
    probes.iter().map(place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_is_found_and_the_first_of_equals() {
        let rows = [vec![0.0, 0.0], vec![3.0, 4.0], vec![3.0, 4.0]];
        let probes = [vec![2.9, 3.8], vec![0.4, -1.0]];
        assert_eq!(nearest(&rows, &probes), [1, 0]);
    }
}
