//! Some rows of the compact network: what one of several processes computes of a network that they share.
//!
//! A process has the neurons, the samples and the signs of its rows. Of the others it needs, once a step, the rates as the
//! integers that they enter the sums as, and what their samples give in the products with their rates: a
//! [message](CompactRows::write_message) of 3 bytes a row and 8 a sample. Everything that is added up over the network is an
//! integer, so the bits are those of [`Compact`](super::Compact), however many processes share the rows.

use core::ops::Range;

use super::fixed_point::{FixedPoint, wide_len};
use super::hashed::HashedSigns;
use super::history::{Each, HistorySynapses};
use super::rule::{HistoryRule, SAMPLES_LIMIT};
use super::{Units, sums};
use crate::arithmetic::largest_magnitude;
use crate::connectivity::error::BuildError;
use crate::parameters::Dynamics;
use crate::signed_sums::{COLUMNS, Words};
use crate::simd::Simd;
use crate::snapshot::SnapshotError;
use crate::values::SizeError;

/// Bytes of a rate in a message: an integer of at most 21 bits with its sign.
const RATE: usize = 3;
/// Bytes of a product of a sample with the rates in a message.
const PRODUCT: usize = size_of::<i64>();
/// Stands for a rate beyond 1 in magnitude, which has no integer.
const BEYOND: i32 = -(1 << 23);

/// The signs of some rows of J.
#[derive(Debug)]
pub struct SignRows<'a> {
    rows: Range<usize>,
    hashed: HashedSigns,
    /// Pass by pass a word for each row, if they are stored.
    stored: Option<&'a [u64]>,
}

impl<'a> SignRows<'a> {
    /// Words for that many rows of a network of `n` neurons.
    pub const fn len(n: usize, rows: usize) -> usize {
        n.div_ceil(COLUMNS) * rows
    }

    /// The rows of signs that are computed when they are needed. Refuses rows beyond the last.
    pub fn hashed(signs: &HashedSigns, rows: Range<usize>) -> Result<SignRows<'static>, SizeError> {
        check_rows(signs.n(), &rows)?;
        Ok(SignRows {
            rows,
            hashed: signs.clone(),
            stored: None,
        })
    }

    /// Keeps the same signs in the first [`len`](Self::len) words of a buffer. Refuses rows beyond the last.
    pub fn store(
        buffer: &'a mut [u64],
        signs: &HashedSigns,
        rows: Range<usize>,
    ) -> Result<SignRows<'a>, SizeError> {
        let hashed = SignRows::hashed(signs, rows)?;
        let (expected, found) = (Self::len(signs.n(), hashed.rows.len()), buffer.len());
        let words = buffer.get_mut(..expected).ok_or(SizeError {
            what: "the buffer of the rows' signs",
            expected,
            found,
        })?;
        for (pass, column) in words.chunks_exact_mut(hashed.rows.len().max(1)).enumerate() {
            let signs = hashed.pass(pass);
            for (row, word) in column.iter_mut().enumerate() {
                *word = signs.get(row);
            }
        }
        Ok(SignRows {
            stored: Some(words),
            ..hashed
        })
    }

    /// The signs of a pass over 64 columns in these rows.
    fn pass(&self, pass: usize) -> Words<'_> {
        match self.stored {
            None => self.hashed.pass(pass).skip(self.rows.start),
            Some(words) => {
                let first = pass * self.rows.len();
                Words::Stored(words.get(first..first + self.rows.len()).unwrap_or(&[]))
            }
        }
    }
}

fn check_rows(n: usize, rows: &Range<usize>) -> Result<(), SizeError> {
    if rows.start <= rows.end && rows.end <= n {
        return Ok(());
    }
    Err(SizeError {
        what: "the network, up to the last of the rows,",
        expected: n,
        found: rows.end.max(rows.start),
    })
}

