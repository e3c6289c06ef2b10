//! The two loops over a panel of couplings, for any instruction set.
//!
//! A panel holds up to [`BLOCKS`] blocks of sixteen rows; its memory goes column by column, so that a sweep reads J
//! and A as two streams and keeps one sum per row in registers.

use super::{LANES, Lanes, Rows};

/// Blocks of sixteen rows in a full panel: enough sums at a time to hide the latency of an addition.
pub(crate) const BLOCKS: usize = 4;

/// The couplings of a panel whose A stands still.
pub(crate) struct Quiescent<'a> {
    pub couplings: &'a [Lanes],
    pub synapses: &'a [Lanes],
}

/// The couplings of a panel whose A takes a step.
pub(crate) struct Plastic<'a> {
    pub couplings: &'a [Lanes],
    pub synapses: &'a mut [Lanes],
    /// The neuron of the panel's first row.
    pub first_row: usize,
    /// d of the contract.
    pub retention: f32,
    /// c of the contract.
    pub increment: f32,
}

#[inline(always)]
pub(super) fn drive<R: Rows>(panel: Quiescent<'_>, phi: &[f32], drive: &mut [f32]) {
    match drive.len().div_ceil(LANES) {
        1 => drive_blocks::<R, 1>(panel, phi, drive),
        2 => drive_blocks::<R, 2>(panel, phi, drive),
        3 => drive_blocks::<R, 3>(panel, phi, drive),
        _ => drive_blocks::<R, BLOCKS>(panel, phi, drive),
    }
}

#[inline(always)]
pub(super) fn drive_and_learn<R: Rows>(panel: Plastic<'_>, phi: &[f32], drive: &mut [f32]) {
    match drive.len().div_ceil(LANES) {
        1 => drive_and_learn_blocks::<R, 1>(panel, phi, drive),
        2 => drive_and_learn_blocks::<R, 2>(panel, phi, drive),
        3 => drive_and_learn_blocks::<R, 3>(panel, phi, drive),
        _ => drive_and_learn_blocks::<R, BLOCKS>(panel, phi, drive),
    }
}

#[inline(always)]
fn drive_blocks<R: Rows, const B: usize>(panel: Quiescent<'_>, phi: &[f32], drive: &mut [f32]) {
    let mut sums = [R::splat(0.0); B];
    let columns = panel.couplings.as_chunks::<B>().0.iter();
    for ((j, a), &rate) in columns.zip(panel.synapses.as_chunks::<B>().0).zip(phi) {
        let rate = R::splat(rate);
        for ((sum, j), a) in sums.iter_mut().zip(j).zip(a) {
            *sum = sum.add(R::load(j).add(R::load(a)).mul(rate));
        }
    }
    write(sums, drive);
}

#[inline(always)]
fn drive_and_learn_blocks<R: Rows, const B: usize>(panel: Plastic<'_>, phi: &[f32], drive: &mut [f32]) {
    let Plastic {
        couplings,
        synapses,
        first_row,
        retention,
        increment,
    } = panel;
    let (couplings, synapses) = (couplings.as_chunks::<B>().0, synapses.as_chunks_mut::<B>().0);
    let (before, from) = phi.split_at_checked(first_row).unwrap_or((phi, &[]));
    let mut sweep = Sweep::<R, B>::new(from, retention, increment);
    let mut columns = couplings.iter().zip(synapses);
    // Columns before the panel's rows: the column is the lower index.
    for (&rate, (j, a)) in before.iter().zip(&mut columns) {
        let (rate, scaled) = (R::splat(rate), R::splat(increment * rate));
        sweep.column(j, a, rate, ColumnIsLower { scaled });
    }
    // Columns of the panel's own rows: either may be the lower.
    let (own, behind) = from.split_at_checked(B * LANES).unwrap_or((from, &[]));
    for (place, (&rate, (j, a))) in own.iter().zip(&mut columns).enumerate() {
        let (rate, scaled) = (R::splat(rate), R::splat(increment * rate));
        // One bit per row: those up to the column itself are the lower index.
        let lower_rows = u64::MAX >> (63 - place);
        let product = EitherIsLower {
            scaled,
            rate,
            lower_rows,
        };
        sweep.column(j, a, rate, product);
    }
    // Columns behind the panel's rows: the row is the lower index.
    for (&rate, (j, a)) in behind.iter().zip(&mut columns) {
        let rate = R::splat(rate);
        sweep.column(j, a, rate, RowIsLower { rate });
    }
    write(sweep.sums, drive);
}

