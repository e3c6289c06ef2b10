//! Cores, and the steps per second that the committed counts of each give.

use std::collections::BTreeMap;

use clap::ValueEnum;
use serde::Serialize;

use super::representation::Representation;
use crate::failure::Failure;

/// `a N^2 + b N + c` cycles of a step, by core and representation.
const STEPS: &str = include_str!("../../../../benches/mcu/steps.toml");

/// A processor core. Only those whose cycles are modelled by a table of their own have a speed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(super) enum Core {
    /// Cortex-M0, floating point in software
    M0,
    /// Cortex-M0+, floating point in software
    M0plus,
    /// Cortex-M3, floating point in software
    M3,
    /// Cortex-M4 with its single-precision unit
    M4f,
    /// Cortex-M7 with a floating-point unit
    M7,
    /// Cortex-M33 with its single-precision unit
    M33,
    /// RISC-V without a floating-point unit
    Rv32imac,
}

impl Core {
    /// Its name for people, and what computes with floating-point numbers.
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::M0 => "Cortex-M0, soft float",
            Self::M0plus => "Cortex-M0+, soft float",
            Self::M3 => "Cortex-M3, soft float",
            Self::M4f => "Cortex-M4F, hard float",
            Self::M7 => "Cortex-M7F, hard float",
            Self::M33 => "Cortex-M33F, hard float",
            Self::Rv32imac => "rv32imac, soft float",
        }
    }

    /// Its name in the committed model.
    fn key(self) -> &'static str {
        match self {
            Self::M0 => "m0",
            Self::M0plus => "m0plus",
            Self::M3 => "m3",
            Self::M4f => "m4f",
            Self::M7 => "m7",
            Self::M33 => "m33",
            Self::Rv32imac => "rv32imac",
        }
    }

    /// Modelled steps per second of `n` neurons at a clock in Hz; `None` for a core that was not counted.
    pub(super) fn steps_per_second(
        self,
        clock: f64,
        representation: Representation,
        n: usize,
    ) -> Result<Option<f64>, Failure> {
        let steps: BTreeMap<String, BTreeMap<String, [f64; 3]>> = toml::from_str(STEPS)
            .map_err(|error| Failure::Usage(format!("the model of the steps: {error}")))?;
        let of_core = steps.get(self.key());
        let found = of_core.and_then(|core| core.get(representation.counted_as()));
        let n = n as f64;
        Ok(found.map(|[a, b, c]| clock / (a * n * n + b * n + c)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn speed(core: Core, clock: f64, representation: Representation, n: usize) -> Option<f64> {
        core.steps_per_second(clock, representation, n).unwrap()
    }

    /// By hand: 448.002 x 48^2 + 1789.7562 x 48 + 2050.5 = 1,120,155.4 cycles on an M3, and
    /// 7.6563 x 48^2 + 64.5687 x 48 + 509 = 21,248.4 on an M4F.
    #[test]
    fn a_core_has_its_own_count_and_the_clock_that_it_is_given() {
        for (core, clock, cycles) in [
            (Core::M3, 72e6, 1_120_155.4),
            (Core::M4f, 168e6, 21_248.4),
            (Core::M4f, 64e6, 21_248.4),
        ] {
            for representation in [Representation::ExactInRam, Representation::ExactInFlash] {
                let found = speed(core, clock, representation, 48).unwrap();
                assert!((found * cycles / clock - 1.0).abs() < 1e-6, "{core:?}: {found}");
            }
        }
        // 1.138 x 256^2 + 2291.1888 x 256 + 17903.6667 = 679,028.0; 2.4162 x 64^2 + 4112.5789 x 64 + 34038.5 = 307,140.3
        let found = speed(Core::M3, 72e6, Representation::CompactInFlash, 256).unwrap();
        assert!((found * 679_028.0 / 72e6 - 1.0).abs() < 1e-6, "{found}");
        let found = speed(Core::M0plus, 133e6, Representation::CompactHashed, 64).unwrap();
        assert!((found * 307_140.3 / 133e6 - 1.0).abs() < 1e-6, "{found}");
    }

    #[test]
    fn a_core_that_was_not_counted_has_no_speed() {
        for core in [Core::M0, Core::M7, Core::M33, Core::Rv32imac] {
            for representation in Representation::ALL {
                assert_eq!(speed(core, 64e6, representation, 64), None, "{core:?}");
            }
        }
        for core in [Core::M0plus, Core::M3, Core::M4f] {
            for representation in Representation::ALL {
                let [small, large] = [128, 256].map(|n| speed(core, 64e6, representation, n).unwrap());
                assert!(small > large && large > 1.0, "{core:?} {representation:?}");
            }
        }
    }
}