/// Some rows of the compact network, see the module `compact::rows` in the sources; a network over several processes is
/// made of one per process.
///
/// ```
/// use freezable_chaos::*;
/// let params = Params { g: 2.0, k: 2.0, p: 2.5, dt: 0.05 };
/// let dynamics = params.validate(100).unwrap();
/// let (signs, rule) = (HashedSigns::new(&dynamics, 7, 0), HistoryRule::recommended(&params));
/// // This process has the rows from 64 on; another has those before.
/// let rows = SignRows::hashed(&signs, 64..100).unwrap();
/// let (mut history, mut sums) = (vec![0; 36 * 8], vec![0; 36]);
/// let mut share = CompactRows::new(&dynamics, rule, rows, &mut history, &mut sums, &mut []).unwrap();
/// let mut message = vec![0; share.message_len(36)];
/// share.write_message(&[0.5; 36], &mut message).unwrap(); // for the other, whose message comes here
/// # let mut other = vec![0; share.message_len(64)];
/// let (mut rates, mut products) = (vec![0.0; 100], [0; SAMPLES_LIMIT as usize]);
/// # use connectivity::SAMPLES_LIMIT;
/// share.read_message(&other, &mut rates[..64], &mut products).unwrap();
/// share.read_message(&message, &mut rates[64..], &mut products).unwrap();
/// let mut drive = [0.0; 36];
/// share.drive(&rates, &products, &mut drive).unwrap();
/// share.learn(&[0.5; 36]);
/// ```
#[derive(Debug)]
pub struct CompactRows<'a> {
    dynamics: Dynamics,
    signs: SignRows<'a>,
    history: HistorySynapses<'a>,
    sums: &'a mut [i32],
    wide: &'a mut [i64],
    fixed: FixedPoint,
    simd: Simd,
    #[cfg(feature = "rayon")]
    shared: bool,
}

impl<'a> CompactRows<'a> {
    /// Puts the signs of the rows together with memory for them: [`history_len`](crate::history_len)`(rows, samples)` bytes,
    /// a sum for each row, and a wide one where [`wide_len`](crate::wide_len)`(n)` is not 0.
    ///
    /// `dynamics` and signs are of the whole network.
    pub fn new(
        dynamics: &Dynamics,
        rule: HistoryRule,
        signs: SignRows<'a>,
        history: &'a mut [i8],
        sums: &'a mut [i32],
        wide: &'a mut [i64],
    ) -> Result<Self, BuildError> {
        let (n, rows) = (dynamics.n(), signs.rows.len());
        signs.hashed.check(n)?;
        SizeError::check("the slice of the rows' sums", rows, sums.len())?;
        let wide_rows = if wide_len(n) == 0 { 0 } else { rows };
        SizeError::check("the slice of the rows' wide sums", wide_rows, wide.len())?;
        Ok(Self {
            dynamics: *dynamics,
            history: HistorySynapses::of_neurons(rows, n, history, dynamics, rule)?,
            signs,
            sums,
            wide,
            fixed: FixedPoint::new(n),
            simd: Simd::detect(),
            #[cfg(feature = "rayon")]
            shared: false,
        })
    }

    /// Shares these rows among the threads of rayon's present pool, if there are enough to gain by it. The bits are the same
    /// for any number of threads.
    #[cfg(feature = "rayon")]
    pub fn share_rows(mut self) -> Self {
        self.shared = self.signs.rows.len() >= super::THREADS_FROM;
        self
    }

    /// Which rows these are.
    pub fn rows(&self) -> Range<usize> {
        self.signs.rows.clone()
    }

