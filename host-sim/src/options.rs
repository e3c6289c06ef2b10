//! The options that describe networks and runs, common to all commands: what is typed, and what is made of it.

mod own;
mod rule;

use std::fs;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use freezable_chaos::{HistoryRule, NEURON_LIMIT, Params};
use science::estimators::{Precision, steps_in};
use science::networks::{
    CouplingMatrix, Couplings, Ensemble, Execution, InitialState, Input, Model, Network, Seeds,
    TransferFunction,
};
use science::{Refusal, Stopped};
use serde::Serialize;

pub use self::own::{OwnCouplings, OwnOptions, column, table};
pub use self::rule::{RuleFile, RuleOptions, read_biases};

use crate::commands::print_text;
use crate::failure::{Failure, MISSING};
use crate::machine::available_memory;
use crate::output::OutputError;
use crate::progress::say;
use crate::store::{Plan, Shard, Store, Work, merged};

/// Neurons if no number of them is given.
const DEFAULT_N: usize = 200;

/// Quenched couplings that can be asked for by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum CouplingsOption {
    /// Independent Gaussians.
    Gaussian,
    /// Signs with equal chances, times g / sqrt N.
    Signs,
    /// The same signs, computed whenever they are needed.
    Hashed,
}

impl From<CouplingsOption> for Couplings {
    fn from(option: CouplingsOption) -> Self {
        match option {
            CouplingsOption::Gaussian => Self::Gaussian,
            CouplingsOption::Signs => Self::Signs,
            CouplingsOption::Hashed => Self::Hashed,
        }
    }
}

/// Options of a command that simulates networks.
#[derive(Args, Clone, Debug, PartialEq, Serialize)]
pub struct NetworkOptions {
    /// Kind of network: exact is the paper's (full plastic matrix), compact has no state of order N^2 (sign couplings,
    /// history of the rates)
    #[arg(long, value_enum, default_value_t = Model::Exact)]
    pub model: Model,
    /// Quenched couplings: gaussian (of the exact network, its default), signs (of either; default of the compact
    /// one), hashed (the same signs, computed in place of stored; of the compact one)
    #[arg(long, value_enum)]
    pub couplings: Option<CouplingsOption>,
    /// Samples in the history of the compact network; if not given, 8
    #[arg(long)]
    pub history_samples: Option<u32>,
    /// Steps between two samples in the history of the compact network; if not given, 0.4 p / dt
    #[arg(long)]
    pub history_spacing: Option<u32>,
    /// Levels of a sample of the compact network on either side of zero; if not given, 127
    #[arg(long)]
    pub history_levels: Option<u32>,
    /// Number of neurons; if not given, 200, or those of --couplings-file
    #[arg(long, value_parser = neurons)]
    pub n: Option<usize>,
    /// Gain of the quenched couplings
    #[arg(long, default_value_t = 2.0)]
    pub g: f32,
    /// Strength of the plasticity: Hebbian above zero, anti-Hebbian below
    #[arg(long, default_value_t = 2.0)]
    pub k: f32,
    /// Time constant of the synapses, in units of the neuronal time constant
    #[arg(long, default_value_t = 2.5)]
    pub p: f32,
    /// Step of the Euler map, at most min(1, p)
    #[arg(long, default_value_t = 0.05)]
    pub dt: f32,
    /// Transfer function
    #[arg(long, value_enum, default_value_t = TransferFunction::Tanh)]
    pub transfer: TransferFunction,
    /// What neurons and synapses do that are not the paper's.
    #[command(flatten)]
    #[serde(flatten)]
    pub rule: RuleOptions,
    /// f32 runs the kernel, f64 the plainly written reference simulator
    #[arg(long, value_enum, default_value_t = Precision::F32)]
    pub precision: Precision,
    /// Seed of everything
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Seed of the quenched couplings, instead of --seed
    #[arg(long)]
    pub seed_network: Option<u64>,
    /// Seed of the initial states, instead of --seed
    #[arg(long)]
    pub seed_state: Option<u64>,
    /// Seed of the tangent vectors, instead of --seed
    #[arg(long)]
    pub seed_tangent: Option<u64>,
    /// Number of networks, each with its own couplings and initial state
    #[arg(long, default_value_t = 4)]
    pub networks: u32,
    /// Initial states: small (x = 0.1 z, A = 0) or large (x = 3 z, A = (k/N) phi phi^T)
    #[arg(long, value_enum, default_value_t = InitialState::Small)]
    pub start: InitialState,
    /// Time before anything is measured
    #[arg(long, default_value_t = 200.0)]
    pub burn_in: f64,
    /// Time over which statistics are taken
    #[arg(long, default_value_t = 1000.0)]
    pub duration: f64,
    /// Couplings, states and inputs of the user's own
    #[command(flatten)]
    #[serde(flatten)]
    pub own: OwnOptions,
    /// How they are run, and what becomes of the results
    #[command(flatten)]
    #[serde(flatten)]
    pub results: ResultOptions,
}

