//! A working memory on an STM32F405, without a framework. A press of the button (PA0, to 3.3 V) freezes the network and
//! stores its state, the next one releases it; a reset recalls what was stored, a power cut loses it (`../cortex-m0` has
//! it in flash). The serial line (PA9, 115,200 bit/s) says what happens.
#![no_std]
#![no_main]

use core::fmt::Write;
use cortex_m_rt::entry;
use freezable_chaos::*;
use panic_halt as _;
use stm32f4xx_hal::{gpio::Edge, pac::Peripherals, prelude::*, rcc::Config};

const N: usize = 64;

#[unsafe(link_section = ".uninit.stored")] // which no start clears
static mut STORED: [u8; 56 + 4 * N + 2 * N * (N + 1)] = [0; 56 + 4 * N + 2 * N * (N + 1)];

#[entry]
fn main() -> ! {
    // `entry` makes references of the statics of `main`.
    static mut BUFFERS: ExactBuffers<N, { synapses_len(N) }> = ExactBuffers::new();
    static mut COUPLINGS: [f32; couplings_len(N)] = [0.0; couplings_len(N)];
    // SAFETY: `main` runs once, and nothing else names this.
    let stored = unsafe { &mut *(&raw mut STORED) };

    let mut board = Peripherals::take().unwrap();
    let mut rcc = board.RCC.freeze(Config::hsi());
    let pins = board.GPIOA.split(&mut rcc);
    let mut line = board.USART1.tx(pins.pa9, 115_200.bps(), &mut rcc).ok().unwrap();
    let mut button = pins.pa0.into_pull_down_input();
    button.make_interrupt_source(&mut board.SYSCFG.constrain(&mut rcc));
    button.trigger_on_edge(&mut board.EXTI, Edge::Rising);
    button.enable_interrupt(&mut board.EXTI);

    // `ok()`: no flash for putting errors into words.
    let dynamics = Params { g: 2.0, k: 2.0, p: 2.5, dt: 0.05 }.validate(N).ok().unwrap();
    let mut seed = Generator::new(7, 0, Purpose::Couplings);
    let couplings = DenseCouplings::seed(COUPLINGS, &dynamics, &mut seed).ok().unwrap();
    let mut network = BUFFERS.network(dynamics, couplings, Tanh).ok().unwrap();
    if network.recall(stored).is_err() {
        network.start(Start::Small, &mut Generator::new(7, 0, Purpose::State));
    }
    loop {
        writeln!(line, "{:?} {} {:016x}", network.plasticity(), network.steps(), network.digest()).ok();
        (0..100).for_each(|_| assert!(network.step().is_ok()));
        if button.check_interrupt() {
            button.clear_interrupt_pending_bit();
            match network.plasticity() {
                Plasticity::Running => assert!(network.store(stored).is_ok()),
                Plasticity::Frozen => network.release(),
            }
        }
    }
}