    /// The plastic couplings, of the samples of these rows.
    pub fn history(&self) -> &HistorySynapses<'a> {
        &self.history
    }

    /// Bytes of a message of so many rows of this network.
    pub fn message_len(&self, rows: usize) -> usize {
        self.history.rule().samples as usize * PRODUCT + rows * RATE
    }

    /// What all need of these rows to take a step, given their rates. Refuses other lengths.
    pub fn write_message(&self, phi: &[f32], message: &mut [u8]) -> Result<(), SizeError> {
        SizeError::check("the slice of the rows' rates", self.signs.rows.len(), phi.len())?;
        SizeError::check("the message", self.message_len(phi.len()), message.len())?;
        let products = self.history.products_by_age::<false>(phi);
        let (head, rates) = message.split_at_mut(self.message_len(0));
        for (place, product) in head.as_chunks_mut().0.iter_mut().zip(&products) {
            *place = product.to_le_bytes();
        }
        for ([low, middle, high], &rate) in rates.as_chunks_mut::<RATE>().0.iter_mut().zip(phi) {
            let fine = if f32::abs(rate) <= 1.0 {
                self.fixed.fine(rate)
            } else {
                BEYOND
            };
            [*low, *middle, *high, _] = fine.to_le_bytes();
        }
        Ok(())
    }

    /// Reads a message of some rows: their rates, as far as the sums know them, into a slice of these rows, and adds its
    /// products to those of the messages before, at first 0. Refuses other lengths.
    pub fn read_message(
        &self,
        message: &[u8],
        rates: &mut [f32],
        products: &mut [i64; SAMPLES_LIMIT as usize],
    ) -> Result<(), SizeError> {
        SizeError::check("the message", self.message_len(rates.len()), message.len())?;
        let (head, bytes) = message.split_at(self.message_len(0));
        for (product, bytes) in products.iter_mut().zip(head.as_chunks().0) {
            *product = product.wrapping_add(i64::from_le_bytes(*bytes));
        }
        // A power of two, so that the product is exact, and truncates to the same integer again.
        let unit = 1.0 / self.fixed.one();
        for (rate, &[low, middle, high]) in rates.iter_mut().zip(bytes.as_chunks::<RATE>().0) {
            let fine = i32::from_le_bytes([0, low, middle, high]) >> 8;
            *rate = if fine == BEYOND {
                f32::NAN
            } else {
                fine as f32 * unit
            };
        }
        Ok(())
    }

    /// The drive of these rows, `(J + A) phi`, of what the messages of all rows gave. Refuses other lengths.
    ///
    /// A rate beyond 1 in magnitude makes the drive not a number.
    pub fn drive(
        &mut self,
        rates: &[f32],
        products: &[i64; SAMPLES_LIMIT as usize],
        drive: &mut [f32],
    ) -> Result<(), SizeError> {
        SizeError::check("the slice of all rates", self.dynamics.n(), rates.len())?;
        SizeError::check("the slice of the rows' drive", self.signs.rows.len(), drive.len())?;
        if largest_magnitude(rates) <= 1.0 {
            self.add_up(rates);
            self.put_together(products, drive);
        } else {
            drive.fill(f32::NAN);
        }
        Ok(())
    }

    fn add_up(&mut self, rates: &[f32]) {
        let (signs, fixed, simd) = (|pass| self.signs.pass(pass), self.fixed, self.simd);
        #[cfg(feature = "rayon")]
        if self.shared {
            return super::threads::add_up(signs, fixed, rates, simd, self.sums, self.wide);
        }
        sums::add_up(
            signs,
            fixed,
            rates,
            self.sums,
            self.wide,
            |words, columns, sums| {
                simd.add_columns(words, columns, sums);
            },
        );
    }

    fn put_together(&self, products: &Each<i64>, drive: &mut [f32]) {
        let units = Units {
            quenched: self.dynamics.coupling_scale() / self.fixed.one(),
            plastic: self.history.unit(&self.dynamics),
        };
        let plastic = self.history.coefficients_of(products);
        if self.wide.is_empty() {
            units.put_together::<false, _>(self.sums, |sum| sum as f32, &plastic, drive);
        } else {
            units.put_together::<false, _>(self.wide, |sum| sum as f32, &plastic, drive);
        }
    }

    /// A step of the plasticity, of the rows' rates before the step of the neurons: as [`Connectivity`](super::Connectivity)
    /// has it, and all below too.
    pub fn learn(&mut self, phi: &[f32]) {
        self.history.advance(phi);
    }

    /// `A = 0`.
    pub fn clear(&mut self) {
        self.history.clear();
    }

    /// As if the rates of these rows had been these for ever. Rates beyond 1 in magnitude leave A = 0.
    pub fn imprint(&mut self, phi: &[f32]) {
        if largest_magnitude(phi) <= 1.0 {
            self.history.imprint(phi);
        }
    }

    /// Length of the rows' part of the plastic state, in bytes.
    pub fn plastic_len(&self) -> usize {
        self.history.bytes()
    }

    /// Writes a piece of it.
    pub fn write_plastic(&self, offset: usize, piece: &mut [u8]) {
        self.history.write(offset, piece);
    }

    /// Refuses a phase and a piece that are not of a plastic state that these rows can have.
    pub fn check_plastic(&self, phase: u32, offset: usize, piece: &[u8]) -> Result<(), SnapshotError> {
        self.history.check_piece(phase, offset, piece)
    }

    /// Takes over a piece that was checked.
    pub fn read_plastic(&mut self, phase: u32, offset: usize, piece: &[u8]) {
        self.history.read(phase, offset, piece);
    }
}

#[cfg(test)]
mod tests;
