//! What a network does, of either kind.

use core::ptr;

use freezable_chaos::{Generator, Plasticity, Purpose, Start};

use crate::memory::{Region, read};
pub use crate::place::{Any, FreezableNetwork};
use crate::status::{Error, Failure, Status, code, report};

/// The same expression for either kind.
macro_rules! either {
    ($any:expr, $network:ident => $value:expr) => {
        match $any {
            Any::Exact($network) => $value,
            Any::Compact($network) => $value,
        }
    };
}

/// Starts from a random state.
///
/// # Safety
/// `network` is NULL or points to a `freezable_network` that was zeroed or initialised, and that nothing else uses.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn freezable_network_start(
    network: *mut FreezableNetwork,
    start: i32,
    seed: u64,
    network_index: u32,
) -> Status {
    let act = || {
        let start = match start {
            0 => Start::Small,
            1 => Start::Large,
            other => return Err(Error::new(code::PARAMETER, "start", other.into(), 1.0)),
        };
        let mut generator = Generator::new(seed, network_index, Purpose::State);
        // SAFETY: the caller's promise.
        either!(unsafe { FreezableNetwork::get_mut(network) }?.0, network => network.start(start, &mut generator));
        Ok(())
    };
    // SAFETY: NULL takes no details.
    unsafe { report(ptr::null_mut(), act) }
}

/// Starts from a given state.
///
/// # Safety
/// As of [`freezable_network_start`]; `state` is NULL or points to `length` elements, `error` is NULL or points to a
/// `freezable_error`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn freezable_network_start_from(
    network: *mut FreezableNetwork,
    state: *const f32,
    length: usize,
    error: *mut Failure,
) -> Status {
    let act = || {
        // SAFETY: the caller's promise.
        let (network, [mine, changed, _]) = unsafe { FreezableNetwork::get_mut(network) }?;
        let n = either!(&*network, network => network.n());
        // SAFETY: the caller's promise; apart from what a step changes.
        let state = unsafe { read("state", state, length, n, &[mine, changed]) }?;
        Ok(either!(network, network => network.start_from(state))?)
    };
    // SAFETY: the caller's promise.
    unsafe { report(error, act) }
}

/// One step.
///
/// # Safety
/// As of [`freezable_network_start_from`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn freezable_network_step(
    network: *mut FreezableNetwork,
    error: *mut Failure,
) -> Status {
    // SAFETY: the caller's promise.
    let act = || Ok(either!(unsafe { FreezableNetwork::get_mut(network) }?.0, network => network.step())?);
    // SAFETY: the caller's promise.
    unsafe { report(error, act) }
}

/// One step with an input.
///
/// # Safety
/// As of [`freezable_network_start_from`], for `input`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn freezable_network_step_with_input(
    network: *mut FreezableNetwork,
    input: *const f32,
    length: usize,
    error: *mut Failure,
) -> Status {
    let act = || {
        // SAFETY: the caller's promise.
        let (network, [mine, changed, _]) = unsafe { FreezableNetwork::get_mut(network) }?;
        let n = either!(&*network, network => network.n());
        // SAFETY: the caller's promise; apart from what a step changes.
        let input = unsafe { read("input", input, length, n, &[mine, changed]) }?;
        Ok(either!(network, network => network.step_with_input(input))?)
    };
    // SAFETY: the caller's promise.
    unsafe { report(error, act) }
}

/// Halts the plasticity.
///
/// # Safety
/// As of [`freezable_network_start`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn freezable_network_freeze(network: *mut FreezableNetwork) -> Status {
    let act = || {
        // SAFETY: the caller's promise.
        either!(unsafe { FreezableNetwork::get_mut(network) }?.0, network => network.freeze());
        Ok(())
    };
    // SAFETY: NULL takes no details.
    unsafe { report(ptr::null_mut(), act) }
}

/// Lets the plasticity run.
///
/// # Safety
/// As of [`freezable_network_start`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn freezable_network_release(network: *mut FreezableNetwork) -> Status {
    let act = || {
        // SAFETY: the caller's promise.
        either!(unsafe { FreezableNetwork::get_mut(network) }?.0, network => network.release());
        Ok(())
    };
    // SAFETY: NULL takes no details.
    unsafe { report(ptr::null_mut(), act) }
}

