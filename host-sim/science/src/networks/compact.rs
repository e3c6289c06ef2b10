//! The compact network on the heap.

use freezable_chaos::{
    Compact, CompactNetwork, Dynamics, HashedSigns, HistoryRule, HistorySynapses, Network, Neurons,
    SignCouplings, Signs, SumBuffers, Transfer, history_len, signs_len, wide_len,
};

use super::couplings::signed_coupling;
use super::execution::Rows;
use super::kernel::Rule;
use super::simulation::History;
use super::tangents::{CompactTangent, TangentMap};
use crate::spectra::State;
use crate::{Refusal, Stopped};

/// Heap storage of one compact network; the kernel borrows it.
#[derive(Debug)]
pub struct CompactStorage {
    /// Empty where the signs are hashed.
    signs: Vec<u64>,
    neurons: [Vec<f32>; 3],
    history: Vec<i8>,
    tables: Box<[[i32; 256]; 8]>,
    sums: Vec<i32>,
    wide: Vec<i64>,
    rows: Rows,
}

impl CompactStorage {
    /// Room for `n` neurons whose signs are hashed.
    pub fn new(n: usize, rule: HistoryRule) -> Self {
        Self {
            signs: Vec::new(),
            neurons: [vec![0.0; n], vec![0.0; n], vec![0.0; n]],
            history: vec![0; history_len(n, rule.samples)],
            tables: Box::new([[0; 256]; 8]),
            sums: vec![0; n],
            wide: vec![0; wide_len(n)],
            rows: Rows::OneThread,
        }
    }

    /// Bytes of the storage, and of the snapshot to which a freeze trial goes back.
    pub fn bytes(n: usize, rule: HistoryRule, are_signs_stored: bool) -> u64 {
        let signs = if are_signs_stored {
            size_of::<u64>() * signs_len(n)
        } else {
            0
        };
        let history = history_len(n, rule.samples);
        (signs + 2 * history + size_of::<f32>() * 5 * n + size_of::<i64>() * wide_len(n)) as u64
    }

    /// Who works on the rows.
    pub fn with_rows(mut self, rows: Rows) -> Self {
        self.rows = rows;
        self
    }

    /// Makes room for the signs, and computes them once for all.
    pub fn store(mut self, signs: &HashedSigns) -> Result<Self, Stopped> {
        self.signs.resize(signs_len(signs.n()), 0);
        SignCouplings::store(&mut self.signs, signs)?;
        Ok(self)
    }

    /// A network at rest, whose signs are stored if they [were](Self::store), else hashed.
    pub fn network<T: Transfer>(
        &mut self,
        dynamics: Dynamics,
        signs: &HashedSigns,
        rule: HistoryRule,
        transfer: T,
    ) -> Result<CompactNetwork<'_, T>, Stopped> {
        let signs: Signs<'_> = if self.signs.is_empty() {
            signs.clone().into()
        } else {
            SignCouplings::from_image(&self.signs, &dynamics)?.into()
        };
        let [x, phi, velocity] = &mut self.neurons;
        let neurons = Neurons::new(x, phi, velocity)?;
        let history = HistorySynapses::new(&mut self.history, &dynamics, rule)?;
        let buffers = SumBuffers::new(&mut self.tables, &mut self.sums, &mut self.wide, &dynamics)?;
        let compact = Compact::new(signs, history, buffers)?;
        let compact = match self.rows {
            Rows::OneThread => compact,
            Rows::AllThreads => compact.share_rows(),
        };
        Ok(CompactNetwork::new(dynamics, transfer, neurons, compact)?)
    }
}

impl Rule for Compact<'_> {
    fn coupling(&self, dynamics: &Dynamics, i: usize, j: usize) -> (f64, f64) {
        let quenched = signed_coupling(dynamics, self.signs().is_positive(i, j));
        let plastic = Compact::history(self).get(i, j).unwrap_or(f64::NAN);
        (f64::from(quenched), f64::from(dynamics.strength()) * plastic)
    }
    fn history(&self) -> Option<History> {
        Some(history_of(self))
    }

    fn tangent<'a, T: Transfer>(
        network: &'a mut Network<'_, Self, T>,
    ) -> Result<Box<dyn TangentMap + 'a>, Refusal> {
        let dynamics = *network.dynamics();
        let history = history_of(network.connectivity());
        Ok(Box::new(CompactTangent::new(network, &dynamics, history)))
    }

    fn joint_jacobian(state: &State<'_>) -> Option<Vec<f64>> {
        Some(state.joint())
    }
}

/// The history as rates.
fn history_of(compact: &Compact<'_>) -> History {
    let history = compact.history();
    let levels = f64::from(history.rule().levels);
    let rates = |sample: &[i8]| sample.iter().map(|&value| f64::from(value) / levels).collect();
    History {
        spacing: history.rule().spacing,
        phase: history.phase(),
        samples: history.newest_first().map(rates).collect(),
    }
}
