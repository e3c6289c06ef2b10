//! A working memory on an FE310-G002 (HiFive1 Rev B, RISC-V without a floating-point unit). A press of the button (pin 9,
//! to ground) freezes the network and stores its state, the next one releases it; a reset recalls what was stored, a power
//! cut loses it (`../cortex-m0` has it in flash). The serial line (115,200 bit/s) says what happens.
#![no_std]
#![no_main]

use core::fmt::{self, Write};
use e310x::{Peripherals, Uart0};
use freezable_chaos::*;
use panic_halt as _;
use riscv as _; // its critical section
use riscv_rt::entry;
use static_cell::ConstStaticCell;

const N: usize = 32;
static BUFFERS: ConstStaticCell<ExactBuffers<N, { synapses_len(N) }>> =
    ConstStaticCell::new(ExactBuffers::new());
static COUPLINGS: ConstStaticCell<[f32; couplings_len(N)]> = ConstStaticCell::new([0.0; couplings_len(N)]);
#[unsafe(link_section = ".uninit.stored")] // which no start clears
static mut STORED: [u8; 56 + 4 * N + 2 * N * (N + 1)] = [0; 56 + 4 * N + 2 * N * (N + 1)];

#[entry]
fn main() -> ! {
    // SAFETY: `main` runs once, and nothing else names this.
    let stored = unsafe { &mut *(&raw mut STORED) };
    let board = Peripherals::take().unwrap();
    // The crystal's 16 MHz, past the phase-locked loop.
    board.prci.hfxosccfg().write(|w| w.enable().set_bit());
    while board.prci.hfxosccfg().read().ready().bit_is_clear() {}
    board.prci.pllcfg().write(|w| w.refsel().set_bit().bypass().set_bit().sel().set_bit());
    board.gpio0.iof_en().write(|w| w.pin17().set_bit());
    // SAFETY: any divisor is one; 139 by this.
    board.uart0.div().write(|w| unsafe { w.value().bits(138) });
    board.uart0.txctrl().write(|w| w.enable().set_bit());
    board.gpio0.pullup().write(|w| w.pin9().set_bit());
    board.gpio0.input_en().write(|w| w.pin9().set_bit());
    let mut line = Line(board.uart0);

    // `ok()`: no flash for putting errors into words.
    let dynamics = Params { g: 2.0, k: 2.0, p: 2.5, dt: 0.05 }.validate(N).ok().unwrap();
    let mut seed = Generator::new(7, 0, Purpose::Couplings);
    let couplings = DenseCouplings::seed(COUPLINGS.take(), &dynamics, &mut seed).ok().unwrap();
    let mut network = BUFFERS.take().network(dynamics, couplings, Tanh).ok().unwrap();
    if network.recall(stored).is_err() {
        network.start(Start::Small, &mut Generator::new(7, 0, Purpose::State));
    }
    let mut was_pressed = false;
    loop {
        writeln!(line, "{:?} {} {:016x}", network.plasticity(), network.steps(), network.digest()).ok();
        (0..100).for_each(|_| assert!(network.step().is_ok()));
        let is_pressed = board.gpio0.input_val().read().pin9().bit_is_clear();
        if is_pressed && !was_pressed {
            match network.plasticity() {
                Plasticity::Running => assert!(network.store(stored).is_ok()),
                Plasticity::Frozen => network.release(),
            }
        }
        was_pressed = is_pressed;
    }
}

struct Line(Uart0);

impl Write for Line {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for byte in text.bytes() {
            while self.0.txdata().read().full().bit_is_set() {}
            // SAFETY: any byte is one.
            self.0.txdata().write(|w| unsafe { w.data().bits(byte) });
        }
        Ok(())
    }
}
