//! Calls every public entry point of the compact network with arguments that the compiler cannot know: signs stored and
//! hashed, in static buffers and, for networks whose sums need 64 bits too, on borrowed slices. Only
//! `HistorySynapses::get` is left out: it looks at single synapses in double precision, for a host.
#![no_std]
#![no_main]

#[path = "../memory.rs"]
mod memory;
#[path = "../panic.rs"]
mod panic;
#[path = "../unknown.rs"]
mod unknown;

use core::hint::black_box;

use cortex_m_rt::entry;
use freezable_chaos::{
    Compact, CompactBuffers, CompactNetwork, Connectivity, Dynamics, Generator, HashedSigns, HistoryRule,
    HistorySynapses, Network, Neurons, Purpose, SignCouplings, Signs, Start, SumBuffers, Tanh, Trace,
    history_len, signs_len, wide_len,
};

use crate::unknown::{params, unknown};

/// Neurons that the static buffers hold.
const CAPACITY: usize = 32;
/// Neurons of a network whose sums are gathered in 64 bits: nothing runs this, so they need no more room.
const LARGE: usize = 2100;

type Buffers = CompactBuffers<CAPACITY>;

/// Storage of the large network.
struct Slices {
    neurons: [[f32; LARGE]; 3],
    history: [i8; history_len(LARGE, 8)],
    tables: [[i32; 256]; 8],
    sums: [i32; LARGE],
    wide: [i64; wide_len(LARGE)],
}

#[inline(never)]
fn validate(n: usize) -> Option<Dynamics> {
    params().validate(black_box(n)).ok()
}

#[inline(never)]
fn rule() -> Option<HistoryRule> {
    let recommended = HistoryRule::recommended(&params());
    black_box(recommended);
    let rule = HistoryRule {
        samples: black_box(8),
        spacing: black_box(20),
        levels: black_box(127),
    };
    rule.validate().ok()
}

#[inline(never)]
fn hash(dynamics: &Dynamics) -> HashedSigns {
    let signs = HashedSigns::new(dynamics, black_box(1), black_box(2));
    black_box((signs.n(), signs.is_positive(black_box(1), black_box(2))));
    signs
}

#[inline(never)]
fn store<'a>(buffer: &'a mut [u64], hashed: &HashedSigns) -> Option<SignCouplings<'a>> {
    SignCouplings::store(buffer, hashed).ok()
}

#[inline(never)]
fn seed<'a>(buffer: &'a mut [u64], dynamics: &Dynamics) -> Option<SignCouplings<'a>> {
    let mut generator = Generator::new(black_box(1), black_box(2), Purpose::Couplings);
    SignCouplings::seed(buffer, dynamics, &mut generator).ok()
}

/// Signs of one's own.
#[inline(never)]
fn own<'a>(buffer: &'a mut [u64], rows: &[i8], dynamics: &Dynamics) -> Option<SignCouplings<'a>> {
    SignCouplings::from_rows(buffer, rows, dynamics).ok()
}

#[inline(never)]
fn borrow<'a>(words: &'a [u64], dynamics: &Dynamics) -> Option<SignCouplings<'a>> {
    let signs = SignCouplings::from_image(words, dynamics).ok()?;
    black_box((signs.n(), signs.image()));
    black_box(signs.is_positive(black_box(1), black_box(2)));
    Some(signs)
}

#[inline(never)]
fn start(network: &mut CompactNetwork<'_>) {
    let mut generator = Generator::new(black_box(1), black_box(2), Purpose::State);
    network.start(black_box(Start::Large), &mut generator);
    let mut state = [0.0; CAPACITY];
    black_box(network.start_from(unknown(&mut state)).is_ok());
}

#[inline(never)]
fn step(network: &mut CompactNetwork<'_>) -> bool {
    network.step().is_ok()
}

#[inline(never)]
fn step_with_input(network: &mut CompactNetwork<'_>) -> bool {
    let mut input = [0.1; CAPACITY];
    network.step_with_input(unknown(&mut input)).is_ok()
}

#[inline(never)]
fn freeze(network: &mut CompactNetwork<'_>) {
    network.freeze();
    black_box(network.plasticity());
    network.release();
}

#[inline(never)]
fn observe(network: &CompactNetwork<'_>) {
    let mut remembered = [0.5; CAPACITY];
    black_box(network.overlap(unknown(&mut remembered)).ok());
    black_box((
        network.speed(),
        network.digest(),
        network.steps(),
        network.rates(),
    ));
    let connectivity = network.connectivity();
    black_box((connectivity.couplings_digest(), connectivity.phase()));
    let signs = connectivity.signs();
    black_box((signs.n(), signs.is_positive(black_box(1), black_box(2))));
}

