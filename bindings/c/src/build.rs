//! Couplings and networks in the caller's memory.

use core::slice;

use freezable_chaos::environment;
use freezable_chaos::{
    Compact, CompactNetwork, DenseCouplings, Dynamics, Exact, ExactNetwork, Generator, HashedSigns,
    HistoryRule, HistorySynapses, Neurons, PackedSynapses, Params, Purpose, SignCouplings, Signs, SumBuffers,
    Tanh, couplings_len, history_len, signs_len, synapses_len, wide_len,
};

use crate::memory::{Region, lent, read};
use crate::network::{Any, FreezableNetwork};
use crate::status::{Error, Failure, Status, code, report};

/// Looks at the processor's floating-point environment, on the thread that calls.
///
/// # Safety
/// `error` is NULL or points to a `freezable_error`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn freezable_environment_check(error: *mut Failure) -> Status {
    // SAFETY: the caller's promise.
    unsafe { report(error, || Ok(environment::check()?)) }
}

/// `freezable_params`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct FreezableParams {
    g: f32,
    k: f32,
    p: f32,
    dt: f32,
}

impl FreezableParams {
    fn params(self) -> Params {
        let Self { g, k, p, dt } = self;
        Params { g, k, p, dt }
    }

    fn dynamics(self, n: u32) -> Result<Dynamics, Error> {
        Ok(self.params().validate(n as usize)?)
    }
}

/// Words of the tables of the compact network's sums.
const TABLES: usize = 8 * 256;
/// Neurons of the largest compact network here.
const LIMIT: f64 = 2047.0;

/// Draws Gaussian couplings.
///
/// # Safety
/// `couplings` is NULL or points to `length` elements, `error` is NULL or points to a `freezable_error`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn freezable_exact_couplings(
    params: FreezableParams,
    n: u32,
    seed: u64,
    network_index: u32,
    couplings: *mut f32,
    length: usize,
    error: *mut Failure,
) -> Status {
    let draw = || {
        environment::check()?;
        let dynamics = params.dynamics(n)?;
        // SAFETY: the caller's promise.
        let couplings = unsafe { lent("couplings", couplings, length, couplings_len(n as usize), &[]) }?;
        let mut generator = Generator::new(seed, network_index, Purpose::Couplings);
        DenseCouplings::seed(couplings, &dynamics, &mut generator)?;
        Ok(())
    };
    // SAFETY: the caller's promise.
    unsafe { report(error, draw) }
}

/// Takes couplings of the caller's own, row by row.
///
/// # Safety
/// As of [`freezable_exact_couplings`]; `rows` is NULL or points to `rows_length` elements.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn freezable_exact_couplings_from_rows(
    params: FreezableParams,
    n: u32,
    rows: *const f32,
    rows_length: usize,
    couplings: *mut f32,
    length: usize,
    error: *mut Failure,
) -> Status {
    let copy = || {
        let dynamics = params.dynamics(n)?;
        let n = n as usize;
        let mine = Region::of("couplings", couplings, length)?;
        // SAFETY: the caller's promise.
        let (rows, couplings) = unsafe {
            (
                read("rows", rows, rows_length, n.saturating_mul(n), &[mine])?,
                lent("couplings", couplings, length, couplings_len(n), &[])?,
            )
        };
        DenseCouplings::from_rows(couplings, rows, &dynamics)?;
        Ok(())
    };
    // SAFETY: the caller's promise.
    unsafe { report(error, copy) }
}

/// Puts an exact network together.
///
/// # Safety
/// Each pointer is NULL or points to as many elements as its length says, which stay in place, and unused by others, as long
/// as the network is used.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn freezable_exact_init(
    network: *mut FreezableNetwork,
    params: FreezableParams,
    n: u32,
    couplings: *const f32,
    couplings_length: usize,
    buffer: *mut u32,
    buffer_length: usize,
    error: *mut Failure,
) -> Status {
    let build = || {
        environment::check()?;
        let dynamics = params.dynamics(n)?;
        let n = n as usize;
        let needed = synapses_len(n).saturating_add(3 * n);
        let mine = Region::of("network", network, 1)?;
        let lent_out = Region::of("couplings", couplings, couplings_length)?;
        // SAFETY: the caller's promise.
        let (couplings, words) = unsafe {
            (
                // of which length it is, the image knows: bare values are called that
                read(
                    "couplings",
                    couplings,
                    couplings_length,
                    couplings_length,
                    &[mine],
                )?,
                lent("buffer", buffer, buffer_length, needed, &[mine, lent_out])?,
            )
        };
        let couplings = DenseCouplings::from_image(couplings, &dynamics)?;
        let changed = Region::of("buffer", buffer, buffer_length)?;
        // SAFETY: `place` has looked at it, and it is apart from the others.
        unsafe { FreezableNetwork::clear(network) };
        let (neurons, synapses) = split_neurons(words, n)?;
        let exact = Exact::new(couplings, PackedSynapses::new(floats(synapses), n)?)?;
        let network = Any::Exact(ExactNetwork::new(dynamics, Tanh, neurons, exact)?);
        Ok((network, [changed, lent_out]))
    };
    // SAFETY: the caller's promise.
    unsafe { report(error, || FreezableNetwork::place(network, build)) }
}