/// A sweep over the columns of a panel.
struct Sweep<R, const B: usize> {
    sums: [R; B],
    own: [Own<R>; B],
    retention: R,
}

/// What the rule of A needs of a block's own rows.
#[derive(Clone, Copy)]
struct Own<R> {
    /// Place of the first row in the panel.
    first: usize,
    /// `phi_i`
    rates: R,
    /// `c phi_i`
    scaled: R,
}

/// `(c phi_low) phi_high` of a column and the rows of a block. Types instead of closures, which the compiler does not
/// always inline, and vector instructions outside of their loop are calls.
trait Product<R> {
    fn of(&self, own: &Own<R>) -> R;
}

struct ColumnIsLower<R> {
    scaled: R,
}

struct RowIsLower<R> {
    rate: R,
}

struct EitherIsLower<R> {
    scaled: R,
    rate: R,
    /// One bit per row of the panel.
    lower_rows: u64,
}

impl<R: Rows> Product<R> for ColumnIsLower<R> {
    #[inline(always)]
    fn of(&self, own: &Own<R>) -> R {
        self.scaled.mul(own.rates)
    }
}

impl<R: Rows> Product<R> for RowIsLower<R> {
    #[inline(always)]
    fn of(&self, own: &Own<R>) -> R {
        own.scaled.mul(self.rate)
    }
}

impl<R: Rows> Product<R> for EitherIsLower<R> {
    #[inline(always)]
    fn of(&self, own: &Own<R>) -> R {
        let rows = (self.lower_rows >> own.first) as u16;
        own.scaled.mul(self.rate).select(rows, self.scaled.mul(own.rates))
    }
}

impl<R: Rows, const B: usize> Sweep<R, B> {
    #[inline(always)]
    fn new(phi: &[f32], retention: f32, increment: f32) -> Self {
        let zero = R::splat(0.0);
        let mut own = [Own {
            first: 0,
            rates: zero,
            scaled: zero,
        }; B];
        for (block, (own, phi)) in own.iter_mut().zip(phi.chunks(LANES)).enumerate() {
            let rates = R::load(&Lanes::padded(phi));
            *own = Own {
                first: block * LANES,
                rates,
                scaled: R::splat(increment).mul(rates),
            };
        }
        Self {
            sums: [zero; B],
            own,
            retention: R::splat(retention),
        }
    }

    /// `s = s + (J + A) phi` and `A = A d + product` for one column.
    #[inline(always)]
    fn column(
        &mut self,
        couplings: &[Lanes; B],
        synapses: &mut [Lanes; B],
        rate: R,
        product: impl Product<R>,
    ) {
        // Spelt out: the compiler leaves a loop over blocks rolled, and then its sums in memory.
        self.block::<0>(couplings, synapses, rate, &product);
        self.block::<1>(couplings, synapses, rate, &product);
        self.block::<2>(couplings, synapses, rate, &product);
        self.block::<3>(couplings, synapses, rate, &product);
    }

    /// One block's part of a column, if the panel has that block.
    #[inline(always)]
    fn block<const BLOCK: usize>(
        &mut self,
        couplings: &[Lanes; B],
        synapses: &mut [Lanes; B],
        rate: R,
        product: &impl Product<R>,
    ) {
        if let (Some(j), Some(a), Some(sum), Some(own)) = (
            couplings.get(BLOCK),
            synapses.get_mut(BLOCK),
            self.sums.get_mut(BLOCK),
            self.own.get(BLOCK),
        ) {
            let synapse = R::load(a);
            *sum = sum.add(R::load(j).add(synapse).mul(rate));
            synapse.mul(self.retention).add(product.of(own)).store(a);
        }
    }
}

const _: () = assert!(BLOCKS == 4, "Sweep::column spells out four blocks");

/// The sums of the rows that the network has; the padding is dropped.
#[inline(always)]
fn write<R: Rows, const B: usize>(sums: [R; B], drive: &mut [f32]) {
    for (sum, drive) in sums.into_iter().zip(drive.chunks_mut(LANES)) {
        let mut lanes = Lanes::ZERO;
        sum.store(&mut lanes);
        for (drive, value) in drive.iter_mut().zip(lanes.0) {
            *drive = value;
        }
    }
}
