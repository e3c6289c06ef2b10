//! The numbers that are read off a simulation, defined once so that two implementations can be compared:
//! pure functions and small accumulators, which know nothing of the network that feeds them.
//!
//! Times are in units of the neuronal time constant throughout.

pub mod activity;
pub mod autocorrelation;
pub mod extended;
pub mod freezing;
pub mod richness;
pub mod separation;
pub mod summary;

pub use activity::{AliveTest, RmsAverage};
pub use autocorrelation::{
    RateSamples, SAMPLE_INTERVAL, half_width, half_width_without, pooled, pooled_half_width,
};
pub use freezing::{
    FREEZE_LIMIT, FreezeProgress, FreezeTrial, FreezeVerdict, Precision, RELEASE_LIMIT, ReleaseTime,
    ReleaseWatch, cosine,
};
pub use richness::Richness;
pub use summary::MeanSem;

/// Steps of `dt` that come closest to `duration`, at least one; both in units of the neuronal time constant.
pub fn steps_in(duration: f64, dt: f64) -> u64 {
    // A float too large, negative or NaN saturates in the cast.
    ((duration / dt).round() as u64).max(1)
}

/// Mean of the squares; 0 of nothing.
pub fn mean_square(values: &[f64]) -> f64 {
    values.iter().map(|value| value * value).sum::<f64>() / values.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::steps_in;

    #[test]
    fn durations_become_the_nearest_number_of_steps() {
        assert_eq!(steps_in(100.0, 0.05), 2000);
        // the kernel's f32 step is a little above 0.05
        assert_eq!(steps_in(100.0, f64::from(0.05_f32)), 2000);
        assert_eq!(steps_in(0.01, 0.25), 1);
        assert_eq!(steps_in(f64::NAN, 0.05), 1);
    }
}
