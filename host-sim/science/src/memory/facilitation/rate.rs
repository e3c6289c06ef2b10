//! Firing rate of a leaky integrate-and-fire neuron in white noise.

use std::f64::consts::PI;

use super::integral::{END, integral};

/// An integrate-and-fire neuron: `tau dV/dt = -V + mu + sigma sqrt(tau) xi(t)`, which fires at the threshold, is reset and
/// then deaf for a while.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Neuron {
    /// Membrane time constant, in milliseconds.
    pub time_constant: f64,
    /// V after a spike, in millivolts.
    pub reset: f64,
    /// V at which it fires.
    pub threshold: f64,
    /// Time without reaction after a spike.
    pub refractory: f64,
}

impl Neuron {
    /// Rate per millisecond: `1 / rate = refractory + tau sqrt(pi) int exp(y^2) (1 + erf y) dy` from
    /// `(reset - mu)/sigma` to `(threshold - mu)/sigma` (Ricciardi 1977; Amit and Brunel 1997).
    pub fn rate(&self, mean: f64, deviation: f64) -> f64 {
        let [low, high] = [self.reset, self.threshold].map(|level| (level - mean) / deviation);
        if high > END {
            // A threshold so many sigma above the mean is never reached.
            return 0.0;
        }
        1.0 / (self.refractory + self.time_constant * PI.sqrt() * integral(low, high))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use freezable_chaos::random::Randomness;
    use freezable_chaos::{Generator, Purpose};

    const NEURON: Neuron = Neuron {
        time_constant: 15.0,
        reset: 16.0,
        threshold: 20.0,
        refractory: 2.0,
    };

    #[test]
    fn without_noise_the_rate_is_that_of_the_way_to_the_threshold() {
        for mean in [21.0, 25.0, 40.0] {
            let way = 15.0 * f64::ln((mean - 16.0) / (mean - 20.0));
            let found = NEURON.rate(mean, 0.05);
            assert!((found * (2.0 + way) - 1.0).abs() < 2e-3, "{mean}: {found}");
        }
        assert_eq!(NEURON.rate(10.0, 1.0), 0.0);
    }

    /// A simulated neuron fires as often, within four standard errors of its number of spikes and 1% for the finite step,
    /// at which a path may cross the threshold unseen (0.58 of a step's deviation: Broadie, Glasserman and Kou 1997).
    #[test]
    fn a_simulated_neuron_has_that_rate() {
        let (mean, deviation, dt) = (20.0, 2.0, 0.005_f64);
        let mut noise = Generator::new(5, 0, Purpose::Input);
        let (mut v, mut deaf, mut spikes) = (16.0, 0.0, 0_u32);
        let steps = 6_000_000;
        let kick = deviation * (dt / 15.0).sqrt();
        for _ in 0..steps {
            if deaf > 0.0 {
                deaf -= dt;
                continue;
            }
            v += dt / 15.0 * (mean - v) + kick * f64::from(noise.gaussian());
            if v >= 20.0 - 0.5826 * kick {
                (v, deaf) = (16.0, 2.0);
                spikes += 1;
            }
        }
        let found = f64::from(spikes) / (f64::from(steps) * dt);
        let expected = NEURON.rate(mean, deviation);
        let error = 4.0 / f64::from(spikes).sqrt() + 0.01;
        assert!((found / expected - 1.0).abs() < error, "{found}, {expected}");
    }
}
