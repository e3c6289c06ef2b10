//! Quenched couplings as one writes them to a file or a flash.

use freezable_chaos::{DenseCouplings, Purpose, SignCouplings, couplings_len, signs_len};

use super::resources::check_bytes;
use super::{Couplings, Model, Network};
use crate::Stopped;

/// The couplings J of one network.
pub struct CouplingsImage<'a> {
    network: &'a Network,
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

impl<'a> CouplingsImage<'a> {
    /// Those of the network of that index; refuses an image that, with its bytes twice over, does not fit into `memory`, if
    /// that is known.
    pub fn of(network: &'a Network, index: u32, memory: Option<u64>) -> Result<Self, Stopped> {
        let (n, dynamics) = (network.n, &network.dynamics);
        let length = match network.model {
            Model::Compact => size_of::<u64>() * signs_len(n),
            Model::Exact => size_of::<f32>() * couplings_len(n),
        };
        check_bytes(n, 3 * length as u64, memory)?;
        let signs = network.signs(index);
        let signed = |i, j| match signs.is_positive(i, j) {
            Some(false) => -dynamics.coupling_scale(),
            _ => dynamics.coupling_scale(),
        };
        if network.model == Model::Compact {
            let mut image = vec![0; signs_len(n)];
            SignCouplings::store(&mut image, &signs)?;
            return Ok(Self {
                network,
                words: Words::Signs(image),
            });
        }
        let mut image = vec![0.0; couplings_len(n)];
        match &network.couplings {
            Couplings::Matrix(matrix) => DenseCouplings::from_rows(&mut image, matrix.values(), dynamics)?,
            Couplings::Signs | Couplings::Hashed => DenseCouplings::from_fn(&mut image, dynamics, signed)?,
            Couplings::Gaussian => {
                let mut randomness = network.generator(index, Purpose::Couplings);
                DenseCouplings::seed(&mut image, dynamics, &mut randomness)?
            }
        };
        Ok(Self {
            network,
            words: Words::Dense(image),
        })
    }

    /// Row by row, `J_ij` from neuron j on neuron i.
    pub fn rows(&self) -> Result<Vec<f32>, Stopped> {
        let (n, dynamics) = (self.network.n, &self.network.dynamics);
        let pairs = (0..n).flat_map(|i| (0..n).map(move |j| (i, j)));
        match &self.words {
            Words::Dense(image) => {
                let couplings = DenseCouplings::from_image(image, dynamics)?;
                Ok(pairs.filter_map(|(i, j)| couplings.get(i, j)).collect())
            }
            Words::Signs(image) => {
                let (signs, scale) = (
                    SignCouplings::from_image(image, dynamics)?,
                    dynamics.coupling_scale(),
                );
                let signed = |(i, j)| Some(if signs.is_positive(i, j)? { scale } else { -scale });
                Ok(pairs.filter_map(signed).collect())
            }
        }
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
