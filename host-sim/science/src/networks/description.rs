//! What describes a network, an ensemble of them, and the way to run it. Made once, checked, then never changed.

use freezable_chaos::{Dynamics, Generator, HashedSigns, HistoryRule, Params, Purpose};
use serde::{Serialize, Serializer};

use super::{CouplingMatrix, Couplings, InitialState, Input, Model, Origin, TransferFunction};
use crate::Refusal;
use crate::estimators::{Precision, SAMPLE_INTERVAL, steps_in};

/// Seeds of the random numbers. Each network of an ensemble has its own numbers under the same seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Seeds {
    /// Of the quenched couplings J.
    pub network: u64,
    /// Of the initial state.
    pub state: u64,
    /// Of the tangent vectors.
    pub tangent: u64,
}

impl Seeds {
    /// One seed for everything.
    pub fn all(seed: u64) -> Self {
        Self {
            network: seed,
            state: seed,
            tangent: seed,
        }
    }
}

/// A network: what it is made of, without its state.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Network {
    /// Kind of network.
    pub model: Model,
    /// Quenched couplings.
    pub couplings: Couplings,
    /// Sampling of the history; of the compact network only.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "history")]
    pub history: Option<HistoryRule>,
    /// Number of neurons N.
    pub n: usize,
    /// Gain g.
    pub g: f32,
    /// Strength of the plasticity k.
    pub k: f32,
    /// Time constant of the synapses p, in units of the neuronal one.
    pub p: f32,
    /// Step of the Euler map, in units of the neuronal time constant.
    pub dt: f32,
    /// Transfer function phi.
    pub transfer: TransferFunction,
    /// Arithmetic.
    pub precision: Precision,
    /// Seeds in force.
    pub seeds: Seeds,
    /// The checked parameters as the kernel takes them.
    #[serde(skip)]
    pub dynamics: Dynamics,
}

impl Network {
    /// The paper's network: Gaussian couplings and a full plastic matrix, tanh, single precision, seed 1.
    pub fn exact(n: usize, params: Params) -> Result<Self, Refusal> {
        Self::new(Model::Exact, n, params)
    }

    /// The compact network: stored sign couplings, the history of the rates for the plastic matrix.
    pub fn compact(n: usize, params: Params) -> Result<Self, Refusal> {
        Self::new(Model::Compact, n, params)
    }

    /// A network of that kind with the defaults of the kind.
    pub fn new(model: Model, n: usize, params: Params) -> Result<Self, Refusal> {
        let dynamics = params.validate(n)?;
        let Params { g, k, p, dt } = params;
        let (couplings, history) = match model {
            Model::Exact => (Couplings::Gaussian, None),
            Model::Compact => (Couplings::Signs, Some(HistoryRule::recommended(&params))),
        };
        Ok(Self {
            model,
            couplings,
            history,
            n,
            g,
            k,
            p,
            dt,
            transfer: TransferFunction::Tanh,
            precision: Precision::F32,
            seeds: Seeds::all(1),
            dynamics,
        })
    }

    /// The same network with another number of neurons; refused where the couplings are those of a given number.
    pub fn with_neurons(mut self, n: usize) -> Result<Self, Refusal> {
        if let Couplings::Matrix(matrix) = &self.couplings
            && matrix.n() != n
        {
            let words = format!("is not the number of neurons of J, {}", matrix.n());
            return Err(Refusal::because("n", n, words));
        }
        self.dynamics = self.dynamics.params().validate(n)?;
        self.n = n;
        Ok(self)
    }

    /// The same network with the matrix J for couplings, row-major; the gain is then in J.
    pub fn with_matrix(self, matrix: CouplingMatrix) -> Result<Self, Refusal> {
        if matrix.n() != self.n {
            let words = format!("is not the number of neurons of J, {}", matrix.n());
            return Err(Refusal::because("n", self.n, words));
        }
        self.with_couplings(Couplings::Matrix(matrix))
    }

    /// The same network with other couplings; refuses those that its kind cannot have.
    pub fn with_couplings(mut self, couplings: Couplings) -> Result<Self, Refusal> {
        let allowed = match (self.model, &couplings) {
            (Model::Exact, Couplings::Hashed) => Err("gaussian, signs and given"),
            (Model::Compact, Couplings::Gaussian | Couplings::Matrix(_)) => Err("signs and hashed"),
            _ => Ok(()),
        };
        if let Err(allowed) = allowed {
            let words = format!(
                "is not one of {allowed}, which model {} can have",
                self.model.name()
            );
            return Err(Refusal::because("couplings", couplings.name(), words));
        }
        self.couplings = couplings;
        Ok(self)
    }

