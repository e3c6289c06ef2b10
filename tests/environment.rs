//! The floating-point environment: each way to set another arithmetic is named, and no network is built in it.

#![cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
#![expect(unsafe_code, reason = "the control register of the floating-point unit")]

mod support;

use core::arch::asm;
use std::thread;

use freezable_chaos::environment::{self, EnvironmentError};
use freezable_chaos::{
    AnyTransfer, BuildError, CompactBuffers, DenseCouplings, ExactBuffers, Generator, HashedSigns,
    HistoryRule, Purpose, Tanh, couplings_len, synapses_len,
};
use support::{PARAMS, PanelStorage};

/// Settings of MXCSR, beside masked exceptions, and what they are called.
#[cfg(target_arch = "x86_64")]
const SETTINGS: [(u64, EnvironmentError); 6] = [
    (1 << 15, EnvironmentError::FlushToZero),
    (1 << 6, EnvironmentError::DenormalsAreZero),
    (1 << 15 | 1 << 6, EnvironmentError::FlushToZero),
    (1 << 13, EnvironmentError::Downward),
    (2 << 13, EnvironmentError::Upward),
    (3 << 13, EnvironmentError::TowardZero),
];

/// Settings of FPCR; its FZ is for operands and results.
#[cfg(target_arch = "aarch64")]
const SETTINGS: [(u64, EnvironmentError); 4] = [
    (1 << 24, EnvironmentError::FlushToZero),
    (1 << 22, EnvironmentError::Upward),
    (2 << 22, EnvironmentError::Downward),
    (3 << 22, EnvironmentError::TowardZero),
];

/// Sets bits of the control register of this thread.
#[cfg(target_arch = "x86_64")]
fn set(bits: u64) {
    let register = 0x1F80 | bits as u32;
    // SAFETY: the register stays one of masked exceptions; what is computed under it is looked at only here.
    unsafe { asm!("ldmxcsr [{}]", in(reg) &register) }
}

/// Sets bits of the control register of this thread.
#[cfg(target_arch = "aarch64")]
fn set(bits: u64) {
    // SAFETY: exceptions stay masked; what is computed under it is looked at only here.
    unsafe { asm!("msr fpcr, {}", in(reg) bits) }
}

/// What happens under a setting, on a thread of its own.
fn under<R: Send>(bits: u64, act: impl FnOnce() -> R + Send) -> R {
    thread::scope(|scope| {
        let thread = scope.spawn(|| {
            set(bits);
            let outcome = act();
            set(0);
            outcome
        });
        thread.join().expect("no panic under the setting")
    })
}

#[test]
fn each_setting_is_named() {
    assert_eq!(under(0, environment::check), Ok(()));
    for (bits, expected) in SETTINGS {
        assert_eq!(under(bits, environment::check), Err(expected), "{bits:#x}");
        assert!(expected.to_string().contains(expected.name()));
    }
    assert_eq!(environment::check(), Ok(()), "this thread");
}

#[test]
fn no_network_is_built_under_another_setting() {
    const N: usize = 17;
    let dynamics = PARAMS.validate(N).expect("in range");
    let mut values = [0.0; couplings_len(N)];
    let mut generator = Generator::new(1, 0, Purpose::Couplings);
    let couplings = DenseCouplings::seed(&mut values, &dynamics, &mut generator).expect("the right size");
    let rule = HistoryRule::recommended(&PARAMS);
    let exact = || {
        let mut buffers = ExactBuffers::<N, { synapses_len(N) }>::new();
        buffers.network(dynamics, couplings, Tanh).map(drop)
    };
    let compact = || {
        let mut buffers = CompactBuffers::<N>::new();
        let signs = HashedSigns::new(&dynamics, 1, 0);
        buffers.network(dynamics, signs, rule, Tanh).map(drop)
    };
    assert_eq!([under(0, exact), under(0, compact)], [Ok(()); 2]);
    for (bits, error) in SETTINGS {
        let refused = [Err(BuildError::Environment(error)); 2];
        assert_eq!([under(bits, exact), under(bits, compact)], refused, "{bits:#x}");
    }
}

/// Why there is a check: the same network, silently another trajectory.
#[test]
fn a_network_that_is_built_before_goes_astray_and_the_check_on_demand_says_why() {
    let mut digests = Vec::new();
    for bits in [0, SETTINGS[SETTINGS.len() - 1].0] {
        let mut storage = PanelStorage::new(64, PARAMS, 3);
        let mut network = storage.network(AnyTransfer::Tanh, freezable_chaos::Simd::detect());
        network.start(
            freezable_chaos::Start::Small,
            &mut Generator::new(1, 0, Purpose::State),
        );
        let found = under(bits, || {
            (0..20).for_each(|_| network.step().expect("finite"));
            environment::check()
        });
        assert_eq!(found.is_ok(), bits == 0);
        digests.push(network.digest());
    }
    assert_ne!(digests[0], digests[1], "rounding toward zero changes no bit");
}
