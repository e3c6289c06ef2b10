//! The compact network with the signs of its quenched couplings in 128 KiB of flash.
#![no_std]
#![no_main]

use cortex_m_rt::entry;
use freezable_chaos::SignCouplings;
use freezable_compact::scenario::{Memory, SIGNS};

const _: () =
    assert!(freezable_app::SIGNS_IMAGE.seed == SIGNS.0 && freezable_app::SIGNS_IMAGE.network == SIGNS.1);

#[entry]
fn main() -> ! {
    // The entry macro makes this static, and hands it out once.
    static mut MEMORY: Memory = Memory::zero();
    freezable_compact::run(MEMORY, |dynamics| {
        let signs = SignCouplings::from_image(freezable_app::signs(), dynamics);
        signs.ok().map(Into::into)
    })
}
