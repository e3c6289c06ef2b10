//! How deep the stack went: the start-up code painted it, and what was used has lost its paint.

use core::ptr;

use cortex_m_rt::STACK_PAINT_VALUE;

unsafe extern "C" {
    /// Where the stack starts to grow downwards, from the linker script.
    static _stack_start: u32;
    /// The lowest address that it may reach.
    static _stack_end: u32;
}

/// Bytes of the stack used so far, at the deepest.
pub fn used() -> usize {
    let (start, end) = ((&raw const _stack_start).addr(), (&raw const _stack_end).addr());
    let words = (end..start).step_by(size_of::<u32>());
    let painted = |address: &usize| {
        // SAFETY: an aligned word of RAM that the linker script sets apart for the stack; nothing refers to those below
        // the present frame, and reading those above changes nothing.
        let word = unsafe { ptr::with_exposed_provenance::<u32>(*address).read_volatile() };
        word == STACK_PAINT_VALUE
    };
    start - end - size_of::<u32>() * words.take_while(painted).count()
}
