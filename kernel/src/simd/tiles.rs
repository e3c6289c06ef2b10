//! The loops over tiles of 16 by 16 couplings, for any instruction set.
//!
//! A tile off the diagonal serves two blocks of neurons, the low and the high one: each of its plastic couplings is in
//! memory once, is read once, drives both ways and takes its step. A column holds sixteen low rows, one per lane; the
//! way from the low to the high neurons needs the tile transposed, which happens in registers.

use core::hint::black_box;

use super::{LANES, Lanes, Rows};

/// The values of the neurons of a block.
pub(crate) type Block = [f32; LANES];
/// The plastic couplings of a tile, column by column: one lane per low neuron.
pub(crate) type Tile = [Lanes; LANES];
/// The quenched couplings of a tile off the diagonal: in turn one column to the low neurons, one lane per low neuron, and
/// the couplings of one low neuron to the high ones, one lane per high neuron.
pub(crate) type Pair = [[Lanes; 2]; LANES];

/// The block of neurons whose row of tiles is being walked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Low {
    /// `phi_i`
    pub rates: Block,
    /// What the neurons receive, so far.
    pub sums: Block,
}

/// The blocks of neurons along a row of tiles.
pub(crate) struct High<'a> {
    /// `phi_j`
    pub rates: &'a [Block],
    /// What the neurons receive, so far.
    pub sums: &'a mut [Block],
}

/// The constants d and c of the contract.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Learning {
    pub retention: f32,
    pub increment: f32,
}

/// The plastic couplings of a tile, by column.
trait Columns<R> {
    fn tile(&self) -> &Tile;

    /// The same, but the compiler takes it for another tile and loads its columns once more, from the first-level
    /// cache: kept in registers, they would push out the transposed tile.
    fn again(self) -> Self;

    /// The couplings of a column; if they learn, they then take their step, the high neuron of the column having this
    /// rate.
    fn column(&mut self, column: usize, rate: R) -> R;
}

/// Couplings that stand still.
struct Still<'a>(&'a Tile);

impl<R: Rows> Columns<R> for Still<'_> {
    #[inline(always)]
    fn tile(&self) -> &Tile {
        self.0
    }

    #[inline(always)]
    fn again(self) -> Self {
        Self(black_box(self.0))
    }

    #[inline(always)]
    fn column(&mut self, column: usize, _rate: R) -> R {
        self.0
            .get(column)
            .map_or(R::splat(0.0), |lanes| R::load(&lanes.0))
    }
}

/// Couplings that learn: `A_ij = A_ij d + (c phi_i) phi_j`, i being the low neuron.
struct Plastic<'a, R> {
    tile: &'a mut Tile,
    retention: R,
    /// `c phi_i`
    scaled: R,
}

impl<R: Rows> Columns<R> for Plastic<'_, R> {
    #[inline(always)]
    fn tile(&self) -> &Tile {
        self.tile
    }

    #[inline(always)]
    fn again(self) -> Self {
        Self {
            tile: black_box(self.tile),
            ..self
        }
    }

    #[inline(always)]
    fn column(&mut self, column: usize, rate: R) -> R {
        let Some(lanes) = self.tile.get_mut(column) else {
            return R::splat(0.0);
        };
        let synapses = R::load(&lanes.0);
        synapses
            .mul(self.retention)
            .add(self.scaled.mul(rate))
            .store(&mut lanes.0);
        synapses
    }
}

/// One tile off the diagonal, while its sums are in registers.
struct Pass<'a, R> {
    couplings: &'a Pair,
    /// What the low neurons send through the tile: one lane per high neuron.
    transposed: [R; LANES],
    low: &'a Block,
    high: &'a Block,
    low_sums: R,
    high_sums: R,
}

impl<R: Rows> Pass<'_, R> {
    /// The low neuron of this number to the high block, the high neuron of this number to the low block. The two sums
    /// take turns, so that neither waits for its own last addition.
    #[inline(always)]
    fn step<const NUMBER: usize>(&mut self, synapses: &mut impl Columns<R>) {
        if let (Some([to_low, to_high]), Some(&transposed), Some(&low), Some(&high)) = (
            self.couplings.get(NUMBER),
            self.transposed.get(NUMBER),
            self.low.get(NUMBER),
            self.high.get(NUMBER),
        ) {
            let coupling = R::load(&to_high.0).add(transposed);
            self.high_sums = self.high_sums.add(coupling.mul(R::splat(low)));
            let high = R::splat(high);
            let coupling = R::load(&to_low.0).add(synapses.column(NUMBER, high));
            self.low_sums = self.low_sums.add(coupling.mul(high));
        }
    }
}

