//! The switch between the path of a step that is sure to stay finite and the one that looks first.
//!
//! Every state here is one where the sure path would write an infinite x, or change A, in a step that has to be refused.

use crate::*;
use std::boxed::Box;
use std::vec::Vec;

const N: usize = 128;
/// Half a unit in the last place of the largest number is 1.01e31: that much more overflows.
const LARGEST: f32 = f32::MAX;
/// With couplings of this size 127 rates of 1 give a drive of 1.27e31.
const COUPLING: f32 = 1e29;

fn params(dt: f32) -> Params {
    Params {
        g: 1.0,
        k: 1.0,
        p: 1.0,
        dt,
    }
}

/// The bits of x and A.
fn bits<C: Connectivity>(network: &Network<'_, C>) -> (Vec<u32>, u64) {
    let x = network.state().iter().map(|x| x.to_bits()).collect();
    (x, network.digest())
}

/// A network with equal couplings and an A that is not 0.
fn with_network(coupling: f32, dt: f32, act: impl FnOnce(ExactNetwork<'_>)) {
    let dynamics = params(dt).validate(N).unwrap();
    let mut values = [0.0; couplings_len(N)];
    let couplings = DenseCouplings::from_fn(&mut values, &dynamics, |_, _| coupling).unwrap();
    let mut buffers: Box<exact_buffers!(N)> = Box::new(ExactBuffers::new());
    let network = buffers.network(dynamics, couplings, Tanh).unwrap();
    act(network);
}

/// Refused: the first neuron concerned and the number of steps are named, nothing changes, no velocity is left.
fn assert_refused(network: &mut ExactNetwork<'_>, input: &[f32], neuron: usize) {
    let (before, step) = (bits(network), network.steps());
    let expected = Diverged { neuron, step };
    assert_eq!(network.step_with_input(input), Err(StepError::Diverged(expected)));
    assert_eq!(bits(network), before, "a refused step changed x or A");
    assert_eq!(network.steps(), step);
    assert!(network.velocity().is_none() && network.speed().is_none());
}

#[test]
fn an_input_beyond_its_bound_is_looked_at_before_anything_changes() {
    with_network(0.01, 0.5, |mut network| {
        network.start_from(&[-1e36; N]).unwrap();
        network.step().unwrap();
        network.start_from(&[-1e36; N]).unwrap();
        let mut input = [0.0; N];
        input[5] = LARGEST;
        assert_refused(&mut network, &input, 5);
        input[5] = -LARGEST;
        network.step_with_input(&input).unwrap();
        assert!(network.state().iter().all(|x| x.is_finite()));
    });
}

#[test]
fn a_start_beyond_the_bound_is_looked_at_in_its_first_step() {
    with_network(COUPLING, 1.0, |mut network| {
        let mut x = [LARGEST; N];
        x[7] = -LARGEST;
        network.start_from(&x).unwrap();
        assert_refused(&mut network, &[0.0; N], 7);
    });
}

#[test]
fn a_state_that_is_still_beyond_the_bound_is_looked_at_again() {
    // the step is so short that the state hardly moves
    with_network(0.0, 1e-6, |mut network| {
        network.start_from(&[-LARGEST; N]).unwrap();
        network.step().unwrap();
        assert!(network.state()[0] < -0.999 * LARGEST);
        let mut input = [0.0; N];
        input[3] = 1e36;
        assert_refused(&mut network, &input, 3);
        // a snapshot of it is no safer
        let mut bytes = std::vec![0; network.snapshot_len()];
        network.snapshot(&mut bytes).unwrap();
        network.restore(&bytes).unwrap();
        assert_refused(&mut network, &input, 3);
    });
}

#[test]
fn couplings_beyond_their_bound_are_looked_at_in_every_step() {
    with_network(3e38, 0.5, |mut network| {
        network.start_from(&[1.0; N]).unwrap();
        assert_refused(&mut network, &[0.0; N], 0);
        // rates of 0 drive nothing
        network.rest();
        network.step().unwrap();
    });
}

/// Both paths give the same bits where both may go: a state is taken from one network to another that is not sure of it.
#[test]
fn the_path_that_looks_gives_the_bits_of_the_sure_one() {
    let mut digests = [Vec::new(), Vec::new()];
    for (is_sure, digests) in [true, false].into_iter().zip(&mut digests) {
        with_network(0.02, 0.05, |mut network| {
            let x: Vec<f32> = (0..N).map(|i| (i % 7) as f32 * 0.3 - 0.9).collect();
            network.start_from(&x).unwrap();
            let mut input = [0.0; N];
            for step in 0..60 {
                if step == 40 {
                    network.freeze();
                }
                input[1] = (step % 3) as f32;
                // never sure again, as if the state were beyond the bound
                network.bounded &= is_sure;
                network.step_with_input(&input).unwrap();
                digests.push(network.digest());
            }
        });
    }
    assert_eq!(digests[0], digests[1]);
}