    /// The same network in another arithmetic; the compact one has single precision only.
    pub fn with_precision(mut self, precision: Precision) -> Result<Self, Refusal> {
        if self.model == Model::Compact && precision == Precision::F64 {
            let words = "is of the reference simulator, which has no model compact";
            return Err(Refusal::because("precision", "f64", words));
        }
        self.precision = precision;
        Ok(self)
    }

    /// The same network with another sampling of its history; of the compact network only.
    pub fn with_history(mut self, rule: HistoryRule) -> Result<Self, Refusal> {
        if self.model == Model::Exact {
            let words = "is of model compact, and this is model exact";
            return Err(Refusal::because("history_samples", rule.samples, words));
        }
        let checked = rule.validate().map_err(|error| {
            let refusal = Refusal::from(error);
            // By the names that they have here.
            let parameter = match refusal.parameter {
                name if name.contains("levels") => "history_levels",
                name if name.contains("samples") => "history_samples",
                _ => "history_spacing",
            };
            Refusal { parameter, ..refusal }
        })?;
        self.history = Some(checked);
        Ok(self)
    }

    /// The same network with another transfer function.
    pub fn with_transfer(mut self, transfer: TransferFunction) -> Self {
        self.transfer = transfer;
        self
    }

    /// The same network with other seeds.
    pub fn with_seeds(mut self, seeds: Seeds) -> Self {
        self.seeds = seeds;
        self
    }

    /// The step in double precision, as the kernel has it.
    pub fn step(&self) -> f64 {
        self.dt.into()
    }

    /// The time of so many steps. In multiples of the decimal number that was asked for: 5 steps of 0.05 are 0.25, though
    /// the kernel's own step is 0.05 only in single precision.
    pub fn time(&self, steps: u64) -> f64 {
        let decimal = self.dt.to_string().parse().unwrap_or(f64::from(self.dt));
        // To a billionth: 33 steps of 0.3 are 9.9.
        (steps as f64 * decimal * 1e9).round() / 1e9
    }

    /// Steps between two samples of the rates, the whole number closest to [`SAMPLE_INTERVAL`], and their time.
    pub fn sampling(&self) -> (u64, f64) {
        let steps = steps_in(SAMPLE_INTERVAL, self.step());
        (steps, self.time(steps))
    }

    /// The generator of one network's couplings, initial state, tangent vectors or inputs.
    pub fn generator(&self, index: u32, purpose: Purpose) -> Generator {
        let seed = match purpose {
            Purpose::Couplings => self.seeds.network,
            Purpose::Tangent => self.seeds.tangent,
            _ => self.seeds.state,
        };
        Generator::new(seed, index, purpose)
    }

    /// Sampling of the compact network's history.
    pub fn history_rule(&self) -> HistoryRule {
        let params = self.dynamics.params();
        self.history.unwrap_or_else(|| HistoryRule::recommended(&params))
    }

    /// The signs of one network's couplings.
    pub fn signs(&self, index: u32) -> HashedSigns {
        HashedSigns::new(&self.dynamics, self.seeds.network, index)
    }
}

/// The sampling of the history as a result states it.
fn history<S: Serializer>(rule: &Option<HistoryRule>, serializer: S) -> Result<S::Ok, S::Error> {
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

/// Networks of one description, each with couplings and initial state of its own, and how long they run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Ensemble {
    /// What each of them is.
    #[serde(flatten)]
    pub network: Network,
    /// Number of networks.
    pub networks: u32,
    /// Initial state.
    pub start: InitialState,
    /// A state of one's own to begin from in place of that, the same for every network.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
    /// External input.
    #[serde(skip_serializing_if = "Input::is_none")]
    pub input: Input,
    /// Time before anything is measured, in units of the neuronal time constant.
    pub burn_in: f64,
    /// Time over which statistics are taken.
    pub duration: f64,
}

/// Longest time that is run.
const LONGEST: f64 = 1e9;
/// Most steps of an ensemble: what no machine finishes is a mistyped step.
const MOST_STEPS: f64 = 1e12;

impl Ensemble {
    /// So many networks from the small start, with a burn-in of 200 and a duration of 1000.
    pub fn of(network: Network, networks: u32) -> Result<Self, Refusal> {
        Self {
            network,
            networks,
            start: InitialState::Small,
            origin: None,
            input: Input::default(),
            burn_in: 200.0,
            duration: 1000.0,
        }
        .check()
    }

    /// The same ensemble over other times.
    pub fn over(self, burn_in: f64, duration: f64) -> Result<Self, Refusal> {
        Self {
            burn_in,
            duration,
            ..self
        }
        .check()
    }

    /// The same ensemble from other initial states.
    pub fn starting(self, start: InitialState) -> Self {
        Self { start, ..self }
    }

