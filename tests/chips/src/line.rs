//! The serial line of each chip at 115,200 bit/s, by its registers.

use core::fmt;

/// A line that sends.
pub struct Line(());

impl fmt::Write for Line {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        text.bytes().for_each(send);
        Ok(())
    }
}

fn read(address: usize) -> u32 {
    // SAFETY: the addresses here are those of a chip's registers.
    unsafe { (address as *const u32).read_volatile() }
}

fn write(address: usize, value: u32) {
    // SAFETY: as above.
    unsafe { (address as *mut u32).write_volatile(value) }
}

#[cfg(any(chip = "stm32f405", chip = "stm32f100", chip = "fe310"))]
fn set(address: usize, bits: u32) {
    write(address, read(address) | bits);
}

/// STM32F405 (RM0090): USART 1 on PA9, by the internal 16 MHz.
#[cfg(chip = "stm32f405")]
mod chip {
    use super::{Line, read, set, write};

    const USART1: usize = 0x4001_1000;

    impl Line {
        pub fn new() -> Self {
            set(0x4002_3830, 1); // RCC_AHB1ENR: port A
            set(0x4002_3844, 1 << 4); // RCC_APB2ENR: USART 1
            set(0x4002_0000, 0b10 << 18); // GPIOA_MODER: an alternate function
            set(0x4002_0024, 7 << 4); // GPIOA_AFRH: the seventh
            write(USART1 + 0x08, 139); // BRR
            write(USART1 + 0x0c, 1 << 13 | 1 << 3); // CR1: UE, TE
            Self(())
        }
    }

    pub fn send(byte: u8) {
        while read(USART1) & 1 << 7 == 0 {} // SR: TXE
        write(USART1 + 0x04, byte.into());
    }
}

/// STM32F100 (RM0041): USART 1 on PA9, by the internal 8 MHz.
#[cfg(chip = "stm32f100")]
mod chip {
    use super::{Line, read, set, write};

    const USART1: usize = 0x4001_3800;

    impl Line {
        pub fn new() -> Self {
            set(0x4002_1018, 1 << 14 | 1 << 2); // RCC_APB2ENR: USART 1, port A
            write(0x4001_0804, 0x4444_44b4); // GPIOA_CRH: PA9 an alternate output, the others as after a reset
            write(USART1 + 0x08, 69); // BRR
            write(USART1 + 0x0c, 1 << 13 | 1 << 3); // CR1: UE, TE
            Self(())
        }
    }

    pub fn send(byte: u8) {
        while read(USART1) & 1 << 7 == 0 {} // SR: TXE
        write(USART1 + 0x04, byte.into());
    }
}

/// nRF51822 (nRF51 Reference Manual): UART 0 on P0.24, the micro:bit's USB cable.
#[cfg(chip = "nrf51822")]
mod chip {
    use super::{Line, read, write};

    const UART0: usize = 0x4000_2000;

    impl Line {
        pub fn new() -> Self {
            write(0x5000_0700 + 4 * 24, 0b11); // PIN_CNF[24]: output
            write(UART0 + 0x50c, 24); // PSELTXD
            write(UART0 + 0x524, 0x01d7_e000); // BAUDRATE
            write(UART0 + 0x500, 4); // ENABLE
            write(UART0 + 0x008, 1); // STARTTX
            Self(())
        }
    }

    pub fn send(byte: u8) {
        write(UART0 + 0x11c, 0); // EVENTS_TXDRDY
        write(UART0 + 0x51c, byte.into()); // TXD
        while read(UART0 + 0x11c) == 0 {}
    }
}

/// FE310-G002 (its manual): UART 0 on pin 17, by the crystal's 16 MHz.
#[cfg(chip = "fe310")]
mod chip {
    use super::{Line, read, set, write};

    const UART0: usize = 0x1001_3000;

    impl Line {
        pub fn new() -> Self {
            write(0x1000_8004, 1 << 30); // hfxosccfg: enable
            while read(0x1000_8004) & 1 << 31 == 0 {}
            write(0x1000_8008, 0b111 << 16); // pllcfg: the crystal, past the phase-locked loop
            set(0x1001_2038, 1 << 17); // iof_en
            write(UART0 + 0x18, 138); // div, less one
            write(UART0 + 0x08, 1); // txctrl: enable
            Self(())
        }
    }

    pub fn send(byte: u8) {
        while read(UART0) & 1 << 31 != 0 {} // txdata: full
        write(UART0, byte.into());
    }
}

/// RP2040 (its data sheet): UART 0 on GP0, by the crystal's 12 MHz.
#[cfg(chip = "rp2040")]
mod chip {
    use super::{Line, read, write};

    const UART0: usize = 0x4003_4000;
    const RESETS: usize = 0x4000_c000;
    /// Writing to an address this much higher clears bits.
    const CLEAR: usize = 0x3000;

    #[unsafe(link_section = ".boot2")]
    #[used]
    static BOOT2: [u8; 256] = rp2040_boot2::BOOT_LOADER_GENERIC_03H;

    impl Line {
        pub fn new() -> Self {
            const NEEDED: u32 = 1 << 22 | 1 << 8 | 1 << 5; // UART 0, pads, pins
            write(0x4002_400c, 47); // XOSC_STARTUP: 1 ms
            write(0x4002_4000, 0xfa_baa0); // XOSC_CTRL: enable, up to 15 MHz
            while read(0x4002_4004) & 1 << 31 == 0 {} // XOSC_STATUS: stable
            write(0x4000_8030, 2); // CLK_REF_CTRL: the crystal, which CLK_SYS takes after a reset
            write(0x4000_8048, 1 << 11); // CLK_PERI_CTRL: enable, of CLK_SYS
            write(RESETS + CLEAR, NEEDED);
            while read(RESETS + 8) & NEEDED != NEEDED {} // RESET_DONE
            write(0x4001_4004, 2); // GPIO0_CTRL: UART
            write(UART0 + 0x24, 6); // UARTIBRD: 12 MHz / (16 * 115,200)
            write(UART0 + 0x28, 33); // UARTFBRD, in 64ths
            write(UART0 + 0x2c, 0b111 << 4); // UARTLCR_H: 8 bits, queue
            write(UART0 + 0x30, 1 << 8 | 1); // UARTCR: transmitter, enable
            Self(())
        }
    }

    pub fn send(byte: u8) {
        while read(UART0 + 0x18) & 1 << 5 != 0 {} // UARTFR: queue full
        write(UART0, byte.into());
    }
}

use chip::send;
