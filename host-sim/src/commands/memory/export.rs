//! A trained readout as Rust source, which a firmware includes.

use super::measurement::{Outcome, Task};
use crate::configuration::Configuration;

/// The readout of the first network: `READOUT_WEIGHTS` and `READOUT_BIASES`, for the kernel's `Readout::new`.
pub(super) fn rust_source(configuration: &Configuration, task: &Task, outcome: &Outcome) -> String {
    let n = configuration.n;
    format!(
        "// Readout of {} cues of strength {}, written by host-sim memory.\n\
         // {}, seeds: network {}, state and cues {}, index 0.\n\n\
         /// One row of {n} neurons for each cue.\n\
         pub static READOUT_WEIGHTS: [f32; {}] = [\n{}];\n\n\
         /// One for each cue.\n\
         pub static READOUT_BIASES: [f32; {}] = [\n{}];\n",
        task.cues,
        task.strength,
        configuration.describe_parameters(),
        configuration.seeds.network,
        configuration.seeds.state,
        outcome.weights.len(),
        values(&outcome.weights),
        outcome.biases.len(),
        values(&outcome.biases),
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
