//! Along a trajectory: the one loop over steps, and what is added up of the activity on the way.

use crate::Stopped;
use crate::estimators::{AliveTest, RmsAverage, mean_square};
use crate::networks::{Network, Simulation};
use crate::watch::{Watch, advance};

/// Most steps between two reports of progress.
const LONGEST_STRIDE: u64 = 500;
/// Couplings passed between two reports: some milliseconds, whatever the size of the network.
const COUPLINGS: u64 = 20_000_000;

/// Steps of `n` neurons between two reports of progress, of which one may end the work.
pub fn stride(n: usize) -> u64 {
    let couplings = (n as u64).saturating_mul(n as u64).max(1);
    (COUPLINGS / couplings).clamp(1, LONGEST_STRIDE)
}

/// Where the external input of each step comes from.
pub trait InputSource {
    /// Of each neuron in a step, which are counted from 1 on; none for `None`.
    fn at(&mut self, step: u64) -> Result<Option<&[f32]>, Stopped>;
}

/// Nothing drives them.
impl InputSource for () {
    fn at(&mut self, _step: u64) -> Result<Option<&[f32]>, Stopped> {
        Ok(None)
    }
}

/// Steps a network and looks at it after every step, which are counted from 1.
pub fn run(
    simulation: &mut dyn Simulation,
    steps: u64,
    watch: &dyn Watch,
    look: impl FnMut(u64, &mut dyn Simulation) -> Result<(), Stopped>,
) -> Result<(), Stopped> {
    run_driven(simulation, steps, &mut (), watch, look)
}

/// The same with an input.
pub fn run_driven(
    simulation: &mut dyn Simulation,
    steps: u64,
    input: &mut dyn InputSource,
    watch: &dyn Watch,
    mut look: impl FnMut(u64, &mut dyn Simulation) -> Result<(), Stopped>,
) -> Result<(), Stopped> {
    let stride = stride(simulation.n());
    for step in 1..=steps {
        simulation.step_under(input.at(step)?)?;
        look(step, simulation)?;
        if step.is_multiple_of(stride) {
            advance(watch, stride)?;
        }
    }
    advance(watch, steps % stride)
}

/// Steps a network that nobody looks at.
pub fn pass(simulation: &mut dyn Simulation, steps: u64, watch: &dyn Watch) -> Result<(), Stopped> {
    run(simulation, steps, watch, |_, _| Ok(()))
}

/// What every measurement asks of the activity: whether it goes on, how strong and how fast it is.
#[derive(Clone, Debug)]
pub struct Activity {
    alive: AliveTest,
    speed: RmsAverage,
    stride: u64,
    steps: u64,
    squares: f64,
    samples: u64,
    rates: Vec<f64>,
    scratch: Vec<f32>,
}

impl Activity {
    /// Nothing seen yet.
    pub fn of(network: &Network) -> Self {
        Self {
            alive: AliveTest::new(network.step()),
            speed: RmsAverage::default(),
            stride: network.sampling().0,
            steps: 0,
            squares: 0.0,
            samples: 0,
            rates: Vec::new(),
            scratch: Vec::new(),
        }
    }

    /// Looks at the network after a step of the window.
    pub fn look(&mut self, simulation: &dyn Simulation) {
        let rms = simulation.speed().rms;
        self.alive.push(rms);
        self.speed.push(rms);
        self.steps += 1;
        if self.steps.is_multiple_of(self.stride) {
            self.squares += mean_square_rate(simulation, &mut self.scratch, &mut self.rates);
            self.samples += 1;
        }
    }

    /// Whether the network was active all the time, see [`AliveTest`].
    pub fn alive(&self) -> bool {
        self.alive.alive()
    }

    /// When it was found at rest, in time since the first step looked at; `None` if it kept moving.
    pub fn rest_time(&self) -> Option<f64> {
        self.alive.rest_time()
    }

    /// `C_phi(0)`: the mean square rate over neurons and samples; 0 before the first sample.
    pub fn c_phi_0(&self) -> f64 {
        self.squares / self.samples.max(1) as f64
    }

    /// Rms over time and neurons of dx/dt; NaN before the first step.
    pub fn speed_rms(&self) -> f64 {
        self.speed.value().unwrap_or(f64::NAN)
    }
}

/// Mean square rate of the present state; the vectors only lend their room.
fn mean_square_rate(simulation: &dyn Simulation, scratch: &mut Vec<f32>, rates: &mut Vec<f64>) -> f64 {
    simulation.copy_rates(scratch);
    rates.clear();
    rates.extend(scratch.iter().map(|&rate| f64::from(rate)));
    mean_square(rates)
}

/// Mean square rate over the neurons of the present state.
pub fn present_c_phi_0(simulation: &dyn Simulation) -> f64 {
    mean_square_rate(simulation, &mut Vec::new(), &mut Vec::new())
}
