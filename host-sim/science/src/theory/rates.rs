//! Rates of many paths at a time. Bound to no arithmetic contract, tanh is Lambert's continued fraction, which compiles to
//! vector instructions; other transfer functions are the kernel's.

use freezable_chaos::{AnyTransfer, Transfer};

use super::draws::LANES;

/// The rates of those states.
#[inline(always)]
pub(super) fn rates(transfer: AnyTransfer, states: &[f32; LANES]) -> [f32; LANES] {
    let mut rates = [0.0; LANES];
    match transfer {
        AnyTransfer::Tanh => {
            // Not `map`, which is not compiled for the caller's instructions.
            for (rate, x) in rates.iter_mut().zip(states) {
                *rate = tanh(*x);
            }
        }
        other => other.apply(states, &mut rates),
    }
    rates
}

/// tanh(x) within 2e-7: nine levels of the continued fraction at x / 2, doubled.
#[inline(always)]
fn tanh(x: f32) -> f32 {
    // Beyond, it is 1 in single precision.
    const LARGEST: f32 = 9.1;
    let half = 0.5 * x.clamp(-LARGEST, LARGEST);
    let square = half * half;
    let above = 34_459_425.0 + square * (4_729_725.0 + square * (135_135.0 + square * (990.0 + square)));
    let below =
        34_459_425.0 + square * (16_216_200.0 + square * (945_945.0 + square * (13_860.0 + square * 45.0)));
    let tanh = half * above / below;
    2.0 * tanh / (1.0 + tanh * tanh)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_those_of_the_transfer_function() {
        for transfer in [AnyTransfer::Tanh, AnyTransfer::LibmErf] {
            for step in -30_000..30_000 {
                let states = std::array::from_fn(|lane| (step * 16 + lane as i32) as f32 * 3e-5);
                for (x, rate) in states.iter().zip(rates(transfer, &states)) {
                    assert!((rate - transfer.value(*x)).abs() < 2.5e-7, "{rate} at {x}");
                    assert!(rate.abs() <= 1.0, "{rate} at {x}");
                }
            }
            assert!(rates(transfer, &[f32::NAN; LANES])[0].is_nan());
            assert_eq!(rates(transfer, &[f32::NEG_INFINITY; LANES])[0], -1.0);
        }
    }
}
