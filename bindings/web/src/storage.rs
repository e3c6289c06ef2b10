//! Heap memory of a network, which the kernel borrows.

use freezable_chaos::{
    Compact, Dynamics, HistorySynapses, Lanes, Network, Neurons, PanelCouplings, PanelSynapses, Panels,
    Purpose, SignCouplings, SumBuffers, history_len, panel_couplings_len, panel_merged_len,
    panel_synapses_len, signs_len, wide_len,
};

use crate::advance::Advance;
use crate::failure::{Failure, Outcome};
use crate::setup::Setup;

/// The quenched couplings J, which a network and its twin share.
pub enum Couplings {
    /// Gaussian values, of the exact network.
    Gaussian(Vec<Lanes>),
    /// Signs, of the compact one.
    Signs(Vec<u64>),
}

impl Couplings {
    /// Draws the couplings of a network.
    pub fn draw(setup: &Setup) -> Outcome<Self> {
        let (n, dynamics) = (setup.n as usize, setup.dynamics()?);
        if setup.is_compact()? {
            let mut signs = vec![0; signs_len(n)];
            SignCouplings::store(&mut signs, &setup.signs(&dynamics))?;
            return Ok(Self::Signs(signs));
        }
        let mut couplings = vec![Lanes::ZERO; panel_couplings_len(n)];
        PanelCouplings::seed(
            &mut couplings,
            &dynamics,
            &mut setup.generator(Purpose::Couplings),
        )?;
        Ok(Self::Gaussian(couplings))
    }

    /// J as N x N values, row-major: `J_ij` acts from j on i.
    pub fn values(&self, setup: &Setup) -> Outcome<Vec<f32>> {
        let dynamics = setup.dynamics()?;
        let pairs = (0..dynamics.n()).flat_map(|i| (0..dynamics.n()).map(move |j| (i, j)));
        let scale = dynamics.coupling_scale();
        Ok(match self {
            Self::Gaussian(values) => {
                let couplings = PanelCouplings::from_slice(values, &dynamics)?;
                pairs.filter_map(|(i, j)| couplings.get(i, j)).collect()
            }
            Self::Signs(words) => {
                let signs = SignCouplings::from_image(words, &dynamics)?;
                let signed = |is_positive| if is_positive { scale } else { -scale };
                pairs
                    .filter_map(|(i, j)| signs.is_positive(i, j).map(signed))
                    .collect()
            }
        })
    }
}

/// The state of a network.
pub struct Memory {
    neurons: [Vec<f32>; 3],
    plastic: Plastic,
}

enum Plastic {
    Exact {
        synapses: Vec<Lanes>,
        merged: Vec<Lanes>,
    },
    Compact {
        history: Vec<i8>,
        tables: Box<[[i32; 256]; 8]>,
        sums: Vec<i32>,
        wide: Vec<i64>,
    },
}

impl Memory {
    /// Room for a network of this kind and size.
    pub fn new(setup: &Setup) -> Outcome<Self> {
        let n = setup.n as usize;
        let plastic = if setup.is_compact()? {
            Plastic::Compact {
                history: vec![0; history_len(n, setup.history_rule().samples)],
                tables: Box::new([[0; 256]; 8]),
                sums: vec![0; n],
                wide: vec![0; wide_len(n)],
            }
        } else {
            Plastic::Exact {
                synapses: vec![Lanes::ZERO; panel_synapses_len(n)],
                merged: vec![Lanes::ZERO; panel_merged_len(n)],
            }
        };
        Ok(Self {
            neurons: [(); 3].map(|()| vec![0.0; n]),
            plastic,
        })
    }

    /// A network at rest in this memory.
    pub fn network<'a>(
        &'a mut self,
        setup: &Setup,
        dynamics: Dynamics,
        couplings: &'a Couplings,
    ) -> Outcome<Box<dyn Advance + 'a>> {
        let transfer = setup.transfer()?;
        let [x, phi, velocity] = &mut self.neurons;
        let neurons = Neurons::new(x, phi, velocity)?;
        match (&mut self.plastic, couplings) {
            (Plastic::Exact { synapses, merged }, Couplings::Gaussian(couplings)) => {
                let couplings = PanelCouplings::from_slice(couplings, &dynamics)?;
                let synapses = PanelSynapses::new(synapses, dynamics.n())?;
                let panels = Panels::new(couplings, synapses)?.with_merge_buffer(merged)?;
                Ok(Box::new(Network::new(dynamics, transfer, neurons, panels)?))
            }
            (
                Plastic::Compact {
                    history,
                    tables,
                    sums,
                    wide,
                },
                Couplings::Signs(signs),
            ) => {
                let history = HistorySynapses::new(history, &dynamics, setup.history_rule())?;
                let buffers = SumBuffers::new(tables, sums, wide, &dynamics)?;
                let compact = Compact::new(SignCouplings::from_image(signs, &dynamics)?, history, buffers)?;
                Ok(Box::new(Network::new(dynamics, transfer, neurons, compact)?))
            }
            _ => Err(Failure(
                "the couplings are those of another kind of network".into(),
            )),
        }
    }
}