/// Both ways through one tile; returns what the low neurons have received by then.
#[inline(always)]
fn pass<R: Rows>(
    low: &Block,
    low_sums: R,
    couplings: &Pair,
    synapses: impl Columns<R>,
    high: &Block,
    high_sums: &mut Block,
) -> R {
    let mut pass = Pass {
        couplings,
        transposed: R::transposed(synapses.tile()),
        low,
        high,
        low_sums,
        high_sums: R::load(high_sums),
    };
    let synapses = &mut synapses.again();
    // Spelt out: the compiler leaves a loop rolled, and then the tile in memory.
    pass.step::<0>(synapses);
    pass.step::<1>(synapses);
    pass.step::<2>(synapses);
    pass.step::<3>(synapses);
    pass.step::<4>(synapses);
    pass.step::<5>(synapses);
    pass.step::<6>(synapses);
    pass.step::<7>(synapses);
    pass.step::<8>(synapses);
    pass.step::<9>(synapses);
    pass.step::<10>(synapses);
    pass.step::<11>(synapses);
    pass.step::<12>(synapses);
    pass.step::<13>(synapses);
    pass.step::<14>(synapses);
    pass.step::<15>(synapses);
    pass.high_sums.store(high_sums);
    pass.low_sums
}

/// Adds what a block and each of some later ones send to each other.
#[inline(always)]
pub(super) fn drive_row<R: Rows>(low: &mut Low, couplings: &[Pair], synapses: &[Tile], high: High<'_>) {
    let mut sums = R::load(&low.sums);
    let tiles = couplings.iter().zip(synapses).zip(high.rates).zip(high.sums);
    for (((couplings, synapses), rates), high_sums) in tiles {
        sums = pass(&low.rates, sums, couplings, Still(synapses), rates, high_sums);
    }
    sums.store(&mut low.sums);
}

/// [`drive_row`], and the plastic couplings take their step once they are used.
#[inline(always)]
pub(super) fn learn_row<R: Rows>(
    low: &mut Low,
    couplings: &[Pair],
    synapses: &mut [Tile],
    high: High<'_>,
    learning: Learning,
) {
    let mut sums = R::load(&low.sums);
    let retention = R::splat(learning.retention);
    let scaled = R::splat(learning.increment).mul(R::load(&low.rates));
    let tiles = couplings.iter().zip(synapses).zip(high.rates).zip(high.sums);
    for (((couplings, tile), rates), high_sums) in tiles {
        let synapses = Plastic {
            tile,
            retention,
            scaled,
        };
        sums = pass(&low.rates, sums, couplings, synapses, rates, high_sums);
    }
    sums.store(&mut low.sums);
}

/// Adds what a block of neurons sends to itself.
#[inline(always)]
pub(super) fn drive_diagonal<R: Rows>(low: &mut Low, couplings: &Tile, synapses: &Tile) {
    let mut sums = R::load(&low.sums);
    for ((j, a), &rate) in couplings.iter().zip(synapses).zip(&low.rates) {
        sums = sums.add(R::load(&j.0).add(R::load(&a.0)).mul(R::splat(rate)));
    }
    sums.store(&mut low.sums);
}

/// [`drive_diagonal`], then `A_ij = A_ij d + (c phi_a) phi_b`, a being the lower of the indices and b the higher.
#[inline(always)]
pub(super) fn learn_diagonal<R: Rows>(
    low: &mut Low,
    couplings: &Tile,
    synapses: &mut Tile,
    learning: Learning,
) {
    let mut sums = R::load(&low.sums);
    let rates = R::load(&low.rates);
    let (retention, increment) = (R::splat(learning.retention), R::splat(learning.increment));
    let scaled = increment.mul(rates);
    let columns = couplings.iter().zip(synapses).zip(&low.rates).enumerate();
    for (column, ((j, a), &rate)) in columns {
        let rate = R::splat(rate);
        let synapses = R::load(&a.0);
        sums = sums.add(R::load(&j.0).add(synapses).mul(rate));
        // One bit per row: those up to the column itself are the lower index.
        let lower_rows = u16::MAX >> (LANES - 1 - column);
        let product = scaled
            .mul(rate)
            .select(lower_rows, increment.mul(rate).mul(rates));
        synapses.mul(retention).add(product).store(&mut a.0);
    }
    sums.store(&mut low.sums);
}
