//! What describes a network. Made once, checked, then never changed.

use freezable_chaos::{Dynamics, Generator, HashedSigns, HistoryRule, Params, Purpose};
use serde::{Serialize, Serializer};

use super::rules::{Plan, Values};
use super::{Biases, CouplingMatrix, Couplings, Model, PlasticityRule, TransferFunction};
use crate::Refusal;
use crate::estimators::Precision;

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
    /// A bias for each neuron, if they have any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bias: Option<Biases>,
    /// Rule of the plasticity; if not given, the paper's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<PlasticityRule>,
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
            bias: None,
            rule: None,
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
        if let Some(rule) = &self.rule {
            rule.check(&self.dynamics)?;
        }
        match self.bias.take() {
            Some(bias) => self.with_bias(bias),
            None => Ok(self),
        }
    }

    /// The same network with a bias for each neuron.
    pub fn with_bias(mut self, bias: Biases) -> Result<Self, Refusal> {
        if bias.values().len() != self.n {
            let words = format!("are not one for each of n {} neurons", self.n);
            return Err(Refusal::because("bias", bias.values().len(), words));
        }
        self.bias = Some(bias);
        Ok(self)
    }

    /// The same network with another rule of plasticity; of the exact network only. A k or a p that is the same for all
    /// synapses becomes that of the network.
    pub fn with_rule(mut self, mut rule: PlasticityRule) -> Result<Self, Refusal> {
        if self.model == Model::Compact {
            let words =
                "has no other rule of plasticity than the paper's: its history of the rates stands for A";
            return Err(Refusal::because("model", "compact", words));
        }
        let mut params = self.dynamics.params();
        for (own, values) in [(&mut params.k, &mut rule.k), (&mut params.p, &mut rule.p)] {
            if let Some(Values::Scalar(value)) = *values {
                (*own, *values) = (value, None);
            }
        }
        self.dynamics = params.validate(self.n)?;
        (self.k, self.p) = (params.k, params.p);
        rule.check(&self.dynamics)?;
        self.rule = Some(rule);
        Ok(self)
    }

    /// The rule of the plasticity step by step; `None` where it is the kernel's own.
    pub fn plan(&self) -> Option<Plan> {
        let rule = self.rule.as_ref()?;
        Some(Plan::new(rule, &self.dynamics))
    }

    /// Refuses another rule than the paper's, where only its theory holds.
    pub fn check_papers_rule(&self) -> Result<(), Refusal> {
        match &self.rule {
            Some(rule) if !rule.is_papers() => {
                let words = "is not the paper's, of which alone this holds";
                Err(Refusal::because("rule", rule.describe(), words))
            }
            _ => Ok(()),
        }
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
            (Model::Compact, Couplings::Gaussian) => Err("signs and hashed"),
            _ => Ok(()),
        };
        if let (Model::Compact, Couplings::Matrix(_)) = (self.model, &couplings) {
            let words = "is of model exact: model compact has signs and hashed couplings alone";
            return Err(Refusal::because("J", "", words));
        }
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
}
