//! The options that describe networks and runs, common to all commands, checked once.

mod kinds;
mod resources;

use kinds::name_of;
pub use kinds::{Couplings, Model, Precision, StartOption, TransferFunction};

use std::path::PathBuf;

use clap::Args;
use freezable_chaos::{
    AnyTransfer, Dynamics, Generator, HashedSigns, HistoryRule, NEURON_LIMIT, Params, Purpose,
};
use serde::Serialize;

use crate::estimators::steps_in;
use crate::failure::Failure;
use crate::output::Seeds;
use crate::simulation::Rows;

/// Options of a command that simulates networks.
#[derive(Args, Clone, Debug)]
pub struct NetworkOptions {
    /// Kind of network: exact is the paper's (full plastic matrix), compact has no state of order N^2 (sign couplings,
    /// history of the rates)
    #[arg(long, value_enum, default_value_t = Model::Exact)]
    pub model: Model,
    /// Quenched couplings: gaussian (of the exact network, its default), signs (of either; default of the compact
    /// one), hashed (the same signs, computed in place of stored; of the compact one)
    #[arg(long, value_enum)]
    pub couplings: Option<Couplings>,
    /// Samples in the history of the compact network; if not given, 8
    #[arg(long, allow_negative_numbers = true)]
    pub history_samples: Option<u32>,
    /// Steps between two samples in the history of the compact network; if not given, 0.4 p / dt
    #[arg(long, allow_negative_numbers = true)]
    pub history_spacing: Option<u32>,
    /// Levels of a sample of the compact network on either side of zero; if not given, 127
    #[arg(long, allow_negative_numbers = true)]
    pub history_levels: Option<u32>,
    /// Number of neurons
    #[arg(long, default_value_t = 200, allow_negative_numbers = true, value_parser = neurons)]
    pub n: usize,
    /// Gain of the quenched couplings
    #[arg(long, default_value_t = 2.0, allow_negative_numbers = true)]
    pub g: f32,
    /// Strength of the plasticity: Hebbian above zero, anti-Hebbian below
    #[arg(long, default_value_t = 2.0, allow_negative_numbers = true)]
    pub k: f32,
    /// Time constant of the synapses, in units of the neuronal time constant
    #[arg(long, default_value_t = 2.5, allow_negative_numbers = true)]
    pub p: f32,
    /// Step of the Euler map, at most min(1, p)
    #[arg(long, default_value_t = 0.05, allow_negative_numbers = true)]
    pub dt: f32,
    /// Transfer function
    #[arg(long, value_enum, default_value_t = TransferFunction::Tanh)]
    pub transfer: TransferFunction,
    /// f32 runs the kernel, f64 the plainly written reference simulator
    #[arg(long, value_enum, default_value_t = Precision::F32)]
    pub precision: Precision,
    /// Seed of everything
    #[arg(long, default_value_t = 1, allow_negative_numbers = true)]
    pub seed: u64,
    /// Seed of the quenched couplings, instead of --seed
    #[arg(long, allow_negative_numbers = true)]
    pub seed_network: Option<u64>,
    /// Seed of the initial states, instead of --seed
    #[arg(long, allow_negative_numbers = true)]
    pub seed_state: Option<u64>,
    /// Seed of the tangent vectors, instead of --seed
    #[arg(long, allow_negative_numbers = true)]
    pub seed_tangent: Option<u64>,
    /// Number of networks, each with its own couplings and initial state
    #[arg(long, default_value_t = 4, allow_negative_numbers = true)]
    pub networks: u32,
    /// Initial states: small (x = 0.1 z, A = 0) or large (x = 3 z, A = (k/N) phi phi^T)
    #[arg(long, value_enum, default_value_t = StartOption::Small)]
    pub start: StartOption,
    /// Time before anything is measured
    #[arg(long, default_value_t = 200.0, allow_negative_numbers = true)]
    pub burn_in: f64,
    /// Time over which statistics are taken
    #[arg(long, default_value_t = 1000.0, allow_negative_numbers = true)]
    pub duration: f64,
    /// Threads; 0 takes all processors
    #[arg(long, default_value_t = 0, allow_negative_numbers = true)]
    pub threads: usize,
    /// Folder for arrays, results and figures; a run that was cut short goes on from what it holds
    #[arg(long)]
    pub out: Option<PathBuf>,
    /// Print the result as JSON on standard output
    #[arg(long)]
    pub json: bool,
}

