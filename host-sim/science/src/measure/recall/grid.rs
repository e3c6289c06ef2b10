//! Recall over sizes of the network, numbers of cues and their strengths: capacities.

use serde::Serialize;

use super::super::arrays::Array;
use super::super::ensemble::{Measured, Measurement, measure};
use super::super::keep::{Keep, Named};
use super::{Recall, Row};
use crate::estimators::MeanSem;
use crate::memory::{Protocol, Task};
use crate::networks::{Ensemble, Execution};
use crate::watch::Watch;
use crate::{Refusal, Stopped};

/// Recall from which on a number of cues counts as remembered.
pub const REMEMBERED: f64 = 0.95;

/// Tasks: every number of cues of every strength, in networks of every size. Its JSON form states its parameters.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RecallGrid {
    /// Numbers of cues, of which one at a time is stored; a readout is trained for each number.
    pub cues: Vec<u32>,
    /// Strengths of the cues.
    pub strengths: Vec<f32>,
    /// Numbers of neurons.
    pub sizes: Vec<usize>,
    /// Trials that train the readout, for each cue.
    pub training: u32,
    /// Trials held out, of each network.
    pub trials: u32,
    /// Times of a trial.
    pub protocol: Protocol,
}

/// A task, the networks that did it, and what they did.
#[derive(Clone, Debug)]
pub struct MeasuredTask {
    /// The networks.
    pub of: Ensemble,
    /// The task.
    pub recall: Recall,
    /// Recall.
    pub measured: Measured<Recall>,
}

/// What was measured of all tasks.
#[derive(Clone, Debug)]
pub struct MeasuredGrid {
    /// Size by size, number by number, strength by strength.
    pub tasks: Vec<MeasuredTask>,
    /// Over networks.
    pub summary: GridSummary,
}

/// Most cues that a size remembers at a strength.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Capacity {
    /// Number of neurons.
    pub n: usize,
    /// Strength of the cues.
    pub strength: f32,
    /// Largest of the numbers of cues that is [remembered](REMEMBERED); `None` if none is.
    pub capacity: Option<u32>,
}

/// Averages over networks, task by task.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GridSummary {
    /// Of the first task: recall after the hold.
    pub recall: Option<MeanSem>,
    /// For which it was held.
    pub hold_time: f64,
    /// Largest number of cues recalled at 0.95 or better after the hold, one state at a time, by the first of the sizes
    /// and strengths; `None` if none is.
    pub capacity: Option<u32>,
    /// The same by every size and strength.
    pub capacities: Vec<Capacity>,
    /// One of each task.
    pub rows: Vec<Row>,
}

impl RecallGrid {
    /// Refuses what cannot be measured of these networks, whose size alone changes, or takes more memory than there is;
    /// gives the steps of all of them, which are reported to the [`Watch`].
    pub fn check(&self, of: &Ensemble, how: &Execution) -> Result<u64, Refusal> {
        let mut steps = 0_u64;
        for (of, recall) in self.tasks(of)? {
            let cost = recall.check(&of)?;
            how.check_memory(&of, cost.bytes, cost.outcome)?;
            steps = steps.saturating_add(cost.steps.saturating_mul(of.networks.into()));
        }
        Ok(steps)
    }

    /// The tasks, and the networks that do them.
    fn tasks(&self, of: &Ensemble) -> Result<Vec<(Ensemble, Recall)>, Refusal> {
        let given = [
            ("cues", self.cues.is_empty()),
            ("strengths", self.strengths.is_empty()),
            ("sizes", self.sizes.is_empty()),
        ];
        if let Some((none, _)) = given.into_iter().find(|(_, is_empty)| *is_empty) {
            return Err(Refusal::because(none, "", "has no value, and needs one at least"));
        }
        let mut tasks = Vec::new();
        for &n in &self.sizes {
            let of = Ensemble {
                network: of.network.clone().with_neurons(n)?,
                ..of.clone()
            };
            for &cues in &self.cues {
                for &strength in &self.strengths {
                    let protocol = self.protocol.clone();
                    let task = Task::new(cues, strength, self.training, self.trials, protocol).map_err(
                        |refusal| match refusal.parameter {
                            "strength" => Refusal {
                                parameter: "strengths",
                                ..refusal
                            },
                            _ => refusal,
                        },
                    )?;
                    tasks.push((of.clone(), Recall { task }));
                }
            }
        }
        Ok(tasks)
    }

    /// Measures every task.
    pub fn measure(
        &self,
        of: &Ensemble,
        how: &Execution,
        watch: &dyn Watch,
        keep: &dyn Keep,
    ) -> Result<MeasuredGrid, Stopped> {
        self.check(of, how)?;
        let one = |(place, (of, recall)): (usize, (Ensemble, Recall))| {
            let keep = Named {
                keep,
                name: format!("task-{place:03}"),
            };
            let measured = measure(&recall, &of, how, watch, &keep)?;
            Ok(MeasuredTask { of, recall, measured })
        };
        let all = self.tasks(of)?.into_iter().enumerate();
        let tasks = Stopped::all(all.map(one), of.networks as usize)?;
        let summary = GridSummary::of(self, &tasks);
        Ok(MeasuredGrid { tasks, summary })
    }

