//! Synapses that tire and facilitate: Tsodyks and Markram's dynamics with the parameters of Mongillo et al.

/// U, the share of the resources that a spike uses without facilitation.
pub const UTILISATION: f64 = 0.20;
/// tau_F, with which u goes back to U.
pub const FACILITATION_TIME: f64 = 1500.0;
/// tau_D, with which the resources x come back.
pub const RECOVERY_TIME: f64 = 200.0;

/// Means over the synapses of a population: `du/dt = (U - u)/tau_F + U (1 - u) r` and `dx/dt = (1 - x)/tau_D - u x r`
/// at the presynaptic rate r. A spike counts as `u x`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Synapses {
    /// Share of the resources that a spike uses.
    pub u: f64,
    /// Resources that are there.
    pub x: f64,
}

impl Synapses {
    /// After long silence.
    pub const RESTED: Self = Self {
        u: UTILISATION,
        x: 1.0,
    };

    /// After a long time at a rate, per millisecond.
    pub fn at_rate(rate: f64) -> Self {
        let gained = FACILITATION_TIME * rate;
        let u = UTILISATION * (1.0 + gained) / (1.0 + UTILISATION * gained);
        let x = 1.0 / (1.0 + RECOVERY_TIME * u * rate);
        Self { u, x }
    }

    /// One Euler step of `dt` milliseconds at a rate.
    pub fn advance(&mut self, rate: f64, dt: f64) {
        let Self { u, x } = *self;
        self.u += dt * ((UTILISATION - u) / FACILITATION_TIME + UTILISATION * (1.0 - u) * rate);
        self.x += dt * ((1.0 - x) / RECOVERY_TIME - u * x * rate);
    }

    /// Weight of a spike.
    pub fn efficacy(self) -> f64 {
        self.u * self.x
    }

    /// Time constant with which u goes to its value at a rate: tau_F in silence, less at any other rate.
    pub fn facilitation_time(rate: f64) -> f64 {
        1.0 / (1.0 / FACILITATION_TIME + UTILISATION * rate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DT: f64 = 0.5;

    /// Time constant of the way to a limit, from two distances and the time between them.
    fn time_constant(first: f64, second: f64, time: f64) -> f64 {
        time / (first / second).ln()
    }

    /// In silence the published time constants, to the error of an Euler step, dt over twice the time constant.
    #[test]
    fn facilitation_decays_with_tau_f_and_resources_recover_with_tau_d() {
        let mut synapses = Synapses { u: 0.75, x: 0.3 };
        let steps = 600;
        let after = (0..steps).fold(synapses, |mut synapses, _| {
            synapses.advance(0.0, DT);
            synapses
        });
        let time = f64::from(steps) * DT;
        let facilitation = time_constant(synapses.u - UTILISATION, after.u - UTILISATION, time);
        assert!(
            (facilitation / 1500.0 - 1.0).abs() < DT / 1500.0,
            "{facilitation}"
        );
        let recovery = time_constant(1.0 - synapses.x, 1.0 - after.x, time);
        assert!((recovery / 200.0 - 1.0).abs() < DT / 200.0, "{recovery}");
        // With spikes u changes faster.
        synapses = Synapses::RESTED;
        let rate = 0.01;
        let limit = Synapses::at_rate(rate).u;
        let first = limit - synapses.u;
        (0..steps).for_each(|_| synapses.advance(rate, DT));
        let found = time_constant(first, limit - synapses.u, time);
        let expected = Synapses::facilitation_time(rate);
        assert!(
            (found / expected - 1.0).abs() < DT / expected,
            "{found}, {expected}"
        );
    }

    #[test]
    fn at_a_constant_rate_the_synapses_come_to_the_closed_form() {
        for rate in [0.0, 0.0005, 0.005, 0.05] {
            let mut synapses = Synapses { u: 0.9, x: 0.1 };
            (0..100_000).for_each(|_| synapses.advance(rate, DT));
            let expected = Synapses::at_rate(rate);
            assert!(
                (synapses.u - expected.u).abs() < 1e-9 && (synapses.x - expected.x).abs() < 1e-9,
                "{rate}: {synapses:?}, {expected:?}"
            );
        }
        assert_eq!(Synapses::at_rate(0.0), Synapses::RESTED);
    }
}
