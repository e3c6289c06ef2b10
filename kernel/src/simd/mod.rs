//! Inner loops of a host's network in the vector instructions of the machine, chosen once at run time.
//!
//! Sixteen neighbouring rows are worked on side by side, one row per lane: no sum is ever split over lanes, so every
//! instruction set gives the bits of the contract. The loops are written once, in `tiles.rs`, `sweep.rs` and
//! `tanh.rs`, over the few operations of [`Rows`]; an instruction set is one implementation of that trait. None of them has a fused
//! multiply-add, and the compiler does not make one out of a product and a sum.
//!
//! The one module of the kernel for hosts where `unsafe` is allowed: an instruction set must be there before it is
//! used, and only [`Simd::with`] makes the value that says so.

mod lanes;
#[cfg(target_arch = "aarch64")]
mod neon;
mod portable;
mod signs;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod simd128;
mod sweep;
mod tanh;
mod tiles;
#[cfg(target_arch = "x86_64")]
mod x86;

pub(crate) use lanes::LANES;
pub use lanes::Lanes;
pub(crate) use sweep::BLOCKS;
pub(crate) use tiles::{Block, High, Learning, Low, Pair, Tile};

use crate::arithmetic::tanh::Cubic;
use tanh::LINES;

/// A set of vector instructions that the inner loops are written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum InstructionSet {
    /// Plain Rust, whatever the compiler makes of it: on every machine, and the twin of the others.
    Portable,
    /// Eight lanes of x86-64.
    Avx2,
    /// Sixteen lanes of x86-64 (AVX-512F and BW).
    Avx512,
    /// Four lanes of AArch64.
    Neon,
    /// Four lanes of WebAssembly, in a module that is compiled with them.
    Simd128,
}

impl InstructionSet {
    /// All of them, the best of each architecture last.
    pub const ALL: [Self; 5] = [
        Self::Portable,
        Self::Avx2,
        Self::Avx512,
        Self::Neon,
        Self::Simd128,
    ];

    fn is_here(self) -> bool {
        match self {
            Self::Portable => true,
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => std::is_x86_feature_detected!("avx2"),
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => {
                std::is_x86_feature_detected!("avx512f") && std::is_x86_feature_detected!("avx512bw")
            }
            #[cfg(target_arch = "aarch64")]
            Self::Neon => std::arch::is_aarch64_feature_detected!("neon"),
            #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
            Self::Simd128 => true,
            _ => false,
        }
    }
}

/// An instruction set that this machine has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Simd(InstructionSet);

impl Simd {
    /// The best that this machine has.
    pub fn detect() -> Self {
        let mut best_first = InstructionSet::ALL.into_iter().rev();
        best_first.find_map(Self::with).unwrap_or(Self::portable())
    }

    /// No instructions but the target's own: safe Rust.
    pub const fn portable() -> Self {
        Self(InstructionSet::Portable)
    }

    /// That instruction set, if this machine has it.
    pub fn with(set: InstructionSet) -> Option<Self> {
        set.is_here().then_some(Self(set))
    }

    /// Which one.
    pub fn instruction_set(self) -> InstructionSet {
        self.0
    }
}

/// Calls the loop of that name with the chosen instruction set.
macro_rules! dispatch {
    ($simd:expr, $name:ident($($argument:expr),*)) => {
        match $simd.0 {
            // SAFETY: this value was made by `Simd::with`, which found the instructions on this machine.
            #[cfg(target_arch = "x86_64")]
            InstructionSet::Avx512 => unsafe { x86::avx512::$name($($argument),*) },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            InstructionSet::Avx2 => unsafe { x86::avx2::$name($($argument),*) },
            // SAFETY: as above.
            #[cfg(target_arch = "aarch64")]
            InstructionSet::Neon => unsafe { neon::$name($($argument),*) },
            #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
            InstructionSet::Simd128 => simd128::$name($($argument),*),
            _ => portable::$name($($argument),*),
        }
    };
}

impl Simd {
    /// Adds what a block and each of some later ones send to each other.
    pub(crate) fn drive_row(self, low: &mut Low, couplings: &[Pair], synapses: &[Tile], high: High<'_>) {
        dispatch!(self, drive_row(low, couplings, synapses, high));
    }

    /// The same, and `A_ij = A_ij d + (c phi_i) phi_j` for the tiles' plastic couplings once they are used.
    pub(crate) fn learn_row(
        self,
        low: &mut Low,
        couplings: &[Pair],
        synapses: &mut [Tile],
        high: High<'_>,
        learning: Learning,
    ) {
        dispatch!(self, learn_row(low, couplings, synapses, high, learning));
    }