/// A function that reads one value of a network, with what it gives of none.
macro_rules! value {
    ($(#[$doc:meta])* $name:ident -> $type:ty, $none:expr, $network:ident => $value:expr) => {
        $(#[$doc])*
        ///
        /// # Safety
        /// `network` is NULL or points to a `freezable_network` that was zeroed or initialised.
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $name(network: *const FreezableNetwork) -> $type {
            // SAFETY: the caller's promise.
            match unsafe { FreezableNetwork::get(network) } {
                Ok((any, _)) => either!(any, $network => $value),
                Err(_) => $none,
            }
        }
    };
}

value!(
    /// Whether the plasticity is halted.
    freezable_network_is_frozen -> bool, false, network => network.plasticity() == Plasticity::Frozen
);
value!(
    /// Number of neurons.
    freezable_network_size -> u32, 0, network => network.n() as u32
);
value!(
    /// Steps since the start.
    freezable_network_steps -> u64, 0, network => network.steps()
);
value!(
    /// FNV-1a of the bits of x and A.
    freezable_network_digest -> u64, 0, network => network.digest()
);
value!(
    /// The states x.
    freezable_network_state -> *const f32, ptr::null(), network => network.state().as_ptr()
);
value!(
    /// The rates phi(x).
    freezable_network_rates -> *const f32, ptr::null(), network => network.rates().as_ptr()
);
value!(
    /// Bytes of a snapshot.
    freezable_network_snapshot_length -> usize, 0, network => network.snapshot_len()
);

/// How fast the neurons moved in the last step.
///
/// # Safety
/// `network` is NULL or points to a `freezable_network` that was zeroed or initialised; the others are NULL or point to a
/// float.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn freezable_network_speed(
    network: *const FreezableNetwork,
    root_mean_square: *mut f32,
    largest: *mut f32,
) -> Status {
    let act = || {
        // SAFETY: the caller's promise.
        let (any, all) = unsafe { FreezableNetwork::get(network) }?;
        let places = [("root_mean_square", root_mean_square), ("largest", largest)];
        for (what, pointer) in places {
            Region::of(what, pointer, 1)?.check_apart(&all)?;
        }
        let speed = either!(any, network => network.speed());
        let values = speed.map_or([0.0, 0.0], |speed| [speed.rms, speed.max]);
        for ((_, pointer), value) in places.into_iter().zip(values) {
            // SAFETY: looked at above; that there is a float is the caller's promise.
            unsafe { pointer.write(value) };
        }
        Ok(())
    };
    // SAFETY: NULL takes no details.
    unsafe { report(ptr::null_mut(), act) }
}

/// Cosine between the present rates and remembered ones.
///
/// # Safety
/// As of [`freezable_network_start_from`], for `remembered`; `overlap` is NULL or points to a float.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn freezable_network_overlap(
    network: *const FreezableNetwork,
    remembered: *const f32,
    length: usize,
    overlap: *mut f32,
    error: *mut Failure,
) -> Status {
    let act = || {
        // SAFETY: the caller's promise.
        let (any, [mine, changed, lent_out]) = unsafe { FreezableNetwork::get(network) }?;
        let n = either!(any, network => network.n());
        let place = Region::of("overlap", overlap, 1)?;
        place.check_apart(&[mine, changed, lent_out])?;
        // SAFETY: the caller's promise; the network itself is only read.
        let remembered = unsafe { read("remembered", remembered, length, n, &[place]) }?;
        let cosine = either!(any, network => network.overlap(remembered))?;
        // SAFETY: looked at above; that there is a float is the caller's promise.
        unsafe { overlap.write(cosine) };
        Ok(())
    };
    // SAFETY: the caller's promise.
    unsafe { report(error, act) }
}

/// Writes the whole state.
///
/// # Safety
/// As of [`freezable_network_start_from`], for `bytes`, which are initialised.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn freezable_network_snapshot(
    network: *const FreezableNetwork,
    bytes: *mut u8,
    length: usize,
    error: *mut Failure,
) -> Status {
    let act = || {
        // SAFETY: the caller's promise.
        let (any, all) = unsafe { FreezableNetwork::get(network) }?;
        Region::of("bytes", bytes, length)?.check_apart(&all)?;
        // SAFETY: not NULL, and apart from the network; the rest is the caller's promise.
        let bytes = unsafe { core::slice::from_raw_parts_mut(bytes, length) };
        either!(any, network => network.snapshot(bytes))?;
        Ok(())
    };
    // SAFETY: the caller's promise.
    unsafe { report(error, act) }
}

/// Takes the state of a snapshot.
///
/// # Safety
/// As of [`freezable_network_start_from`], for `bytes`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn freezable_network_restore(
    network: *mut FreezableNetwork,
    bytes: *const u8,
    length: usize,
    error: *mut Failure,
) -> Status {
    let act = || {
        // SAFETY: the caller's promise.
        let (network, [mine, changed, _]) = unsafe { FreezableNetwork::get_mut(network) }?;
        // SAFETY: the caller's promise; the kernel knows which length is right.
        let bytes = unsafe { read("bytes", bytes, length, length, &[mine, changed]) }?;
        Ok(either!(network, network => network.restore(bytes))?)
    };
    // SAFETY: the caller's promise.
    unsafe { report(error, act) }
}
