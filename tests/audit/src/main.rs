//! Calls every public entry point of the exact network, and all that networks share, with arguments that the compiler
//! cannot know. `bin/compact.rs` has the compact network, `bin/frames.rs` the frames.
//!
//! Each call sits in a function of its own, so that the table of stack frames names what needs the stack.
#![no_std]
#![no_main]

mod memory;
mod panic;
mod unknown;

use core::hint::black_box;

use cortex_m_rt::entry;
use freezable_chaos::random::{Randomness, UserRandomness};
use freezable_chaos::transfer::{
    AnyTransfer, LibmErf, LibmTanh, MicromathTanh, PortableTanh, Tanh, Transfer, TransferId,
};
use freezable_chaos::{
    DenseCouplings, Dynamics, Exact, ExactBuffers, ExactNetwork, Generator, Network, Neurons, PackedSynapses,
    Purpose, Start, Trace, couplings_len, merged_len, synapses_len,
};

use crate::unknown::{params, unknown};

/// Neurons that the static storage holds.
const CAPACITY: usize = 32;
const COUPLINGS: usize = couplings_len(CAPACITY);
const SYNAPSES: usize = synapses_len(CAPACITY);
const PANELS: usize = merged_len(CAPACITY);

type Buffers = ExactBuffers<CAPACITY, SYNAPSES>;

#[inline(never)]
fn validate() -> Option<Dynamics> {
    params().validate(black_box(CAPACITY)).ok()
}

#[inline(never)]
fn seed<'a>(buffer: &'a mut [f32], dynamics: &Dynamics) -> Option<DenseCouplings<'a>> {
    let mut generator = Generator::new(black_box(1), black_box(2), Purpose::Couplings);
    black_box(generator.next_u32());
    black_box(generator.gaussian());
    DenseCouplings::seed(buffer, dynamics, &mut generator).ok()
}

#[inline(never)]
fn borrow<'a>(values: &'a [f32], dynamics: &Dynamics) -> Option<DenseCouplings<'a>> {
    let couplings = DenseCouplings::from_image(values, dynamics).ok()?;
    black_box((couplings.n(), couplings.gain(), couplings.digest()));
    black_box(couplings.get(black_box(1), black_box(2)));
    Some(couplings)
}

/// A matrix of one's own.
#[inline(never)]
fn own<'a>(buffer: &'a mut [f32], rows: &[f32], dynamics: &Dynamics) -> Option<DenseCouplings<'a>> {
    black_box(DenseCouplings::from_fn(unknown(buffer), dynamics, |i, j| (i + j) as f32).is_ok());
    DenseCouplings::from_rows(buffer, rows, dynamics).ok()
}

#[inline(never)]
fn start<T: Transfer>(network: &mut ExactNetwork<'_, T>) {
    let mut generator = Generator::new(black_box(1), black_box(2), Purpose::State);
    network.start(black_box(Start::Large), &mut generator);
    let mut state = [0.0; CAPACITY];
    black_box(network.start_from(unknown(&mut state)).is_ok());
}

#[inline(never)]
fn step<T: Transfer>(network: &mut ExactNetwork<'_, T>) -> bool {
    network.step().is_ok()
}

#[inline(never)]
fn step_with_input<T: Transfer>(network: &mut ExactNetwork<'_, T>) -> bool {
    let mut input = [0.1; CAPACITY];
    network.step_with_input(unknown(&mut input)).is_ok()
}

#[inline(never)]
fn freeze<T: Transfer>(network: &mut ExactNetwork<'_, T>) {
    network.freeze();
    black_box(network.plasticity());
    network.release();
}

#[inline(never)]
fn observe<T: Transfer>(network: &ExactNetwork<'_, T>) {
    let mut remembered = [0.5; CAPACITY];
    black_box(network.overlap(unknown(&mut remembered)).ok());
    black_box((
        network.speed(),
        network.digest(),
        network.steps(),
        network.n(),
        network.dynamics(),
    ));
    black_box((network.state(), network.rates(), network.velocity()));
}

#[inline(never)]
fn snapshot<T: Transfer>(network: &ExactNetwork<'_, T>, buffer: &mut [u8]) -> usize {
    black_box(network.snapshot_len());
    network.snapshot(buffer).unwrap_or(0)
}

#[inline(never)]
fn restore<T: Transfer>(network: &mut ExactNetwork<'_, T>, buffer: &[u8]) -> bool {
    network.restore(buffer).is_ok()
}

#[inline(never)]
fn record<T: Transfer>(network: &ExactNetwork<'_, T>) {
    let mut trace = Trace::<4>::new();
    trace.record(network);
    black_box((trace.iter().count(), trace.dropped()));
}

/// Both ways to `rand_core`.
#[inline(never)]
fn exchange_randomness() -> u64 {
    let mut generator = Generator::new(black_box(1), black_box(2), Purpose::Input);
    let mut bytes = [0; 16];
    rand_core::Rng::fill_bytes(&mut generator, unknown(&mut bytes));
    black_box(&bytes);
    let word = rand_core::Rng::next_u64(&mut generator);
    black_box(UserRandomness(generator).gaussian());
    word
}

