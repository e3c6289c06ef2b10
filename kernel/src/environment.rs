//! The floating-point environment that the bits rest on: round to nearest, subnormals kept.
//!
//! Every processor has switches that change what a sum or a product is (MXCSR on x86-64, FPCR on AArch64, FPSCR on Cortex-M,
//! frm on RISC-V), and a program around the network, or the start-up code of a compiler's fast mathematics, may set them.
//! [`check`] looks at what they do rather than at the switches: it is the same on every target, and finds a library of
//! floating-point routines that departs from IEEE-754 too.

use core::fmt;
use core::hint::black_box;

/// The smallest normal number, 2^-126.
const SMALLEST: f32 = f32::MIN_POSITIVE;
/// Half a unit in the last place of 1: halfway to the next larger number, and a whole way to the next smaller one.
const HALF_UNIT: f32 = f32::EPSILON / 2.0;

/// How the processor, as it is set, departs from the arithmetic of the contract: round to nearest, ties to even, subnormals kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum EnvironmentError {
    /// Results below 2^-126 become 0: flush-to-zero (FTZ in MXCSR of x86-64, FZ in FPCR of AArch64 and FPSCR of Cortex-M).
    FlushToZero,
    /// Operands below 2^-126 count as 0: denormals-are-zero (DAZ in MXCSR of x86-64, FZ of Arm).
    DenormalsAreZero,
    /// Sums are rounded toward zero.
    TowardZero,
    /// Sums are rounded upward.
    Upward,
    /// Sums are rounded downward.
    Downward,
    /// Sums that lie halfway are rounded away from zero (RMM in frm of RISC-V).
    TiesAway,
}

impl EnvironmentError {
    /// What is set, for messages.
    pub const fn name(self) -> &'static str {
        match self {
            Self::FlushToZero => "flush-to-zero",
            Self::DenormalsAreZero => "denormals-are-zero",
            Self::TowardZero => "rounding toward zero",
            Self::Upward => "rounding upward",
            Self::Downward => "rounding downward",
            Self::TiesAway => "rounding of ties away from zero",
        }
    }
}

impl fmt::Display for EnvironmentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the processor is set to {}, where the bits rest on rounding to nearest, ties to even, with subnormals kept",
            self.name()
        )
    }
}

impl core::error::Error for EnvironmentError {}

/// Refuses a processor that is set to another arithmetic than that of the contract, on the thread that calls it.
///
/// [`Network::new`](crate::Network::new) and everything that builds a network calls it. Call it again where other code may
/// have changed the setting since, and on threads of one's own.
///
/// ```
/// assert_eq!(freezable_chaos::environment::check(), Ok(()));
/// ```
// Out of line: a few operations, called from every kind of network.
#[inline(never)]
pub fn check() -> Result<(), EnvironmentError> {
    // The compiler knows none of the operands, so that the processor computes; a subnormal is compared by its bits.
    let subnormal = black_box(f32::from_bits(1 << 22));
    if (black_box(SMALLEST) * black_box(0.5)).to_bits() != 1 << 22
        || (black_box(1.5 * SMALLEST) - black_box(SMALLEST)).to_bits() != 1 << 22
    {
        return Err(EnvironmentError::FlushToZero);
    }
    if subnormal * black_box(2.0) != SMALLEST || subnormal + black_box(SMALLEST) != 1.5 * SMALLEST {
        return Err(EnvironmentError::DenormalsAreZero);
    }
    let one = black_box(1.0);
    // A quarter of the way to the next number: only a directed mode moves.
    let above = one + black_box(HALF_UNIT / 2.0);
    let below = -one - black_box(HALF_UNIT / 2.0);
    let inside = one - black_box(HALF_UNIT / 4.0);
    if above != 1.0 {
        return Err(EnvironmentError::Upward);
    }
    if below != -1.0 {
        return Err(EnvironmentError::Downward);
    }
    if inside != 1.0 {
        return Err(EnvironmentError::TowardZero);
    }
    if one + black_box(HALF_UNIT) != 1.0 {
        return Err(EnvironmentError::TiesAway);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::format;

    #[test]
    fn every_setting_has_a_name_of_its_own() {
        let all = [
            EnvironmentError::FlushToZero,
            EnvironmentError::DenormalsAreZero,
            EnvironmentError::TowardZero,
            EnvironmentError::Upward,
            EnvironmentError::Downward,
            EnvironmentError::TiesAway,
        ];
        for (at, error) in all.iter().enumerate() {
            let words = format!("{error}");
            assert!(!error.name().is_empty() && words.contains(&format!("set to {}, where", error.name())));
            assert!(
                all[..at].iter().all(|other| other.name() != error.name()),
                "{words}"
            );
        }
    }
}
