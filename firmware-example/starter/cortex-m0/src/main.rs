//! A working memory on an nRF51822 (micro:bit v1, Cortex-M0). A press of button A (P0.17) freezes the network and stores
//! its state in flash, the next one releases it; what was stored is recalled after a power cut. The serial line of the USB
//! cable (P0.24, 115,200 bit/s) says what happens.
#![no_std]
#![no_main]

mod flash;

use core::fmt::{self, Write};
use cortex_m_rt::entry;
use freezable_chaos::{storage::Slots, *};
use nrf51_pac::{Peripherals, UART0};
use panic_halt as _;

const N: usize = 32;

#[entry]
fn main() -> ! {
    // `entry` makes references of the statics of `main`.
    static mut BUFFERS: ExactBuffers<N, { synapses_len(N) }> = ExactBuffers::new();
    static mut COUPLINGS: [f32; couplings_len(N)] = [0.0; couplings_len(N)];
    static mut STATE: [u8; 56 + 4 * N + 2 * N * (N + 1)] = [0; 56 + 4 * N + 2 * N * (N + 1)];

    let board = Peripherals::take().unwrap();
    board.GPIO.pin_cnf[17].write(|w| w.input().connect().pull().pullup());
    board.GPIO.pin_cnf[24].write(|w| w.dir().output());
    // SAFETY: the number of that pin, and the trigger of a task.
    board.UART0.pseltxd.write(|w| unsafe { w.bits(24) });
    board.UART0.baudrate.write(|w| w.baudrate().baud115200());
    board.UART0.enable.write(|w| w.enable().enabled());
    board.UART0.tasks_starttx.write(|w| unsafe { w.bits(1) });
    let mut line = Line(board.UART0);
    let mut flash = flash::Flash(board.NVMC);
    let mut slots = Slots::new(&mut flash);

    // `ok()`: no flash for putting errors into words.
    let dynamics = Params { g: 2.0, k: 2.0, p: 2.5, dt: 0.05 }.validate(N).ok().unwrap();
    let mut seed = Generator::new(7, 0, Purpose::Couplings);
    let couplings = DenseCouplings::seed(COUPLINGS, &dynamics, &mut seed).ok().unwrap();
    let mut network = BUFFERS.network(dynamics, couplings, Tanh).ok().unwrap();
    let newest = slots.newest().and_then(|newest| slots.read(&newest, 0, STATE));
    if newest.is_err() || network.recall(STATE).is_err() {
        network.start(Start::Small, &mut Generator::new(7, 0, Purpose::State));
    }
    let mut was_pressed = false;
    loop {
        writeln!(line, "{:?} {} {:016x}", network.plasticity(), network.steps(), network.digest()).ok();
        (0..100).for_each(|_| assert!(network.step().is_ok()));
        let is_pressed = board.GPIO.in_.read().pin17().bit_is_clear();
        if is_pressed && !was_pressed {
            match network.plasticity() {
                Plasticity::Running => {
                    network.store(STATE).ok().unwrap();
                    slots.write(&[STATE]).ok().unwrap();
                }
                Plasticity::Frozen => network.release(),
            }
        }
        was_pressed = is_pressed;
    }
}

struct Line(UART0);

impl Write for Line {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for byte in text.bytes() {
            self.0.txd.write(|w| w.txd().variant(byte));
            while self.0.events_txdrdy.read().bits() == 0 {}
            self.0.events_txdrdy.reset();
        }
        Ok(())
    }
}
