//! The rules by which a run, a start and a point of the phase diagram get their class. Fixed before anything was swept.
//!
//! A *run* is one network from one start. At rest it is where the alive test fails: in some segment of 100 time units
//! the rms speed stayed at or below 1e-3 throughout the last two. The error of its exponent is the split-half error, or
//! the inverse of the time measured if that is larger: along an oscillation the tangent vector swells and shrinks, and a
//! factor of e more or less at the end says nothing.
//!
//! | run | rule |
//! |---|---|
//! | quiescent | at rest, C_phi(0) of the last state below 0.01 |
//! | fixed point | at rest, C_phi(0) of the last state 0.01 or more |
//! | chaotic | alive, exponent above 3 errors |
//! | oscillating | alive, exponent within 2 errors of zero |
//! | undecided | alive, anything else |
//!
//! A *start* has the class of more than half of its runs, else it is undecided. A chaotic start is freezable if at least
//! 0.95 of the freezes of its chaotic runs succeed.
//!
//! | point | rule, the first that holds |
//! |---|---|
//! | induced chaos | the zero state is stable (g < 1), small starts are quiescent, and a large one is chaotic: one shows that the attractor is there |
//! | undecided | a start is undecided |
//! | chaotic | both starts are chaotic or freezable |
//! | freezable | as chaotic, and at least 0.95 of the freezes of the chaotic runs of both starts succeed |
//! | quiescent, fixed point, oscillating | both starts are |
//! | coexisting | the starts differ |

use serde::{Deserialize, Serialize};

use crate::estimators::MeanSem;

/// C_phi(0) below which a network at rest is silent. Fixed points beside the zero state have 0.6 and more.
pub const SILENT: f64 = 0.01;
/// Exponents above so many errors are positive.
pub const CHAOTIC_ERRORS: f64 = 3.0;
/// Exponents within so many errors of zero are zero.
pub const OSCILLATING_ERRORS: f64 = 2.0;
/// Least share of successful freezes of a freezable network.
pub const FREEZABLE: f64 = 0.95;

/// Class of a run, a start or a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// Decays to the zero state.
    Quiescent,
    /// Settles at a stable fixed point of neurons and synapses.
    FixedPoint,
    /// Keeps moving with a largest exponent of zero.
    Oscillating,
    /// Keeps moving with a positive largest exponent.
    Chaotic,
    /// Chaotic, and at rest near where it was when the plasticity halts.
    Freezable,
    /// Small and large starts end in different classes.
    Coexisting,
    /// Chaos from large starts where small ones decay to a stable zero state.
    InducedChaos,
    /// No rule applies.
    Undecided,
}

impl Class {
    /// All of them; the position is the code in arrays.
    pub const ALL: [Self; 8] = [
        Self::Quiescent,
        Self::FixedPoint,
        Self::Oscillating,
        Self::Chaotic,
        Self::Freezable,
        Self::Coexisting,
        Self::InducedChaos,
        Self::Undecided,
    ];

