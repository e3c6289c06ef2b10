//! Hand-written loops and their twins in safe Rust, side by side on the processor that they are written for: every
//! bit of x after every step, every bit of A again and again. `cargo xtask test` runs this in the emulator.
#![no_std]
#![no_main]

use cortex_m_rt::entry;
use freezable_chaos::{
    DenseCouplings, Exact, ExactNetwork, Generator, Network, Neurons, PackedSynapses, Purpose, Start,
    StepError, Tanh, Transfer, TransferId, couplings_len, merged_len, synapses_len,
};
use freezable_cycles::networks::PARAMS;
use semihosting::{println, process};

/// Sizes compared: with and without a block, a tile and a panel that the network does not fill.
const SIZES: [usize; 7] = [1, 3, 17, 64, 127, 128, 200];
/// The largest of them.
const CAPACITY: usize = 200;
/// Steps with the plasticity running.
const PLASTIC: usize = 10_000;
/// Steps frozen, and steps after that.
const FROZEN: usize = 500;
/// A is compared whenever so many steps are done.
const INTERVAL: usize = 50;
/// Beyond what a step takes for granted, so that the drive has to be known before A may change.
const IMMODERATE: f32 = 1e37;

/// The default transfer function, one value at a time: the twin of `Tanh::apply`.
struct OneByOne;

impl Transfer for OneByOne {
    fn id(&self) -> TransferId {
        TransferId::FIRST_CUSTOM
    }

    fn value(&self, x: f32) -> f32 {
        Tanh.value(x)
    }

    fn slope(&self, x: f32) -> f32 {
        Tanh.slope(x)
    }
}

/// What one of the twins lives in.
struct Storage {
    synapses: [f32; synapses_len(CAPACITY)],
    merged: [f32; merged_len(CAPACITY)],
    neurons: [[f32; CAPACITY]; 3],
}

impl Storage {
    const ZERO: Self = Self {
        synapses: [0.0; synapses_len(CAPACITY)],
        merged: [0.0; merged_len(CAPACITY)],
        neurons: [[0.0; CAPACITY]; 3],
    };

    fn network<'a, T: Transfer>(
        &'a mut self,
        couplings: DenseCouplings<'a>,
        transfer: T,
        change: impl FnOnce(Exact<'a>) -> Exact<'a>,
    ) -> Option<ExactNetwork<'a, T>> {
        let n = couplings.n();
        let synapses = PackedSynapses::new(&mut self.synapses, n).ok()?;
        let exact = Exact::new(couplings, synapses).ok()?;
        let exact = change(exact.with_merge_buffer(&mut self.merged).ok()?);
        let [x, phi, velocity] = self.neurons.each_mut().map(|values| values.get_mut(..n));
        let neurons = Neurons::new(x?, phi?, velocity?).ok()?;
        Network::new(PARAMS.validate(n).ok()?, transfer, neurons, exact).ok()
    }
}

/// A network on hand-written loops, and one in safe Rust.
struct Twins<'a> {
    written: ExactNetwork<'a>,
    safe: ExactNetwork<'a, OneByOne>,
    steps: usize,
}

impl<'a> Twins<'a> {
    fn new(storage: &'a mut [Storage; 2], couplings: &'a mut [f32], n: usize) -> Option<Self> {
        let mut randomness = Generator::new(1, 0, Purpose::Couplings);
        let couplings = DenseCouplings::seed(couplings, &PARAMS.validate(n).ok()?, &mut randomness).ok()?;
        let [one, other] = storage;
        Some(Self {
            written: one.network(couplings, Tanh, |exact| exact)?,
            safe: other.network(couplings, OneByOne, Exact::with_portable_loops)?,
            steps: 0,
        })
    }

    /// Steps both, with an input if there is one, and compares: the states, and every now and then the synapses.
    fn step(&mut self, input: Option<&[f32]>) -> Option<()> {
        let results = match input {
            Some(input) => [
                self.written.step_with_input(input),
                self.safe.step_with_input(input),
            ],
            None => [
                self.written.step().map_err(StepError::Diverged),
                self.safe.step().map_err(StepError::Diverged),
            ],
        };
        self.steps += 1;
        if results != [Ok(()); 2] {
            println!("refused: {:?}", results);
            return None;
        }
        self.compare_states()?;
        if self.steps.is_multiple_of(INTERVAL) {
            self.compare_synapses()?;
        }
        Some(())
    }

    fn run(&mut self, steps: usize) -> Option<()> {
        for _ in 0..steps {
            self.step(None)?;
        }
        self.compare_synapses()
    }

    fn compare_states(&self) -> Option<()> {
        for (i, (one, other)) in self.written.state().iter().zip(self.safe.state()).enumerate() {
            if one.to_bits() != other.to_bits() {
                println!("x[{i}] differs at step {}: {one:e} and {other:e}", self.steps);
                return None;
            }
        }
        Some(())
    }

    fn compare_synapses(&self) -> Option<()> {
        let synapses = [
            self.written.connectivity().synapses(),
            self.safe.connectivity().synapses(),
        ];
        for i in 0..self.written.n() {
            for j in 0..self.written.n() {
                let [one, other] = synapses.map(|synapses| synapses.get(i, j).unwrap_or(f32::NAN));
                // what does not compare equal to itself is no number, and not compared by its bits alone
                if one.to_bits() != other.to_bits() || one.is_nan() {
                    println!(
                        "A[{i}, {j}] differs at step {}: {one:e} and {other:e}",
                        self.steps
                    );
                    return None;
                }
            }
        }
        Some(())
    }
}

