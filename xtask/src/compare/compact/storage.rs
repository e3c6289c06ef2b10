//! Compact networks on the heap, ready to be timed.

use std::hint::black_box;

use anyhow::{Result, ensure};
use freezable_chaos::{
    Compact, CompactNetwork, Connectivity, Dynamics, Generator, HistoryRule, HistorySynapses, Neurons,
    Params, Purpose, Signs, Simd, Start, SumBuffers, Tanh, history_len, wide_len,
};

use super::Work;

pub const PARAMS: Params = Params {
    g: 2.0,
    k: 2.0,
    p: 2.5,
    dt: 0.05,
};

/// Everything of a network but J.
pub struct Storage {
    dynamics: Dynamics,
    rates: Vec<f32>,
    neurons: [Vec<f32>; 3],
    history: Vec<i8>,
    tables: Box<[[i32; 256]; 8]>,
    sums: Vec<i32>,
    wide: Vec<i64>,
}

impl Storage {
    pub fn new(n: usize) -> Result<Self> {
        let rule = HistoryRule::recommended(&PARAMS);
        Ok(Self {
            dynamics: PARAMS.validate(n)?,
            rates: (0..n).map(|i| (i as f32).sin()).collect(),
            neurons: [(); 3].map(|()| vec![0.0; n]),
            history: vec![0; history_len(n, rule.samples)],
            tables: Box::new([[0; 256]; 8]),
            sums: vec![0; n],
            wide: vec![0; wide_len(n)],
        })
    }

    /// The matrix-vector product alone: the signed sums and the part of the history.
    pub fn drive<'a>(&'a mut self, signs: Signs<'a>, simd: Simd) -> Result<Work<'a>> {
        let Self { dynamics, rates, .. } = self;
        let (dynamics, rates) = (*dynamics, std::mem::take(rates));
        let (_, mut compact) = self.parts(signs, simd)?;
        let mut drive = vec![0.0; dynamics.n()];
        Ok(Box::new(move || {
            compact.drive(&dynamics, black_box(&rates), black_box(&mut drive));
            ensure!(drive[0].is_finite(), "the drive is not a number");
            Ok(())
        }))
    }

    /// The running network; with `shares_rows`, on the threads of rayon's present pool.
    pub fn network<'a>(
        &'a mut self,
        signs: Signs<'a>,
        simd: Simd,
        shares_rows: bool,
    ) -> Result<CompactNetwork<'a, Tanh>> {
        let dynamics = self.dynamics;
        let (neurons, compact) = self.parts(signs, simd)?;
        let compact = if shares_rows {
            compact.share_rows()
        } else {
            compact
        };
        let mut network = CompactNetwork::new(dynamics, Tanh, neurons, compact)?;
        network.start(Start::Large, &mut Generator::new(1, 0, Purpose::State));
        Ok(network)
    }

    fn parts<'a>(&'a mut self, signs: Signs<'a>, simd: Simd) -> Result<(Neurons<'a>, Compact<'a>)> {
        let rule = HistoryRule::recommended(&PARAMS);
        let [x, phi, velocity] = &mut self.neurons;
        let neurons = Neurons::new(x, phi, velocity)?;
        let history = HistorySynapses::new(&mut self.history, &self.dynamics, rule)?;
        let buffers = SumBuffers::new(&mut self.tables, &mut self.sums, &mut self.wide, &self.dynamics)?;
        Ok((neurons, Compact::new(signs, history, buffers)?.with_simd(simd)))
    }
}
