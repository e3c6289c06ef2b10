//! The golden that `build.rs` found in the file that GOLDEN names: parameters, couplings as they lie in flash, input, digests.

use freezable_chaos::random::Randomness;
use freezable_chaos::*;

include!(concat!(env!("OUT_DIR"), "/golden.rs"));

/// How the trajectory begins.
#[allow(dead_code, reason = "a golden begins in one way")]
enum Begin {
    Drawn(Start),
    State(&'static [f32]),
}

/// Refuses other parameters than the golden's, by name.
pub const fn check(n: usize, params: Params) {
    assert!(n == N, "n is not the golden's");
    assert!(params.g == PARAMS.g, "g is not the golden's");
    assert!(params.k == PARAMS.k, "k is not the golden's");
    assert!(params.p == PARAMS.p, "p is not the golden's");
    assert!(params.dt == PARAMS.dt, "dt is not the golden's");
}

/// Goes to where the trajectory begins.
pub fn start<C: Connectivity, T: Transfer>(network: &mut Network<'_, C, T>) -> Result<(), Error> {
    match BEGIN {
        Begin::Drawn(start) => network.start(start, &mut Generator::new(SEED_STATE, 0, Purpose::State)),
        Begin::State(x) => network.start_from(x)?,
    }
    Ok(())
}

/// The external input, step by step.
pub struct Input {
    step: usize,
    noise: Generator,
    values: [f32; N],
}

impl Input {
    pub fn new() -> Self {
        Self { step: 0, noise: Generator::new(SEED_STATE, 0, Purpose::Input), values: [0.0; N] }
    }

    /// The input of the next step; `None` of a golden without any.
    pub fn next(&mut self) -> Option<&[f32]> {
        if SERIES.is_empty() && NOISE == 0.0 {
            return None;
        }
        let row = self.step / STEPS_OF_ROW;
        self.step += 1;
        self.values.fill(0.0);
        let rows = SERIES.len() / CHANNELS;
        let row = if REPEATS && rows > 0 { row % rows } else { row };
        if let Some(channels) = SERIES.chunks_exact(CHANNELS).nth(row) {
            match InputWeights::new(WEIGHTS, CHANNELS, N) {
                Ok(weights) => weights.write(channels, &mut self.values).ok()?,
                // without weights there is a channel for each neuron
                Err(_) => self.values.copy_from_slice(channels),
            }
        }
        if NOISE > 0.0 {
            self.values.iter_mut().for_each(|input| *input += NOISE * self.noise.gaussian());
        }
        Some(&self.values)
    }
}