/// How a command is run, and what becomes of its results.
#[derive(Args, Clone, Debug, Default, PartialEq, Serialize)]
pub struct ResultOptions {
    /// Threads; 0 takes all processors
    #[arg(long, default_value_t = 0)]
    pub threads: usize,
    /// Folder for arrays, results and figures; a run that was cut short goes on from what it holds
    #[arg(long)]
    pub out: Option<PathBuf>,
    /// Let the folder's results of another run go, once these are complete
    #[arg(long, requires = "out")]
    pub replace: bool,
    /// Compute only the I-th of COUNT shares of the networks, for one of COUNT jobs that have --out in common; mpi is the
    /// share of this rank of a job that mpirun or srun started
    #[arg(long, value_name = "I/COUNT", requires = "out", conflicts_with_all = ["merge", "replace", "json"])]
    pub shard: Option<Shard>,
    /// Compute nothing: put together what shards left in --out
    #[arg(long, requires = "out", conflicts_with = "replace")]
    pub merge: bool,
    /// Measure the first network for some seconds and print, as JSON, what all would take
    #[arg(long, conflicts_with_all = ["shard", "merge", "replace", "json"])]
    pub estimate: bool,
    /// Print the result as JSON on standard output
    #[arg(long)]
    pub json: bool,
    /// Print nothing: another command carries this one out.
    #[arg(skip)]
    #[serde(skip)]
    pub silent: bool,
}

impl ResultOptions {
    /// How networks are run.
    pub fn execution(&self) -> Result<Execution, Refusal> {
        let execution = Execution {
            threads: self.threads,
            memory: available_memory(),
        };
        execution.check()
    }

    /// Opens the folder for the results, if there is to be one, of what is computed as a whole.
    pub fn store(&self, plan: Plan) -> Result<Store, Failure> {
        self.only_whole(&plan.kind)?;
        self.shared_store(plan)
    }

    /// Opens the folder for the results, if there is to be one, of what shards may compute together.
    pub fn shared_store(&self, plan: Plan) -> Result<Store, Failure> {
        self.no_estimate(&plan.kind)?;
        if let Some(out) = self.out.as_deref().filter(|_| self.merge && self.json)
            && let Some(result) = merged(out, &plan)
        {
            // What the first merge printed.
            print_text(&fs::read_to_string(&result).map_err(OutputError::at(&result))?)?;
        }
        Store::open(self.out.as_deref(), plan, self.replace, self.work())
    }

    /// What of the results is computed here.
    pub fn work(&self) -> Work {
        Work::of(self.shard, self.merge)
    }

    /// What is measured, if all is there; the end of a shard, which leaves the result to the merge even then.
    pub fn merged<T>(&self, measured: Result<T, Stopped>) -> Result<T, Failure> {
        match (measured, self.shard) {
            (Err(Stopped::Elsewhere { missing, of }), Some(_)) => {
                Err(Failure::share_done(&format!("{} of {of} networks", of - missing)))
            }
            (Err(Stopped::Elsewhere { missing, of }), None) => Err(Failure::Check(format!(
                "{missing} of {of} networks are missing: {MISSING}"
            ))),
            (Ok(_), Some(_)) => Err(Failure::share_done("all networks")),
            (measured, _) => measured.map_err(Failure::from),
        }
    }

    /// Refuses to estimate what is not one measurement.
    fn no_estimate(&self, what: &str) -> Result<(), Refusal> {
        if self.estimate {
            let words = format!("is of one measurement of one ensemble, and {what} is not");
            return Err(Refusal::because("estimate", "", words));
        }
        Ok(())
    }

    /// Refuses a share of what has none.
    pub fn only_whole(&self, what: &str) -> Result<(), Refusal> {
        self.no_estimate(what)?;
        let words = format!("is for what several jobs can share, and {what} is computed as a whole");
        match (self.shard, self.merge) {
            (Some(shard), _) => Err(Refusal::because("shard", shard, words)),
            (None, true) => Err(Refusal::because("merge", "", words)),
            (None, false) => Ok(()),
        }
    }
}

/// Checked options of a command that simulates networks.
#[derive(Clone, Debug)]
pub struct Configuration {
    /// The networks, and how long they run.
    pub ensemble: Ensemble,
    /// How they are run.
    pub execution: Execution,
    /// What becomes of the results.
    pub results: ResultOptions,
}

