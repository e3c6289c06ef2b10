//! Steps and times of a network: one is a multiple of the other.

use super::description::Network;
use super::ensemble::LONGEST;
use crate::Refusal;
use crate::estimators::{SAMPLE_INTERVAL, steps_in};

impl Network {
    /// The step in double precision, as the kernel has it.
    pub fn step(&self) -> f64 {
        self.dt.into()
    }

    /// The time of so many steps. In multiples of the decimal number that was asked for: 5 steps of 0.05 are 0.25, though
    /// the kernel's own step is 0.05 only in single precision.
    pub fn time(&self, steps: u64) -> f64 {
        let decimal = self.dt.to_string().parse().unwrap_or(f64::from(self.dt));
        // To a billionth: 33 steps of 0.3 are 9.9.
        (steps as f64 * decimal * 1e9).round() / 1e9
    }

    /// Steps between two samples of the rates, the whole number closest to [`SAMPLE_INTERVAL`], and their time.
    pub fn sampling(&self) -> (u64, f64) {
        let steps = steps_in(SAMPLE_INTERVAL, self.step());
        (steps, self.time(steps))
    }

    /// The steps that come closest to a time; refuses one that is closer to none, and one that is too long.
    pub fn steps_of(&self, parameter: &'static str, time: f64) -> Result<u64, Refusal> {
        if (time / self.step()).round() < 1.0 {
            return Err(Refusal::below(parameter, time, self.dt).reason("the step"));
        }
        Refusal::check(parameter, time, [0.0, LONGEST])?;
        Ok(steps_in(time, self.step()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use freezable_chaos::Params;

    #[test]
    fn times_become_steps_or_are_refused() {
        let params = Params {
            g: 2.0,
            k: 2.0,
            p: 2.5,
            dt: 0.05,
        };
        let network = Network::exact(2, params).unwrap();
        let steps = |time| {
            network
                .steps_of("duration", time)
                .map_err(|error| error.to_string())
        };
        assert_eq!(steps(0.26), Ok(5));
        assert_eq!(steps(0.03), Ok(1));
        assert_eq!(
            steps(0.02),
            Err("duration 0.02 is below its bound 0.05, the step".into())
        );
        assert_eq!(
            steps(-1.0),
            Err("duration -1 is below its bound 0.05, the step".into())
        );
        assert!(
            steps(f64::NAN)
                .unwrap_err()
                .contains("NaN is outside its bounds 0 and 1e9")
        );
        assert!(steps(2e9).unwrap_err().contains("outside its bounds"));
    }

    #[test]
    fn times_are_multiples_of_what_was_asked_for() {
        let params = Params {
            g: 2.0,
            k: 2.0,
            p: 2.5,
            dt: 0.05,
        };
        let network = Network::exact(20, params).unwrap();
        assert_eq!(network.sampling(), (5, 0.25));
        assert_eq!(network.time(20_000), 1000.0);
    }
}