    /// Its name for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Quiescent => "quiescent",
            Self::FixedPoint => "fixed point",
            Self::Oscillating => "oscillating",
            Self::Chaotic => "chaotic",
            Self::Freezable => "freezable chaos",
            Self::Coexisting => "coexisting",
            Self::InducedChaos => "induced chaos",
            Self::Undecided => "undecided",
        }
    }

    /// Its number in arrays.
    pub fn code(self) -> u64 {
        Self::ALL
            .iter()
            .position(|&class| class == self)
            .map_or(u64::MAX, |at| at as u64)
    }

    fn is_chaos(self) -> bool {
        matches!(self, Self::Chaotic | Self::Freezable)
    }

    /// The class of a run at rest whose last state has this `C_phi(0)`.
    pub fn at_rest(c_phi_0: f64) -> Self {
        if c_phi_0 < SILENT {
            Self::Quiescent
        } else {
            Self::FixedPoint
        }
    }

    /// The class of a run that keeps moving, by its exponent, the split-half error of that, and the time measured.
    pub fn alive(exponent: f64, split_half_error: f64, time: f64) -> Self {
        let error = f64::max(split_half_error, 1.0 / time);
        if exponent > CHAOTIC_ERRORS * error {
            Self::Chaotic
        } else if exponent.abs() <= OSCILLATING_ERRORS * error {
            Self::Oscillating
        } else {
            Self::Undecided
        }
    }

    /// The class of a start, by its runs and the share of successful freezes of the chaotic ones.
    pub fn of_start(runs: &[Self], freeze_success: Option<&MeanSem>) -> Self {
        let majority = Self::ALL
            .into_iter()
            .find(|class| 2 * runs.iter().filter(|run| *run == class).count() > runs.len());
        majority.map_or(Self::Undecided, |class| class.if_freezable(freeze_success))
    }

    /// The class of a point, by those of its small and large starts, the share of successful freezes of all chaotic runs,
    /// and whether a run from a large start is chaotic.
    pub fn of_point(
        g: f64,
        [small, large]: [Self; 2],
        freeze_success: Option<&MeanSem>,
        is_a_large_run_chaotic: bool,
    ) -> Self {
        if g < 1.0 && small == Self::Quiescent && is_a_large_run_chaotic {
            Self::InducedChaos
        } else if [small, large].contains(&Self::Undecided) {
            Self::Undecided
        } else if small.is_chaos() && large.is_chaos() {
            Self::Chaotic.if_freezable(freeze_success)
        } else if small == large {
            small
        } else {
            Self::Coexisting
        }
    }

    fn if_freezable(self, freeze_success: Option<&MeanSem>) -> Self {
        if self == Self::Chaotic && freeze_success.is_some_and(|success| success.mean >= FREEZABLE) {
            Self::Freezable
        } else {
            self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Class::{
        Chaotic, Coexisting, FixedPoint, Freezable, InducedChaos, Oscillating, Quiescent, Undecided,
    };

    #[test]
    fn runs_are_judged_by_rest_and_exponent() {
        assert_eq!(
            [0.0, 0.0099, 0.01, 0.9].map(Class::at_rest),
            [Quiescent, Quiescent, FixedPoint, FixedPoint]
        );
        assert_eq!(Class::alive(0.0301, 0.01, 1000.0), Chaotic);
        assert_eq!(Class::alive(0.03, 0.01, 1000.0), Undecided);
        assert_eq!(Class::alive(0.02, 0.01, 1000.0), Oscillating);
        assert_eq!(Class::alive(-0.021, 0.01, 1000.0), Undecided);
        // However steady: of a tangent vector that swells and shrinks, an exponent of 1/T is zero.
        assert_eq!(Class::alive(0.002, 0.0, 500.0), Oscillating);
        assert_eq!(Class::alive(f64::NAN, 0.01, 500.0), Undecided);
    }

    #[test]
    fn starts_go_with_the_majority() {
        let all = MeanSem::of([1.0, 0.9]);
        let most = MeanSem::of([0.9, 0.9]);
        let runs = [Chaotic, FixedPoint, Chaotic, Chaotic];
        assert_eq!(Class::of_start(&runs, all.as_ref()), Freezable);
        assert_eq!(Class::of_start(&runs, most.as_ref()), Chaotic);
        assert_eq!(Class::of_start(&runs, None), Chaotic);
        assert_eq!(
            Class::of_start(&[Chaotic, FixedPoint, Chaotic, FixedPoint], all.as_ref()),
            Undecided
        );
        assert_eq!(Class::of_start(&[FixedPoint; 3], all.as_ref()), FixedPoint);
        assert_eq!(Class::of_start(&[], None), Undecided);
    }

    #[test]
    fn points_compare_their_starts() {
        let (all, some) = (MeanSem::of([1.0, 1.0]), MeanSem::of([1.0, 0.5]));
        let of = |g, small, large: Class| Class::of_point(g, [small, large], all.as_ref(), large.is_chaos());
        assert_eq!(of(2.0, Freezable, Chaotic), Freezable);
        let sometimes = Class::of_point(2.0, [Freezable, Chaotic], some.as_ref(), true);
        assert_eq!(sometimes, Chaotic);
        assert_eq!(of(0.9, Quiescent, Freezable), InducedChaos);
        assert_eq!(of(1.0, Quiescent, Chaotic), Coexisting);
        assert_eq!(of(0.9, Quiescent, FixedPoint), Coexisting);
        assert_eq!(of(2.0, Freezable, FixedPoint), Coexisting);
        assert_eq!(of(2.0, Oscillating, Oscillating), Oscillating);
        assert_eq!(of(2.0, Chaotic, Undecided), Undecided);
        let one_of_many = Class::of_point(0.9, [Quiescent, Quiescent], None, true);
        assert_eq!(one_of_many, InducedChaos);
        assert_eq!(
            Class::of_point(0.9, [FixedPoint, Chaotic], None, true),
            Coexisting
        );
    }

    #[test]
    fn codes_are_positions() {
        assert_eq!(Class::ALL.map(Class::code), [0, 1, 2, 3, 4, 5, 6, 7]);
    }
}
