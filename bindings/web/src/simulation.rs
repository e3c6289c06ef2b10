//! A network that runs in a page: its recording, what is measured of it, and a twin beside it.

use std::rc::Rc;

use wasm_bindgen::prelude::wasm_bindgen;

use crate::autocorrelation::Autocorrelation;
use crate::failure::{Failure, Outcome};
use crate::network::Network;
use crate::setup::Setup;
use crate::storage::Couplings;

/// Time between two samples of the rates, in units of the neuronal time constant.
const SAMPLE_INTERVAL: f32 = 0.25;
/// Samples between two that enter the autocorrelation, its lags and its memory.
const AUTOCORRELATION_STRIDE: u64 = 2;
const AUTOCORRELATION_LAGS: usize = 81;
const AUTOCORRELATION_MEMORY: f64 = 400.0;

/// A network that runs, and what a page shows of it. Failures are thrown as text.
#[wasm_bindgen]
pub struct Simulation {
    setup: Setup,
    couplings: Rc<Couplings>,
    network: Network,
    twin: Option<Twin>,
    remembered: Vec<f32>,
    recording: Vec<i8>,
    autocorrelation: Autocorrelation,
}

/// The same network from a state that differs in one neuron.
struct Twin {
    network: Network,
    recording: Vec<i8>,
    /// What the neuron whose x is smallest receives in the next step.
    kick: Option<f32>,
}

#[wasm_bindgen]
impl Simulation {
    /// Builds a network and starts it.
    #[wasm_bindgen(constructor)]
    pub fn new(setup: &Setup) -> Outcome<Self> {
        let couplings = Rc::new(Couplings::draw(setup)?);
        Ok(Self {
            setup: setup.clone(),
            network: Network::new(setup, couplings.clone())?,
            couplings,
            twin: None,
            remembered: Vec::new(),
            recording: Vec::new(),
            autocorrelation: Autocorrelation::new(AUTOCORRELATION_LAGS, AUTOCORRELATION_MEMORY),
        })
    }

    /// Does so many steps, with a sample of the rates every 0.25 units of time.
    pub fn advance(&mut self, steps: u32) -> Outcome<()> {
        let every = self.sample_every();
        for _ in 0..steps {
            self.network.with_mut(|network| network.step())?;
            if let Some(twin) = &mut self.twin {
                twin.step()?;
            }
            let steps = self.steps();
            if steps.is_multiple_of(every) {
                self.sample(steps / every);
            }
        }
        Ok(())
    }

    fn sample(&mut self, number: u64) {
        let (recording, autocorrelation) = (&mut self.recording, &mut self.autocorrelation);
        self.network.with(|network| {
            record(network.rates(), recording);
            if !network.is_frozen() && number.is_multiple_of(AUTOCORRELATION_STRIDE) {
                autocorrelation.push(network.rates());
            }
        });
        if let Some(Twin {
            network, recording, ..
        }) = &mut self.twin
        {
            network.with(|network| record(network.rates(), recording));
        }
    }

    /// The states x of all neurons.
    pub fn state(&self) -> Vec<f32> {
        self.network.with(|network| network.state().to_vec())
    }

    /// The quenched couplings J, N x N, row-major: `J_ij` acts from j on i.
    pub fn couplings(&self) -> Outcome<Vec<f32>> {
        self.couplings.values(&self.setup)
    }

    /// Steps between two samples.
    #[wasm_bindgen(getter)]
    pub fn sample_every(&self) -> u64 {
        ((SAMPLE_INTERVAL / self.setup.dt).round() as u64).max(1)
    }

    /// The samples since the last call: 127 phi of all neurons, one sample after the other.
    pub fn take_recording(&mut self) -> Vec<i8> {
        std::mem::take(&mut self.recording)
    }

    /// The same of the twin.
    pub fn take_twin_recording(&mut self) -> Vec<i8> {
        self.twin
            .as_mut()
            .map_or_else(Vec::new, |twin| std::mem::take(&mut twin.recording))
    }

    /// Halts the plasticity, and remembers the rates.
    pub fn freeze(&mut self) {
        self.network.with_mut(|network| network.freeze());
        if let Some(twin) = &mut self.twin {
            twin.network.with_mut(|network| network.freeze());
        }
        self.remember();
    }