/// Checked options; what a result states as its `params`.
#[derive(Clone, Debug, Serialize)]
pub struct Configuration {
    /// Kind of network.
    pub model: Model,
    /// Quenched couplings.
    pub couplings: Couplings,
    /// Sampling of the history; of the compact network only.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "history")]
    pub history: Option<HistoryRule>,
    /// Number of neurons.
    pub n: usize,
    /// Gain.
    pub g: f32,
    /// Strength of the plasticity.
    pub k: f32,
    /// Time constant of the synapses.
    pub p: f32,
    /// Step of the Euler map.
    pub dt: f32,
    /// Transfer function.
    pub transfer: TransferFunction,
    /// Arithmetic.
    pub precision: Precision,
    /// Seeds in force.
    pub seeds: Seeds,
    /// Number of networks.
    pub networks: u32,
    /// Initial state.
    pub start: StartOption,
    /// Time before anything is measured.
    pub burn_in: f64,
    /// Time over which statistics are taken.
    pub duration: f64,
    /// Checked parameters.
    #[serde(skip)]
    pub dynamics: Dynamics,
    /// Threads; 0 takes all processors.
    #[serde(skip)]
    pub threads: usize,
    /// Folder for results.
    #[serde(skip)]
    pub out: Option<PathBuf>,
    /// Whether to print JSON.
    #[serde(skip)]
    pub json: bool,
}

impl Default for NetworkOptions {
    /// The defaults of the command line.
    fn default() -> Self {
        #[derive(clap::Parser)]
        struct Defaults {
            #[command(flatten)]
            options: NetworkOptions,
        }
        <Defaults as clap::Parser>::parse_from([""]).options
    }
}

impl NetworkOptions {
    /// Checks every bound.
    pub fn check(self) -> Result<Configuration, Failure> {
        let params = Params {
            g: self.g,
            k: self.k,
            p: self.p,
            dt: self.dt,
        };
        let dynamics = params.validate(self.n)?;
        let couplings = self.couplings()?;
        let history = self.history(&params)?;
        if self.networks == 0 {
            return Err(Failure::Usage("--networks 0 is below its bound 1".into()));
        }
        if self.threads > MOST_THREADS {
            return Err(Failure::Usage(format!(
                "--threads {} is above its bound {MOST_THREADS}",
                self.threads
            )));
        }
        within("--burn-in", self.burn_in, 0.0)?;
        within("--duration", self.duration, 1.0)?;
        let configuration = Configuration {
            model: self.model,
            couplings,
            history,
            n: self.n,
            g: self.g,
            k: self.k,
            p: self.p,
            dt: self.dt,
            transfer: self.transfer,
            precision: self.precision,
            seeds: Seeds {
                network: self.seed_network.unwrap_or(self.seed),
                state: self.seed_state.unwrap_or(self.seed),
                tangent: self.seed_tangent.unwrap_or(self.seed),
            },
            networks: self.networks,
            start: self.start,
            burn_in: self.burn_in,
            duration: self.duration,
            dynamics,
            threads: self.threads,
            out: self.out,
            json: self.json,
        };
        configuration.check_work()?;
        Ok(configuration)
    }

    /// The quenched couplings asked for, if the network can have them.
    fn couplings(&self) -> Result<Couplings, Failure> {
        let (default, allowed) = match self.model {
            Model::Exact => (Couplings::Gaussian, [Couplings::Gaussian, Couplings::Signs]),
            Model::Compact => (Couplings::Signs, [Couplings::Signs, Couplings::Hashed]),
        };
        let couplings = self.couplings.unwrap_or(default);
        if self.model == Model::Compact && self.precision == Precision::F64 {
            return Err(Failure::Usage(
                "--precision f64 is of the reference simulator, which has no --model compact".into(),
            ));
        }
        if allowed.contains(&couplings) {
            Ok(couplings)
        } else {
            Err(Failure::Usage(format!(
                "--couplings {} is not one of {}, which --model {} can have",
                name_of(couplings),
                allowed.map(name_of).join(" and "),
                name_of(self.model)
            )))
        }
    }

    /// The sampling of the history asked for, if the network has one.
    fn history(&self, params: &Params) -> Result<Option<HistoryRule>, Failure> {
        if self.model == Model::Exact {
            let given = [
                ("--history-samples", self.history_samples),
                ("--history-spacing", self.history_spacing),
                ("--history-levels", self.history_levels),
            ];
            return match given
                .into_iter()
                .find_map(|(option, value)| Some((option, value?)))
            {
                None => Ok(None),
                Some((option, value)) => Err(Failure::Usage(format!(
                    "{option} {value} is of --model compact, and this is --model exact"
                ))),
            };
        }
        let recommended = HistoryRule::recommended(params);
        let rule = HistoryRule {
            samples: self.history_samples.unwrap_or(recommended.samples),
            spacing: self.history_spacing.unwrap_or(recommended.spacing),
            levels: self.history_levels.unwrap_or(recommended.levels),
        }
        .validate()?;
        Ok(Some(rule))
    }
}

