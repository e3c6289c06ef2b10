//! The kernel's packed walk against its plain twin: every bit of x and A, for any N, plastic, frozen and driven.

mod support;

use freezable_chaos::{AnyTransfer, ExactNetwork, Params, Plasticity, Start, Transfer, TransferId};
use support::{PlainNetwork, Storage};

fn assert_same_bits<T: Transfer>(network: &ExactNetwork<'_, T>, plain: &PlainNetwork<T>, moment: &str) {
    let n = network.n();
    for i in 0..n {
        assert_eq!(
            network.state()[i].to_bits(),
            plain.x[i].to_bits(),
            "x[{i}] of {n} {moment}"
        );
        for j in 0..n {
            let a = network
                .connectivity()
                .synapses()
                .get(i, j)
                .expect("within the size");
            assert_eq!(
                a.to_bits(),
                plain.a[i * n + j].to_bits(),
                "A[{i}, {j}] of {n} {moment}"
            );
        }
    }
}

#[test]
fn packed_walk_gives_the_bits_of_the_plain_twin() {
    for n in [1, 2, 3, 4, 5, 7, 8, 17, 31, 64, 65] {
        for (start, k) in [(Start::Small, 2.0), (Start::Large, -3.0)] {
            let params = Params {
                g: 3.0,
                k,
                p: 2.5,
                dt: 0.05,
            };
            let mut storage = Storage::new(n, params, 11);
            let mut network = storage.network(AnyTransfer::Tanh);
            network.start(start, &mut support::state_generator(5));
            let couplings = network.connectivity().couplings();
            let mut plain = PlainNetwork::start(*network.dynamics(), couplings, AnyTransfer::Tanh, start, 5);
            assert_same_bits(&network, &plain, "at the start");
            let input: Vec<f32> = (0..n).map(|i| if i % 3 == 0 { 0.5 } else { -0.25 }).collect();
            for step in 0..400 {
                match step {
                    200 => {
                        network.freeze();
                        plain.plasticity = Plasticity::Frozen;
                    }
                    300 => {
                        network.release();
                        plain.plasticity = Plasticity::Running;
                    }
                    _ => {}
                }
                if (100..150).contains(&step) {
                    network.step_with_input(&input).expect("finite");
                    plain.step(Some(&input));
                } else {
                    network.step().expect("finite");
                    plain.step(None);
                }
            }
            assert_same_bits(&network, &plain, "after 400 steps");
        }
    }
}

#[test]
fn every_transfer_backend_gives_the_bits_of_the_plain_twin() {
    for id in [
        TransferId::TANH,
        TransferId::LIBM_TANH,
        TransferId::LIBM_ERF,
        TransferId::MICROMATH_TANH,
    ] {
        let transfer = AnyTransfer::from_id(id).expect("all backends are enabled");
        assert_eq!(transfer.id(), id);
        let mut storage = Storage::new(
            9,
            Params {
                g: 3.0,
                k: 2.0,
                p: 2.5,
                dt: 0.05,
            },
            2,
        );
        let mut network = storage.network(transfer);
        network.start(Start::Small, &mut support::state_generator(1));
        let couplings = network.connectivity().couplings();
        let mut plain = PlainNetwork::start(*network.dynamics(), couplings, transfer, Start::Small, 1);
        for _ in 0..300 {
            network.step().expect("finite");
            plain.step(None);
        }
        assert_same_bits(&network, &plain, "after 300 steps");
    }
}
