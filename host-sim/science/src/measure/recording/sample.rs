//! What a sample of a network is: which quantities, of which neurons. Recordings in memory and on disk are made of the same.

use serde::Serialize;

use crate::Refusal;
use crate::networks::Simulation;

/// What can be sampled of a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "clap", derive(clap::ValueEnum))]
pub enum Quantity {
    /// Rate phi(x) of each neuron.
    #[cfg_attr(feature = "clap", value(name = "phi"))]
    #[serde(rename = "phi")]
    Rates,
    /// State x of each neuron.
    #[cfg_attr(feature = "clap", value(name = "x"))]
    #[serde(rename = "x")]
    States,
    /// Rms over all neurons of dx/dt in the last step; not a number before the first.
    #[cfg_attr(feature = "clap", value(name = "speed"))]
    #[serde(rename = "speed")]
    Speed,
    /// Plastic couplings A_ij.
    #[cfg_attr(feature = "clap", value(name = "A"))]
    #[serde(rename = "A")]
    Plastic,
    /// Quenched couplings J_ij, which do not change: in the first sample alone.
    #[cfg_attr(feature = "clap", value(name = "J"))]
    #[serde(rename = "J")]
    Quenched,
}

impl Quantity {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Rates,
        Self::States,
        Self::Speed,
        Self::Plastic,
        Self::Quenched,
    ];

    /// Its name: "phi", "x", "speed", "A", "J".
    pub fn name(self) -> &'static str {
        match self {
            Self::Rates => "phi",
            Self::States => "x",
            Self::Speed => "speed",
            Self::Plastic => "A",
            Self::Quenched => "J",
        }
    }

    /// The quantity of that name.
    pub fn named(name: &str) -> Result<Self, Refusal> {
        let found = Self::ALL.into_iter().find(|quantity| quantity.name() == name);
        found.ok_or_else(|| Refusal::because("record", name, "is not one of phi, x, speed, A and J"))
    }

    /// Axes of one sample of so many neurons.
    pub fn axes(self, neurons: usize) -> Vec<usize> {
        match self {
            Self::Rates | Self::States => vec![neurons],
            Self::Speed => vec![],
            Self::Plastic | Self::Quenched => vec![neurons, neurons],
        }
    }

    /// Samples of it among so many of all.
    pub fn samples(self, of_all: u64) -> u64 {
        match self {
            Self::Quenched => of_all.min(1),
            _ => of_all,
        }
    }

    /// Whether it is a matrix of couplings, which a network gives as a whole.
    fn is_couplings(self) -> bool {
        matches!(self, Self::Plastic | Self::Quenched)
    }
}

/// Takes samples of a network, one after the other.
#[derive(Clone, Debug)]
pub struct Sampler {
    quantities: Vec<Quantity>,
    neurons: Option<Vec<usize>>,
    taken: u64,
    rates: Vec<f32>,
    states: Vec<f64>,
}

impl Sampler {
    /// Samples of these quantities and neurons, in this order, all neurons if `None`; the speed is that of all. Refuses a
    /// quantity that is asked for twice, and a neuron that is not among the `n`.
    pub fn new(quantities: &[Quantity], neurons: Option<&[usize]>, n: usize) -> Result<Self, Refusal> {
        for (at, quantity) in quantities.iter().enumerate() {
            if quantities[..at].contains(quantity) {
                return Err(Refusal::because("record", quantity.name(), "is asked for twice"));
            }
        }
        if let Some(neuron) = neurons.into_iter().flatten().find(|&&neuron| neuron >= n) {
            return Err(Refusal::above("neurons", neuron, n - 1));
        }
        Ok(Self {
            quantities: quantities.to_vec(),
            neurons: neurons.map(<[usize]>::to_vec),
            taken: 0,
            rates: Vec::new(),
            states: Vec::new(),
        })
    }

    /// Bytes that a sample of `n` neurons takes for a moment, where they are of order n^2.
    pub fn bytes(&self, n: usize) -> u64 {
        let matrices = self.quantities.iter().any(|quantity| quantity.is_couplings());
        let square = (n as u64).saturating_mul(n as u64);
        if matrices { square.saturating_mul(16) } else { 0 }
    }

    /// Hands the present values of each quantity to `keep`, of matrices row by row.
    pub fn take<E>(
        &mut self,
        network: &dyn Simulation,
        mut keep: impl FnMut(Quantity, &mut dyn Iterator<Item = f64>) -> Result<(), E>,
    ) -> Result<(), E> {
        let n = network.n();
        let all: Vec<usize>;
        let neurons: &[usize] = match &self.neurons {
            Some(neurons) => neurons,
            None => {
                all = (0..n).collect();
                &all
            }
        };
        let is_first = self.taken == 0;
        self.taken += 1;
        let asked = |quantity: &&Quantity| is_first || **quantity != Quantity::Quenched;
        let mut matrices = self.quantities.iter().filter(asked);
        let (quenched, plastic) = match matrices.any(|quantity| quantity.is_couplings()) {
            true => network.couplings(),
            false => Default::default(),
        };
        let pairs = || {
            let row = |&i: &usize| neurons.iter().map(move |&j| i * n + j);
            neurons.iter().flat_map(row)
        };
        for &quantity in self.quantities.iter().filter(asked) {
            match quantity {
                Quantity::Rates => {
                    network.copy_rates(&mut self.rates);
                    keep(quantity, &mut neurons.iter().map(|&i| self.rates[i].into()))?;
                }
                Quantity::States => {
                    network.copy_state(&mut self.states);
                    keep(quantity, &mut neurons.iter().map(|&i| self.states[i]))?;
                }
                Quantity::Speed => keep(quantity, &mut std::iter::once(network.speed().rms))?,
                Quantity::Plastic => keep(quantity, &mut pairs().map(|at| plastic[at]))?,
                Quantity::Quenched => keep(quantity, &mut pairs().map(|at| quenched[at]))?,
            }
        }
        Ok(())
    }
}
