//! Marks the stretch of instructions that the emulator's plugin counts.

use core::arch::asm;

/// Runs `work` between the two marks: unallocated hints, which Armv7-M executes as no operation (A5.3.4) and the
/// plugin knows by their encodings. They are not counted themselves. Aligned, they do not cross a page.
#[inline(always)]
#[expect(unsafe_code, reason = "a hint has no name in Rust")]
pub fn counted(work: impl FnOnce()) {
    // SAFETY: a hint changes no register and no memory; the default options keep memory accesses on their side.
    unsafe { asm!(".balign 4", "hint.w #0x51") };
    work();
    // SAFETY: as above.
    unsafe { asm!(".balign 4", "hint.w #0x52") };
}
