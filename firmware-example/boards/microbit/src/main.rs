//! The working memory on the BBC micro:bit v2: nRF52833, Cortex-M4F at 64 MHz, 512 KiB of flash, 128 KiB of RAM.
//!
//! ```text
//! cargo xtask firmware --board microbit
//! probe-rs download --chip nRF52833_xxAA firmware-example/target/freezable-microbit.elf
//! probe-rs reset --chip nRF52833_xxAA
//! ```
//!
//! Nothing to wire: a USB cable is power, debug probe and serial line.
//!
//! | what | where |
//! |---|---|
//! | console, frames both ways | UART at 115,200 bit/s: the serial port of the USB cable |
//! | log messages | RTT, encoded by defmt: `probe-rs attach --chip nRF52833_xxAA ELF` shows them |
//! | buttons | A freezes, B releases |
//! | indicator | the LED beside the microphone, on while the synapses are frozen |
//! | display | 5 x 5 LEDs: the rates of the first 25 neurons, brightest at 1, dark at -1 |
//! | stored states | the last 80 KiB of flash, which `probe-rs download` leaves alone |
//! | watchdog | WDT, 8 s |
//!
//! Not tested on hardware.
#![no_std]
#![no_main]

use cortex_m_rt::entry;
use freezable_app::Board;
use freezable_cortex_m::{ActiveLow, Shared, enable};
use freezable_nrf52833::{CONSOLE, Dog, INTERRUPTS, Ticker, Uart, stored_states};
use microbit::display::nonblocking::{Display, GreyscaleImage};
use microbit::hal::clocks::Clocks;
use microbit::hal::gpio::{Floating, Input, Level, Output, Pin, PushPull};
use microbit::hal::nvmc::Nvmc;
use microbit::hal::uarte;
use microbit::pac::{self, TIMER0, interrupt};
use static_cell::ConstStaticCell;

/// The image of the Gaussian couplings has 128 neurons; there is RAM to draw couplings for 32.
type Memory = freezable_app::memory!(exact: 128, drawn: 32, compact: 1024);
static MEMORY: ConstStaticCell<Memory> = ConstStaticCell::new(Memory::new());

/// The 5 x 5 LEDs, one row of them lit at a time.
static DISPLAY: Shared<Display<TIMER0>> = Shared::new();
/// Brightest level of a LED.
const BRIGHTEST: f32 = 9.0;

type Button = ActiveLow<Pin<Input<Floating>>>;

struct Microbit {
    buttons: [Button; 2],
    indicator: Pin<Output<PushPull>>,
    flash: Nvmc<pac::NVMC>,
    ticker: Ticker,
    watchdog: Dog,
}

impl Board for Microbit {
    type Button = Button;
    type Indicator = Pin<Output<PushPull>>;
    type Flash = Nvmc<pac::NVMC>;
    const NAME: &'static str = "micro:bit v2";
    const TICKS: u32 = Ticker::CLOCK;
    const CLOCK: u32 = 64_000_000;

    fn button(&mut self) -> &mut Button {
        &mut self.buttons[0]
    }

    fn second_button(&mut self) -> Option<&mut Button> {
        Some(&mut self.buttons[1])
    }

    fn indicator(&mut self) -> &mut Self::Indicator {
        &mut self.indicator
    }

    fn show(&mut self, rates: &[f32]) {
        let mut image = [[0; 5]; 5];
        for (light, rate) in image.as_flattened_mut().iter_mut().zip(rates) {
            *light = (0.5 * BRIGHTEST * (rate + 1.0) + 0.5) as u8;
        }
        DISPLAY.with(|display| display.show(&GreyscaleImage::new(&image)));
    }

    fn flash(&mut self) -> &mut Self::Flash {
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
        self.watchdog.start();
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
    let board = microbit::Board::new(device, core);
    // the crystal: a UART on the internal oscillator may be 1.5% off
    Clocks::new(board.CLOCK).enable_ext_hfosc();
    DISPLAY.open(Display::new(board.TIMER0, board.display_pins));
    let line = uarte::Pins::from(board.uart);
    CONSOLE.open(Uart::new(board.UART0, &line.txd, &line.rxd));
    let mut microbit = Microbit {
        buttons: [board.buttons.button_a.degrade(), board.buttons.button_b.degrade()].map(ActiveLow),
        indicator: board
            .microphone_pins
            .mic_run
            .into_push_pull_output(Level::Low)
            .degrade(),
        flash: stored_states(board.NVMC),
        ticker: Ticker::new(board.TIMER1),
        watchdog: Dog::find(board.WDT),
    };
    enable(INTERRUPTS);
    enable([pac::Interrupt::TIMER0]);
    freezable_app::run(&mut microbit, MEMORY.take());
    cortex_m::peripheral::SCB::sys_reset()
}

#[interrupt]
fn TIMER0() {
    DISPLAY.with(Display::handle_display_event);
}