    /// Lets the plasticity run.
    pub fn release(&mut self) {
        self.network.with_mut(|network| network.release());
        if let Some(twin) = &mut self.twin {
            twin.network.with_mut(|network| network.release());
        }
        self.autocorrelation.interrupt();
    }

    /// Remembers the rates, for [`overlap`](Self::overlap).
    pub fn remember(&mut self) {
        self.remembered = self.network.with(|network| network.rates().to_vec());
    }

    /// Whether the plasticity is halted.
    #[wasm_bindgen(getter)]
    pub fn is_frozen(&self) -> bool {
        self.network.with(|network| network.is_frozen())
    }

    /// Steps since the start.
    #[wasm_bindgen(getter)]
    pub fn steps(&self) -> u64 {
        self.network.with(|network| network.steps())
    }

    /// Root mean square of dx/dt in the last step; not a number before the first.
    #[wasm_bindgen(getter)]
    pub fn speed(&self) -> f32 {
        let speed = self.network.with(|network| network.speed());
        speed.map_or(f32::NAN, |speed| speed.rms)
    }

    /// Cosine between the present rates and the remembered ones; not a number before there are any.
    #[wasm_bindgen(getter)]
    pub fn overlap(&self) -> f32 {
        let remembered = &self.remembered;
        self.network.with(|network| network.overlap(remembered))
    }

    /// `C_phi` at lags of 0.5 units of time.
    pub fn autocorrelation(&self) -> Vec<f32> {
        self.autocorrelation.values()
    }

    /// Digest of x and A, sixteen hexadecimal digits.
    pub fn digest(&self) -> String {
        format!("{:016x}", self.network.with(|network| network.digest()))
    }

    /// The whole state as the kernel's snapshot.
    pub fn snapshot(&self) -> Outcome<Vec<u8>> {
        let snapshot = self.network.with(|network| network.snapshot());
        snapshot.map_err(Failure::from)
    }

    /// Takes the state of a snapshot and remembers its rates, or refuses it and changes nothing. A twin starts anew.
    pub fn restore(&mut self, snapshot: &[u8]) -> Outcome<()> {
        self.network.with_mut(|network| network.restore(snapshot))?;
        self.remember();
        self.recording.clear();
        self.autocorrelation.interrupt();
        match self.twin {
            Some(_) => self.add_twin(TWIN_KICK),
            None => Ok(()),
        }
    }

    /// Sets a twin beside the network: its present state, but that the next step kicks x of one neuron by so much. It is the
    /// neuron whose x is smallest: where phi saturates, a small kick is lost in rounding.
    pub fn add_twin(&mut self, kick: f32) -> Outcome<()> {
        let mut network = Network::new(&self.setup, self.couplings.clone())?;
        let snapshot = self.snapshot()?;
        network.with_mut(|twin| twin.restore(&snapshot))?;
        self.recording.clear();
        self.twin = Some(Twin {
            network,
            recording: Vec::new(),
            kick: Some(kick / self.setup.dt),
        });
        Ok(())
    }

    /// Takes the twin away.
    pub fn remove_twin(&mut self) {
        self.twin = None;
    }

    /// Root mean square over the neurons of the difference of x to the twin; not a number without one.
    #[wasm_bindgen(getter)]
    pub fn twin_distance(&self) -> f32 {
        let Some(Twin { network: twin, .. }) = &self.twin else {
            return f32::NAN;
        };
        self.network.with(|network| {
            twin.with(|twin| {
                let differences = network
                    .state()
                    .iter()
                    .zip(twin.state())
                    .map(|(a, b)| f64::from(a - b));
                let squares: f64 = differences.map(|difference| difference * difference).sum();
                (squares / network.state().len() as f64).sqrt() as f32
            })
        })
    }
}

/// How hard a twin is kicked if nothing else is said.
const TWIN_KICK: f32 = 1e-6;

