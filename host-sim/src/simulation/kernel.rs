//! The kernel's networks as simulations.

use freezable_chaos::{Connectivity, Dynamics, Network, Panels, Transfer};

use super::{History, Saved, Simulation, Speed, jacobian};
use crate::estimators;
use crate::failure::Failure;

/// Couplings that can be looked at one by one.
pub(super) trait Couple: Connectivity {
    /// `J_ij` and `A_ij`.
    fn coupling(&self, dynamics: &Dynamics, i: usize, j: usize) -> (f64, f64);
    /// What is kept in place of A, if anything.
    fn history(&self) -> Option<History>;
}

impl Couple for Panels<'_> {
    fn coupling(&self, _dynamics: &Dynamics, i: usize, j: usize) -> (f64, f64) {
        let wide = |value: Option<f32>| f64::from(value.unwrap_or(f32::NAN));
        (wide(self.couplings().get(i, j)), wide(self.synapses().get(i, j)))
    }

    fn history(&self) -> Option<History> {
        None
    }
}

impl<C: Couple, T: Transfer> Simulation for Network<'_, C, T> {
    fn step(&mut self) -> Result<(), Failure> {
        Ok(Network::step(self)?)
    }

    fn step_with_input(&mut self, input: &[f32]) -> Result<(), Failure> {
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
        slopes.extend(self.state().iter().map(|&x| f64::from(self.transfer().slope(x))));
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

    fn speed(&self) -> Speed {
        let speed = Network::speed(self);
        let (rms, max) = speed.map_or((f32::NAN, f32::NAN), |speed| (speed.rms, speed.max));
        Speed {
            rms: rms.into(),
            max: max.into(),
        }
    }

    fn precision(&self) -> estimators::Precision {
        estimators::Precision::Single
    }

    fn save(&self) -> Result<Saved, Failure> {
        let mut bytes = vec![0; self.snapshot_len()];
        self.snapshot(&mut bytes)?;
        Ok(Saved::Snapshot(bytes))
    }

    fn load(&mut self, saved: &Saved) -> Result<(), Failure> {
        match saved {
            Saved::Snapshot(bytes) => Ok(self.restore(bytes)?),
            Saved::Reference(_) => Err(Failure::Usage(
                "a state of the reference is not one of the kernel".into(),
            )),
        }
    }

    fn frozen_jacobian(&self) -> Vec<f64> {
        let slopes: Vec<f64> = self
            .state()
            .iter()
            .map(|&x| self.transfer().slope(x).into())
            .collect();
        jacobian(
            |i, j| {
                let (quenched, plastic) = self.connectivity().coupling(self.dynamics(), i, j);
                quenched + plastic
            },
            &slopes,
        )
    }
}
