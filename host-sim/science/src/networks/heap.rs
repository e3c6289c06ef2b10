//! The exact network on the heap, in the memory order of a host.

use freezable_chaos::random::Randomness;
use freezable_chaos::{
    Dynamics, Lanes, Network, Neurons, PanelCouplings, PanelNetwork, PanelSynapses, Panels, Transfer,
    panel_couplings_len, panel_merged_len, panel_synapses_len,
};

use super::execution::Rows;
use crate::Stopped;

/// Heap storage of one exact network in panels; the kernel borrows it.
#[derive(Debug)]
pub struct HeapStorage {
    couplings: Vec<Lanes>,
    neurons: [Vec<f32>; 3],
    synapses: Vec<Lanes>,
    merged: Vec<Lanes>,
    rows: Rows,
}

impl HeapStorage {
    /// Room for `n` neurons.
    pub fn new(n: usize, rows: Rows) -> Self {
        Self {
            couplings: vec![Lanes::ZERO; panel_couplings_len(n)],
            neurons: [vec![0.0; n], vec![0.0; n], vec![0.0; n]],
            synapses: vec![Lanes::ZERO; panel_synapses_len(n)],
            merged: vec![Lanes::ZERO; panel_merged_len(n)],
            rows,
        }
    }

    /// Bytes of the storage for `n` neurons.
    pub fn bytes(n: usize) -> u64 {
        let couplings = panel_couplings_len(n) + panel_synapses_len(n) + panel_merged_len(n);
        (couplings * size_of::<Lanes>() + 3 * n * size_of::<f32>()) as u64
    }

    /// A network at rest with Gaussian couplings drawn from a generator.
    pub fn network<T: Transfer>(
        &mut self,
        dynamics: Dynamics,
        randomness: &mut impl Randomness,
        transfer: T,
    ) -> Result<PanelNetwork<'_, T>, Stopped> {
        let scale = dynamics.coupling_scale();
        self.network_of(dynamics, |_, _| scale * randomness.gaussian(), transfer)
    }

    /// A network at rest with couplings `J_ij = coupling(i, j)`, asked for in row-major order.
    pub fn network_of<T: Transfer>(
        &mut self,
        dynamics: Dynamics,
        coupling: impl FnMut(usize, usize) -> f32,
        transfer: T,
    ) -> Result<PanelNetwork<'_, T>, Stopped> {
        let couplings = PanelCouplings::from_fn(&mut self.couplings, &dynamics, coupling)?;
        let [x, phi, velocity] = &mut self.neurons;
        let synapses = PanelSynapses::new(&mut self.synapses, dynamics.n())?;
        let neurons = Neurons::new(x, phi, velocity)?;
        let panels = Panels::new(couplings, synapses)?.with_merge_buffer(&mut self.merged)?;
        let panels = match self.rows {
            Rows::OneThread => panels,
            Rows::AllThreads => panels.share_rows(),
        };
        Ok(Network::new(dynamics, transfer, neurons, panels)?)
    }
}
