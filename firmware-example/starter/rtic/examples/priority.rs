//! A task of 1 kHz beside 128 neurons, in RTIC: the network steps in `idle`, the task comes before it and notes how late it
//! was. After 1000 times it says so, with the digest.
#![no_std]
#![no_main]

use panic_halt as _;

#[rtic::app(device = stm32f4xx_hal::pac, peripherals = true)]
mod app {
    use core::fmt::Write;
    use cortex_m::peripheral::{SYST, syst::SystClkSource};
    use freezable_chaos::*;
    use stm32f4xx_hal::{pac::USART1, prelude::*, rcc::Config, serial::Tx};

    const N: usize = 128;
    /// Clock cycles of a millisecond, less one: a reset leaves 16 MHz.
    const RELOAD: u32 = 16_000 - 1;

    #[shared]
    struct Shared {
        ticks: u32,
        longest: u32,
    }

    #[local]
    struct Local {
        line: Tx<USART1>,
    }

    #[init]
    fn init(context: init::Context) -> (Shared, Local) {
        let mut rcc = context.device.RCC.freeze(Config::hsi());
        let pins = context.device.GPIOA.split(&mut rcc);
        let line = context.device.USART1.tx(pins.pa9, 115_200.bps(), &mut rcc).ok().unwrap();
        let mut clock = context.core.SYST;
        clock.set_clock_source(SystClkSource::Core);
        clock.set_reload(RELOAD);
        clock.clear_current();
        clock.enable_interrupt();
        clock.enable_counter();
        (Shared { ticks: 0, longest: 0 }, Local { line })
    }

    /// The task; what it has to do every millisecond would stand here.
    #[task(binds = SysTick, priority = 2, shared = [ticks, longest])]
    fn task(context: task::Context) {
        let delay = RELOAD - SYST::get_current();
        (context.shared.ticks, context.shared.longest).lock(|ticks, longest| {
            *ticks += 1;
            *longest = delay.max(*longest);
        });
    }

    #[idle(shared = [ticks, longest], local = [
        line,
        buffers: ExactBuffers<N, { synapses_len(N) }> = ExactBuffers::new(),
        couplings: [f32; couplings_len(N)] = [0.0; couplings_len(N)]])]
    fn idle(context: idle::Context) -> ! {
        let idle::LocalResources { line, buffers, couplings, .. } = context.local;
        let dynamics = Params { g: 2.0, k: 2.0, p: 2.5, dt: 0.05 }.validate(N).ok().unwrap();
        let mut seed = Generator::new(7, 0, Purpose::Couplings);
        let couplings = DenseCouplings::seed(couplings, &dynamics, &mut seed).ok().unwrap();
        let mut network = buffers.network(dynamics, couplings, Tanh).ok().unwrap();
        network.start(Start::Small, &mut Generator::new(7, 0, Purpose::State));
        let mut both = (context.shared.ticks, context.shared.longest);
        let begin = both.lock(|ticks, _| *ticks);
        loop {
            assert!(network.step().is_ok());
            let (ticks, longest) = both.lock(|ticks, longest| (*ticks - begin, *longest));
            if ticks >= 1000 {
                let (steps, digest) = (network.steps(), network.digest());
                writeln!(line, "{ticks} ticks, {longest} cycles late at most, {steps} steps, {digest:016x}")
                    .ok();
                loop {}
            }
        }
    }
}