/// Draws the signs of a compact network.
///
/// # Safety
/// `signs` is NULL or points to `length` elements, `error` is NULL or points to a `freezable_error`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn freezable_compact_signs(
    params: FreezableParams,
    n: u32,
    seed: u64,
    network_index: u32,
    signs: *mut u64,
    length: usize,
    error: *mut Failure,
) -> Status {
    let draw = || {
        environment::check()?;
        let dynamics = params.dynamics(n)?;
        // SAFETY: the caller's promise.
        let signs = unsafe { lent("signs", signs, length, signs_len(n as usize), &[]) }?;
        SignCouplings::store(signs, &HashedSigns::new(&dynamics, seed, network_index))?;
        Ok(())
    };
    // SAFETY: the caller's promise.
    unsafe { report(error, draw) }
}

/// Takes signs of the caller's own, row by row.
///
/// # Safety
/// As of [`freezable_compact_signs`]; `rows` is NULL or points to `rows_length` elements.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn freezable_compact_signs_from_rows(
    params: FreezableParams,
    n: u32,
    rows: *const i8,
    rows_length: usize,
    signs: *mut u64,
    length: usize,
    error: *mut Failure,
) -> Status {
    let copy = || {
        let dynamics = params.dynamics(n)?;
        let n = n as usize;
        let mine = Region::of("signs", signs, length)?;
        // SAFETY: the caller's promise.
        let (rows, signs) = unsafe {
            (
                read("rows", rows, rows_length, n.saturating_mul(n), &[mine])?,
                lent("signs", signs, length, signs_len(n), &[])?,
            )
        };
        SignCouplings::from_rows(signs, rows, &dynamics)?;
        Ok(())
    };
    // SAFETY: the caller's promise.
    unsafe { report(error, copy) }
}

/// Puts a compact network together.
///
/// # Safety
/// As of [`freezable_exact_init`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn freezable_compact_init(
    network: *mut FreezableNetwork,
    params: FreezableParams,
    n: u32,
    signs: *const u64,
    signs_length: usize,
    seed: u64,
    network_index: u32,
    buffer: *mut u32,
    buffer_length: usize,
    error: *mut Failure,
) -> Status {
    let build = || {
        environment::check()?;
        let dynamics = params.dynamics(n)?;
        let n = n as usize;
        if wide_len(n) != 0 {
            return Err(Error::new(code::PARAMETER, "n", n as f64, LIMIT));
        }
        let rule = HistoryRule::recommended(&params.params());
        let samples = history_len(n, rule.samples);
        let needed = 4 * n + TABLES + samples / 4;
        let mine = Region::of("network", network, 1)?;
        let is_hashed = signs.is_null() && signs_length == 0;
        let lent_out = if is_hashed {
            Region::NONE
        } else {
            Region::of("signs", signs, signs_length)?
        };
        // SAFETY: the caller's promise.
        let words = unsafe { lent("buffer", buffer, buffer_length, needed, &[mine, lent_out]) }?;
        let signs: Signs<'static> = if is_hashed {
            HashedSigns::new(&dynamics, seed, network_index).into()
        } else {
            // SAFETY: the caller's promise.
            let signs = unsafe { read("signs", signs, signs_length, signs_length, &[mine]) }?;
            SignCouplings::from_image(signs, &dynamics)?.into()
        };
        let changed = Region::of("buffer", buffer, buffer_length)?;
        // SAFETY: `place` has looked at it, and it is apart from the others.
        unsafe { FreezableNetwork::clear(network) };
        let (neurons, rest) = split_neurons(words, n)?;
        let too_short = || Error::new(code::LENGTH, "buffer", 0.0, needed as f64);
        let (sums, rest) = rest.split_at_mut_checked(n).ok_or_else(too_short)?;
        let (tables, history) = rest.split_at_mut_checked(TABLES).ok_or_else(too_short)?;
        // SAFETY: signed and unsigned words are alike, and an array of arrays lies as its elements do: TABLES of them.
        let tables = unsafe { &mut *tables.as_mut_ptr().cast::<[[i32; 256]; 8]>() };
        // SAFETY: signed and unsigned words are alike.
        let sums = unsafe { slice::from_raw_parts_mut(sums.as_mut_ptr().cast::<i32>(), n) };
        // SAFETY: four bytes are a word, and bytes may lie anywhere.
        let history = unsafe { slice::from_raw_parts_mut(history.as_mut_ptr().cast::<i8>(), samples) };
        let history = HistorySynapses::new(history, &dynamics, rule)?;
        let compact = Compact::new(signs, history, SumBuffers::new(tables, sums, &mut [], &dynamics)?)?;
        let network = Any::Compact(CompactNetwork::new(dynamics, Tanh, neurons, compact)?);
        Ok((network, [changed, lent_out]))
    };
    // SAFETY: the caller's promise.
    unsafe { report(error, || FreezableNetwork::place(network, build)) }
}

/// x, phi and dx/dt, and what is left.
fn split_neurons(
    words: &'static mut [u32],
    n: usize,
) -> Result<(Neurons<'static>, &'static mut [u32]), Error> {
    let needed = 3 * n;
    let found = words.len();
    let too_short = || Error::new(code::LENGTH, "buffer", found as f64, needed as f64);
    let (state, rest) = words.split_at_mut_checked(n).ok_or_else(too_short)?;
    let (rates, rest) = rest.split_at_mut_checked(n).ok_or_else(too_short)?;
    let (velocity, rest) = rest.split_at_mut_checked(n).ok_or_else(too_short)?;
    Ok((
        Neurons::new(floats(state), floats(rates), floats(velocity))?,
        rest,
    ))
}

fn floats(words: &mut [u32]) -> &mut [f32] {
    // SAFETY: a word and a float have the same size and alignment, and any bits are a float.
    unsafe { slice::from_raw_parts_mut(words.as_mut_ptr().cast(), words.len()) }
}
