//! Defaults and bounds of a phase diagram's settings.

use std::cmp::Ordering;
use std::fmt::Display;

use freezable_chaos::{NEURON_LIMIT, Params};

use super::PhaseMap;
use crate::Refusal;
use crate::estimators::activity::SEGMENT;
use crate::networks::{InitialState, Model, TransferFunction};

/// Most values on an axis.
pub const MOST_VALUES: usize = 1000;
/// Longest time.
const LONGEST: f64 = 1e9;

impl PhaseMap {
    /// The diagram over these gains and strengths, with the defaults of everything else; not yet checked.
    pub fn new(g: Vec<f32>, k: Vec<f32>, p: f32, n: usize) -> Self {
        Self {
            g,
            k,
            p,
            model: Model::Exact,
            n,
            dt: 0.05,
            transfer: TransferFunction::Tanh,
            bias: None,
            rule: None,
            seed: 1,
            networks: 4,
            burn_in: 200.0,
            duration: 1000.0,
            trials: 10,
            exponent_duration: 1000.0,
            exponent_tolerance: 0.003,
            boundaries: true,
            boundary_g: Vec::new(),
        }
    }

    /// Refuses what is out of bounds.
    pub fn check(self) -> Result<Self, Refusal> {
        axis("g", &self.g, 1)?;
        axis("k", &self.k, 1)?;
        within("n", self.n, 2, NEURON_LIMIT)?;
        // The theory's paths are sampled at this step: far smaller ones take more memory than there is.
        within("dt", self.dt, 1e-3, 1.0)?;
        within("networks", self.networks, 1, 10_000)?;
        Refusal::check("burn_in", self.burn_in, [0.0, LONGEST])?;
        Refusal::check("duration", self.duration, [SEGMENT, LONGEST])?;
        within("trials", self.trials, 1, 10_000)?;
        Refusal::check(
            "exponent_duration",
            self.exponent_duration,
            [2.0 * SEGMENT, LONGEST],
        )?;
        Refusal::check("exponent_tolerance", self.exponent_tolerance, [0.0, 1.0])?;
        axis("boundary_g", &self.boundary_g, 0)?;
        let (p, dt) = (self.p, self.dt);
        let of_gains = self.g.iter().map(|&g| (g, self.k[0]));
        let of_strengths = self.k.iter().map(|&k| (self.g[0], k));
        for (g, k) in of_gains.chain(of_strengths) {
            Params { g, k, p, dt }.validate(self.n)?;
        }
        let k = self.k[0];
        for &g in &self.boundary_g {
            let refused = Params { g, k, p, dt }.validate(self.n).err();
            if let Some(refusal) = refused.map(Refusal::from) {
                let parameter = if refusal.parameter == "g" {
                    "boundary_g"
                } else {
                    refusal.parameter
                };
                return Err(Refusal { parameter, ..refusal });
            }
        }
        // What no machine finishes is refused here too.
        self.ensemble(self.g[0], self.k[0], InitialState::Small)?;
        Ok(self)
    }
}

/// Values in ascending order, so many at least.
fn axis(name: &'static str, values: &[f32], least: usize) -> Result<(), Refusal> {
    let count = values.len();
    if !(least..=MOST_VALUES).contains(&count) {
        let words = format!("has {count} values, outside the bounds {least} and {MOST_VALUES}");
        return Err(Refusal::because(name, "", words));
    }
    let falls = |pair: &&[f32]| pair[0].partial_cmp(&pair[1]) != Some(Ordering::Less);
    match values.windows(2).find(falls) {
        Some(pair) => {
            let words = format!("has {} after {}, but must ascend", pair[1], pair[0]);
            Err(Refusal::because(name, "", words))
        }
        None => Ok(()),
    }
}

fn within<T: PartialOrd + Display>(name: &'static str, value: T, least: T, most: T) -> Result<(), Refusal> {
    if value >= least && value <= most {
        return Ok(());
    }
    Err(Refusal::outside(name, value, least, most))
}
