//! The kernel's networks as simulations.

use freezable_chaos::{Connectivity, Dynamics, Generator, Network, Panels, Transfer};

use super::kinds::InitialState;
use super::simulation::{History, Saved, Simulation, Speed};
use super::tangents::exact::TangentParameters;
use super::tangents::{ExactTangent, Synapses, TangentMap};
use crate::estimators::Precision;
use crate::spectra::{self, State};
use crate::{Refusal, Stopped};

/// Couplings with a rule of plasticity, as measurements need to know them. A rule of one's own implements the kernel's
/// [`Connectivity`] and this; networks with it are then [`Simulation`]s.
///
/// Exponents and joint spectra need the derivative of the rule. Where it is not given they are refused: the derivative of
/// another rule would give the exponents of another network.
pub trait Rule: Connectivity {
    /// `J_ij` and `A_ij`, from j on i.
    fn coupling(&self, dynamics: &Dynamics, i: usize, j: usize) -> (f64, f64);

    /// What is kept in place of A, if anything.
    fn history(&self) -> Option<History> {
        None
    }

    /// The derivative of the step with the plasticity running, from where the network is.
    fn tangent<'a, T: Transfer>(
        network: &'a mut Network<'_, Self, T>,
    ) -> Result<Box<dyn TangentMap + 'a>, Refusal>
    where
        Self: Sized,
    {
        let _ = network;
        Err(without("tangent map"))
    }

    /// The Jacobian of neurons and of what they feel of the synapses in a state of continuous time, 2N x 2N, row-major.
    fn joint_jacobian(&self, state: &State<'_>) -> Result<Vec<f64>, Refusal> {
        let _ = state;
        Err(without("joint Jacobian"))
    }
}

/// A measurement needs what a rule does not give.
fn without(what: &str) -> Refusal {
    Refusal::because("rule", "of the plasticity", format!("gives no {what}"))
}

impl Rule for Panels<'_> {
    fn coupling(&self, _dynamics: &Dynamics, i: usize, j: usize) -> (f64, f64) {
        let wide = |value: Option<f32>| f64::from(value.unwrap_or(f32::NAN));
        (wide(self.couplings().get(i, j)), wide(self.synapses().get(i, j)))
    }

    fn tangent<'a, T: Transfer>(
        network: &'a mut Network<'_, Self, T>,
    ) -> Result<Box<dyn TangentMap + 'a>, Refusal> {
        let parameters = TangentParameters::of(network.dynamics());
        Ok(Box::new(ExactTangent::new(
            network,
            parameters,
            Synapses::Running,
        )))
    }

    fn joint_jacobian(&self, state: &State<'_>) -> Result<Vec<f64>, Refusal> {
        Ok(state.joint())
    }
}

/// The slopes of the neurons, each of its own function.
fn slopes_of<C: Rule, T: Transfer>(network: &Network<'_, C, T>) -> impl Iterator<Item = f64> {
    let states = network.state().iter().enumerate();
    states.map(|(neuron, &x)| network.transfer().slope_of(neuron, x).into())
}

impl<C: Rule, T: Transfer> Simulation for Network<'_, C, T> {
    fn n(&self) -> usize {
        Network::n(self)
    }

    fn start(&mut self, start: InitialState, states: &mut Generator) {
        Network::start(self, start.into(), states);
    }

    fn rest(&mut self) {
        Network::rest(self);
    }

    fn step(&mut self) -> Result<(), Stopped> {
        Ok(Network::step(self)?)
    }

    fn step_with_input(&mut self, input: &[f32]) -> Result<(), Stopped> {
        Ok(Network::step_with_input(self, input)?)
    }

    fn freeze(&mut self) {
        Network::freeze(self);
    }

    fn release(&mut self) {
        Network::release(self);
    }

    fn copy_rates(&self, rates: &mut Vec<f32>) {
        rates.clear();
        rates.extend_from_slice(self.rates());
    }

    fn copy_state(&self, state: &mut Vec<f64>) {
        state.clear();
        state.extend(self.state().iter().map(|&x| f64::from(x)));
    }

    fn copy_rates_and_slopes(&self, rates: &mut Vec<f64>, slopes: &mut Vec<f64>) {
        rates.clear();
        rates.extend(self.rates().iter().copied().map(f64::from));
        slopes.clear();
        slopes.extend(slopes_of(self));
    }

    fn couplings(&self) -> (Vec<f64>, Vec<f64>) {
        let pairs = (0..self.n()).flat_map(|i| (0..self.n()).map(move |j| (i, j)));
        pairs
            .map(|(i, j)| self.connectivity().coupling(self.dynamics(), i, j))
            .unzip()
    }

    fn history(&self) -> Option<History> {
        self.connectivity().history()
    }

    fn couplings_digest(&self) -> Option<u64> {
        Some(self.connectivity().couplings_digest())
    }

    fn digest(&self) -> Option<u64> {
        Some(Network::digest(self))
    }

    fn speed(&self) -> Speed {
        let speed = Network::speed(self);
        let (rms, max) = speed.map_or((f32::NAN, f32::NAN), |speed| (speed.rms, speed.max));
        Speed {
            rms: rms.into(),
            max: max.into(),
        }
    }

    fn precision(&self) -> Precision {
        Precision::F32
    }

    fn save(&self) -> Result<Saved, Stopped> {
        let mut bytes = vec![0; self.snapshot_len()];
        self.snapshot(&mut bytes)?;
        Ok(Saved::Snapshot(bytes))
    }

    fn load(&mut self, saved: &Saved) -> Result<(), Stopped> {
        match saved {
            Saved::Snapshot(bytes) => Ok(self.restore(bytes)?),
            Saved::Reference(_) | Saved::Driven { .. } => {
                Err(Refusal::because("state", "of the reference", "is not one of the kernel").into())
            }
        }
    }

    fn frozen_jacobian(&self) -> Vec<f64> {
        let slopes: Vec<f64> = slopes_of(self).collect();
        spectra::frozen_jacobian(
            |i, j| {
                let (quenched, plastic) = self.connectivity().coupling(self.dynamics(), i, j);
                quenched + plastic
            },
            &slopes,
        )
    }

    fn tangent_map(&mut self, synapses: Synapses) -> Result<Box<dyn TangentMap + '_>, Refusal> {
        match synapses {
            Synapses::Running => C::tangent(self),
            // Held, every rule is one of constant couplings.
            Synapses::Frozen => {
                let parameters = TangentParameters::of(self.dynamics());
                Ok(Box::new(ExactTangent::new(self, parameters, synapses)))
            }
        }
    }

    fn joint_jacobian(&self) -> Result<Vec<f64>, Refusal> {
        let (mut rates, mut slopes) = (Vec::new(), Vec::new());
        self.copy_rates_and_slopes(&mut rates, &mut slopes);
        let params = self.dynamics().params();
        let state = State {
            rates: &rates,
            slopes: &slopes,
            frozen: &self.frozen_jacobian(),
            k: params.k.into(),
            p: params.p.into(),
        };
        self.connectivity().joint_jacobian(&state)
    }
}
