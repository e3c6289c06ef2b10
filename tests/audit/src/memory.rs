//! Calls every public entry point of the working memory with arguments that the compiler cannot know.

use core::hint::black_box;

use freezable_chaos::{
    ActivityRule, ActivityWatch, Connectivity, Cue, InputWeights, Network, Readout, Transfer, strongest,
};

use crate::unknown::unknown;

/// Values of whatever kind, at most.
const MOST: usize = 64;

#[inline(never)]
fn write(input: &mut [f32]) {
    let cue = Cue {
        seed: black_box(1),
        index: black_box(2),
        strength: black_box(1.0),
    };
    cue.write(input);
}

#[inline(never)]
fn write_channels(input: &mut [f32]) -> bool {
    let (mut weights, mut channels) = ([0.5; MOST], [0.5; 8]);
    InputWeights::new(unknown(&mut weights), black_box(2), black_box(32))
        .is_ok_and(|weights| weights.write(unknown(&mut channels), input).is_ok())
}

#[inline(never)]
fn read(rates: &[f32]) -> Option<usize> {
    let (mut weights, mut biases, mut outputs) = ([0.5; MOST], [0.5; 2], [0.0; 2]);
    let readout = Readout::new(unknown(&mut weights), unknown(&mut biases), black_box(32)).ok()?;
    black_box((readout.n(), readout.outputs()));
    readout.read(rates, unknown(&mut outputs)).ok()?;
    strongest(&outputs).ok()
}

#[inline(never)]
fn watch<C: Connectivity, T: Transfer>(network: &Network<'_, C, T>) -> bool {
    let rule = ActivityRule {
        speed: black_box(1e-3),
        time: black_box(10.0),
    };
    ActivityWatch::new(network.dynamics(), rule)
        .is_ok_and(|mut watch| watch.is_dead(network.plasticity(), network.speed()))
}

#[inline(never)]
fn store<C: Connectivity, T: Transfer>(network: &mut Network<'_, C, T>, bytes: &mut [u8]) -> usize {
    network.store(bytes).unwrap_or(0)
}

#[inline(never)]
fn recall<C: Connectivity, T: Transfer>(network: &mut Network<'_, C, T>, bytes: &[u8]) -> bool {
    network.recall(bytes).is_ok()
}

/// Everything that a working memory can be asked to do.
#[inline(never)]
pub fn exercise<C: Connectivity, T: Transfer>(network: &mut Network<'_, C, T>, bytes: &mut [u8]) {
    let mut input = [0.0; MOST];
    write(unknown(&mut input));
    black_box(write_channels(unknown(&mut input)));
    black_box((read(network.rates()), watch(network)));
    let length = store(network, unknown(bytes));
    black_box(recall(network, bytes.get(..length).unwrap_or_default()));
}