    /// Adds what a block of neurons sends to itself.
    pub(crate) fn drive_diagonal(self, low: &mut Low, couplings: &Tile, synapses: &Tile) {
        dispatch!(self, drive_diagonal(low, couplings, synapses));
    }

    /// The same, and the step of the plastic couplings.
    pub(crate) fn learn_diagonal(
        self,
        low: &mut Low,
        couplings: &Tile,
        synapses: &mut Tile,
        learning: Learning,
    ) {
        dispatch!(self, learn_diagonal(low, couplings, synapses, learning));
    }

    /// `drive_i = sum over j of W_ij phi_j` for the rows of one panel of merged couplings W.
    pub(crate) fn drive_merged(self, couplings: &[Lanes], phi: &[f32], drive: &mut [f32]) {
        dispatch!(self, drive_merged(couplings, phi, drive));
    }

    /// `phi[i] = tanh(x[i])`: the bits of [`Tanh::value`](crate::Tanh), which calls this for whole vectors.
    pub fn tanh(self, x: &[f32], phi: &mut [f32]) {
        dispatch!(self, tanh(x, phi));
    }
}

/// One value for each of sixteen rows, in the registers of an instruction set.
///
/// Only the loops of that instruction set may make values of an implementation.
trait Rows: Copy {
    fn splat(value: f32) -> Self;
    fn load(values: &Block) -> Self;
    fn store(self, values: &mut Block);
    fn add(self, other: Self) -> Self;
    fn mul(self, other: Self) -> Self;
    /// The rows of `self` whose bit is set, the others of `other`.
    fn select(self, rows: u16, other: Self) -> Self;

    /// `[c0, c1, c2, c3]` of each row's own line of a table.
    #[inline(always)]
    fn coefficients(table: &[Cubic; LINES], lines: &[u8; LANES]) -> [Self; 4] {
        let mut coefficients = [Lanes::ZERO; 4];
        for (row, &line) in lines.iter().enumerate() {
            let line = table.get(usize::from(line)).unwrap_or(&[0.0; 4]);
            for (lanes, value) in coefficients.iter_mut().zip(line) {
                if let Some(slot) = lanes.0.get_mut(row) {
                    *slot = *value;
                }
            }
        }
        coefficients.map(|lanes| Self::load(&lanes.0))
    }

    /// The rows of a tile, one lane per column.
    #[inline(always)]
    fn transposed(tile: &Tile) -> [Self; LANES] {
        let mut rows = [Lanes::ZERO; LANES];
        for (column, lanes) in tile.iter().enumerate() {
            for (row, &value) in rows.iter_mut().zip(&lanes.0) {
                if let Some(slot) = row.0.get_mut(column) {
                    *slot = value;
                }
            }
        }
        rows.map(|lanes| Self::load(&lanes.0))
    }
}

/// The loops of an instruction set under the names that [`dispatch!`] knows.
macro_rules! loops {
    ($rows:ty $(, $feature:literal)?) => {
        use $crate::simd::{High, Learning, Low, Pair, sweep, tanh, tiles};

        $(#[target_feature(enable = $feature)])?
        pub(in crate::simd) fn drive_row(low: &mut Low, couplings: &[Pair], synapses: &[Tile], high: High<'_>) {
            tiles::drive_row::<$rows>(low, couplings, synapses, high);
        }

        $(#[target_feature(enable = $feature)])?
        pub(in crate::simd) fn learn_row(
            low: &mut Low,
            couplings: &[Pair],
            synapses: &mut [Tile],
            high: High<'_>,
            learning: Learning,
        ) {
            tiles::learn_row::<$rows>(low, couplings, synapses, high, learning);
        }

        $(#[target_feature(enable = $feature)])?
        pub(in crate::simd) fn drive_diagonal(low: &mut Low, couplings: &Tile, synapses: &Tile) {
            tiles::drive_diagonal::<$rows>(low, couplings, synapses);
        }

        $(#[target_feature(enable = $feature)])?
        pub(in crate::simd) fn learn_diagonal(
            low: &mut Low,
            couplings: &Tile,
            synapses: &mut Tile,
            learning: Learning,
        ) {
            tiles::learn_diagonal::<$rows>(low, couplings, synapses, learning);
        }

        $(#[target_feature(enable = $feature)])?
        pub(in crate::simd) fn drive_merged(couplings: &[Lanes], phi: &[f32], drive: &mut [f32]) {
            sweep::drive_merged::<$rows>(couplings, phi, drive);
        }

        $(#[target_feature(enable = $feature)])?
        pub(in crate::simd) fn tanh(x: &[f32], phi: &mut [f32]) {
            tanh::tanh::<$rows>(x, phi);
        }
    };
}
use loops;