/// The sampling of the history as a result states it.
fn history<S: serde::Serializer>(rule: &Option<HistoryRule>, serializer: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct History {
        samples: u32,
        spacing: u32,
        levels: u32,
    }
    let history = rule.map(|rule| History {
        samples: rule.samples,
        spacing: rule.spacing,
        levels: rule.levels,
    });
    history.serialize(serializer)
}

/// More threads than any machine has processors only cost memory.
const MOST_THREADS: usize = 1024;

/// A number of neurons, refused with its bounds.
pub(crate) fn neurons(text: &str) -> Result<usize, String> {
    let count = text.parse().ok().filter(|n| (1..=NEURON_LIMIT).contains(n));
    count.ok_or_else(|| format!("it is outside its bounds 1 and {NEURON_LIMIT}"))
}

/// A time within `[minimum, 1e9]`.
fn within(option: &str, value: f64, minimum: f64) -> Result<(), Failure> {
    const LONGEST: f64 = 1e9;
    if value >= minimum && value <= LONGEST {
        Ok(())
    } else {
        Err(Failure::Usage(format!(
            "{option} {value} is outside its bounds {minimum} and {LONGEST:e}"
        )))
    }
}

impl Configuration {
    /// One line for people: "exact network, gaussian couplings, N = 200, g = 2, k = 2, p = 2.5, dt = 0.05, tanh, f32, 4
    /// networks".
    pub fn describe(&self) -> String {
        format!(
            "{} network, {} couplings, {}",
            name_of(self.model),
            name_of(self.couplings),
            self.describe_parameters()
        )
    }

    /// The same without the kind of network.
    pub fn describe_parameters(&self) -> String {
        let Self {
            n,
            g,
            k,
            p,
            dt,
            networks,
            ..
        } = self;
        format!(
            "N = {n}, g = {g}, k = {k}, p = {p}, dt = {dt}, {}, {}, {networks} networks",
            name_of(self.transfer),
            name_of(self.precision)
        )
    }

    /// The kernel's transfer function.
    pub fn kernel_transfer(&self) -> AnyTransfer {
        match self.transfer {
            TransferFunction::Tanh => AnyTransfer::Tanh,
            TransferFunction::Erf => AnyTransfer::LibmErf,
        }
    }

    /// The generator of one network's couplings or initial state.
    pub fn generator(&self, network: u32, purpose: Purpose) -> Generator {
        let seed = match purpose {
            Purpose::Couplings => self.seeds.network,
            Purpose::Tangent => self.seeds.tangent,
            _ => self.seeds.state,
        };
        Generator::new(seed, network, purpose)
    }

    /// Sampling of the compact network's history.
    pub fn history_rule(&self) -> HistoryRule {
        let params = self.dynamics.params();
        self.history.unwrap_or_else(|| HistoryRule::recommended(&params))
    }

    /// The signs of one network's couplings.
    pub fn signs(&self, network: u32) -> HashedSigns {
        HashedSigns::new(&self.dynamics, self.seeds.network, network)
    }

    /// Steps between two samples of the rates, the whole number closest to
    /// [`SAMPLE_INTERVAL`](crate::estimators::SAMPLE_INTERVAL), and the time that they take.
    pub fn sampling(&self) -> (u64, f64) {
        let dt = f64::from(self.dt);
        let steps = steps_in(crate::estimators::SAMPLE_INTERVAL, dt);
        (steps, steps as f64 * dt)
    }

    /// Threads asked for.
    fn threads(&self) -> usize {
        if self.threads == 0 {
            std::thread::available_parallelism().map_or(1, usize::from)
        } else {
            self.threads
        }
    }

    /// Networks that run at the same time.
    pub fn networks_at_a_time(&self) -> usize {
        self.threads().min(self.networks as usize)
    }

    /// Threads that work at the same time: on a network each, or all on the only one.
    pub fn parallelism(&self) -> usize {
        match self.rows() {
            Rows::OneThread => self.networks_at_a_time(),
            Rows::AllThreads => self.threads(),
        }
    }

    /// Who works on the rows of a network. A thread that waits for the rows of one among several networks might take
    /// up the next network meanwhile, and hold both in memory: so rows are shared only where there is but one.
    pub fn rows(&self) -> Rows {
        if self.networks == 1 {
            Rows::AllThreads
        } else {
            Rows::OneThread
        }
    }

    /// Steps before anything is measured, which may be none.
    pub fn burn_in_steps(&self) -> u64 {
        if self.burn_in > 0.0 {
            steps_in(self.burn_in, self.dt.into())
        } else {
            0
        }
    }

    /// Steps over which statistics are taken.
    pub fn window_steps(&self) -> u64 {
        steps_in(self.duration, self.dt.into())
    }
}
