//! A trained readout as Rust source, for a firmware.

use freezable_chaos::ReadoutHeader;
use science::memory::{FittedReadout, TrainedReadout};
use science::networks::Ensemble;

/// `READOUT_WEIGHTS` and `READOUT_BIASES`, for the kernel's `Readout::new`, and `READOUT`, what they were trained for: the
/// network with index 0.
pub(super) fn rust_source(trained: &TrainedReadout, of: &Ensemble) -> String {
    let ReadoutHeader {
        n,
        outputs,
        couplings,
        cue_seed,
        cue_strength,
        write,
        rest,
    } = trained.header;
    let FittedReadout { weights, biases, .. } = trained.fitted;
    format!(
        "// Readout of {outputs} cues of strength {cue_strength}, written by host-sim memory, version {}.\n\
         // {}, seed of the network {}, index 0.\n\n\
         /// What the readout was trained for: the cues are `Cue {{ seed: READOUT.cue_seed, index, strength:\n\
         /// READOUT.cue_strength }}`.\n\
         pub static READOUT: freezable_chaos::ReadoutHeader = freezable_chaos::ReadoutHeader {{\n    \
             n: {n},\n    outputs: {outputs},\n    couplings: {couplings:#018x},\n    cue_seed: {cue_seed},\n    \
             cue_strength: {cue_strength:?},\n    write: {write:?},\n    rest: {rest:?},\n\
         }};\n\n\
         /// One row of {n} neurons for each cue.\n\
         pub static READOUT_WEIGHTS: [f32; {}] = [\n{}];\n\n\
         /// One for each cue.\n\
         pub static READOUT_BIASES: [f32; {}] = [\n{}];\n",
        env!("CARGO_PKG_VERSION"),
        of.describe(),
        of.network.seeds.network,
        weights.len(),
        values(weights),
        biases.len(),
        values(biases),
    )
}

/// Rows of eight numbers, each the shortest decimal that is read as the same bits.
fn values(values: &[f32]) -> String {
    let texts: Vec<String> = values.iter().map(|value| format!("{value:?}")).collect();
    let rows = texts.chunks(8).map(|row| format!("    {},\n", row.join(", ")));
    rows.collect()
}

#[cfg(test)]
mod tests {
    use super::values;

    #[test]
    fn the_numbers_are_read_back_as_the_same_bits() {
        let numbers = [
            0.1,
            -1e-9,
            3.402_823_5e38,
            1.0,
            f32::MIN_POSITIVE / 4.0,
            -0.0,
            7.25,
            1.0 / 3.0,
            2.0,
        ];
        let text = values(&numbers);
        assert_eq!(text.lines().count(), 2);
        let read: Vec<u32> = text
            .split(',')
            .filter_map(|word| word.trim().parse::<f32>().ok())
            .map(f32::to_bits)
            .collect();
        assert_eq!(read, numbers.map(f32::to_bits));
        // A literal of Rust has a point or an exponent.
        let literals = text.split(',').map(str::trim).filter(|word| !word.is_empty());
        assert!(
            literals.into_iter().all(|word| word.contains(['.', 'e'])),
            "{text}"
        );
    }
}
