//! Snapshots that are written and read piece by piece: the bytes and the refusals of those in a buffer, and networks that
//! never meet a torn state.

#[allow(dead_code, reason = "each test binary uses its own part")]
#[path = "support/flash.rs"]
mod flash;
mod support;

use flash::NorModel;
use freezable_chaos::storage::{Slots, StorageError};
use freezable_chaos::{
    Connectivity, DenseCouplings, Dynamics, Error, ExactBuffers, Network, Params, Pieces, Plasticity,
    RestoreError, Simd, SnapshotError, SnapshotSource, Start, Tanh, couplings_len, dense_image, dynamics,
    exact_buffers,
};
use support::{CompactStorage, PARAMS, PanelStorage, Storage, rule, state_generator};

fn advance<C: Connectivity>(network: &mut Network<'_, C, Tanh>, steps: u32) {
    for _ in 0..steps {
        network.step().expect("finite");
    }
}

fn snapshot<C: Connectivity>(network: &Network<'_, C, Tanh>) -> Vec<u8> {
    let mut bytes = vec![0; network.snapshot_len()];
    assert_eq!(network.snapshot(&mut bytes), Ok(bytes.len()));
    bytes
}

/// All bytes in pieces of that length.
fn in_pieces(mut pieces: impl Pieces, length: usize) -> Vec<u8> {
    let (mut all, mut buffer) = (Vec::new(), vec![0; length]);
    while pieces.left() > 0 {
        let count = pieces.next_bytes(&mut buffer);
        assert!(count == length || pieces.left() == 0);
        all.extend_from_slice(&buffer[..count]);
    }
    assert_eq!(pieces.next_bytes(&mut buffer), 0);
    all
}

/// A source that fails at one read, or has a flipped bit from one read on.
struct Fault<'a> {
    bytes: &'a [u8],
    read: usize,
    fails_at: usize,
    flips_from: usize,
}

impl SnapshotSource for Fault<'_> {
    type Error = usize;

    fn read(&mut self, offset: usize, bytes: &mut [u8]) -> Result<(), usize> {
        assert!(bytes.len() <= 64, "a piece of {} bytes", bytes.len());
        self.read += 1;
        if self.read == self.fails_at {
            return Err(self.read);
        }
        bytes.copy_from_slice(&self.bytes[offset..offset + bytes.len()]);
        if self.read >= self.flips_from {
            bytes[0] ^= 1;
        }
        Ok(())
    }
}

/// Everything that pieces have to keep, of a network and one to which its state is handed.
fn check<C: Connectivity>(mut network: Network<'_, C, Tanh>, mut other: Network<'_, C, Tanh>) {
    let n = network.n();
    network.start(Start::Large, &mut state_generator(3));
    advance(&mut network, 37);
    for is_frozen in [false, true] {
        if is_frozen {
            network.freeze();
        }
        let bytes = snapshot(&network);
        for length in [1, 3, 4, 51, 64, 100, 4096] {
            assert_eq!(
                in_pieces(network.snapshot_pieces().expect("finite"), length),
                bytes,
                "{length} bytes, N = {n}"
            );
            let head: &[u8] = b"head";
            let both = in_pieces((head, network.snapshot_pieces().expect("finite")), length);
            assert_eq!(both, [head, &bytes].concat());
        }
        assert_eq!(in_pieces(bytes.as_slice(), 5), bytes);

        other.start(Start::Small, &mut state_generator(8));
        advance(&mut other, 5);
        other
            .restore_from(&mut bytes.as_slice(), bytes.len())
            .expect("a snapshot");
        assert_eq!(snapshot(&other), bytes);
        advance(&mut network, 3);
        advance(&mut other, 3);
        assert_eq!(other.digest(), network.digest());
        assert_eq!(other.plasticity(), network.plasticity());
    }

    let bytes = snapshot(&network);
    let mut fault = |fails_at, flips_from| {
        other.start(Start::Small, &mut state_generator(8));
        advance(&mut other, 5);
        let before = (other.digest(), other.steps());
        let mut source = Fault {
            bytes: &bytes,
            read: 0,
            fails_at,
            flips_from,
        };
        let outcome = other.restore_from(&mut source, bytes.len());
        let is_untouched = (other.digest(), other.steps()) == before;
        let is_at_rest = other.state().iter().all(|&x| x == 0.0) && other.steps() == 0;
        (outcome, is_untouched, is_at_rest)
    };
    let mut reads = 0;
    let mut at_rest = 0;
    loop {
        reads += 1;
        let (outcome, is_untouched, is_at_rest) = fault(reads, usize::MAX);
        if outcome == Ok(()) {
            break;
        }
        assert_eq!(outcome, Err(RestoreError::Source(reads)));
        assert!(is_untouched || is_at_rest, "torn by read {reads}, N = {n}");
        at_rest += usize::from(is_at_rest);
    }
    // All but the checksum is read twice; nothing is written before the second reading of x.
    assert_eq!(at_rest, (reads - 2) / 2 - 2, "N = {n}");
    for read in 1..reads {
        let (outcome, is_untouched, is_at_rest) = fault(usize::MAX, read);
        let Err(RestoreError::Snapshot(refusal)) = outcome else {
            panic!("{outcome:?} from read {read} on");
        };
        let is_second = read > reads / 2;
        assert!(
            if is_second { is_at_rest } else { is_untouched },
            "{refusal}, read {read}"
        );
        let is_of_header = read == 1 && refusal == SnapshotError::Magic;
        assert!(
            is_of_header || matches!(refusal, SnapshotError::Checksum { .. }),
            "{refusal}"
        );
    }
}

