//! The golden trajectories in WebAssembly; `web-assembly.mjs` runs them.
#![no_std]
#![no_main]
#![expect(unsafe_code, reason = "the boundary between WebAssembly and its host")]

use core::fmt::{self, Write};

use golden_targets::Memory;
use golden_targets::goldens::run;

#[link(wasm_import_module = "host")]
unsafe extern "C" {
    /// Prints so many bytes.
    fn print(text: *const u8, length: usize);
}

struct Host;

impl Write for Host {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        // SAFETY: the host reads the bytes before it returns.
        unsafe { print(text.as_ptr(), text.len()) };
        Ok(())
    }
}

static mut MEMORY: Memory = Memory::new();

/// Runs everything; 0 if it came to its end.
#[unsafe(no_mangle)]
pub extern "C" fn goldens() -> i32 {
    // SAFETY: the script calls this once, and WebAssembly has one thread.
    let memory = unsafe { &mut *(&raw mut MEMORY) };
    let outcome = run(memory, |checkpoint| {
        let _ = writeln!(Host, "{checkpoint}");
    });
    match outcome {
        Ok(()) => 0,
        Err(failure) => {
            let _ = writeln!(Host, "{failure:?}");
            1
        }
    }
}

#[panic_handler]
fn panic(info: &core::panic::PanicInfo<'_>) -> ! {
    let _ = writeln!(Host, "{info}");
    core::arch::wasm32::unreachable()
}
