//! A task of 1 kHz beside 128 neurons, in embassy: the network steps in the executor of `main`, the task runs in an executor
//! of its own in an interrupt, which comes before it, and notes how late it was. After 1000 times it says so, with the digest.
#![no_std]
#![no_main]

use core::fmt::Write;
use core::sync::atomic::{AtomicU32, Ordering::Relaxed};
use cortex_m::peripheral::{SYST, syst::SystClkSource};
use cortex_m_rt::exception;
use embassy_executor::{InterruptExecutor, Spawner};
use embassy_sync::{blocking_mutex::raw::CriticalSectionRawMutex, signal::Signal};
use freezable_chaos::*;
use panic_halt as _;
use static_cell::ConstStaticCell;
use stm32f4xx_hal::pac::{Interrupt, Peripherals, interrupt};
use stm32f4xx_hal::{prelude::*, rcc::Config};

const N: usize = 128;
/// Clock cycles of a millisecond, less one: a reset leaves 16 MHz.
const RELOAD: u32 = 16_000 - 1;
/// Runs the tasks in an interrupt that no device needs here.
static EXECUTOR: InterruptExecutor = InterruptExecutor::new();
static TICK: Signal<CriticalSectionRawMutex, ()> = Signal::new();
static TICKS: AtomicU32 = AtomicU32::new(0);
static LONGEST: AtomicU32 = AtomicU32::new(0);
static BUFFERS: ConstStaticCell<ExactBuffers<N, { synapses_len(N) }>> =
    ConstStaticCell::new(ExactBuffers::new());
static COUPLINGS: ConstStaticCell<[f32; couplings_len(N)]> = ConstStaticCell::new([0.0; couplings_len(N)]);

#[interrupt]
fn SDIO() {
    // SAFETY: only here.
    unsafe { EXECUTOR.on_interrupt() };
}

#[exception]
fn SysTick() {
    TICK.signal(());
}

/// The task; what it has to do every millisecond would stand here.
#[embassy_executor::task]
async fn task() {
    loop {
        TICK.wait().await;
        LONGEST.fetch_max(RELOAD - SYST::get_current(), Relaxed);
        TICKS.fetch_add(1, Relaxed);
    }
}

#[embassy_executor::main]
async fn main(_spawner: Spawner) {
    let board = Peripherals::take().unwrap();
    let mut rcc = board.RCC.freeze(Config::hsi());
    let pins = board.GPIOA.split(&mut rcc);
    let mut line = board.USART1.tx(pins.pa9, 115_200.bps(), &mut rcc).ok().unwrap();
    let mut core = cortex_m::Peripherals::take().unwrap();
    // SAFETY: no critical section depends on priorities.
    unsafe { core.NVIC.set_priority(Interrupt::SDIO, 6 << 4) };
    EXECUTOR.start(Interrupt::SDIO).spawn(task().ok().unwrap());

    let dynamics = Params { g: 2.0, k: 2.0, p: 2.5, dt: 0.05 }.validate(N).ok().unwrap();
    let mut seed = Generator::new(7, 0, Purpose::Couplings);
    let couplings = DenseCouplings::seed(COUPLINGS.take(), &dynamics, &mut seed).ok().unwrap();
    let mut network = BUFFERS.take().network(dynamics, couplings, Tanh).ok().unwrap();
    network.start(Start::Small, &mut Generator::new(7, 0, Purpose::State));
    core.SYST.set_clock_source(SystClkSource::Core);
    core.SYST.set_reload(RELOAD);
    core.SYST.clear_current();
    core.SYST.enable_interrupt();
    core.SYST.enable_counter();
    while TICKS.load(Relaxed) < 1000 {
        assert!(network.step().is_ok());
    }
    let (ticks, longest) = (TICKS.load(Relaxed), LONGEST.load(Relaxed));
    let (steps, digest) = (network.steps(), network.digest());
    writeln!(line, "{ticks} ticks, {longest} cycles late at most, {steps} steps, {digest:016x}").ok();
}
