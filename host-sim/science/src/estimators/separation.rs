//! How fast two trajectories part, at distances that the compact network's rounded history can tell.
//!
//! Larger than the largest Lyapunov exponent, as it times first passages at finite distance: to compare networks with
//! each other, not with theory.

/// Distance of the two states, per neuron, from which on the growth is timed. The kick first shrinks, as the neurons by
/// themselves are stable, and has by then turned into the fastest growing direction.
pub const FIRST_DISTANCE: f64 = 0.02;
/// Distance up to which the growth is timed: beyond, it saturates.
pub const LAST_DISTANCE: f64 = 0.2;
/// Standard deviation of the kick that parts the trajectories: some steps of the compact network's samples, of 1/127.
/// One that is too small to change a sample dies out there.
pub const KICK: f64 = 0.02;
/// A pair that has not parted after that time says nothing.
pub const PARTING_LIMIT: f64 = 400.0;

/// Root mean square distance of two states.
pub fn distance(a: &[f64], b: &[f64]) -> f64 {
    let sum: f64 = a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum();
    (sum / a.len().max(1) as f64).sqrt()
}

/// The distances of two trajectories along their way, at even intervals of time: the rate, per unit of time, is
/// `ln(LAST_DISTANCE / FIRST_DISTANCE)` over the time that they need from the first of these distances to the last, once
/// they were closest. `None` if they did not part so far.
pub fn rate(distances: &[f64], interval: f64) -> Option<f64> {
    let end = distances.iter().position(|&distance| distance >= LAST_DISTANCE)?;
    let parting = distances.get(..=end)?;
    let closest = (0..end).min_by(|&a, &b| parting[a].total_cmp(&parting[b]))?;
    let crossing = |threshold: f64| {
        let after = closest
            + parting[closest..]
                .iter()
                .position(|&distance| distance >= threshold)?;
        // Where they never were closer than the threshold, there is nothing to time from.
        let before = after.checked_sub(1).filter(|_| after > closest)?;
        // Growth is exponential: the logarithm is interpolated.
        let [low, high] = [parting[before].ln(), parting[after].ln()];
        let share = if high > low {
            (threshold.ln() - low) / (high - low)
        } else {
            1.0
        };
        Some((before as f64 + share) * interval)
    };
    let time = crossing(LAST_DISTANCE)? - crossing(FIRST_DISTANCE)?;
    (time > 0.0).then(|| (LAST_DISTANCE / FIRST_DISTANCE).ln() / time)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exponential_gives_its_rate() {
        let distances: Vec<f64> = (0..400)
            .map(|step| 2e-3 * (0.07 * 0.5 * f64::from(step)).exp())
            .collect();
        let found = rate(&distances, 0.5).unwrap();
        assert!((found - 0.07).abs() < 1e-9, "{found}");
    }

    #[test]
    fn trajectories_that_do_not_part_have_none() {
        assert_eq!(rate(&[1e-4; 100], 0.5), None);
        assert_eq!(rate(&[], 0.5), None);
        assert_eq!(distance(&[3.0, 0.0], &[0.0, 4.0]), (25.0_f64 / 2.0).sqrt());
    }
}
