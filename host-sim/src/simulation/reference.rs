//! The independent `f64` simulator as a simulation, started as a network of the kernel.

use freezable_chaos::{AnyTransfer, PanelNetwork, Start};

use super::{History, Saved, Simulation, Speed, jacobian};
use crate::configuration::{Configuration, StartOption};
use crate::estimators;
use crate::failure::Failure;
use crate::reference::{Reference, ReferenceParameters};

/// The reference simulator with the couplings and the initial state of a kernel network.
pub fn reference_of(
    configuration: &Configuration,
    start: StartOption,
    network: &PanelNetwork<'_, AnyTransfer>,
) -> Result<Reference, Failure> {
    let n = network.n();
    let couplings = network.connectivity().couplings();
    let pairs = (0..n).flat_map(|i| (0..n).map(move |j| (i, j)));
    let j = pairs
        .map(|(i, j)| f64::from(couplings.get(i, j).unwrap_or(f32::NAN)))
        .collect();
    let x: Vec<f64> = network.state().iter().map(|&x| x.into()).collect();
    let transfer = configuration.transfer.into();
    let a = match start.into() {
        Start::Small => vec![0.0; n * n],
        Start::Large => Reference::imprint(configuration.k.into(), transfer, &x),
    };
    let parameters = ReferenceParameters {
        k: configuration.k.into(),
        p: configuration.p.into(),
        dt: configuration.dt.into(),
    };
    Reference::new(parameters, transfer, j, a, x).map_err(|error| Failure::Usage(error.to_string()))
}

impl Simulation for Reference {
    fn step(&mut self) -> Result<(), Failure> {
        Reference::step(self).map_err(|error| Failure::Check(error.to_string()))
    }

    fn step_with_input(&mut self, input: &[f32]) -> Result<(), Failure> {
        let input: Vec<f64> = input.iter().map(|&input| input.into()).collect();
        Reference::step_with_input(self, &input).map_err(|error| Failure::Check(error.to_string()))
    }

    fn freeze(&mut self) {
        Reference::freeze(self);
    }

    fn release(&mut self) {
        Reference::release(self);
    }

    fn copy_rates(&self, rates: &mut Vec<f32>) {
        rates.clear();
        rates.extend(self.rates().iter().map(|&rate| rate as f32));
    }

    fn copy_state(&self, state: &mut Vec<f64>) {
        state.clear();
        state.extend_from_slice(self.state());
    }

    fn copy_rates_and_slopes(&self, rates: &mut Vec<f64>, slopes: &mut Vec<f64>) {
        rates.clear();
        rates.extend_from_slice(self.rates());
        slopes.clear();
        slopes.extend(self.state().iter().map(|&x| self.transfer().slope(x)));
    }

    fn couplings(&self) -> (Vec<f64>, Vec<f64>) {
        (
            self.quenched_couplings().to_vec(),
            self.plastic_couplings().to_vec(),
        )
    }

    fn history(&self) -> Option<History> {
        None
    }

    fn couplings_digest(&self) -> Option<u64> {
        None
    }

    fn speed(&self) -> Speed {
        let speed = Reference::speed(self);
        let (rms, max) = speed.map_or((f64::NAN, f64::NAN), |speed| (speed.rms, speed.max));
        Speed { rms, max }
    }

    fn precision(&self) -> estimators::Precision {
        estimators::Precision::Double
    }

    fn save(&self) -> Result<Saved, Failure> {
        Ok(Saved::Reference(Box::new(self.clone())))
    }

    fn load(&mut self, saved: &Saved) -> Result<(), Failure> {
        match saved {
            Saved::Reference(state) => {
                self.clone_from(state);
                Ok(())
            }
            Saved::Snapshot(_) => Err(Failure::Usage(
                "a state of the kernel is not one of the reference".into(),
            )),
        }
    }

    fn frozen_jacobian(&self) -> Vec<f64> {
        let n = self.state().len();
        let (quenched, plastic) = (self.quenched_couplings(), self.plastic_couplings());
        let slopes: Vec<f64> = self.state().iter().map(|&x| self.transfer().slope(x)).collect();
        jacobian(|i, j| quenched[i * n + j] + plastic[i * n + j], &slopes)
    }
}
