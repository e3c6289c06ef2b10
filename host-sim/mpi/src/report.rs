//! The result of a run, for people and for programs.

use std::io::{Write, stderr, stdout};
use std::time::Duration;

use serde::Serialize;
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::machine;
use crate::settings::{Couplings, Settings};
use crate::share::Spent;
use crate::statistics::{Activity, Standing};

/// The result.
#[derive(Debug, Serialize)]
pub struct Summary {
    /// Averages while the synapses were plastic, before the freeze.
    #[serde(flatten)]
    pub activity: Option<Activity>,
    /// At the end of the freeze.
    pub frozen: Option<Standing>,
    /// At the end, after the release.
    pub released: Option<Standing>,
    /// Steps from the start.
    pub steps: u64,
    /// Of the whole state.
    pub digest: String,
}

/// How the result came about, in this job.
#[derive(Clone, Copy, Debug)]
pub struct Work {
    /// Number of ranks.
    pub ranks: usize,
    /// Threads of each.
    pub threads: u16,
    /// Where the signs came from.
    pub couplings: Couplings,
    /// Steps of this job.
    pub steps: u64,
    /// What they took.
    pub time: Duration,
    /// Where the time went.
    pub spent: Spent,
}

impl Work {
    fn provenance(&self) -> Value {
        json!({
            "program": concat!("host-sim-mpi ", env!("CARGO_PKG_VERSION")),
            "contract": freezable_chaos::CONTRACT_VERSION,
            "command": std::env::args().collect::<Vec<_>>(),
            "ranks": self.ranks,
            "threads": self.threads,
            "couplings": self.couplings,
            "steps": self.steps,
            "seconds": self.time.as_secs_f64(),
            "peak_bytes_first_rank": machine::peak(),
            "seconds_processor_first_rank": self.spent.processor.as_secs_f64(),
            "seconds_computing": self.spent.computing.as_secs_f64(),
            "seconds_gathering": self.spent.gathering.as_secs_f64(),
        })
    }
}

impl Summary {
    /// The JSON object.
    pub fn json(&self, settings: &Settings, work: &Work) -> Result<String, Failure> {
        // Not by `json!`, which would write an f32 with the digits of an f64.
        #[derive(Serialize)]
        struct Object<'a> {
            kind: &'a str,
            params: &'a Settings,
            summary: &'a Summary,
            provenance: Value,
        }
        let object = Object {
            kind: "mpi-run",
            params: settings,
            summary: self,
            provenance: work.provenance(),
        };
        serde_json::to_string_pretty(&object).map_err(|error| Failure::File(error.to_string()))
    }

    /// The same in a few lines.
    pub fn lines(&self, work: &Work) -> String {
        let mut lines = String::new();
        if let Some(activity) = &self.activity {
            lines += &format!(
                "C_phi(0) {:.6}, speed {:.6}\n",
                activity.c_phi_0, activity.speed_rms
            );
        }
        for (name, standing) in [("frozen", self.frozen), ("released", self.released)] {
            lines += &standing.map_or(String::new(), |standing| {
                format!(
                    "{name}: cosine {:.6}, speed {:.3e}\n",
                    standing.cosine, standing.speed_rms
                )
            });
        }
        lines
            + &format!(
                "digest {} at step {}; {} steps in {:.1} s on {} ranks",
                self.digest,
                self.steps,
                work.steps,
                work.time.as_secs_f64(),
                work.ranks
            )
    }
}

/// Prints a line on standard error; that nobody listens is no reason to stop.
pub fn say(line: &str) {
    let _ = writeln!(stderr().lock(), "{line}");
}

/// Prints the result on standard output; that nobody listens is no reason to fail.
pub fn print(text: &str) {
    let _ = writeln!(stdout().lock(), "{text}");
}
