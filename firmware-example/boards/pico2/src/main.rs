//! The working memory on the Raspberry Pi Pico 2: RP2350, Cortex-M33 at 150 MHz, 4 MiB of flash, 520 KiB of RAM.
//!
//! ```text
//! cargo xtask firmware --board pico2
//! probe-rs download --chip RP235x firmware-example/target/freezable-pico2.elf
//! probe-rs reset --chip RP235x
//! ```
//!
//! | pin | wired to |
//! |---|---|
//! | SWD (three pads at the edge) | a debug probe, for instance Raspberry Pi's |
//! | GP0 (sends), GP1 (receives), GND | the probe's UART, or any serial adapter of 3.3 V |
//! | GP14 | a button to GND: freezes |
//! | GP15 | a button to GND: releases |
//!
//! | what | where |
//! |---|---|
//! | console, frames both ways | UART 0 at 115,200 bit/s |
//! | log messages | RTT, encoded by defmt: `probe-rs attach --chip RP235x ELF` shows them |
//! | indicator | the LED on GP25, on while the synapses are frozen |
//! | stored states | the last 512 KiB of flash, which `probe-rs download` leaves alone |
//! | watchdog | 8 s |
//!
//! Not tested on hardware.
#![no_std]
#![no_main]

use cortex_m_rt::entry;
use freezable_app::{Board, WATCHDOG_SECONDS};
use freezable_cortex_m::{ActiveLow, enable};
use freezable_rp2350::{CONSOLE, INTERRUPTS, StoredStates, Ticker, Uart};
use rp235x_hal::clocks::init_clocks_and_plls;
use rp235x_hal::fugit::{ExtU32, RateExtU32};
use rp235x_hal::gpio::{DynPinId, FunctionSioInput, FunctionSioOutput, Pin, Pins, PullDown, PullUp};
use rp235x_hal::uart::{DataBits, StopBits, UartConfig, UartPeripheral};
use rp235x_hal::{Clock, Sio, Timer, Watchdog, block::ImageDef, pac};
use static_cell::ConstStaticCell;

type Memory = freezable_app::memory!(exact: 128, drawn: 128, compact: 1024);
static MEMORY: ConstStaticCell<Memory> = ConstStaticCell::new(Memory::new());

/// Tells the boot ROM what this is.
#[expect(unsafe_code, reason = "the boot ROM looks for this section")]
#[unsafe(link_section = ".start_block")]
#[used]
static IMAGE_DEF: ImageDef = ImageDef::secure_exe();

/// The crystal on the board, in hertz.
const CRYSTAL: u32 = 12_000_000;

type Button = ActiveLow<Pin<DynPinId, FunctionSioInput, PullUp>>;
type Indicator = Pin<DynPinId, FunctionSioOutput, PullDown>;

struct Pico2 {
    buttons: [Button; 2],
    indicator: Indicator,
    flash: StoredStates,
    ticker: Ticker,
    watchdog: Watchdog,
    is_watched: bool,
}

impl Board for Pico2 {
    type Button = Button;
    type Indicator = Indicator;
    type Flash = StoredStates;
    const NAME: &'static str = "Raspberry Pi Pico 2";
    const TICKS: u32 = Ticker::CLOCK;
    const CLOCK: u32 = 150_000_000;

    fn button(&mut self) -> &mut Button {
        &mut self.buttons[0]
    }

    fn second_button(&mut self) -> Option<&mut Button> {
        Some(&mut self.buttons[1])
    }

    fn indicator(&mut self) -> &mut Indicator {
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
        self.watchdog.start(WATCHDOG_SECONDS.secs::<1, 1_000_000>());
        self.is_watched = true;
    }

    fn feed_watchdog(&mut self) {
        if self.is_watched {
            self.watchdog.feed();
        }
    }
}

#[entry]
fn main() -> ! {
    let (Some(device), Some(mut core)) = (pac::Peripherals::take(), cortex_m::Peripherals::take()) else {
        panic!("the peripherals are taken once, here")
    };
    freezable_cortex_m::start(&mut core);
    let mut resets = device.RESETS;
    let mut watchdog = Watchdog::new(device.WATCHDOG);
    let Ok(clocks) = init_clocks_and_plls(
        CRYSTAL,
        device.XOSC,
        device.CLOCKS,
        device.PLL_SYS,
        device.PLL_USB,
        &mut resets,
        &mut watchdog,
    ) else {
        panic!("the crystal does not give the HAL's clocks")
    };
    let sio = Sio::new(device.SIO);
    let pins = Pins::new(device.IO_BANK0, device.PADS_BANK0, sio.gpio_bank0, &mut resets);
    let settings = UartConfig::new(115_200.Hz(), DataBits::Eight, None, StopBits::One);
    let uart = UartPeripheral::new(
        device.UART0,
        (pins.gpio0.into_function(), pins.gpio1.into_function()),
        &mut resets,
    );
    let Ok(uart) = uart.enable(settings, clocks.peripheral_clock.freq()) else {
        panic!("the UART's clock gives 115,200 bit/s")
    };
    CONSOLE.open(Uart::new(uart));
    let mut pico = Pico2 {
        buttons: [
            ActiveLow(pins.gpio14.into_pull_up_input().into_dyn_pin()),
            ActiveLow(pins.gpio15.into_pull_up_input().into_dyn_pin()),
        ],
        indicator: pins.gpio25.into_push_pull_output().into_dyn_pin(),
        flash: StoredStates::new(),
        ticker: Ticker::new(Timer::new_timer0(device.TIMER0, &mut resets, &clocks)),
        watchdog,
        is_watched: false,
    };
    enable(INTERRUPTS);
    freezable_app::run(&mut pico, MEMORY.take());
    cortex_m::peripheral::SCB::sys_reset()
}
