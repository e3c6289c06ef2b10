//! The working memory on ST's Nucleo-F446RE: STM32F446RE, Cortex-M4F at 180 MHz, 512 KiB of flash, 128 KiB of RAM.
//!
//! ```text
//! cargo xtask firmware --board nucleo-f446re
//! probe-rs download --chip STM32F446RETx firmware-example/target/freezable-nucleo-f446re.elf
//! probe-rs reset --chip STM32F446RETx
//! ```
//!
//! Nothing to wire: a USB cable is power, debug probe and serial line.
//!
//! | what | where |
//! |---|---|
//! | console, frames both ways | USART 2 (PA2 sends, PA3 receives) at 115,200 bit/s: the serial port of the USB cable |
//! | log messages | RTT, encoded by defmt: `probe-rs attach --chip STM32F446RETx ELF` shows them |
//! | button | the blue one, B1 (PC13): freezes and releases, by turns |
//! | indicator | LD2 (PA5), on while the synapses are frozen |
//! | stored states | sectors 6 and 7, the upper 256 KiB of flash, which `probe-rs download` leaves alone |
//! | watchdog | IWDG, 16 s by its nominal clock, which may be half as fast or half as fast again: never less than 8 s |
//!
//! The flash left for the program is too small for the signs of the compact network: it hashes them.
//!
//! Not tested on hardware.
#![no_std]
#![no_main]

use cortex_m_rt::entry;
use freezable_app::{Board, Images, WATCHDOG_SECONDS};
use freezable_cortex_m::{ActiveLow, enable};
use freezable_stm32f446::{CONSOLE, INTERRUPTS, StoredStates, Ticker, Uart};
use static_cell::ConstStaticCell;
use stm32f4xx_hal::gpio::{Input, Output, PA5, PC13};
use stm32f4xx_hal::pac;
use stm32f4xx_hal::prelude::*;
use stm32f4xx_hal::rcc::Config;
use stm32f4xx_hal::watchdog::IndependentWatchdog;

/// The image of the Gaussian couplings has 128 neurons; there is RAM to draw couplings for 32.
type Memory = freezable_app::memory!(exact: 128, drawn: 32, compact: 1024);
static MEMORY: ConstStaticCell<Memory> = ConstStaticCell::new(Memory::new());

/// Clock of the processor, in hertz.
const CLOCK: u32 = 180_000_000;

struct Nucleo {
    button: ActiveLow<PC13<Input>>,
    indicator: PA5<Output>,
    flash: StoredStates,
    ticker: Ticker,
    watchdog: IndependentWatchdog,
}

impl Board for Nucleo {
    type Button = ActiveLow<PC13<Input>>;
    type Indicator = PA5<Output>;
    type Flash = StoredStates;
    const NAME: &'static str = "Nucleo-F446RE";
    const TICKS: u32 = Ticker::CLOCK;
    const CLOCK: u32 = CLOCK;
    const IMAGES: Images = Images::GAUSSIAN;

    fn button(&mut self) -> &mut Self::Button {
        &mut self.button
    }

    fn indicator(&mut self) -> &mut Self::Indicator {
        &mut self.indicator
    }

    fn flash(&mut self) -> &mut StoredStates {
        &mut self.flash
    }

    fn read(&mut self) -> Option<u8> {
        CONSOLE.read()
    }

    fn write(&mut self, byte: u8) -> bool {
        CONSOLE.write(byte)
    }

    fn ticks(&self) -> u32 {
        self.ticker.ticks()
    }

    fn cycles(&self) -> u32 {
        freezable_cortex_m::cycles()
    }

    fn sleep(&mut self, until: u32) {
        self.ticker.sleep(until);
    }

    fn start_watchdog(&mut self) {
        self.watchdog.start((2 * WATCHDOG_SECONDS).secs());
    }

    fn feed_watchdog(&mut self) {
        self.watchdog.feed();
    }
}

#[entry]
fn main() -> ! {
    let (Some(device), Some(mut core)) = (pac::Peripherals::take(), cortex_m::Peripherals::take()) else {
        panic!("the peripherals are taken once, here")
    };
    freezable_cortex_m::start(&mut core);
    // the debug probe hands over its 8 MHz
    let clocks = Config::hse(8.MHz()).bypass_hse_oscillator().sysclk(CLOCK.Hz());
    let mut rcc = device.RCC.freeze(clocks);
    let gpioa = device.GPIOA.split(&mut rcc);
    let gpioc = device.GPIOC.split(&mut rcc);
    let Ok(serial) = device
        .USART2
        .serial((gpioa.pa2, gpioa.pa3), 115_200.bps(), &mut rcc)
    else {
        panic!("the UART's clock gives 115,200 bit/s")
    };
    CONSOLE.open(Uart::new(serial));
    let mut nucleo = Nucleo {
        button: ActiveLow(gpioc.pc13.into_floating_input()),
        indicator: gpioa.pa5.into_push_pull_output(),
        flash: StoredStates::new(device.FLASH),
        ticker: Ticker::new(device.TIM5, &mut rcc),
        watchdog: IndependentWatchdog::new(device.IWDG),
    };
    enable(INTERRUPTS);
    freezable_app::run(&mut nucleo, MEMORY.take());
    cortex_m::peripheral::SCB::sys_reset()
}
