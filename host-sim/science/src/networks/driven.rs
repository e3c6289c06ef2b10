//! A network with an external input.

use freezable_chaos::Generator;

use super::input::Current;
use super::kinds::InitialState;
use super::simulation::{History, Saved, Simulation, Speed};
use super::tangents::{Synapses, TangentMap};
use crate::estimators::Precision;
use crate::{Refusal, Stopped};

/// A network with an external input: every step takes that of its time.
pub struct Driven<'a> {
    network: &'a mut dyn Simulation,
    current: Current,
}

impl<'a> Driven<'a> {
    pub(super) fn new(network: &'a mut dyn Simulation, current: Current) -> Self {
        Self { network, current }
    }
}

impl Simulation for Driven<'_> {
    fn n(&self) -> usize {
        self.network.n()
    }

    fn start(&mut self, start: InitialState, states: &mut Generator) {
        self.current.begin();
        self.network.start(start, states);
    }

    fn rest(&mut self) {
        self.current.begin();
        self.network.rest();
    }

    fn step(&mut self) -> Result<(), Stopped> {
        self.network.step_with_input(self.current.next())
    }

    fn step_with_input(&mut self, input: &[f32]) -> Result<(), Stopped> {
        self.network.step_with_input(self.current.next_with(Some(input))?)
    }

    fn freeze(&mut self) {
        self.network.freeze();
    }

    fn release(&mut self) {
        self.network.release();
    }

    fn copy_rates(&self, rates: &mut Vec<f32>) {
        self.network.copy_rates(rates);
    }

    fn copy_state(&self, state: &mut Vec<f64>) {
        self.network.copy_state(state);
    }

    fn copy_rates_and_slopes(&self, rates: &mut Vec<f64>, slopes: &mut Vec<f64>) {
        self.network.copy_rates_and_slopes(rates, slopes);
    }

    fn couplings(&self) -> (Vec<f64>, Vec<f64>) {
        self.network.couplings()
    }

    fn history(&self) -> Option<History> {
        self.network.history()
    }

    fn couplings_digest(&self) -> Option<u64> {
        self.network.couplings_digest()
    }

    fn digest(&self) -> Option<u64> {
        self.network.digest()
    }

    fn speed(&self) -> Speed {
        self.network.speed()
    }

    fn precision(&self) -> Precision {
        self.network.precision()
    }

    fn save(&self) -> Result<Saved, Stopped> {
        let (network, current) = (Box::new(self.network.save()?), Box::new(self.current.clone()));
        Ok(Saved::Driven { network, current })
    }

    fn load(&mut self, saved: &Saved) -> Result<(), Stopped> {
        match saved {
            Saved::Driven { network, current } => {
                self.network.load(network)?;
                self.current = Current::clone(current);
                Ok(())
            }
            // The state of a network without input: the input stays where it is.
            other => self.network.load(other),
        }
    }

    fn frozen_jacobian(&self) -> Vec<f64> {
        self.network.frozen_jacobian()
    }

    fn tangent_map(&mut self, synapses: Synapses) -> Result<Box<dyn TangentMap + '_>, Refusal> {
        let (map, current) = (self.network.tangent_map(synapses)?, &mut self.current);
        Ok(Box::new(DrivenTangent { map, current }))
    }

    fn joint_jacobian(&self) -> Result<Vec<f64>, Refusal> {
        self.network.joint_jacobian()
    }
}

/// The input is added, so that it moves the trajectory and leaves the derivative of the step as it is.
struct DrivenTangent<'a> {
    map: Box<dyn TangentMap + 'a>,
    current: &'a mut Current,
}

impl TangentMap for DrivenTangent<'_> {
    fn dimension(&self) -> usize {
        self.map.dimension()
    }

    fn neurons(&self) -> usize {
        self.map.neurons()
    }

    fn dt(&self) -> f64 {
        self.map.dt()
    }

    fn step(&mut self, tangents: &mut [f64], input: Option<&[f32]>) -> Result<(), Stopped> {
        self.map.step(tangents, Some(self.current.next_with(input)?))
    }

    fn speed(&self) -> f64 {
        self.map.speed()
    }
}
