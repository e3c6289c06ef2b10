//! The independent `f64` simulator as a simulation.

use std::sync::Arc;

use freezable_chaos::random::Randomness;
use freezable_chaos::{Generator, Start};

use super::double::Reference;
use super::kinds::InitialState;
use super::rules::{RuleTangent, joint_jacobian};
use super::simulation::{History, Saved, Simulation, Speed};
use super::tangents::exact::TangentParameters;
use super::tangents::{ExactTangent, Synapses, TangentMap};
use crate::estimators::Precision;
use crate::spectra::{self, State};
use crate::{Refusal, Stopped};

impl Simulation for Reference {
    fn n(&self) -> usize {
        self.state().len()
    }

    /// From the numbers that start the kernel, in single precision.
    fn start(&mut self, start: InitialState, states: &mut Generator) {
        let scale = Start::from(start).scale();
        let x = (0..self.state().len()).map(|_| f64::from(scale * states.gaussian()));
        let x: Vec<f64> = x.collect();
        self.begin(&x, start == InitialState::Large);
    }

    fn rest(&mut self) {
        let x = vec![0.0; self.state().len()];
        self.begin(&x, false);
    }

    fn step(&mut self) -> Result<(), Stopped> {
        Reference::step(self).map_err(|error| Stopped::Failed(error.to_string()))
    }

    fn step_with_input(&mut self, input: &[f32]) -> Result<(), Stopped> {
        let input: Vec<f64> = input.iter().map(|&input| input.into()).collect();
        Reference::step_with_input(self, &input).map_err(|error| Stopped::Failed(error.to_string()))
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
        slopes.extend(self.slopes());
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

    fn digest(&self) -> Option<u64> {
        None
    }

    fn speed(&self) -> Speed {
        let speed = Reference::speed(self);
        let (rms, max) = speed.map_or((f64::NAN, f64::NAN), |speed| (speed.rms, speed.max));
        Speed { rms, max }
    }

    fn precision(&self) -> Precision {
        Precision::F64
    }

    fn save(&self) -> Result<Saved, Stopped> {
        Ok(Saved::Reference(Box::new(self.clone())))
    }

    fn load(&mut self, saved: &Saved) -> Result<(), Stopped> {
        match saved {
            Saved::Reference(state) => {
                self.clone_from(state);
                Ok(())
            }
            Saved::Snapshot(_) | Saved::Driven { .. } => {
                Err(Refusal::because("state", "of the kernel", "is not one of the reference").into())
            }
        }
    }

    fn frozen_jacobian(&self) -> Vec<f64> {
        let n = self.state().len();
        let (quenched, plastic) = (self.quenched_couplings(), self.plastic_couplings());
        let slopes = self.slopes();
        spectra::frozen_jacobian(|i, j| quenched[i * n + j] + plastic[i * n + j], &slopes)
    }

    fn tangent_map(&mut self, synapses: Synapses) -> Result<Box<dyn TangentMap + '_>, Refusal> {
        if let (Some(rule), Synapses::Running) = (self.rule(), synapses) {
            let (plan, clock) = rule.plan();
            let plan = Arc::clone(plan);
            return Ok(Box::new(RuleTangent::new(self, plan, clock)));
        }
        let parameters = self.parameters();
        let parameters = TangentParameters {
            k: parameters.k,
            p: parameters.p,
            dt: parameters.dt,
        };
        Ok(Box::new(ExactTangent::new(self, parameters, synapses)))
    }

    fn joint_jacobian(&self) -> Result<Vec<f64>, Refusal> {
        let slopes = self.slopes();
        let parameters = self.parameters();
        let state = State {
            rates: self.rates(),
            slopes: &slopes,
            frozen: &self.frozen_jacobian(),
            k: parameters.k,
            p: parameters.p,
        };
        match self.rule() {
            Some(rule) => {
                let (plan, clock) = rule.plan();
                joint_jacobian(plan, clock, &state)
            }
            None => Ok(state.joint()),
        }
    }
}
