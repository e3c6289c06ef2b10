//! What is simulated: the network, its seeds, and how long it runs with its synapses plastic, frozen and plastic again.

use clap::{Args, ValueEnum};
use freezable_chaos::{Dynamics, HashedSigns, HistoryRule, NEURON_LIMIT, Params, Start};
use serde::Serialize;
use serde_json::Value;

use crate::failure::Failure;

/// Where the signs of J come from; the signs are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Couplings {
    /// One bit each in memory.
    Signs,
    /// Computed whenever they are needed.
    Hashed,
}

impl Couplings {
    /// The word of the option.
    pub fn name(self) -> &'static str {
        match self {
            Self::Signs => "signs",
            Self::Hashed => "hashed",
        }
    }
}

/// Initial states.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum InitialState {
    /// x = 0.1 z, A = 0.
    Small,
    /// x = 3 z, A = (k/N) phi phi^T.
    Large,
}

impl From<InitialState> for Start {
    fn from(state: InitialState) -> Self {
        match state {
            InitialState::Small => Self::Small,
            InitialState::Large => Self::Large,
        }
    }
}

/// The network: options and defaults are those of `host-sim run --model compact --networks 1`.
#[derive(Args, Clone, Debug, PartialEq, Serialize)]
pub struct Network {
    /// Number of neurons
    #[arg(long, default_value_t = 200, value_parser = neurons)]
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
    /// Samples in the history of the rates
    #[arg(long, default_value_t = 8)]
    pub history_samples: u32,
    /// Steps between two samples; if not given, 0.4 p / dt
    #[arg(long)]
    pub history_spacing: Option<u32>,
    /// Levels of a sample on either side of zero
    #[arg(long, default_value_t = 127)]
    pub history_levels: u32,
    /// Seed of everything
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Seed of the quenched couplings, instead of --seed
    #[arg(long)]
    pub seed_network: Option<u64>,
    /// Seed of the initial state, instead of --seed
    #[arg(long)]
    pub seed_state: Option<u64>,
    /// Initial state: small (x = 0.1 z, A = 0) or large (x = 3 z, A = (k/N) phi phi^T)
    #[arg(long, value_enum, default_value_t = InitialState::Small)]
    pub start: InitialState,
}

impl Network {
    fn params(&self) -> Params {
        let Self { g, k, p, dt, .. } = *self;
        Params { g, k, p, dt }
    }

    /// The constants of a step of the whole network.
    pub fn dynamics(&self) -> Result<Dynamics, Failure> {
        Ok(self.params().validate(self.n)?)
    }

    /// The constants of a step for that many of its neurons.
    pub fn dynamics_of(&self, rows: usize) -> Result<Dynamics, Failure> {
        Ok(self.params().validate(rows)?)
    }

    /// How the history is sampled.
    pub fn rule(&self) -> Result<HistoryRule, Failure> {
        let recommended = HistoryRule::recommended(&self.params());
        let rule = HistoryRule {
            samples: self.history_samples,
            spacing: self.history_spacing.unwrap_or(recommended.spacing),
            levels: self.history_levels,
        };
        Ok(rule.validate()?)
    }

    /// With a value for every option that was left to another.
    fn settled(&self) -> Result<Self, Failure> {
        Ok(Self {
            history_spacing: Some(self.rule()?.spacing),
            seed_network: Some(self.seed_network.unwrap_or(self.seed)),
            seed_state: Some(self.state_seed()),
            ..self.clone()
        })
    }

    /// The signs of J.
    pub fn signs(&self) -> Result<HashedSigns, Failure> {
        let seed = self.seed_network.unwrap_or(self.seed);
        Ok(HashedSigns::new(&self.dynamics()?, seed, 0))
    }

    /// Seed of the initial state.
    pub fn state_seed(&self) -> u64 {
        self.seed_state.unwrap_or(self.seed)
    }
}

fn neurons(text: &str) -> Result<usize, String> {
    let count = text.parse().ok().filter(|n| (1..=NEURON_LIMIT).contains(n));
    count.ok_or_else(|| format!("it is outside its bounds 1 and {NEURON_LIMIT}"))
}

/// How long it runs, in units of the neuronal time constant; the nearest whole number of steps is run.
#[derive(Args, Clone, Debug, PartialEq, Serialize)]
pub struct Times {
    /// Time before anything is measured
    #[arg(long, default_value_t = 200.0, allow_negative_numbers = true)]
    pub burn_in: f64,
    /// Time over which statistics are taken
    #[arg(long, default_value_t = 1000.0, allow_negative_numbers = true)]
    pub duration: f64,
    /// Time for which the synapses are then frozen
    #[arg(long, default_value_t = 0.0, allow_negative_numbers = true)]
    pub frozen: f64,
    /// Time after they are released
    #[arg(
        long,
        default_value_t = 0.0,
        allow_negative_numbers = true,
        requires = "frozen"
    )]
    pub released: f64,
}

/// The same in steps; a step of that number is the first of what follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// Statistics begin.
    pub measured_from: u64,
    /// The synapses are frozen.
    pub frozen_from: u64,
    /// They are released.
    pub released_from: u64,
    /// The end.
    pub end: u64,
    /// Steps between two samples of the statistics: a quarter of the neuronal time constant, as nearly as can be.
    pub sampling: u64,
}

/// Longest time, in steps.
const LONGEST: f64 = 1e15;

impl Times {
    /// Refuses a time that is negative or too long.
    pub fn schedule(&self, dt: f32) -> Result<Schedule, Failure> {
        let steps = |option: &str, time: f64| {
            let steps = (time / f64::from(dt)).round();
            if (0.0..=LONGEST).contains(&steps) {
                Ok(steps as u64)
            } else {
                let most = LONGEST * f64::from(dt);
                Err(Failure::Usage(format!(
                    "--{option} {time} is outside its bounds 0 and {most}"
                )))
            }
        };
        let measured_from = steps("burn-in", self.burn_in)?;
        let frozen_from = measured_from + steps("duration", self.duration)?;
        let released_from = frozen_from + steps("frozen", self.frozen)?;
        Ok(Schedule {
            measured_from,
            frozen_from,
            released_from,
            end: released_from + steps("released", self.released)?,
            sampling: ((0.25 / f64::from(dt)).round() as u64).max(1),
        })
    }
}

/// What decides the bits; a checkpoint of other settings is refused.
#[derive(Args, Clone, Debug, PartialEq, Serialize)]
pub struct Settings {
    /// The network.
    #[command(flatten)]
    #[serde(flatten)]
    pub network: Network,
    /// How long it runs.
    #[command(flatten)]
    #[serde(flatten)]
    pub times: Times,
}

impl Settings {
    /// The values that decide the bits, by the names of their options, however they were given.
    pub fn deciding(&self) -> Result<Value, Failure> {
        let settled = Self {
            network: self.network.settled()?,
            times: self.times.clone(),
        };
        let wrong = |error: serde_json::Error| Failure::File(format!("the settings as JSON: {error}"));
        // By its text: as a value, an f32 would have the digits of an f64.
        let text = serde_json::to_string(&settled).map_err(wrong)?;
        let mut value: Value = serde_json::from_str(&text).map_err(wrong)?;
        if let Some(object) = value.as_object_mut() {
            // The seeds of network and state say it.
            object.remove("seed");
        }
        Ok(value)
    }
}