    /// The same ensemble from a state of one's own.
    pub fn beginning_at(self, origin: Origin) -> Result<Self, Refusal> {
        Self {
            origin: Some(origin),
            ..self
        }
        .check()
    }

    /// The same ensemble with an external input.
    pub fn driven_by(self, input: Input) -> Result<Self, Refusal> {
        Self { input, ..self }.check()
    }

    /// Refuses an input or a state of one's own, where that cannot be had for this reason.
    pub fn undriven(&self, reason: &'static str) -> Result<(), Refusal> {
        let given = match (self.input.is_none(), &self.origin) {
            (false, _) => "input",
            (true, Some(_)) => "start",
            (true, None) => return Ok(()),
        };
        Err(Refusal::because(given, "of one's own", "cannot be had here").reason(reason))
    }

    /// Checks every bound.
    pub fn check(self) -> Result<Self, Refusal> {
        if self.networks == 0 {
            return Err(Refusal::below("networks", 0, 1));
        }
        self.input.check(self.network.n)?;
        if let Some(origin) = &self.origin {
            origin.check(self.network.n)?;
        }
        Refusal::check("burn_in", self.burn_in, [0.0, LONGEST])?;
        Refusal::check("duration", self.duration, [1.0, LONGEST])?;
        let steps = (self.burn_in + self.duration) / self.network.step() * f64::from(self.networks);
        if steps > MOST_STEPS {
            let words = format!(
                "with burn_in {}, duration {} and networks {} makes {steps:.3e} steps, above the bound {MOST_STEPS:e}",
                self.burn_in, self.duration, self.networks
            );
            return Err(Refusal::because("dt", self.network.dt, words));
        }
        Ok(self)
    }

    /// Steps before anything is measured, which may be none.
    pub fn burn_in_steps(&self) -> u64 {
        if self.burn_in > 0.0 {
            steps_in(self.burn_in, self.network.step())
        } else {
            0
        }
    }

    /// Steps over which statistics are taken.
    pub fn window_steps(&self) -> u64 {
        steps_in(self.duration, self.network.step())
    }

    /// One line for people: "exact network, gaussian couplings, N = 200, g = 2, k = 2, p = 2.5, dt = 0.05, tanh, f32, 4
    /// networks".
    pub fn describe(&self) -> String {
        let Network { model, couplings, .. } = &self.network;
        format!(
            "{} network, {} couplings, {}",
            model.name(),
            couplings.name(),
            self.describe_parameters()
        )
    }

    /// The same without the kind of network.
    pub fn describe_parameters(&self) -> String {
        let Network {
            n,
            g,
            k,
            p,
            dt,
            transfer,
            precision,
            ..
        } = &self.network;
        format!(
            "N = {n}, g = {g}, k = {k}, p = {p}, dt = {dt}, {}, {}, {} networks",
            transfer.name(),
            precision.name(),
            self.networks
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARAMS: Params = Params {
        g: 2.0,
        k: 2.0,
        p: 2.5,
        dt: 0.05,
    };

    #[test]
    fn times_are_multiples_of_what_was_asked_for() {
        let network = Network::exact(20, PARAMS).unwrap();
        assert_eq!(network.sampling(), (5, 0.25));
        assert_eq!(network.time(20_000), 1000.0);
    }

    #[test]
    fn each_kind_has_its_own_couplings() {
        let exact = Network::exact(20, PARAMS).unwrap();
        let refused = exact.clone().with_couplings(Couplings::Hashed).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "couplings hashed is not one of gaussian, signs and given, which model exact can have"
        );
        assert!(exact.with_couplings(Couplings::Signs).is_ok());
        let compact = Network::compact(20, PARAMS).unwrap();
        assert!(compact.clone().with_precision(Precision::F64).is_err());
        assert!(compact.with_couplings(Couplings::Gaussian).is_err());
    }

    #[test]
    fn what_no_machine_finishes_is_refused_with_the_true_number() {
        let tiny = Params { dt: 1e-30, ..PARAMS };
        let refused = Ensemble::of(Network::exact(2, tiny).unwrap(), 1).unwrap_err();
        assert!(refused.to_string().contains("1.200e33 steps"), "{refused}");
        let network = Network::exact(2, PARAMS).unwrap();
        let none = Ensemble::of(network.clone(), 0).unwrap_err();
        assert_eq!(none.to_string(), "networks 0 is below its bound 1");
        let short = Ensemble::of(network, 1).unwrap().over(0.0, 0.5).unwrap_err();
        assert_eq!(short.to_string(), "duration 0.5 is outside its bounds 1 and 1e9");
    }
}