#[inline(never)]
fn look_at_history(network: &CompactNetwork<'_>) {
    let history = network.connectivity().history();
    black_box((history.n(), history.rule(), history.phase()));
    history.weights().for_each(|weight| {
        black_box(weight);
    });
    history.newest_first().for_each(|sample| {
        black_box(sample);
    });
}

#[inline(never)]
fn snapshot(network: &CompactNetwork<'_>, buffer: &mut [u8]) -> usize {
    network.snapshot(buffer).unwrap_or(0)
}

#[inline(never)]
fn restore(network: &mut CompactNetwork<'_>, buffer: &[u8]) -> bool {
    network.restore(buffer).is_ok()
}

#[inline(never)]
fn record(network: &CompactNetwork<'_>) {
    let mut trace = Trace::<4>::new();
    trace.record(network);
    black_box(trace.iter().count());
}

/// Everything that a network can be asked to do.
#[inline(never)]
fn exercise(mut network: CompactNetwork<'_>, bytes: &mut [u8]) {
    start(&mut network);
    black_box(step(&mut network));
    black_box(step_with_input(&mut network));
    freeze(&mut network);
    observe(&network);
    look_at_history(&network);
    record(&network);
    let length = snapshot(&network, unknown(bytes));
    black_box(restore(&mut network, bytes.get(..length).unwrap_or_default()));
    memory::exercise(&mut network, unknown(bytes));
}

/// A network in static buffers.
#[inline(never)]
fn in_static_storage<'a>(
    buffers: &'a mut Buffers,
    dynamics: Dynamics,
    signs: Signs<'a>,
    bytes: &mut [u8],
) -> Option<()> {
    exercise(buffers.network(dynamics, signs, rule()?, Tanh).ok()?, bytes);
    Some(())
}

/// A network on borrowed slices, of a size that only [`black_box`] knows.
#[inline(never)]
fn on_borrowed_slices<'a>(
    slices: &'a mut Slices,
    dynamics: Dynamics,
    signs: Signs<'a>,
    bytes: &mut [u8],
) -> Option<()> {
    let [x, phi, velocity] = slices.neurons.each_mut().map(|values| unknown(values));
    let neurons = Neurons::new(x, phi, velocity).ok()?;
    let history = HistorySynapses::new(unknown(&mut slices.history), &dynamics, rule()?).ok()?;
    let (sums, wide) = (unknown(&mut slices.sums), unknown(&mut slices.wide));
    let buffers = SumBuffers::new(&mut slices.tables, sums, wide, &dynamics).ok()?;
    let mut compact = Compact::new(signs, history, buffers).ok()?;
    if black_box(true) {
        compact = compact.with_portable_loops();
    }
    exercise(Network::new(dynamics, Tanh, neurons, compact).ok()?, bytes);
    Some(())
}

/// Every source of signs, every storage.
#[inline(never)]
fn all(words: &mut [u64], buffers: &mut Buffers, slices: &mut Slices, bytes: &mut [u8]) -> Option<()> {
    let small = validate(CAPACITY)?;
    black_box(own(unknown(words), unknown(&mut slices.history), &small));
    in_static_storage(buffers, small, hash(&small).into(), bytes)?;
    let seeded = seed(unknown(words), &small)?;
    in_static_storage(buffers, small, seeded.into(), bytes)?;
    let large = validate(LARGE)?;
    let hashed = hash(&large);
    on_borrowed_slices(slices, large, hashed.clone().into(), bytes)?;
    let stored = store(unknown(words), &hashed)?;
    let borrowed = borrow(stored.image(), &large)?;
    on_borrowed_slices(slices, large, borrowed.into(), bytes)
}

#[entry]
fn main() -> ! {
    // The entry macro makes these statics, and hands them out once.
    static mut WORDS: [u64; signs_len(CAPACITY)] = [0; signs_len(CAPACITY)];
    static mut BUFFERS: Buffers = Buffers::new();
    static mut SLICES: Slices = Slices {
        neurons: [[0.0; LARGE]; 3],
        history: [0; history_len(LARGE, 8)],
        tables: [[0; 256]; 8],
        sums: [0; LARGE],
        wide: [0; wide_len(LARGE)],
    };
    static mut BYTES: [u8; 4096] = [0; 4096];
    loop {
        black_box(all(WORDS, BUFFERS, SLICES, BYTES));
    }
}
