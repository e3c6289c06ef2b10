//! A trained readout as Rust source, which a firmware includes.

use super::measurement::{Outcome, Task};
use crate::configuration::Configuration;

/// The readout of the first network: `READOUT_WEIGHTS` and `READOUT_BIASES`, for the kernel's `Readout::new`.
pub(super) fn rust_source(configuration: &Configuration, task: &Task, outcome: &Outcome) -> String {
    let n = configuration.n;
    let values = |values: &[f32]| {
        // The shortest decimal that is read as the same bits.
        let texts: Vec<String> = values.iter().map(|value| format!("{value:?}")).collect();
        texts
            .chunks(8)
            .map(|row| format!("    {},\n", row.join(", ")))
            .collect::<String>()
    };
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
