//! A working memory on an STM32F405 in embassy: the network is a task that yields after every step. A press of the button
//! (PA0, to 3.3 V) freezes the network and stores its state, the next one releases it; a reset recalls what was stored, a
//! power cut loses it (`../cortex-m0` has it in flash). The serial line (PA9, 115,200 bit/s) says what happens.
#![no_std]
#![no_main]

use core::fmt::Write;
use embassy_futures::yield_now;
use embassy_sync::{blocking_mutex::raw::CriticalSectionRawMutex, signal::Signal};
use freezable_chaos::*;
use panic_halt as _;
use static_cell::ConstStaticCell;
use stm32f4xx_hal::pac::{EXTI, NVIC, Peripherals, USART1, interrupt};
use stm32f4xx_hal::{gpio::Edge, prelude::*, rcc::Config, serial::Tx};

const N: usize = 64;
static PRESSED: Signal<CriticalSectionRawMutex, bool> = Signal::new();
static BUFFERS: ConstStaticCell<ExactBuffers<N, { synapses_len(N) }>> =
    ConstStaticCell::new(ExactBuffers::new());
static COUPLINGS: ConstStaticCell<[f32; couplings_len(N)]> = ConstStaticCell::new([0.0; couplings_len(N)]);
#[unsafe(link_section = ".uninit.stored")] // which no start clears
static mut STORED: [u8; 56 + 4 * N + 2 * N * (N + 1)] = [0; 56 + 4 * N + 2 * N * (N + 1)];

#[embassy_executor::main]
async fn main(spawner: embassy_executor::Spawner) {
    let mut board = Peripherals::take().unwrap();
    let mut rcc = board.RCC.freeze(Config::hsi());
    let pins = board.GPIOA.split(&mut rcc);
    let line = board.USART1.tx(pins.pa9, 115_200.bps(), &mut rcc).ok().unwrap();
    let mut button = pins.pa0.into_pull_down_input();
    button.make_interrupt_source(&mut board.SYSCFG.constrain(&mut rcc));
    button.trigger_on_edge(&mut board.EXTI, Edge::Rising);
    button.enable_interrupt(&mut board.EXTI);
    // SAFETY: no critical section is open.
    unsafe { NVIC::unmask(button.interrupt()) };
    spawner.spawn(remember(line).ok().unwrap());
}

#[interrupt]
fn EXTI0() {
    // SAFETY: nothing else names this register from now on.
    let board = unsafe { EXTI::steal() };
    PRESSED.signal(board.pr().read().pr0().bit_is_set());
    board.pr().write(|w| w.pr0().clear());
}

#[embassy_executor::task]
async fn remember(mut line: Tx<USART1>) {
    // SAFETY: this task is spawned once, and nothing else names this.
    let stored = unsafe { &mut *(&raw mut STORED) };
    // `ok()`: no flash for putting errors into words.
    let dynamics = Params { g: 2.0, k: 2.0, p: 2.5, dt: 0.05 }.validate(N).ok().unwrap();
    let mut seed = Generator::new(7, 0, Purpose::Couplings);
    let couplings = DenseCouplings::seed(COUPLINGS.take(), &dynamics, &mut seed).ok().unwrap();
    let mut network = BUFFERS.take().network(dynamics, couplings, Tanh).ok().unwrap();
    if network.recall(stored).is_err() {
        network.start(Start::Small, &mut Generator::new(7, 0, Purpose::State));
    }
    loop {
        writeln!(line, "{:?} {} {:016x}", network.plasticity(), network.steps(), network.digest()).ok();
        for _ in 0..100 {
            assert!(network.step().is_ok());
            yield_now().await;
        }
        if PRESSED.try_take() == Some(true) {
            match network.plasticity() {
                Plasticity::Running => assert!(network.store(stored).is_ok()),
                Plasticity::Frozen => network.release(),
            }
        }
    }
}
