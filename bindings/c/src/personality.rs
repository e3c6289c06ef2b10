//! A symbol that Rust's core names and nobody calls here, so that the archive can become part of a shared object.
//!
//! Hosts bring core with tables for unwinding, which name the function that reads them; a library without std has none. Weak and
//! hidden: a program that has another keeps it, and nobody sees this one.

#[cfg(all(unix, not(target_vendor = "apple")))]
core::arch::global_asm!(
    ".pushsection .text.rust_eh_personality,\"ax\",%progbits",
    ".balign 4",
    ".weak rust_eh_personality",
    ".hidden rust_eh_personality",
    ".type rust_eh_personality,%function",
    "rust_eh_personality:",
    ".4byte 0",
    ".popsection",
);
