//! The working memory: stored states are held and recalled bit for bit, and a dead network is noticed and restarted.

mod support;

use freezable_chaos::Generator;
use freezable_chaos::{
    ActivityRule, ActivityWatch, Connectivity, Cue, HistoryRule, Network, Params, Plasticity, Purpose, Simd,
    SnapshotError, Start, Tanh, WriteProgress, WriteRule,
};
use support::{CompactStorage, Storage, state_generator};

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

/// Writes an event of ten time units of two cues in turn.
fn event<C: Connectivity>(network: &mut Network<'_, C>, seed: u64) -> WriteProgress {
    let mut input = vec![0.0; network.n()];
    let mut write = WriteRule::RECOMMENDED.begin(network).expect("a good rule");
    for step in 0..200 {
        let cue = Cue {
            seed,
            index: step / 100,
            strength: 0.5,
        };
        cue.write(&mut input);
        write.drive(network, &input).expect("finite");
    }
    write.finish(network).expect("finite")
}

fn check_write<C: Connectivity>(network: &mut Network<'_, C>) {
    network.start(Start::Large, &mut state_generator(3));
    (0..500).for_each(|_| network.step().expect("finite"));
    assert_eq!(event(network, 1), WriteProgress::Held);
    assert_eq!(network.plasticity(), Plasticity::Frozen);
    let (digest, rates) = (network.digest(), network.rates().to_vec());
    // What was before the event is not in the state.
    network.start(Start::Small, &mut state_generator(4));
    (0..300).for_each(|_| network.step().expect("finite"));
    event(network, 1);
    assert_eq!(network.digest(), digest);
    // It stands still, and another event is another state.
    (0..2000).for_each(|_| network.step().expect("finite"));
    assert!(network.overlap(&rates).expect("of one size") > 0.99999);
    assert_eq!(event(network, 2), WriteProgress::Held);
    assert!(network.overlap(&rates).expect("of one size").abs() < 0.7);
}

#[test]
fn an_event_is_written_into_both_networks_whatever_was_before() {
    let params = Params {
        g: 1.5,
        k: 2.5,
        ..PARAMS
    };
    let mut compact = storage(256, params);
    check_write(&mut compact.network(Tanh, false, Simd::detect()));
    let mut exact = Storage::new(200, params, 7);
    check_write(&mut exact.network(Tanh));
}

#[test]
fn a_network_that_does_not_freeze_is_left_running_at_the_deadline() {
    let params = Params {
        g: 3.0,
        k: 0.0,
        ..PARAMS
    };
    let mut storage = storage(128, params);
    let mut network = storage.network(Tanh, false, Simd::detect());
    let rule = WriteRule {
        deadline: 20.0,
        ..WriteRule::RECOMMENDED
    };
    let mut write = rule.begin(&mut network).expect("a good rule");
    let input = vec![1.0; 128];
    (0..100).for_each(|_| write.drive(&mut network, &input).expect("finite"));
    assert_eq!(write.finish(&mut network), Ok(WriteProgress::Moving));
    assert_eq!(
        (network.plasticity(), network.steps()),
        (Plasticity::Running, 100 + 2 * (60 + 400))
    );
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
