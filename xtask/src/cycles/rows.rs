//! The phases of a step: instructions counted, cycles modelled.

use anyhow::{Result, ensure};
use serde::Serialize;

use super::counter::Windows;
use super::model;
use crate::cpu::Cpu;

/// What varies from step to step: the branches of the transfer function depend on the state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Spread {
    /// Least over the steps.
    pub min: u64,
    /// As many steps have less as have more.
    pub median: u64,
    /// Most over the steps.
    pub max: u64,
}

/// A phase at one size.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// Who did the work: hand-written loops, portable ones, or a peer.
    pub loops: String,
    /// Number of neurons.
    pub n: usize,
    /// Transfer function, or `-`.
    pub transfer: String,
    /// What was done.
    pub phase: String,
    /// Per step.
    pub instructions: Spread,
    /// Per step.
    pub cycles: Spread,
    /// Of the median.
    pub cycles_per_synapse: f64,
}

impl Spread {
    fn of(mut values: Vec<u64>) -> Self {
        values.sort_unstable();
        let at = |index: usize| values.get(index).copied().unwrap_or_default();
        Self {
            min: at(0),
            median: at(values.len() / 2),
            max: at(values.len().saturating_sub(1)),
        }
    }

    fn per_synapse(self, n: usize) -> f64 {
        self.median as f64 / (n * n) as f64
    }

    /// What is left of a whole without its parts, median by median; the ends are not known.
    fn without(self, parts: [Self; 2]) -> Self {
        let rest = parts
            .iter()
            .fold(self.median, |rest, part| rest.saturating_sub(part.median));
        Self {
            min: rest,
            median: rest,
            max: rest,
        }
    }
}

impl Row {
    /// The windows of a phase, as a row.
    pub fn new(cpu: Cpu, windows: &Windows) -> Result<Self> {
        let (mut instructions, mut cycles) = (Vec::new(), Vec::new());
        for window in &windows.steps {
            let totals = model::fold(cpu, window)?;
            let n = windows.n as u64;
            if windows.phase == "drive" && cpu.has_float_unit() && windows.n.is_multiple_of(4) {
                // one multiplication per synapse: a count that is known beforehand checks the counter
                ensure!(
                    totals.multiplications == n * n,
                    "{} multiplications counted in a product of {n} neurons",
                    totals.multiplications
                );
            }
            instructions.push(totals.instructions);
            cycles.push(totals.cycles);
        }
        let cycles = Spread::of(cycles);
        Ok(Self {
            loops: windows.loops.clone(),
            n: windows.n,
            transfer: windows.transfer.clone(),
            phase: windows.phase.clone(),
            instructions: Spread::of(instructions),
            cycles,
            cycles_per_synapse: cycles.per_synapse(windows.n),
        })
    }

    /// Name in the committed table.
    pub fn name(&self) -> String {
        format!("{} {} {} {}", self.loops, self.n, self.transfer, self.phase)
    }

    /// Whether the rows differ only in size.
    pub fn is_fitted_with(&self, other: &Self) -> bool {
        (&self.loops, &self.transfer, &self.phase) == (&other.loops, &other.transfer, &other.phase)
    }
}

/// The row of that name.
pub fn find<'a>(rows: &'a [Row], [loops, transfer, phase]: [&str; 3], n: usize) -> Option<&'a Row> {
    rows.iter().find(|row| {
        (
            row.loops.as_str(),
            row.transfer.as_str(),
            row.phase.as_str(),
            row.n,
        ) == (loops, transfer, phase, n)
    })
}

/// What a running step does beside its pass over the couplings and its transfer function: the states move.
pub fn neuron_updates(rows: &[Row]) -> Vec<Row> {
    let running = rows
        .iter()
        .filter(|row| row.phase == "running" && row.transfer == "own");
    running
        .filter_map(|whole| {
            let part = |transfer, phase| find(rows, [&whole.loops, transfer, phase], whole.n);
            let (pass, transfer) = (part("-", "drive-and-learn")?, part("own", "transfer")?);
            let cycles = whole.cycles.without([pass.cycles, transfer.cycles]);
            Some(Row {
                transfer: "-".to_owned(),
                phase: "neuron-update".to_owned(),
                instructions: whole
                    .instructions
                    .without([pass.instructions, transfer.instructions]),
                cycles,
                cycles_per_synapse: cycles.per_synapse(whole.n),
                ..whole.clone()
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(phase: &str, transfer: &str, median: u64) -> Row {
        Row {
            loops: "portable".to_owned(),
            n: 10,
            transfer: transfer.to_owned(),
            phase: phase.to_owned(),
            instructions: Spread::of(vec![median]),
            cycles: Spread::of(vec![2 * median, 2 * median + 1, 2 * median - 1]),
            cycles_per_synapse: 0.0,
        }
    }

    #[test]
    fn the_median_lies_between_the_ends() {
        let spread = Spread::of(vec![7, 1, 3]);
        assert_eq!((spread.min, spread.median, spread.max), (1, 3, 7));
    }

    #[test]
    fn the_neuron_update_is_what_the_parts_leave() {
        let mut rows = vec![
            row("running", "own", 1000),
            row("drive-and-learn", "-", 700),
            row("transfer", "own", 200),
        ];
        let updates = neuron_updates(&rows);
        assert_eq!(
            (updates[0].instructions.median, updates[0].cycles.median),
            (100, 200)
        );
        assert_eq!(updates[0].cycles_per_synapse, 2.0);
        assert_eq!(updates[0].name(), "portable 10 - neuron-update");
        rows.pop();
        assert!(neuron_updates(&rows).is_empty());
    }
}