/// From a small state: running, with input, frozen, released.
#[inline(never)]
fn trajectory(storage: &mut [Storage; 2], couplings: &mut [f32], n: usize) -> Option<()> {
    let mut twins = Twins::new(storage, couplings, n)?;
    twins
        .written
        .start(Start::Small, &mut Generator::new(1, 0, Purpose::State));
    twins
        .safe
        .start(Start::Small, &mut Generator::new(1, 0, Purpose::State));
    twins.run(PLASTIC)?;
    let (weak, alternating) = (0.25, |i: usize| if i.is_multiple_of(2) { 1.0 } else { -1.0 });
    let mut input = [0.0; CAPACITY];
    for (i, value) in input.iter_mut().enumerate() {
        *value = weak * alternating(i);
    }
    for _ in 0..FROZEN {
        twins.step(input.get(..n))?;
    }
    twins.written.freeze();
    twins.safe.freeze();
    twins.run(FROZEN)?;
    twins.written.release();
    twins.safe.release();
    twins.run(FROZEN)
}

/// From a state beyond [`IMMODERATE`], where a step sees the whole drive before A changes, down to moderate ones.
#[inline(never)]
fn immoderate(storage: &mut [Storage; 2], couplings: &mut [f32], n: usize) -> Option<()> {
    let mut state = [0.0; CAPACITY];
    for (i, x) in state.iter_mut().enumerate() {
        *x = if i.is_multiple_of(3) {
            -IMMODERATE
        } else {
            0.5 * IMMODERATE
        };
    }
    let mut twins = Twins::new(storage, couplings, n)?;
    twins.written.start_from(state.get(..n)?).ok()?;
    twins.safe.start_from(state.get(..n)?).ok()?;
    twins.run(200)?;

    // a step that would leave the finite numbers is refused by both, and changes neither
    state.fill(-f32::MAX);
    twins.written.start_from(state.get(..n)?).ok()?;
    twins.safe.start_from(state.get(..n)?).ok()?;
    twins.run(INTERVAL)?;
    let before = [twins.written.digest(), twins.safe.digest()];
    state.fill(f32::MAX);
    let last = n.checked_sub(1)?;
    // one neuron alone diverges, and it is the last
    state.get_mut(..last)?.fill(0.0);
    let refused = [
        twins.written.step_with_input(state.get(..n)?),
        twins.safe.step_with_input(state.get(..n)?),
    ];
    let names_the_last =
        |result| matches!(result, Err(StepError::Diverged(diverged)) if diverged.neuron == last);
    if !refused.into_iter().all(names_the_last) || before != [twins.written.digest(), twins.safe.digest()] {
        println!("a step that diverges: {refused:?}");
        return None;
    }
    twins.run(INTERVAL)
}

/// The transfer function over floats of every kind, in groups of neighbours and of opposites.
#[inline(never)]
fn transfer() -> Option<()> {
    /// A prime: every exponent, and all bits of the mantissa.
    const STRIDE: usize = 1009;
    let compare = |x: [f32; 9]| {
        let mut phi = [0.0; 9];
        Tanh.apply(&x, &mut phi);
        for (x, phi) in x.into_iter().zip(phi) {
            let expected = Tanh.value(x);
            // which NaN comes out is not promised
            if phi.to_bits() != expected.to_bits() && !(phi.is_nan() && expected.is_nan()) {
                println!("tanh({x:e}) is {phi:e} in a group, {expected:e} alone");
                return None;
            }
        }
        Some(())
    };
    for bits in (0..=u32::MAX).step_by(STRIDE) {
        let x = f32::from_bits(bits);
        let mut group = [0.75; 9];
        if let Some(slot) = group.get_mut(bits as usize % 9) {
            *slot = x;
        }
        compare(group)?;
        compare([x, -x, 1.0, -2.0, 0.25, x, -8.9, 3.5, x])?;
    }
    for edge in [
        0.0,
        -0.0,
        0.062_5,
        0.062_499_996,
        8.999_999,
        9.0,
        f32::INFINITY,
        f32::NAN,
    ] {
        compare([1.0, -1.0, edge, 1.0, -edge, 1.0, 1.0, 1.0, edge])?;
    }
    println!("equal transfer functions");
    Some(())
}

fn all(storage: &mut [Storage; 2], couplings: &mut [f32]) -> Option<()> {
    transfer()?;
    for n in SIZES {
        trajectory(storage, couplings, n)?;
        immoderate(storage, couplings, n)?;
        println!("equal {n}");
    }
    Some(())
}

#[entry]
fn main() -> ! {
    // The entry macro makes these statics, and hands them out once.
    static mut STORAGE: [Storage; 2] = [Storage::ZERO; 2];
    static mut COUPLINGS: [f32; couplings_len(CAPACITY)] = [0.0; couplings_len(CAPACITY)];
    process::exit(if all(STORAGE, COUPLINGS).is_some() { 0 } else { 1 })
}
