//! A working memory on an STM32F405 in RTIC: the network steps while nothing else is to be done. A press of the button
//! (PA0, to 3.3 V) freezes the network and stores its state, the next one releases it; a reset recalls what was stored, a
//! power cut loses it (`../cortex-m0` has it in flash). The serial line (PA9, 115,200 bit/s) says what happens.
#![no_std]
#![no_main]

use panic_halt as _;

#[rtic::app(device = stm32f4xx_hal::pac, peripherals = true)]
mod app {
    use core::fmt::Write;
    use freezable_chaos::*;
    use stm32f4xx_hal::{gpio, pac::USART1, prelude::*, rcc::Config, serial::Tx};

    const N: usize = 64;

    #[shared]
    struct Shared {
        is_pressed: bool,
    }

    #[local]
    struct Local {
        button: gpio::PA0<gpio::Input>,
        line: Tx<USART1>,
    }

    #[init]
    fn init(mut context: init::Context) -> (Shared, Local) {
        let mut rcc = context.device.RCC.freeze(Config::hsi());
        let pins = context.device.GPIOA.split(&mut rcc);
        let line = context.device.USART1.tx(pins.pa9, 115_200.bps(), &mut rcc).ok().unwrap();
        let mut button = pins.pa0.into_pull_down_input();
        button.make_interrupt_source(&mut context.device.SYSCFG.constrain(&mut rcc));
        button.trigger_on_edge(&mut context.device.EXTI, gpio::Edge::Rising);
        button.enable_interrupt(&mut context.device.EXTI);
        (Shared { is_pressed: false }, Local { button, line })
    }

    #[task(binds = EXTI0, local = [button], shared = [is_pressed])]
    fn press(mut context: press::Context) {
        context.shared.is_pressed.lock(|is_pressed| *is_pressed |= context.local.button.check_interrupt());
        context.local.button.clear_interrupt_pending_bit();
    }

    #[idle(shared = [is_pressed], local = [
        line,
        buffers: ExactBuffers<N, { synapses_len(N) }> = ExactBuffers::new(),
        couplings: [f32; couplings_len(N)] = [0.0; couplings_len(N)],
        #[unsafe(link_section = ".uninit.stored")] // which no start clears
        stored: [u8; 56 + 4 * N + 2 * N * (N + 1)] = [0; 56 + 4 * N + 2 * N * (N + 1)]])]
    fn idle(mut context: idle::Context) -> ! {
        let idle::LocalResources { line, buffers, couplings, stored, .. } = context.local;
        // `ok()`: no flash for putting errors into words.
        let dynamics = Params { g: 2.0, k: 2.0, p: 2.5, dt: 0.05 }.validate(N).ok().unwrap();
        let mut seed = Generator::new(7, 0, Purpose::Couplings);
        let couplings = DenseCouplings::seed(couplings, &dynamics, &mut seed).ok().unwrap();
        let mut network = buffers.network(dynamics, couplings, Tanh).ok().unwrap();
        if network.recall(stored).is_err() {
            network.start(Start::Small, &mut Generator::new(7, 0, Purpose::State));
        }
        loop {
            writeln!(line, "{:?} {} {:016x}", network.plasticity(), network.steps(), network.digest()).ok();
            (0..100).for_each(|_| assert!(network.step().is_ok()));
            match (context.shared.is_pressed.lock(core::mem::take), network.plasticity()) {
                (false, _) => {}
                (true, Plasticity::Running) => assert!(network.store(stored).is_ok()),
                (true, Plasticity::Frozen) => network.release(),
            }
        }
    }
}
