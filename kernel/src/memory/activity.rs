//! Whether a running network is still active: small ones may fall into a fixed point, and then store nothing.

use crate::network::{Plasticity, Speed};
use crate::parameters::{Dynamics, ParameterError};

/// When a running network counts as dead: its rms speed stays below a threshold for some time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ActivityRule {
    /// Root mean square of dx/dt below which the network is still.
    pub speed: f32,
    /// How long it has to be still, in units of the neuronal time constant.
    pub time: f32,
}

impl ActivityRule {
    /// 1e-3 for 10 time units: freezable chaos at N = 200 to 1000 moves at 0.05 to 0.2, and rounding at 1e-6.
    pub const RECOMMENDED: Self = Self {
        speed: 1e-3,
        time: 10.0,
    };
}

/// Watches the speed of a network, step by step.
///
/// A dead network is started anew with the generator that its first state was drawn with, which goes on in its stream:
/// every start has new conditions, and all are the same on every target.
///
/// ```
/// use freezable_chaos::{
///     ActivityRule, ActivityWatch, CompactBuffers, Generator, HashedSigns, HistoryRule, Params, Purpose, Start, Tanh,
/// };
/// // With a gain below 1 every network dies.
/// let params = Params { g: 0.5, k: 0.0, p: 2.5, dt: 0.05 };
/// let dynamics = params.validate(32).unwrap();
/// let mut buffers = CompactBuffers::<32>::new();
/// let signs = HashedSigns::new(&dynamics, 1, 0);
/// let mut network = buffers.network(dynamics, signs, HistoryRule::recommended(&params), Tanh).unwrap();
/// let mut watch = ActivityWatch::new(&dynamics, ActivityRule::RECOMMENDED).unwrap();
/// let mut states = Generator::new(1, 0, Purpose::State);
/// network.start(Start::Large, &mut states);
/// let mut restarts = 0;
/// for _ in 0..2000 {
///     network.step().unwrap();
///     if watch.is_dead(network.plasticity(), network.speed()) {
///         network.start(Start::Large, &mut states);
///         restarts += 1;
///     }
/// }
/// assert!(restarts > 0);
/// ```
#[derive(Clone, Debug)]
pub struct ActivityWatch {
    speed: f32,
    patience: u32,
    still: u32,
}

impl ActivityWatch {
    /// A watch for a network with these dynamics. Refuses a speed or a time that is not positive and finite.
    pub fn new(dynamics: &Dynamics, rule: ActivityRule) -> Result<Self, ParameterError> {
        for (parameter, value) in [
            ("the speed of a dead network", rule.speed),
            ("the time for which a dead network is still", rule.time),
        ] {
            if !value.is_finite() {
                return Err(ParameterError::NotFinite { parameter, value });
            }
            if value <= 0.0 {
                return Err(ParameterError::NotPositive { parameter, value });
            }
        }
        Ok(Self {
            speed: rule.speed,
            patience: (rule.time / dynamics.params().dt) as u32,
            still: 0,
        })
    }

    /// To be asked after every step; true once the network has been still for long enough, and then counts anew.
    ///
    /// A frozen network is to stand still: it is not counted. Neither is a network before its first step.
    pub fn is_dead(&mut self, plasticity: Plasticity, speed: Option<Speed>) -> bool {
        let is_still = plasticity == Plasticity::Running && speed.is_some_and(|speed| speed.rms < self.speed);
        self.still = if is_still { self.still.saturating_add(1) } else { 0 };
        let is_dead = self.still > self.patience;
        if is_dead {
            self.still = 0;
        }
        is_dead
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parameters::Params;

    fn dynamics() -> Dynamics {
        let params = Params {
            g: 2.0,
            k: 2.0,
            p: 2.5,
            dt: 0.1,
        };
        params.validate(8).unwrap()
    }

    fn speed(rms: f32) -> Option<Speed> {
        Some(Speed { rms, max: rms })
    }

    #[test]
    fn only_an_unbroken_standstill_while_running_counts() {
        let rule = ActivityRule {
            speed: 1e-3,
            time: 0.5,
        };
        let mut watch = ActivityWatch::new(&dynamics(), rule).unwrap();
        let mut steps = |plasticity, rms, count: u32| {
            (0..count)
                .filter(|_| watch.is_dead(plasticity, speed(rms)))
                .count()
        };
        assert_eq!(steps(Plasticity::Running, 1e-4, 5), 0);
        assert_eq!(steps(Plasticity::Running, 1e-2, 1), 0);
        assert_eq!(steps(Plasticity::Running, 1e-4, 5), 0);
        assert_eq!(steps(Plasticity::Frozen, 1e-9, 50), 0);
        assert_eq!(steps(Plasticity::Running, 1e-4, 6), 1);
        assert_eq!(steps(Plasticity::Running, 1e-4, 12), 2);
        assert!(!watch.is_dead(Plasticity::Running, None));
    }

    #[test]
    fn bad_rules_are_refused() {
        for (speed, time) in [(0.0, 1.0), (1.0, -1.0), (f32::NAN, 1.0), (1.0, f32::INFINITY)] {
            assert!(ActivityWatch::new(&dynamics(), ActivityRule { speed, time }).is_err());
        }
    }
}
