//! Networks of one's own: (a) couplings of one's own, (b) a plasticity rule of one's own. Of both: autocorrelation,
//! freezing, largest exponent, spectrum.

mod couplings;
mod rule;

use freezable_chaos::{Generator, Network as Running, Neurons, Params, Purpose, Start, Tanh};
use science::estimators::MeanSem;
use science::measure::activity::Run;
use science::measure::exponents::Lyapunov;
use science::measure::freeze::Freeze;
use science::measure::spectra::Spectra;
use science::measure::{Measurement, measure_networks};
use science::networks::{Ensemble, Execution, Network, Simulation, Source, Synapses};
use science::{Refusal, Stopped};

use crate::rule::{PartlyPlastic, WithoutDerivative};

const N: usize = 64;
const PARAMS: Params = Params {
    g: 2.0,
    k: 1.5,
    p: 2.5,
    dt: 0.05,
};

fn main() -> Result<(), Stopped> {
    // (a) The library builds the paper's network about the matrix.
    let own = Network::exact(N, PARAMS)?.with_matrix(couplings::with_two_modes(N)?)?;
    let ensemble = Ensemble::of(own, 4)?.over(50.0, 200.0)?;
    println!("own couplings");
    report(&ensemble, &ensemble)?;

    // (b) The program builds the networks; the ensemble states what the library needs to know of them.
    let ensemble = Ensemble::of(Network::exact(N, PARAMS)?, 4)?.over(50.0, 200.0)?;
    println!("own rule");
    report(&OwnRule { plastic: N / 2 }, &ensemble)?;

    // Where a rule gives no derivative there are no exponents: the library never takes another rule's.
    match exponent(&NoDerivative, &ensemble) {
        Err(Stopped::Refused(refusal)) => println!("refused: {refusal}"),
        other => println!("not refused: {other:?}"),
    }
    println!(
        "all synapses plastic, states as the paper's: {}",
        is_the_papers(&ensemble)?
    );
    Ok(())
}

/// Networks whose synapses from the first neurons alone are plastic.
struct OwnRule {
    plastic: usize,
}

impl Source for OwnRule {
    fn with(
        &self,
        index: u32,
        body: &mut dyn FnMut(&mut dyn Simulation) -> Result<(), Stopped>,
    ) -> Result<(), Stopped> {
        let dynamics = PARAMS.validate(N)?;
        let mut randomness = Generator::new(1, index, Purpose::Couplings);
        let rule = PartlyPlastic::new(&dynamics, self.plastic, &mut randomness);
        let [mut x, mut phi, mut velocity] = [vec![0.0; N], vec![0.0; N], vec![0.0; N]];
        let neurons = Neurons::new(&mut x, &mut phi, &mut velocity)?;
        let mut network = Running::new(dynamics, Tanh, neurons, rule)?;
        network.start(Start::Small, &mut Generator::new(1, index, Purpose::State));
        body(&mut network)
    }
}

/// The same rule, whose derivative nobody wrote down.
struct NoDerivative;

impl Source for NoDerivative {
    fn with(
        &self,
        index: u32,
        body: &mut dyn FnMut(&mut dyn Simulation) -> Result<(), Stopped>,
    ) -> Result<(), Stopped> {
        let dynamics = PARAMS.validate(N)?;
        let mut randomness = Generator::new(1, index, Purpose::Couplings);
        let rule = WithoutDerivative(PartlyPlastic::new(&dynamics, N, &mut randomness));
        let [mut x, mut phi, mut velocity] = [vec![0.0; N], vec![0.0; N], vec![0.0; N]];
        let neurons = Neurons::new(&mut x, &mut phi, &mut velocity)?;
        let mut network = Running::new(dynamics, Tanh, neurons, rule)?;
        network.start(Start::Small, &mut Generator::new(1, index, Purpose::State));
        body(&mut network)
    }
}

fn measured<M: Measurement>(
    measurement: &M,
    source: &dyn Source,
    ensemble: &Ensemble,
) -> Result<M::Summary, Stopped> {
    let how = Execution::default();
    Ok(measure_networks(measurement, source, ensemble, &how, &(), &())?.summary)
}

fn exponent(source: &dyn Source, ensemble: &Ensemble) -> Result<Option<MeanSem>, Stopped> {
    Ok(measured(&Lyapunov::of(ensemble, Synapses::Running), source, ensemble)?.lyapunov_max)
}

fn report(source: &dyn Source, ensemble: &Ensemble) -> Result<(), Stopped> {
    let line = |name: &str, value: Option<MeanSem>| match value {
        Some(value) => println!("  {name}: {value}"),
        None => println!("  {name}: -"),
    };
    let activity = measured(&Run::of(ensemble), source, ensemble)?;
    line("C_phi(0)", activity.c_phi_0);
    line("half-width", activity.half_width);
    let freeze = measured(
        &Freeze {
            trials: 3,
            ..Freeze::default()
        },
        source,
        ensemble,
    )?;
    line("freezes that succeed", freeze.freeze_success);
    line("rightmost frozen eigenvalue", freeze.rightmost_eigenvalue);
    line("largest exponent", exponent(source, ensemble)?);
    match measured(&Spectra { snapshots: 2 }, source, ensemble) {
        Ok(spectra) => line("rightmost joint eigenvalue", spectra.rightmost_joint),
        Err(Stopped::Refused(refusal)) => println!("  joint spectrum refused: {refusal}"),
        Err(other) => return Err(other),
    }
    Ok(())
}

/// Whether the rule with all synapses plastic passes through the states of the kernel's own exact network, bit by bit.
fn is_the_papers(ensemble: &Ensemble) -> Result<bool, Stopped> {
    let states = |source: &dyn Source| -> Result<Vec<u64>, Stopped> {
        let mut found = Vec::new();
        source.with(0, &mut |network| {
            for _ in 0..2000 {
                network.step()?;
                let mut state = Vec::new();
                network.copy_state(&mut state);
                found.extend(state.into_iter().map(f64::to_bits));
            }
            Ok(())
        })?;
        Ok(found)
    };
    Ok(states(&OwnRule { plastic: N })? == states(ensemble)?)
}

/// Only what a matrix of one's own can be refused for.
pub type Checked<T> = Result<T, Refusal>;