    /// The arrays of every task, in whose names its place among the tasks stands last.
    pub fn arrays(&self, measured: &MeasuredGrid) -> Vec<Array> {
        let of_task = |(place, task): (usize, &MeasuredTask)| {
            let end = format!("_{place}");
            task.recall.shares(&end, &task.measured.outcomes)
        };
        let mut arrays: Vec<Array> = measured.tasks.iter().enumerate().flat_map(of_task).collect();
        arrays.extend(
            measured
                .tasks
                .first()
                .into_iter()
                .flat_map(|task| task.recall.times()),
        );
        arrays
    }
}

impl GridSummary {
    fn of(grid: &RecallGrid, tasks: &[MeasuredTask]) -> Self {
        let rows: Vec<Row> = tasks.iter().map(|task| task.measured.summary.clone()).collect();
        let capacities = capacities(&rows);
        Self {
            recall: rows.first().and_then(|row| row.held),
            hold_time: grid.protocol.hold,
            capacity: capacities.first().and_then(|first| first.capacity),
            capacities,
            rows,
        }
    }
}

fn capacities(rows: &[Row]) -> Vec<Capacity> {
    let mut capacities: Vec<Capacity> = Vec::new();
    for &Row { n, strength, .. } in rows {
        let is_same = |size: usize, other: f32| size == n && other == strength;
        if capacities.iter().any(|known| is_same(known.n, known.strength)) {
            continue;
        }
        let remembered = rows.iter().filter(|row| {
            is_same(row.n, row.strength) && row.held.is_some_and(|held| held.mean >= REMEMBERED)
        });
        capacities.push(Capacity {
            n,
            strength,
            capacity: remembered.map(|row| row.cues).max(),
        });
    }
    capacities
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::networks::Network;
    use freezable_chaos::Params;

    fn ensemble() -> Ensemble {
        let params = Params {
            g: 2.0,
            k: 2.0,
            p: 2.5,
            dt: 0.05,
        };
        let of = Ensemble::of(Network::compact(20, params).unwrap(), 2).unwrap();
        of.over(5.0, 1.0).unwrap()
    }

    fn grid() -> RecallGrid {
        RecallGrid {
            cues: vec![2, 3],
            strengths: vec![1.0],
            sizes: vec![20, 24],
            training: 2,
            trials: 3,
            protocol: Protocol {
                write: 5.0,
                rest: 1.0,
                times: vec![1.0, 3.0],
                hold: 5.0,
            },
        }
    }

    #[test]
    fn every_task_has_its_row_its_arrays_and_the_names_of_its_own_numbers() {
        let grid = grid();
        let measured = grid
            .measure(&ensemble(), &Execution::default(), &(), &())
            .unwrap();
        let rows: Vec<(usize, u32)> = measured
            .summary
            .rows
            .iter()
            .map(|row| (row.n, row.cues))
            .collect();
        assert_eq!(rows, [(20, 2), (20, 3), (24, 2), (24, 3)]);
        assert_eq!(measured.summary.capacities.len(), 2);
        let arrays = grid.arrays(&measured);
        assert_eq!(arrays.len(), 3 * 4 + 2);
        let last = arrays
            .iter()
            .find(|array| array.name == "frozen_recall_3")
            .unwrap();
        assert_eq!(last.shape(), [2, 4]);
    }

    #[test]
    fn refusals_name_the_parameters_of_the_grid() {
        let refused = |change: fn(&mut RecallGrid)| {
            let mut grid = grid();
            change(&mut grid);
            let refused = grid.check(&ensemble(), &Execution::default()).unwrap_err();
            refused.to_string()
        };
        for (change, message) in [
            (
                (|grid| grid.cues[1] = 1) as fn(&mut RecallGrid),
                "cues 1 is outside its bounds 2 and 4096",
            ),
            (
                |grid| grid.strengths.push(0.0),
                "strengths 0 is not a number above its bound 0",
            ),
            (
                |grid| grid.training = 0,
                "training 0 is outside its bounds 1 and 100000",
            ),
            (
                |grid| grid.protocol.hold = f64::NAN,
                "hold NaN is outside its bounds 0 and 1e6",
            ),
            (
                |grid| grid.protocol.hold = 2.0,
                "times 2 is less than 3 before it",
            ),
            (|grid| grid.sizes.clear(), "sizes has no value"),
        ] {
            let found = refused(change);
            assert!(found.starts_with(message), "{found}");
        }
    }
}