/// Options of which none was typed.
pub fn defaults<T: Args>() -> T {
    #[derive(clap::Parser)]
    struct Defaults<T: Args> {
        #[command(flatten)]
        options: T,
    }
    <Defaults<T> as clap::Parser>::parse_from([""]).options
}

impl Default for NetworkOptions {
    /// The defaults of the command line.
    fn default() -> Self {
        defaults()
    }
}

impl NetworkOptions {
    /// Number of neurons of drawn couplings.
    pub fn drawn_neurons(&self) -> usize {
        self.n.unwrap_or(DEFAULT_N)
    }

    /// Number of neurons, which a file of couplings may set.
    pub fn neurons(&self) -> Result<usize, Failure> {
        match self.n {
            Some(n) => Ok(n),
            None => Ok(self
                .own
                .couplings
                .read()?
                .as_ref()
                .map_or(DEFAULT_N, CouplingMatrix::n)),
        }
    }

    /// Checks every bound.
    pub fn check(self) -> Result<Configuration, Failure> {
        let matrix = self.own.couplings.read()?;
        let (k, p, dt) = (self.k, self.p, self.dt);
        let g = matrix.as_ref().map_or(self.g, CouplingMatrix::gain);
        let given = matrix.as_ref().map_or(DEFAULT_N, CouplingMatrix::n);
        let mut network = Network::new(self.model, self.n.unwrap_or(given), Params { g, k, p, dt })?
            .with_precision(self.precision)?
            .with_transfer(self.transfer)
            .with_seeds(Seeds {
                network: self.seed_network.unwrap_or(self.seed),
                state: self.seed_state.unwrap_or(self.seed),
                tangent: self.seed_tangent.unwrap_or(self.seed),
            });
        network = self.rule.apply(network)?;
        if let Some(couplings) = self.couplings {
            network = network.with_couplings(couplings.into())?;
        }
        if let Some(matrix) = matrix {
            network = network.with_matrix(matrix)?;
        }
        if let Some(rule) = self.history(&network)? {
            network = network.with_history(rule)?;
        }
        let ensemble = Ensemble {
            burn_in: whole_steps("burn_in", self.burn_in, &network)?,
            duration: whole_steps("duration", self.duration, &network)?,
            network,
            networks: self.networks,
            start: self.start,
            origin: None,
            input: Input::default(),
        };
        let ensemble = self.own.apply(ensemble)?;
        Ok(Configuration {
            ensemble: ensemble.check()?,
            execution: self.results.execution()?,
            results: self.results,
        })
    }

    /// The sampling of the history that was asked for, if any was.
    fn history(&self, network: &Network) -> Result<Option<HistoryRule>, Refusal> {
        let given = [
            ("history_samples", self.history_samples),
            ("history_spacing", self.history_spacing),
            ("history_levels", self.history_levels),
        ];
        let Some((option, value)) = given
            .into_iter()
            .find_map(|(option, value)| Some((option, value?)))
        else {
            return Ok(None);
        };
        if network.model == Model::Exact {
            let words = "is of model compact, and this is model exact";
            return Err(Refusal::because(option, value, words));
        }
        let recommended = network.history_rule();
        Ok(Some(HistoryRule {
            samples: self.history_samples.unwrap_or(recommended.samples),
            spacing: self.history_spacing.unwrap_or(recommended.spacing),
            levels: self.history_levels.unwrap_or(recommended.levels),
        }))
    }
}

/// A number of neurons, refused with its bounds.
pub(crate) fn neurons(text: &str) -> Result<usize, String> {
    let count = text.parse().ok().filter(|n| (1..=NEURON_LIMIT).contains(n));
    count.ok_or_else(|| format!("it is outside its bounds 1 and {NEURON_LIMIT}"))
}

/// A time as it is run. One that is no whole number of steps is changed to the nearest that is, which is said; what a
/// result states is what was run.
fn whole_steps(option: &str, time: f64, network: &Network) -> Result<f64, Refusal> {
    /// Digits that a typed time agrees in with a multiple of a typed step.
    const SAME: f64 = 1e-9;
    let step = network.time(1);
    let steps = time / step;
    if !(steps > 0.0 && steps < 1e15) || (steps - steps.round()).abs() <= SAME * steps {
        return Ok(time);
    }
    let run = network.time(steps_in(time, step));
    say(&format!(
        "--{} {time} is no whole number of steps of --dt {}: {run} is run",
        option.replace('_', "-"),
        network.dt
    ));
    Ok(run)
}