impl Twin {
    fn step(&mut self) -> Outcome<()> {
        let kick = self.kick.take();
        self.network.with_mut(|network| match kick {
            None => network.step().map_err(Failure::from),
            Some(kick) => {
                let mut input = vec![0.0; network.state().len()];
                let sizes = network.state().iter().map(|x| x.abs());
                let smallest = input
                    .iter_mut()
                    .zip(sizes)
                    .min_by(|(_, a), (_, b)| a.total_cmp(b));
                if let Some((input, _)) = smallest {
                    *input = kick;
                }
                network.step_with_input(&input).map_err(Failure::from)
            }
        })
    }
}

/// Appends 127 phi of all neurons, rounded toward zero as in the kernel's telemetry.
fn record(rates: &[f32], recording: &mut Vec<i8>) {
    recording.extend(rates.iter().map(|rate| (127.0 * rate) as i8));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn setup(model: u8, n: u32) -> Setup {
        Setup {
            model,
            n,
            ..Setup::default()
        }
    }

    #[test]
    fn a_twin_is_kicked_in_one_neuron() {
        let mut simulation = Simulation::new(&setup(1, 50)).unwrap();
        simulation.advance(300).unwrap();
        assert!(simulation.twin_distance().is_nan());
        simulation.add_twin(1e-6).unwrap();
        assert_eq!(simulation.twin_distance(), 0.0);
        simulation.advance(1).unwrap();
        let kicked = f64::from(simulation.twin_distance()) * 50f64.sqrt();
        assert!((0.9e-6..1.1e-6).contains(&kicked), "{kicked}");
        simulation.remove_twin();
        assert!(simulation.twin_distance().is_nan());
    }

    #[test]
    fn a_snapshot_goes_on_with_the_same_bits_in_a_network_that_was_built_anew() {
        for (model, n) in [(1, 64), (2, 130)] {
            let mut first = Simulation::new(&setup(model, n)).unwrap();
            first.advance(700).unwrap();
            first.freeze();
            first.advance(50).unwrap();
            let snapshot = first.snapshot().unwrap();
            let mut second = Simulation::new(&setup(model, n)).unwrap();
            second.restore(&snapshot).unwrap();
            assert!(second.is_frozen() && second.steps() == 750);
            for simulation in [&mut first, &mut second] {
                simulation.release();
                simulation.advance(300).unwrap();
            }
            assert_eq!(first.digest(), second.digest());
        }
    }

    #[test]
    fn a_spoilt_snapshot_is_refused_and_changes_nothing() {
        let mut simulation = Simulation::new(&setup(1, 32)).unwrap();
        simulation.advance(100).unwrap();
        let before = simulation.digest();
        let mut snapshot = simulation.snapshot().unwrap();
        snapshot[60] ^= 1;
        assert!(simulation.restore(&snapshot).unwrap_err().0.contains("checksum"));
        assert!(
            simulation
                .restore(&snapshot[..100])
                .unwrap_err()
                .0
                .contains("bytes")
        );
        assert_eq!(simulation.digest(), before);
    }

    #[test]
    fn bad_parameters_are_named_with_their_bounds() {
        let error = |setup: Setup| Simulation::new(&setup).err().unwrap().0;
        let good = Setup::default();
        assert_eq!(
            error(Setup {
                n: 513,
                ..good.clone()
            }),
            "n = 513 is above the bound 512 of an exact network in a page"
        );
        assert_eq!(
            error(Setup {
                g: -1.0,
                ..good.clone()
            }),
            "g = -1 is below its bound 0"
        );
        assert_eq!(
            error(Setup {
                model: 3,
                ..good.clone()
            }),
            "model = 3 is neither 1 (exact) nor 2 (compact)"
        );
        assert_eq!(
            error(Setup { transfer: 9, ..good }),
            "transfer = 9 is not one of 0 (tanh) and 2 (erf)"
        );
    }

    #[test]
    fn samples_are_taken_every_quarter_of_a_unit_of_time() {
        let mut simulation = Simulation::new(&setup(1, 20)).unwrap();
        simulation.advance(9).unwrap();
        assert_eq!(simulation.take_recording().len(), 20);
        simulation.advance(11).unwrap();
        assert_eq!(simulation.take_recording().len(), 60);
        assert_eq!(simulation.autocorrelation().len(), 2);
    }
}
