//! The working memory: stored states are held and recalled bit for bit, and a dead network is noticed and restarted.

mod support;

use freezable_chaos::Generator;
use freezable_chaos::{
    ActivityRule, ActivityWatch, Cue, HistoryRule, Params, Plasticity, Purpose, Simd, SnapshotError, Start,
    Tanh,
};
use support::{CompactStorage, state_generator};

const PARAMS: Params = Params {
    g: 2.0,
    k: 2.0,
    p: 2.5,
    dt: 0.05,
};

fn storage(n: usize, params: Params) -> CompactStorage {
    CompactStorage::new(n, params, HistoryRule::recommended(&params), 7)
}

#[test]
fn a_recalled_state_is_the_stored_one_and_stays_frozen() {
    let mut storage = storage(256, PARAMS);
    let mut network = storage.network(Tanh, false, Simd::detect());
    network.start(Start::Small, &mut state_generator(3));
    let mut input = vec![0.0; 256];
    Cue {
        seed: 1,
        index: 2,
        strength: 1.0,
    }
    .write(&mut input);
    (0..400).for_each(|_| network.step_with_input(&input).expect("finite"));

    let mut bytes = vec![0; network.snapshot_len()];
    assert_eq!(network.store(&mut bytes), Ok(bytes.len()));
    assert_eq!(network.plasticity(), Plasticity::Frozen);
    (0..1000).for_each(|_| network.step().expect("finite"));
    let (held, rates) = (network.digest(), network.rates().to_vec());
    network.release();
    (0..2000).for_each(|_| network.step().expect("finite"));
    assert!(
        network.overlap(&rates).expect("of one size") < 0.9,
        "released, the state is left"
    );

    network.recall(&bytes).expect("its own state");
    assert_eq!(network.plasticity(), Plasticity::Frozen);
    (0..1000).for_each(|_| network.step().expect("finite"));
    assert_eq!(network.digest(), held);
}

#[test]
fn what_cannot_be_stored_or_recalled_leaves_the_network_as_it_was() {
    let mut storage = storage(32, PARAMS);
    let mut network = storage.network(Tanh, false, Simd::detect());
    network.start(Start::Small, &mut state_generator(3));
    let length = network.snapshot_len();
    let mut bytes = vec![0; length];
    assert!(matches!(
        network.store(&mut bytes[1..]),
        Err(SnapshotError::Buffer { .. })
    ));
    assert_eq!(network.plasticity(), Plasticity::Running);
    // A snapshot of a running network is taken up frozen.
    network.snapshot(&mut bytes).expect("fits");
    (0..50).for_each(|_| network.step().expect("finite"));
    let before = network.digest();
    let mut torn = bytes.clone();
    torn[length / 2] ^= 1;
    assert!(matches!(
        network.recall(&torn),
        Err(SnapshotError::Checksum { .. })
    ));
    assert_eq!(
        (network.digest(), network.plasticity()),
        (before, Plasticity::Running)
    );
    network.recall(&bytes).expect("its own state");
    assert_eq!(network.plasticity(), Plasticity::Frozen);
}

#[test]
fn only_a_dead_network_is_restarted_and_the_restarts_differ() {
    let starts = |params: Params, steps: u32| {
        let mut storage = storage(128, params);
        let mut network = storage.network(Tanh, false, Simd::detect());
        let mut watch =
            ActivityWatch::new(network.dynamics(), ActivityRule::RECOMMENDED).expect("a good rule");
        let mut states = Generator::new(3, 0, Purpose::State);
        network.start(Start::Large, &mut states);
        let mut starts = vec![network.state().to_vec()];
        for _ in 0..steps {
            network.step().expect("finite");
            if watch.is_dead(network.plasticity(), network.speed()) {
                network.start(Start::Large, &mut states);
                starts.push(network.state().to_vec());
            }
        }
        starts
    };
    // Below g = 1 without plasticity every state decays.
    let dying = starts(
        Params {
            g: 0.8,
            k: 0.0,
            ..PARAMS
        },
        6000,
    );
    assert!(dying.len() > 2, "{} starts", dying.len());
    assert!(dying.windows(2).all(|pair| pair[0] != pair[1]));
    // Strong chaos without plasticity never stands still.
    assert_eq!(
        starts(
            Params {
                g: 3.0,
                k: 0.0,
                ..PARAMS
            },
            6000
        )
        .len(),
        1
    );
}
