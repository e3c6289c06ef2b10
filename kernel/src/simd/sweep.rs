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

/// What the rule of A needs of a panel's own rows: `phi_i` and `c phi_i`.
struct Learning<R, const B: usize> {
    rates: [R; B],
    scaled: [R; B],
    retention: R,
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
    let learning = Learning::<R, B>::of(phi.get(first_row..).unwrap_or(&[]), retention, increment);
    let mut sums = [R::splat(0.0); B];
    let mut columns = couplings
        .as_chunks::<B>()
        .0
        .iter()
        .zip(synapses.as_chunks_mut::<B>().0)
        .zip(phi);
    // Columns before the panel's rows: the column is the lower index.
    for ((j, a), &rate) in columns.by_ref().take(first_row) {
        let (rate, scaled) = (R::splat(rate), R::splat(increment * rate));
        for ((sum, (j, a)), own) in sums.iter_mut().zip(j.iter().zip(a)).zip(&learning.rates) {
            let synapse = R::load(a);
            *sum = sum.add(R::load(j).add(synapse).mul(rate));
            learning.step(synapse, scaled.mul(*own)).store(a);
        }
    }
    // Columns of the panel's own rows: either may be the lower.
    for (place, ((j, a), &rate)) in columns.by_ref().take(B * LANES).enumerate() {
        let (rate, scaled) = (R::splat(rate), R::splat(increment * rate));
        let own = learning.rates.iter().zip(&learning.scaled).enumerate();
        for ((sum, (j, a)), (block, (own, own_scaled))) in sums.iter_mut().zip(j.iter().zip(a)).zip(own) {
            let synapse = R::load(a);
            *sum = sum.add(R::load(j).add(synapse).mul(rate));
            // Rows up to the column itself are the lower index.
            let rows = (place + 1).saturating_sub(block * LANES);
            let rows = if rows < LANES { rows } else { LANES };
            let product = own_scaled.mul(rate).before(rows, scaled.mul(*own));
            learning.step(synapse, product).store(a);
        }
    }
    // Columns behind the panel's rows: the row is the lower index.
    for ((j, a), &rate) in columns {
        let rate = R::splat(rate);
        for ((sum, (j, a)), own_scaled) in sums.iter_mut().zip(j.iter().zip(a)).zip(&learning.scaled) {
            let synapse = R::load(a);
            *sum = sum.add(R::load(j).add(synapse).mul(rate));
            learning.step(synapse, own_scaled.mul(rate)).store(a);
        }
    }
    write(sums, drive);
}

impl<R: Rows, const B: usize> Learning<R, B> {
    #[inline(always)]
    fn of(phi: &[f32], retention: f32, increment: f32) -> Self {
        let mut rates = [R::splat(0.0); B];
        let mut scaled = rates;
        let increment = R::splat(increment);
        for ((rates, scaled), phi) in rates.iter_mut().zip(&mut scaled).zip(phi.chunks(LANES)) {
            *rates = R::load(&Lanes::padded(phi));
            *scaled = increment.mul(*rates);
        }
        Self {
            rates,
            scaled,
            retention: R::splat(retention),
        }
    }

    /// `A d + product`.
    #[inline(always)]
    fn step(&self, synapse: R, product: R) -> R {
        synapse.mul(self.retention).add(product)
    }
}

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
