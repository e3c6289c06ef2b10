//! Quenched couplings as one writes them to a file or a flash.

use freezable_chaos::{DenseCouplings, Purpose, SignCouplings, couplings_len, signs_len};

use super::{Couplings, Model, Network};
use crate::Stopped;

/// The couplings J of one network.
pub struct CouplingsImage {
    /// Row by row, `J_ij` from neuron j on neuron i.
    pub rows: Vec<f32>,
    /// In the kernel's memory order.
    pub words: Words,
}

/// An image of couplings in the kernel's memory order.
#[derive(Clone, Debug, PartialEq)]
pub enum Words {
    /// For [`DenseCouplings::from_image`].
    Dense(Vec<f32>),
    /// For [`SignCouplings::from_image`].
    Signs(Vec<u64>),
}

impl CouplingsImage {
    /// Those of the network of that index.
    pub fn of(network: &Network, index: u32) -> Result<Self, Stopped> {
        let (n, dynamics) = (network.n, &network.dynamics);
        let pairs = || (0..n).flat_map(|i| (0..n).map(move |j| (i, j)));
        let signs = network.signs(index);
        let signed = |i, j| match signs.is_positive(i, j) {
            Some(false) => -dynamics.coupling_scale(),
            _ => dynamics.coupling_scale(),
        };
        if network.model == Model::Compact {
            let mut image = vec![0; signs_len(n)];
            SignCouplings::store(&mut image, &signs)?;
            return Ok(Self {
                rows: pairs().map(|(i, j)| signed(i, j)).collect(),
                words: Words::Signs(image),
            });
        }
        let mut image = vec![0.0; couplings_len(n)];
        let couplings = match &network.couplings {
            Couplings::Matrix(matrix) => DenseCouplings::from_rows(&mut image, matrix.values(), dynamics)?,
            Couplings::Signs | Couplings::Hashed => DenseCouplings::from_fn(&mut image, dynamics, signed)?,
            Couplings::Gaussian => {
                let mut randomness = network.generator(index, Purpose::Couplings);
                DenseCouplings::seed(&mut image, dynamics, &mut randomness)?
            }
        };
        let rows = pairs().filter_map(|(i, j)| couplings.get(i, j)).collect();
        Ok(Self {
            rows,
            words: Words::Dense(image),
        })
    }
}

impl Words {
    /// Little-endian bytes, for a flash.
    pub fn bytes(&self) -> Vec<u8> {
        match self {
            Self::Dense(image) => image.iter().flat_map(|value| value.to_le_bytes()).collect(),
            Self::Signs(image) => image.iter().flat_map(|value| value.to_le_bytes()).collect(),
        }
    }
}
