//! A network in the caller's memory, and whether there is one.

use core::mem::{MaybeUninit, align_of, size_of};
use core::ptr;

use freezable_chaos::{CompactNetwork, ExactNetwork};

use crate::memory::Region;
use crate::status::{Error, code};

/// A network of either kind. What it borrows is the caller's, who keeps it in place.
pub enum Any {
    /// Gaussian couplings, full A.
    Exact(ExactNetwork<'static>),
    /// Signs, and the history of the rates.
    Compact(CompactNetwork<'static>),
}

/// `freezable_network`.
#[repr(C)]
pub struct FreezableNetwork {
    mark: u64,
    /// The memory that the network changes, and that of the couplings.
    memory: MaybeUninit<[Region; 2]>,
    network: MaybeUninit<Any>,
}

/// Says that a network was initialised, together with its address: memory is rarely so by chance, and a copy is not.
const MARK: u64 = 0x6672_6565_7a61_626c;
/// Bytes of `freezable_network` in the header.
const OPAQUE: usize = 48 * 8;
const _: () = assert!(size_of::<FreezableNetwork>() <= OPAQUE && align_of::<FreezableNetwork>() <= 8);

fn mark_at(place: *const FreezableNetwork) -> u64 {
    MARK ^ (place.addr() as u64).rotate_left(32)
}

impl FreezableNetwork {
    /// Builds a network in the caller's memory. `build` calls [`clear`](Self::clear) once the arguments are found right, before it
    /// changes anything: what is refused before changes nothing.
    ///
    /// # Safety
    /// `place` is NULL or points to a `freezable_network`, initialised or not, that nothing else uses.
    pub unsafe fn place(
        place: *mut Self,
        build: impl FnOnce() -> Result<(Any, [Region; 2]), Error>,
    ) -> Result<(), Error> {
        Region::of("network", place, 1)?;
        // SAFETY: not NULL, aligned; the fields are written without reading what was there.
        unsafe {
            let (network, memory) = build()?;
            ptr::addr_of_mut!((*place).memory).write(MaybeUninit::new(memory));
            ptr::addr_of_mut!((*place).network).write(MaybeUninit::new(network));
            ptr::addr_of_mut!((*place).mark).write(mark_at(place));
        }
        Ok(())
    }

    /// Takes the mark away, so that there is no network until there is a whole one.
    ///
    /// # Safety
    /// As of [`place`](Self::place), which has looked at the pointer.
    pub unsafe fn clear(place: *mut Self) {
        // SAFETY: the caller's promise.
        unsafe { ptr::addr_of_mut!((*place).mark).write(0) }
    }

    /// The network, and the memory of it, of what it changes and of its couplings.
    ///
    /// # Safety
    /// `network` is NULL or points to a `freezable_network` whose memory is initialised and unused by others.
    pub unsafe fn get_mut<'a>(network: *mut Self) -> Result<(&'a mut Any, [Region; 3]), Error> {
        // SAFETY: the caller's promise.
        let memory = unsafe { Self::check(network) }?;
        // SAFETY: checked; the mark is written after the network.
        Ok((unsafe { (*network).network.assume_init_mut() }, memory))
    }

    /// # Safety
    /// As of [`get_mut`](Self::get_mut), but others may read.
    pub unsafe fn get<'a>(network: *const Self) -> Result<(&'a Any, [Region; 3]), Error> {
        // SAFETY: the caller's promise.
        let memory = unsafe { Self::check(network) }?;
        // SAFETY: checked; the mark is written after the network.
        Ok((unsafe { (*network).network.assume_init_ref() }, memory))
    }

    /// # Safety
    /// As of [`get`](Self::get).
    unsafe fn check(network: *const Self) -> Result<[Region; 3], Error> {
        let mine = Region::of("network", network, 1)?;
        // SAFETY: not NULL, aligned; the rest is the caller's promise.
        if unsafe { ptr::addr_of!((*network).mark).read() } != mark_at(network) {
            return Err(Error::new(code::NOT_INITIALISED, "network", 0.0, 0.0));
        }
        // SAFETY: the mark is written after the regions.
        let [changed, lent_out] = unsafe { ptr::addr_of!((*network).memory).read().assume_init() };
        Ok([mine, changed, lent_out])
    }
}
