//! What a network is made of, as the package's Python part states it.

use numpy::PyReadonlyArray2;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use science::Refusal;
use science::networks::{
    CouplingMatrix, Couplings, Ensemble, InitialState, Model, Network, Seeds, TransferFunction,
};

/// A description by plain values, which pickle and JSON hold.
#[derive(Clone, FromPyObject)]
#[pyo3(from_item_all)]
pub struct Setup {
    model: String,
    n: usize,
    g: f64,
    k: f64,
    p: f64,
    dt: f64,
    transfer: String,
    couplings: String,
    seed_network: u64,
    seed_state: u64,
    seed_tangent: u64,
    start: String,
    pub index: u32,
}

/// One of several names.
fn one_of<T: Copy>(parameter: &'static str, name: &str, of: &[(&str, T)]) -> Result<T, Refusal> {
    let found = of.iter().find(|(known, _)| *known == name);
    found.map(|(_, value)| *value).ok_or_else(|| {
        let names: Vec<&str> = of.iter().map(|(name, _)| *name).collect();
        Refusal::because(parameter, name, format!("is not one of {}", names.join(", ")))
    })
}

/// A kind of network by its name.
pub fn model(name: &str) -> Result<Model, Refusal> {
    one_of(
        "model",
        name,
        &[Model::Exact, Model::Compact].map(|model| (model.name(), model)),
    )
}

/// A transfer function by its name.
pub fn transfer(name: &str) -> Result<TransferFunction, Refusal> {
    let known = [TransferFunction::Tanh, TransferFunction::Erf];
    one_of(
        "transfer",
        name,
        &known.map(|transfer| (transfer.name(), transfer)),
    )
}

impl Setup {
    /// The description, with a matrix J of the caller's own or the couplings that it names.
    pub fn network(&self, matrix: Option<CouplingMatrix>) -> Result<Network, Refusal> {
        let params = freezable_chaos::Params {
            g: self.g as f32,
            k: self.k as f32,
            p: self.p as f32,
            dt: self.dt as f32,
        };
        let network = Network::new(model(&self.model)?, self.n, params)?
            .with_transfer(transfer(&self.transfer)?)
            .with_seeds(Seeds {
                network: self.seed_network,
                state: self.seed_state,
                tangent: self.seed_tangent,
            });
        if let Some(matrix) = matrix {
            return network.with_matrix(matrix);
        }
        let known = [Couplings::Gaussian, Couplings::Signs, Couplings::Hashed];
        match known.iter().find(|known| known.name() == self.couplings) {
            Some(couplings) => network.with_couplings(couplings.clone()),
            None => Err(Refusal::because(
                "couplings",
                &self.couplings,
                "is not one of gaussian, signs, hashed",
            )),
        }
    }

    /// The same with another gain.
    pub fn with_gain(self, g: f32) -> Self {
        Self { g: g.into(), ..self }
    }

    /// The random initial state.
    pub fn start(&self) -> Result<InitialState, Refusal> {
        let starts = [("small", InitialState::Small), ("large", InitialState::Large)];
        one_of("start", &self.start, &starts)
    }

    /// So many networks of that description.
    pub fn ensemble(&self, network: Network, networks: u32, times: [f64; 2]) -> Result<Ensemble, Refusal> {
        let [burn_in, duration] = times;
        Ok(Ensemble::of(network, networks)?
            .over(burn_in, duration)?
            .starting(self.start()?))
    }
}

/// A matrix J, row by row.
pub fn matrix(values: PyReadonlyArray2<'_, f32>) -> Result<CouplingMatrix, Refusal> {
    let values = values.as_array();
    CouplingMatrix::new(values.nrows(), values.iter().copied().collect::<Vec<f32>>())
}

/// The setup of a dictionary.
pub fn of(setup: &Bound<'_, PyDict>) -> PyResult<Setup> {
    setup.extract()
}