/// Everything that a network can be asked to do.
fn exercise<T: Transfer>(mut network: ExactNetwork<'_, T>, bytes: &mut [u8]) {
    start(&mut network);
    black_box(step(&mut network));
    black_box(step_with_input(&mut network));
    freeze(&mut network);
    observe(&network);
    record(&network);
    let length = snapshot(&network, unknown(bytes));
    black_box(restore(&mut network, bytes.get(..length).unwrap_or_default()));
    memory::exercise(&mut network, unknown(bytes));
}

/// A network in static storage, with the given transfer function.
#[inline(never)]
fn in_static_storage<T: Transfer>(
    buffers: &mut Buffers,
    couplings: &mut [f32],
    bytes: &mut [u8],
    transfer: T,
) -> Option<()> {
    black_box(transfer.slope(black_box(0.5)));
    let dynamics = validate()?;
    let couplings = seed(unknown(couplings), &dynamics)?;
    let network = buffers.network(dynamics, couplings, transfer).ok()?;
    exercise(network, bytes);
    Some(())
}

/// A network on borrowed slices of any length; in safe Rust alone or not, where that is a choice.
#[inline(never)]
fn on_borrowed_slices<T: Transfer>(
    [x, phi, velocity]: [&mut [f32]; 3],
    [synapses, panels]: [&mut [f32]; 2],
    couplings: &[f32],
    bytes: &mut [u8],
    transfer: T,
) -> Option<()> {
    let dynamics = validate()?;
    let couplings = borrow(couplings, &dynamics)?;
    let neurons = Neurons::new(unknown(x), unknown(phi), unknown(velocity)).ok()?;
    let synapses = PackedSynapses::new(unknown(synapses), black_box(CAPACITY)).ok()?;
    black_box(synapses.get(black_box(3), black_box(4)));
    let mut connectivity = Exact::new(couplings, synapses).ok()?;
    if black_box(true) {
        connectivity = connectivity.with_portable_loops();
    }
    let connectivity = connectivity.with_merge_buffer(unknown(panels)).ok()?;
    exercise(
        Network::new(dynamics, transfer, neurons, connectivity).ok()?,
        bytes,
    );
    Some(())
}

/// The positive control: an index that the compiler cannot check.
#[cfg(feature = "planted-panic")]
#[inline(never)]
fn planted(values: &[f32]) -> f32 {
    #[expect(clippy::indexing_slicing, reason = "this is what the audit has to find")]
    values[black_box(CAPACITY)]
}

#[entry]
fn main() -> ! {
    // The entry macro makes these statics, and hands them out once.
    static mut BUFFERS: Buffers = Buffers::new();
    static mut COUPLING_VALUES: [f32; COUPLINGS] = [0.0; COUPLINGS];
    static mut SYNAPSE_VALUES: [f32; SYNAPSES] = [0.0; SYNAPSES];
    static mut PANEL_VALUES: [f32; PANELS] = [0.0; PANELS];
    static mut ROWS: [f32; CAPACITY * CAPACITY] = [0.0; CAPACITY * CAPACITY];
    static mut STATE: [[f32; CAPACITY]; 3] = [[0.0; CAPACITY]; 3];
    static mut BYTES: [u8; 4096] = [0; 4096];
    loop {
        black_box(in_static_storage(BUFFERS, COUPLING_VALUES, BYTES, Tanh));
        black_box(in_static_storage(BUFFERS, COUPLING_VALUES, BYTES, LibmTanh));
        black_box(in_static_storage(BUFFERS, COUPLING_VALUES, BYTES, LibmErf));
        black_box(in_static_storage(BUFFERS, COUPLING_VALUES, BYTES, MicromathTanh));
        if let Some(any) = AnyTransfer::from_id(TransferId(black_box(0))) {
            black_box(in_static_storage(BUFFERS, COUPLING_VALUES, BYTES, any));
        }
        black_box(exchange_randomness());
        if let Some(dynamics) = validate() {
            black_box(own(unknown(COUPLING_VALUES), unknown(ROWS), &dynamics));
        }
        black_box(on_borrowed_slices(
            STATE.each_mut().map(<[f32; CAPACITY]>::as_mut_slice),
            [SYNAPSE_VALUES, PANEL_VALUES],
            COUPLING_VALUES,
            BYTES,
            Tanh,
        ));
        black_box(on_borrowed_slices(
            STATE.each_mut().map(<[f32; CAPACITY]>::as_mut_slice),
            [SYNAPSE_VALUES, PANEL_VALUES],
            COUPLING_VALUES,
            BYTES,
            PortableTanh,
        ));
        #[cfg(feature = "planted-panic")]
        black_box(planted(unknown(COUPLING_VALUES)));
    }
}
