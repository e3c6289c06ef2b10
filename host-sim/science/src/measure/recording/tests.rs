use freezable_chaos::Params;

use super::*;
use crate::networks::{Ensemble, Network, with_simulation};

const N: usize = 12;

fn ensemble() -> Ensemble {
    let params = Params {
        g: 2.0,
        k: 2.0,
        p: 2.5,
        dt: 0.05,
    };
    Ensemble::of(Network::exact(N, params).unwrap(), 1).unwrap()
}

fn recorder(quantities: &[Quantity], neurons: Option<&[usize]>) -> Recorder {
    Recorder {
        quantities: quantities.to_vec(),
        every: 5,
        neurons: neurons.map(<[usize]>::to_vec),
    }
}

fn record(recorder: &Recorder, steps: u64, input: &mut dyn InputSource) -> Result<Recording, Stopped> {
    with_simulation(&ensemble(), 0, |network| recorder.run(network, steps, input, &()))
}

/// A constant input.
struct Constant([f32; N]);

impl InputSource for Constant {
    fn at(&mut self, _step: u64) -> Result<Option<&[f32]>, Stopped> {
        Ok(Some(&self.0))
    }
}

#[test]
fn samples_are_the_states_of_the_trajectory() {
    let found = record(&recorder(&Quantity::ALL, None), 23, &mut ()).unwrap();
    assert_eq!(found.steps, [5, 10, 15, 20]);
    with_simulation(&ensemble(), 0, |network| {
        (0..10).for_each(|_| network.step().unwrap());
        let (mut rates, mut states) = (Vec::new(), Vec::new());
        network.copy_rates(&mut rates);
        network.copy_state(&mut states);
        let samples = |quantity| {
            let mut of = found.samples.iter().filter(|(of, _)| *of == quantity);
            of.next().unwrap().1.clone()
        };
        assert_eq!(samples(Quantity::Rates)[N..2 * N], rates);
        let x: Vec<f64> = samples(Quantity::States)[N..2 * N]
            .iter()
            .map(|&x| x.into())
            .collect();
        assert_eq!(x, states);
        assert_eq!(f64::from(samples(Quantity::Speed)[1]), network.speed().rms);
        let plastic = samples(Quantity::Plastic);
        let a: Vec<f64> = plastic[N * N..2 * N * N].iter().map(|&a| a.into()).collect();
        assert_eq!(a, network.couplings().1);
        assert!(a.iter().any(|&a| a != 0.0));
        let quenched: Vec<f64> = samples(Quantity::Quenched).iter().map(|&j| j.into()).collect();
        assert_eq!(quenched, network.couplings().0);
        Ok(())
    })
    .unwrap();
    let arrays = found.into_arrays(|step| step as f64 / 20.0);
    let shapes: Vec<Vec<usize>> = arrays.iter().map(Array::shape).collect();
    let expected = [
        vec![4],
        vec![4, N],
        vec![4, N],
        vec![4],
        vec![4, N, N],
        vec![N, N],
    ];
    assert_eq!(shapes, expected);
}

#[test]
fn chosen_neurons_are_those_of_all() {
    let of = [Quantity::Rates, Quantity::Plastic];
    let all = record(&recorder(&of, None), 5, &mut ()).unwrap();
    let some = record(&recorder(&of, Some(&[7, 2])), 5, &mut ()).unwrap();
    let (all_rates, all_plastic) = (&all.samples[0].1, &all.samples[1].1);
    assert_eq!(some.samples[0].1, [all_rates[7], all_rates[2]]);
    let at = |i: usize, j: usize| all_plastic[i * N + j];
    assert_eq!(some.samples[1].1, [at(7, 7), at(7, 2), at(2, 7), at(2, 2)]);
}

#[test]
fn an_input_moves_the_network() {
    let of = recorder(&[Quantity::States], None);
    let still = record(&of, 5, &mut ()).unwrap();
    let driven = record(&of, 5, &mut Constant([1.0; N])).unwrap();
    for (still, driven) in still.samples[0].1.iter().zip(&driven.samples[0].1) {
        assert!(driven > still, "{driven} and {still}");
    }
}

#[test]
fn refusals_name_what_was_asked_for() {
    let refused = |recorder: Recorder, steps| record(&recorder, steps, &mut ()).unwrap_err().to_string();
    let rates = [Quantity::Rates];
    let never = Recorder {
        every: 0,
        ..recorder(&rates, None)
    };
    assert_eq!(refused(never, 5), "every 0 is below its bound 1");
    assert_eq!(
        refused(recorder(&rates, Some(&[1, N])), 5),
        "neurons 12 is above its bound 11"
    );
    assert_eq!(
        refused(recorder(&[Quantity::Rates; 2], None), 5),
        "record phi is asked for twice"
    );
    assert!(refused(recorder(&rates, None), u64::MAX).contains("no memory"));
    assert_eq!(
        Quantity::named("rate").unwrap_err().to_string(),
        "record rate is not one of phi, x, speed, A and J"
    );
}
