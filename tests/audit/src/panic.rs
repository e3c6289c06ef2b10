//! A panic handler: the language wants one, and the audit shows that nothing ever calls it.

use core::hint::black_box;
use core::panic::PanicInfo;

#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    loop {
        // an observable effect, or the compiler could drop the panic altogether
        black_box(info);
    }
}
