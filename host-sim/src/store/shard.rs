//! Shares of what is computed, for several jobs.

use std::env::{self, VarError};
use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

/// A share of the networks, points or commands, for one of several jobs: "2/8" is the second of eight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    /// From 1 to `count`.
    index: usize,
    count: usize,
}

impl Shard {
    /// Whether the item at this position belongs to it.
    pub fn has(self, position: usize) -> bool {
        position % self.count == self.index - 1
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.count)
    }
}

impl Serialize for Shard {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl FromStr for Shard {
    type Err = String;

    /// "mpi" is the share of this rank, as the launcher that started it says: `mpirun`, `mpiexec` or `srun`.
    fn from_str(text: &str) -> Result<Self, String> {
        if text == "mpi" {
            return of_rank(|name| env::var(name));
        }
        let parts = text.split_once('/');
        let numbers = parts.and_then(|(index, count)| Some((index.parse().ok()?, count.parse().ok()?)));
        match numbers {
            Some((index, count)) if (1..=count).contains(&index) => Ok(Self { index, count }),
            _ => Err("it is neither I/COUNT with I from 1 to COUNT, nor mpi".to_owned()),
        }
    }
}

/// Where launchers write which rank a process is, from 0, and of how many: Open MPI, MPICH and its relatives, MVAPICH, Slurm's
/// `srun`. The ranks of an `mpirun` within a Slurm job are `mpirun`'s, so Slurm comes last. A batch script has a rank and the
/// tasks of its job too, and is no rank: only the steps of `srun` have the tasks of a step.
const LAUNCHERS: [[&str; 2]; 4] = [
    ["OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"],
    ["PMI_RANK", "PMI_SIZE"],
    ["MV2_COMM_WORLD_RANK", "MV2_COMM_WORLD_SIZE"],
    ["SLURM_PROCID", "SLURM_STEP_NUM_TASKS"],
];

/// The share of a rank, given the environment.
fn of_rank(read: impl Fn(&str) -> Result<String, VarError>) -> Result<Shard, String> {
    let given = LAUNCHERS
        .iter()
        .find_map(|[rank, size]| Some(([rank, size], [read(rank).ok()?, read(size).ok()?])));
    let Some((names, [rank, size])) = given else {
        let names = LAUNCHERS.map(|names| names.join(" with ")).join(", ");
        return Err(format!(
            "no launcher has set a rank ({names}): start it by mpirun or srun"
        ));
    };
    match (rank.parse::<usize>(), size.parse()) {
        (Ok(rank), Ok(count)) if rank < count => Ok(Shard {
            index: rank + 1,
            count,
        }),
        _ => Err(format!(
            "{} = {rank} and {} = {size} are no rank and number of ranks",
            names[0], names[1]
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn among(variables: &[(&str, &str)]) -> Result<String, String> {
        let read = |name: &str| {
            let found = variables.iter().find(|(variable, _)| *variable == name);
            found
                .map(|(_, value)| (*value).to_owned())
                .ok_or(VarError::NotPresent)
        };
        of_rank(read).map(|shard| shard.to_string())
    }

    #[test]
    fn a_rank_has_the_share_that_its_launcher_says() {
        let open_mpi = [("OMPI_COMM_WORLD_RANK", "2"), ("OMPI_COMM_WORLD_SIZE", "4")];
        assert_eq!(among(&open_mpi).as_deref(), Ok("3/4"));
        assert_eq!(
            among(&[("PMI_RANK", "0"), ("PMI_SIZE", "1")]).as_deref(),
            Ok("1/1")
        );
        let srun = [
            ("SLURM_PROCID", "5"),
            ("SLURM_STEP_NUM_TASKS", "8"),
            ("SLURM_NTASKS", "24"),
        ];
        assert_eq!(among(&srun).as_deref(), Ok("6/8"));
        // mpirun within a job of one Slurm task
        let both = [
            open_mpi.as_slice(),
            &[("SLURM_PROCID", "0"), ("SLURM_STEP_NUM_TASKS", "1")],
        ]
        .concat();
        assert_eq!(among(&both).as_deref(), Ok("3/4"));
    }

    #[test]
    fn what_is_no_rank_is_refused() {
        assert!(among(&[]).unwrap_err().contains("OMPI_COMM_WORLD_RANK"));
        assert!(among(&[("PMI_RANK", "0")]).unwrap_err().contains("no launcher"));
        // a batch script outside `srun`, which is all of its job
        let script = [("SLURM_PROCID", "0"), ("SLURM_NTASKS", "24")];
        assert!(among(&script).unwrap_err().contains("no launcher"));
        let beyond = among(&[("PMI_RANK", "2"), ("PMI_SIZE", "2")]).unwrap_err();
        assert_eq!(
            beyond,
            "PMI_RANK = 2 and PMI_SIZE = 2 are no rank and number of ranks"
        );
        assert!(among(&[("PMI_RANK", "x"), ("PMI_SIZE", "2")]).is_err());
    }
}
