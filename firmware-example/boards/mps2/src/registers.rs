//! The board's registers: the only place of this firmware that touches hardware addresses.
//!
//! Addresses and bits are those of Arm's application notes AN385 and AN386 for the MPS2 board, and of the
//! Cortex-M System Design Kit for the UART and the timer.

use core::ptr;

/// One 32-bit register, by its address.
#[derive(Clone, Copy)]
pub struct Register(usize);

/// UART 0 (CMSDK): the byte received, or to be sent.
pub const UART_DATA: Register = Register(0x4000_4000);
/// UART 0: bit 0 says that the transmitter is full, bit 1 that a byte was received.
pub const UART_STATE: Register = Register(0x4000_4004);
/// UART 0: bit 0 enables the transmitter, bit 1 the receiver, bits 2 and 3 their interrupts.
pub const UART_CONTROL: Register = Register(0x4000_4008);
/// UART 0: bits 0 and 1 say that the transmitter, or the receiver, interrupts; ones clear them.
pub const UART_INTERRUPTS: Register = Register(0x4000_400C);
/// UART 0: clock cycles per bit.
pub const UART_DIVIDER: Register = Register(0x4000_4010);

/// Timer 0 (CMSDK): bit 0 enables it.
pub const TIMER_CONTROL: Register = Register(0x4000_0000);
/// Timer 0: counts down, once per clock cycle.
pub const TIMER_VALUE: Register = Register(0x4000_0004);
/// Timer 0: what follows 0.
pub const TIMER_RELOAD: Register = Register(0x4000_0008);

/// Timer 1, which ends a sleep: bit 0 enables it, bit 3 its interrupt.
pub const ALARM_CONTROL: Register = Register(0x4000_1000);
/// Timer 1: counts down, once per clock cycle.
pub const ALARM_VALUE: Register = Register(0x4000_1004);
/// Timer 1: what follows 0.
pub const ALARM_RELOAD: Register = Register(0x4000_1008);
/// Timer 1: a one clears its interrupt.
pub const ALARM_INTERRUPT: Register = Register(0x4000_100C);

/// Watchdog (CMSDK): clock cycles until it interrupts, and as many again until it resets.
pub const WATCHDOG_LOAD: Register = Register(0x4000_8000);
/// Watchdog: bit 0 enables counter and interrupt, bit 1 the reset.
pub const WATCHDOG_CONTROL: Register = Register(0x4000_8008);
/// Watchdog: any value starts the count anew.
pub const WATCHDOG_FEED: Register = Register(0x4000_800C);

/// Interrupt controller: ones let interrupts through, [`SLEEP_ENDS`].
pub const INTERRUPTS_ENABLE: Register = Register(0xE000_E100);
/// Interrupt controller: ones forget that interrupts are pending.
pub const INTERRUPTS_FORGET: Register = Register(0xE000_E280);
/// The interrupts that end a sleep: UART 0 receives (0) and transmits (1), timer 1 (9).
pub const SLEEP_ENDS: u32 = 1 | 1 << 1 | 1 << 9;

/// FPGA system control: bits 0 and 1 are the user LEDs.
pub const LEDS: Register = Register(0x4002_8000);
/// FPGA system control: bits 0 and 1 are the user buttons. QEMU always reads 0 here.
pub const BUTTONS: Register = Register(0x4002_8008);

impl Register {
    /// Reads the register.
    #[expect(unsafe_code, reason = "a device register is reached by its address")]
    pub fn read(self) -> u32 {
        // SAFETY: the field is private and every constant above is the aligned address of a device register.
        unsafe { ptr::with_exposed_provenance::<u32>(self.0).read_volatile() }
    }

    /// Writes the register.
    #[expect(unsafe_code, reason = "a device register is reached by its address")]
    pub fn write(self, value: u32) {
        // SAFETY: as in `read`; none of these devices writes to memory.
        unsafe { ptr::with_exposed_provenance_mut::<u32>(self.0).write_volatile(value) }
    }
}
