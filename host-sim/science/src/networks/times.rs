//! Steps of the times that a run is asked for.

use super::description::{LONGEST, Network};
use crate::Refusal;
use crate::estimators::steps_in;

impl Network {
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
}
