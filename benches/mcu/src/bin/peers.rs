//! The step of `benches/peers/step.c`, in windows of its own, beside which the kernel's is counted.
//!
//! Every peer starts from a state of the kernel's network, and has to follow it for some steps first: one that
//! computes something else is no peer.
#![no_std]
#![no_main]

use cortex_m_rt::entry;
use freezable_chaos::Tanh;
use freezable_cycles::networks::{CAPACITY, Design, Loops, Storage};
use freezable_cycles::{Label, measure};
use semihosting::{println, process};

/// Sizes measured.
const SIZES: [usize; 2] = [64, 128];
/// Steps before the state that the peers start from: the activity is by then that of the attractor.
const SETTLE: usize = 200;
/// Steps that a peer has to follow the kernel.
const FOLLOWED: usize = 16;
/// How far it may stray: 16 steps of sums in another order, roundings of 1e-7 of terms of order one.
const DISTANCE: f32 = 1e-4;

/// `struct network` of step.c.
#[repr(C)]
struct Peer {
    n: usize,
    retention: f32,
    increment: f32,
    dt: f32,
    j: *const f32,
    a: *mut f32,
    x: *mut f32,
    phi: *mut f32,
    drive: *mut f32,
}

type Step = unsafe extern "C" fn(*mut Peer);

/// The steps of step.c, in its order: name, and whether the plasticity runs; the last is the transfer function alone.
const STEPS: [(&str, bool); 8] = [
    ("plain-running", true),
    ("plain-frozen", false),
    ("four-rows-running", true),
    ("four-rows-frozen", false),
    (MERGED, false),
    ("one-pass-running", true),
    ("one-pass-frozen", false),
    (TRANSFER, false),
];
const MERGED: &str = "four-rows-merged";
const TRANSFER: &str = "transfer";

#[expect(unsafe_code, reason = "step.c defines these tables")]
unsafe extern "C" {
    static steps_plain: [Step; 8];
    static steps_fast: [Step; 8];
    static steps_tuned: [Step; 8];
}

/// One of each value of a network of up to [`CAPACITY`] neurons.
type Neurons = [f32; CAPACITY];
/// One value for each synapse.
type Matrix = [f32; CAPACITY * CAPACITY];

/// A state of the kernel's network, and where the kernel takes it, running and frozen.
struct State {
    j: Matrix,
    a: Matrix,
    x: Neurons,
    phi: Neurons,
    later: [Neurons; 2],
}

/// What a peer works on.
struct Memory {
    j: Matrix,
    a: Matrix,
    x: Neurons,
    phi: Neurons,
    drive: Neurons,
}

impl State {
    const ZERO: Self = Self {
        j: [0.0; CAPACITY * CAPACITY],
        a: [0.0; CAPACITY * CAPACITY],
        x: [0.0; CAPACITY],
        phi: [0.0; CAPACITY],
        later: [[0.0; CAPACITY]; 2],
    };

    /// Takes a state of the attractor.
    #[inline(never)]
    fn take(&mut self, storage: &mut Storage, n: usize) -> Option<()> {
        let design = Design {
            n,
            loops: Loops::HandWritten,
            with_buffer: false,
        };
        for (later, is_running) in self.later.iter_mut().zip([false, true]) {
            let mut network = storage.network(design, Tanh)?;
            for _ in 0..SETTLE {
                network.step().ok()?;
            }
            self.x.get_mut(..n)?.copy_from_slice(network.state());
            self.phi.get_mut(..n)?.copy_from_slice(network.rates());
            let (couplings, synapses) = (
                network.connectivity().couplings(),
                network.connectivity().synapses(),
            );
            let values = self.j.iter_mut().zip(&mut self.a).take(n * n);
            for (index, (j, a)) in values.enumerate() {
                *j = couplings.get(index / n, index % n)?;
                *a = synapses.get(index / n, index % n)?;
            }
            if !is_running {
                network.freeze();
            }
            for _ in 0..FOLLOWED {
                network.step().ok()?;
            }
            later.get_mut(..n)?.copy_from_slice(network.state());
        }
        Some(())
    }
}

impl Memory {
    const ZERO: Self = Self {
        j: [0.0; CAPACITY * CAPACITY],
        a: [0.0; CAPACITY * CAPACITY],
        x: [0.0; CAPACITY],
        phi: [0.0; CAPACITY],
        drive: [0.0; CAPACITY],
    };

    /// Back to the state, for a step that wants J and A merged or not.
    fn reset(&mut self, state: &State, is_merged: bool) {
        (self.j, self.a, self.x, self.phi) = (state.j, state.a, state.x, state.phi);
        if is_merged {
            for (j, a) in self.j.iter_mut().zip(&self.a) {
                *j += a;
            }
        }
    }

    fn peer(&mut self, n: usize) -> Option<Peer> {
        let dynamics = freezable_cycles::networks::PARAMS.validate(n).ok()?;
        Some(Peer {
            n,
            retention: dynamics.retention(),
            increment: dynamics.increment(),
            dt: dynamics.params().dt,
            j: self.j.as_ptr(),
            a: self.a.as_mut_ptr(),
            x: self.x.as_mut_ptr(),
            phi: self.phi.as_mut_ptr(),
            drive: self.drive.as_mut_ptr(),
        })
    }
}

/// Measures one peer, once it has followed the kernel.
fn run(
    memory: &mut Memory,
    state: &State,
    label: Label<'_>,
    is_running: bool,
    step: impl Fn(&mut Peer),
) -> Option<()> {
    let n = label.n;
    memory.reset(state, label.phase == MERGED);
    if label.phase != TRANSFER {
        let mut peer = memory.peer(n)?;
        for _ in 0..FOLLOWED {
            step(&mut peer);
        }
        let later = state.later.get(usize::from(is_running))?;
        let is_near = |(x, y): (&f32, &f32)| (x - y).abs() <= DISTANCE;
        if !memory.x.iter().zip(later).take(n).all(is_near) {
            println!("{} {} does not follow the kernel", label.loops, label.phase);
            return None;
        }
        memory.reset(state, label.phase == MERGED);
    }
    let mut peer = memory.peer(n)?;
    measure(label, || step(&mut peer));
    Some(())
}

#[expect(unsafe_code, reason = "the peers are written in C")]
fn all(storage: &mut Storage, state: &mut State, memory: &mut Memory) -> Option<()> {
    // SAFETY: the tables are constants.
    let flags = unsafe {
        [
            ("C", &steps_plain),
            ("C-fast-math", &steps_fast),
            ("C-tuned", &steps_tuned),
        ]
    };
    for n in SIZES {
        state.take(storage, n)?;
        for (loops, steps) in flags {
            for (&(phase, is_running), step) in STEPS.iter().zip(steps) {
                let label = Label {
                    loops,
                    n,
                    transfer: "newlib",
                    phase,
                };
                run(memory, state, label, is_running, |peer| {
                    // SAFETY: the pointers of `peer` are to as many values as step.c says, and nothing else is used
                    // while it runs.
                    unsafe { step(peer) }
                })?;
            }
        }
    }
    Some(())
}

#[entry]
fn main() -> ! {
    // The entry macro makes these statics, and hands them out once.
    static mut STORAGE: Storage = Storage::new();
    static mut STATE: State = State::ZERO;
    static mut MEMORY: Memory = Memory::ZERO;
    process::exit(if all(STORAGE, STATE, MEMORY).is_some() {
        0
    } else {
        1
    })
}
