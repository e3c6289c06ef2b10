//! What a network does, of either kind.

use core::mem::{MaybeUninit, align_of, size_of};
use core::ptr;

use freezable_chaos::{CompactNetwork, ExactNetwork, Generator, Plasticity, Purpose, Start};

use crate::build::read;
use crate::status::{Error, Failure, Status, code, report};

/// A network of either kind. What it borrows is the caller's, who keeps it in place.
pub enum Any {
    /// Gaussian couplings, full A.
    Exact(ExactNetwork<'static>),
    /// Signs, and the history of the rates.
    Compact(CompactNetwork<'static>),
}

/// The same expression for either kind.
macro_rules! either {
    ($any:expr, $network:ident => $value:expr) => {
        match $any {
            Any::Exact($network) => $value,
            Any::Compact($network) => $value,
        }
    };
}

/// `freezable_network`.
#[repr(C)]
pub struct FreezableNetwork {
    mark: u64,
    network: MaybeUninit<Any>,
}

/// Says that a network was initialised: memory is rarely so by chance.
const MARK: u64 = 0x6672_6565_7a61_626c;
/// Bytes of `freezable_network` in the header.
const OPAQUE: usize = 48 * 8;
const _: () = assert!(size_of::<FreezableNetwork>() <= OPAQUE && align_of::<FreezableNetwork>() <= 8);

impl FreezableNetwork {
    /// Builds a network in the caller's memory, which stays marked as not initialised if that fails.
    ///
    /// # Safety
    /// `place` is NULL or points to a `freezable_network`, initialised or not, that nothing else uses.
    pub unsafe fn place(place: *mut Self, build: impl FnOnce() -> Result<Any, Error>) -> Result<(), Error> {
        if place.is_null() {
            return Err(Error::null("network"));
        }
        // SAFETY: not NULL; the fields are written without reading what was there.
        unsafe {
            ptr::addr_of_mut!((*place).mark).write(0);
            ptr::addr_of_mut!((*place).network).write(MaybeUninit::new(build()?));
            ptr::addr_of_mut!((*place).mark).write(MARK);
        }
        Ok(())
    }

    /// # Safety
    /// `network` is NULL or points to a `freezable_network` whose memory is initialised and unused by others.
    unsafe fn get_mut<'a>(network: *mut Self) -> Result<&'a mut Any, Error> {
        // SAFETY: the caller's promise; NULL becomes none.
        let network = unsafe { network.as_mut() }.ok_or_else(|| Error::null("network"))?;
        match network.mark {
            // SAFETY: the mark is written after the network.
            MARK => Ok(unsafe { network.network.assume_init_mut() }),
            _ => Err(Error::new(code::NOT_INITIALISED, "network", 0.0, 0.0)),
        }
    }

    /// # Safety
    /// As of [`get_mut`](Self::get_mut), but others may read.
    unsafe fn get<'a>(network: *const Self) -> Option<&'a Any> {
        // SAFETY: the caller's promise; NULL becomes none.
        let network = unsafe { network.as_ref() }?;
        // SAFETY: the mark is written after the network.
        (network.mark == MARK).then(|| unsafe { network.network.assume_init_ref() })
    }
}

/// Why there is no network behind a pointer.
fn missing(network: *const FreezableNetwork) -> Error {
    if network.is_null() {
        Error::null("network")
    } else {
        Error::new(code::NOT_INITIALISED, "network", 0.0, 0.0)
    }
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
        either!(unsafe { FreezableNetwork::get_mut(network) }?, network => network.start(start, &mut generator));
        Ok(())
    };
    // SAFETY: NULL takes no details.
    unsafe { report(act(), ptr::null_mut()) }
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
        let (network, state) =
            unsafe { (FreezableNetwork::get_mut(network)?, read("state", state, length)?) };
        Ok(either!(network, network => network.start_from(state))?)
    };
    // SAFETY: the caller's promise.
    unsafe { report(act(), error) }
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
    let act = || Ok(either!(unsafe { FreezableNetwork::get_mut(network) }?, network => network.step())?);
    // SAFETY: the caller's promise.
    unsafe { report(act(), error) }
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
        let (network, input) =
            unsafe { (FreezableNetwork::get_mut(network)?, read("input", input, length)?) };
        Ok(either!(network, network => network.step_with_input(input))?)
    };
    // SAFETY: the caller's promise.
    unsafe { report(act(), error) }
}

/// Halts the plasticity.
///
/// # Safety
/// As of [`freezable_network_start`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn freezable_network_freeze(network: *mut FreezableNetwork) -> Status {
    // SAFETY: the caller's promise.
    let outcome = unsafe { FreezableNetwork::get_mut(network) };
    // SAFETY: NULL takes no details.
    unsafe {
        report(
            outcome.map(|any| either!(any, network => network.freeze())),
            ptr::null_mut(),
        )
    }
}

/// Lets the plasticity run.
///
/// # Safety
/// As of [`freezable_network_start`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn freezable_network_release(network: *mut FreezableNetwork) -> Status {
    // SAFETY: the caller's promise.
    let outcome = unsafe { FreezableNetwork::get_mut(network) };
    // SAFETY: NULL takes no details.
    unsafe {
        report(
            outcome.map(|any| either!(any, network => network.release())),
            ptr::null_mut(),
        )
    }
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
                Some(any) => either!(any, $network => $value),
                None => $none,
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
        let any = unsafe { FreezableNetwork::get(network) }.ok_or_else(|| missing(network))?;
        let speed = either!(any, network => network.speed());
        let (rms, max) = speed.map_or((0.0, 0.0), |speed| (speed.rms, speed.max));
        for (pointer, value, what) in [
            (root_mean_square, rms, "root_mean_square"),
            (largest, max, "largest"),
        ] {
            // SAFETY: the caller's promise.
            *unsafe { pointer.as_mut() }.ok_or_else(|| Error::null(what))? = value;
        }
        Ok(())
    };
    // SAFETY: NULL takes no details.
    unsafe { report(act(), ptr::null_mut()) }
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
        let (any, remembered, overlap) = unsafe {
            (
                FreezableNetwork::get(network).ok_or_else(|| missing(network))?,
                read("remembered", remembered, length)?,
                overlap.as_mut().ok_or_else(|| Error::null("overlap"))?,
            )
        };
        *overlap = either!(any, network => network.overlap(remembered))?;
        Ok(())
    };
    // SAFETY: the caller's promise.
    unsafe { report(act(), error) }
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
        let any = unsafe { FreezableNetwork::get(network) }.ok_or_else(|| missing(network))?;
        if bytes.is_null() {
            return Err(Error::null("bytes"));
        }
        // SAFETY: not NULL; the rest is the caller's promise.
        let bytes = unsafe { core::slice::from_raw_parts_mut(bytes, length) };
        either!(any, network => network.snapshot(bytes))?;
        Ok(())
    };
    // SAFETY: the caller's promise.
    unsafe { report(act(), error) }
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
        let (network, bytes) =
            unsafe { (FreezableNetwork::get_mut(network)?, read("bytes", bytes, length)?) };
        Ok(either!(network, network => network.restore(bytes))?)
    };
    // SAFETY: the caller's promise.
    unsafe { report(act(), error) }
}