#[test]
fn pieces_are_the_snapshot_of_every_network() {
    for n in [1, 5, 16, 33] {
        let (mut first, mut second) = (Storage::new(n, PARAMS, 3), Storage::new(n, PARAMS, 3));
        check(first.network(Tanh), second.network(Tanh));
        let (mut first, mut second) = (PanelStorage::new(n, PARAMS, 3), PanelStorage::new(n, PARAMS, 3));
        check(
            first.network(Tanh, Simd::detect()),
            second.network(Tanh, Simd::detect()),
        );
        for rule in [rule(1, 1), rule(5, 7)] {
            let mut storages = [(); 2].map(|()| CompactStorage::new(n, PARAMS, rule, 3));
            let [first, second] = &mut storages;
            let (first, second) = (
                first.network(Tanh, true, Simd::detect()),
                second.network(Tanh, true, Simd::detect()),
            );
            check(first, second);
        }
    }
}

#[test]
fn what_is_fed_is_what_is_wanted() {
    let mut storage = Storage::new(9, PARAMS, 3);
    let mut network = storage.network(Tanh);
    let bytes = snapshot(&network);
    assert!(matches!(
        network.restoring(55),
        Err(SnapshotError::Length { found: 55, .. })
    ));
    let mut restoring = network.restoring(bytes.len()).expect("long enough");
    assert_eq!(restoring.wanted(1000), Some(0..52));
    assert!(matches!(
        restoring.feed(&bytes[..51]),
        Err(SnapshotError::Length { .. })
    ));
    drop(restoring);
    let mut restoring = network.restoring(bytes.len()).expect("long enough");
    while let Some(wanted) = restoring.wanted(130) {
        assert!(wanted.len() <= 128);
        restoring.feed(&bytes[wanted]).expect("as wanted");
    }
}

const N: usize = 64;
const DYNAMICS: Dynamics = dynamics!(
    Params {
        g: 1.5,
        k: 1.5,
        p: 2.5,
        dt: 0.05
    },
    N
);
/// One's own couplings, in flash.
static COUPLINGS: [f32; couplings_len(N)] = dense_image!({
    let mut rows = [[0.0; N]; N];
    let mut i = 0;
    while i < N {
        let mut j = 0;
        while j < N {
            rows[i][j] = ((i * 31 + j * 17 + i * j) % 23) as f32 / 23.0 - 0.478;
            j += 1;
        }
        i += 1;
    }
    rows
});

/// Flash of a chip with 16 KB of RAM: words and pages of an nRF51.
type Nrf51 = NorModel<4, 1024>;

#[test]
fn sixty_four_neurons_are_stored_and_recalled_without_a_buffer() {
    let mut buffers: Box<exact_buffers!(N)> = Box::new(ExactBuffers::new());
    // Of 16 KiB, the rest is for the stack.
    assert!(size_of_val(&*buffers) < 9_500);
    let couplings = DenseCouplings::from_image(&COUPLINGS, &DYNAMICS).expect("an image");
    let mut network = buffers.network(DYNAMICS, couplings, Tanh).expect("parts fit");
    let mut flash = Nrf51::new(20, 1);

    assert_eq!(
        Slots::new(&mut flash).recall(&mut network),
        Err(Error::Storage(StorageError::Empty))
    );
    network.start(Start::Small, &mut state_generator(3));
    let mut stored = Vec::new();
    for generation in 1..=3 {
        network.release();
        advance(&mut network, 200);
        let record = Slots::new(&mut flash).store(&mut network).expect("it fits");
        assert_eq!(
            (record.generation(), record.len() as usize),
            (generation, network.snapshot_len())
        );
        assert_eq!(network.plasticity(), Plasticity::Frozen);
        stored.push(network.digest());
        network.release();
        advance(&mut network, 50);
        assert_ne!(network.digest(), stored[stored.len() - 1]);
        let recalled = Slots::new(&mut flash).recall(&mut network).expect("whole");
        assert_eq!(recalled.generation(), generation);
        assert_eq!(network.digest(), stored[stored.len() - 1]);
        assert_eq!(network.plasticity(), Plasticity::Frozen);
    }
    // What does not fit is not stored, and nothing is frozen.
    network.release();
    let refusal = Slots::new(&mut Nrf51::new(16, 1)).store(&mut network);
    assert!(matches!(refusal, Err(Error::Storage(StorageError::Room { .. }))));
    assert_eq!(network.plasticity(), Plasticity::Running);

    // Behind a head of the program's own.
    let head: &[u8] = b"a program's own words";
    let mut slots = Slots::new(&mut flash);
    let record = slots
        .write_pieces((head, network.snapshot_pieces().expect("finite")))
        .expect("it fits");
    let held = network.digest();
    advance(&mut network, 1);
    let (start, length) = (head.len() as u32, network.snapshot_len());
    network
        .restore_from(&mut slots.source(record, start), length)
        .expect("whole");
    assert_eq!(network.digest(), held);
    let beyond = network.restore_from(&mut slots.source(record, start + 1), length);
    assert!(matches!(
        beyond,
        Err(RestoreError::Snapshot(SnapshotError::Magic))
    ));
}
