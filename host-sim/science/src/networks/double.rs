//! A second, plainly written simulator in `f64`. It exists only to check the kernel, with which it shares no
//! code: dense `N x N` matrices, row by row, in the order in which the paper writes the sums.

use super::kinds::TransferFunction;
use super::rules::ReferenceRule;

/// Parameters of the map; time is in units of the neuronal time constant. The gain `g` is already in J.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ReferenceParameters {
    /// Strength of the plasticity (Hebbian above zero).
    pub k: f64,
    /// Time constant of the synapses.
    pub p: f64,
    /// Step of the Euler map, `0 < dt <= min(1, p)`.
    pub dt: f64,
}

/// Speed of the neurons in the last step: `dx/dt` over the neurons, per neuronal time constant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ReferenceSpeed {
    /// Root mean square of `dx_i/dt`.
    pub rms: f64,
    /// Largest `|dx_i/dt|`.
    pub max: f64,
}

/// What the simulator refuses.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ReferenceError {
    /// A matrix or vector of the wrong length.
    #[error("{array} has {found} entries; {expected} are needed")]
    Length {
        /// Which array.
        array: &'static str,
        /// Entries it has.
        found: usize,
        /// Entries that N neurons need.
        expected: usize,
    },
    /// Parameters outside `0 < dt <= min(1, p)`, or not finite.
    #[error("parameters must be finite with 0 < dt <= min(1, p), not {0:?}")]
    Parameters(ReferenceParameters),
    /// The state became infinite or NaN.
    #[error("the state of neuron {neuron} diverged in step {step}")]
    Diverged {
        /// The first such neuron.
        neuron: usize,
        /// The step that produced it, counted from 1.
        step: u64,
    },
}

/// The exact network: `dx/dt = -x + (J + A) phi(x) + I`, `p dA/dt = -A + (k/N) phi phi^T`, by the Euler map
/// (Clark and Abbott, Phys. Rev. X 14, 021001).
#[derive(Clone, Debug)]
pub struct Reference {
    parameters: ReferenceParameters,
    transfer: TransferFunction,
    frozen: bool,
    steps: u64,
    /// N x N, row-major: entry `i * n + j` is the coupling onto neuron i from neuron j.
    j: Vec<f64>,
    a: Vec<f64>,
    x: Vec<f64>,
    phi: Vec<f64>,
    velocity: Vec<f64>,
    /// One for each neuron, or none at all.
    biases: Vec<f64>,
    /// In place of the paper's rule.
    rule: Option<ReferenceRule>,
}

impl Reference {
    /// A network from the state `x` (N neurons), the quenched couplings `j` (N x N, row-major: row = the neuron
    /// that receives) and the plastic couplings `a` (N x N, row-major; zeros for the small start).
    pub fn new(
        parameters: ReferenceParameters,
        transfer: TransferFunction,
        j: Vec<f64>,
        a: Vec<f64>,
        x: Vec<f64>,
    ) -> Result<Self, ReferenceError> {
        let ReferenceParameters { k, p, dt } = parameters;
        let in_range = k.is_finite() && p.is_finite() && dt > 0.0 && dt <= 1.0 && dt <= p;
        if !in_range {
            return Err(ReferenceError::Parameters(parameters));
        }
        let n = x.len();
        for (array, found) in [("J", j.len()), ("A", a.len())] {
            if found != n * n {
                return Err(ReferenceError::Length {
                    array,
                    found,
                    expected: n * n,
                });
            }
        }
        let phi = x.iter().map(|&x| transfer.value(x)).collect();
        Ok(Self {
            parameters,
            transfer,
            frozen: false,
            steps: 0,
            j,
            a,
            velocity: vec![0.0; n],
            x,
            phi,
            biases: Vec::new(),
            rule: None,
        })
    }

    /// The same network with another rule of plasticity, from its first step on.
    pub fn with_rule(mut self, rule: ReferenceRule) -> Self {
        self.rule = Some(rule);
        self
    }

    /// The rule in place of the paper's.
    pub fn rule(&self) -> Option<&ReferenceRule> {
        self.rule.as_ref()
    }

    /// The same network with a bias for each neuron: the rates are `phi(x_i + b_i)`.
    pub fn with_biases(mut self, biases: Vec<f64>) -> Result<Self, ReferenceError> {
        let (found, expected) = (biases.len(), self.x.len());
        if found != expected {
            let array = "the biases";
            return Err(ReferenceError::Length {
                array,
                found,
                expected,
            });
        }
        self.biases = biases;
        self.look();
        Ok(self)
    }

    /// What phi is a function of: `x_i + b_i`.
    fn biased(&self, i: usize) -> f64 {
        self.x[i] + self.biases.get(i).copied().unwrap_or(0.0)
    }

    /// The rates of the present state.
    fn look(&mut self) {
        for i in 0..self.x.len() {
            self.phi[i] = self.transfer.value(self.biased(i));
        }
    }

    /// `phi'` of the present state, N values.
    pub fn slopes(&self) -> Vec<f64> {
        (0..self.x.len())
            .map(|i| self.transfer.slope(self.biased(i)))
            .collect()
    }

    /// The plastic couplings of the large start, `A = (k/N) phi phi^T` with these rates phi: N x N.
    pub fn imprint(k: f64, rates: &[f64]) -> Vec<f64> {
        let n = rates.len() as f64;
        let row = |&a: &f64| rates.iter().map(move |&b| k / n * (a * b));
        rates.iter().flat_map(row).collect()
    }

    /// Starts anew from the state `x` (N neurons), with `A = 0` or as the large start has it; no step done.
    pub(super) fn begin(&mut self, x: &[f64], is_imprinted: bool) {
        self.x.copy_from_slice(x);
        self.look();
        self.velocity.fill(0.0);
        self.a = match (&mut self.rule, is_imprinted) {
            (Some(rule), true) => rule.imprint(&self.phi),
            (None, true) => Self::imprint(self.parameters.k, &self.phi),
            (_, false) => vec![0.0; x.len() * x.len()],
        };
        if let Some(rule) = &mut self.rule {
            rule.begin();
        }
        (self.frozen, self.steps) = (false, 0);
    }

    /// Parameters of the map.
    pub fn parameters(&self) -> ReferenceParameters {
        self.parameters
    }

    /// One step without external input.
    pub fn step(&mut self) -> Result<(), ReferenceError> {
        self.advance(None)
    }

    /// One step with the external input `I_i`, one value per neuron.
    pub fn step_with_input(&mut self, input: &[f64]) -> Result<(), ReferenceError> {
        if input.len() != self.x.len() {
            let (found, expected) = (input.len(), self.x.len());
            return Err(ReferenceError::Length {
                array: "input",
                found,
                expected,
            });
        }
        self.advance(Some(input))
    }

    fn advance(&mut self, input: Option<&[f64]>) -> Result<(), ReferenceError> {
        let n = self.x.len();
        let ReferenceParameters { k, p, dt } = self.parameters;
        for i in 0..n {
            let mut drive = input.map_or(0.0, |input| input[i]);
            for j in 0..n {
                drive += (self.j[i * n + j] + self.a[i * n + j]) * self.phi[j];
            }
            self.velocity[i] = -self.x[i] + drive;
        }
        if self.frozen {
            // A stays as it is.
        } else if let Some(rule) = &mut self.rule {
            rule.learn(&self.phi, &mut self.a);
        } else {
            for i in 0..n {
                for j in 0..n {
                    // The product first, so that A stays symmetric bit for bit.
                    let hebbian = k / n as f64 * (self.phi[i] * self.phi[j]);
                    self.a[i * n + j] += dt / p * (hebbian - self.a[i * n + j]);
                }
            }
        }
        self.steps += 1;
        for i in 0..n {
            self.x[i] += dt * self.velocity[i];
        }
        self.look();
        match self.x.iter().position(|x| !x.is_finite()) {
            Some(neuron) => Err(ReferenceError::Diverged {
                neuron,
                step: self.steps,
            }),
            None => Ok(()),
        }
    }

    /// Halts the plasticity: A stays as it is.
    pub fn freeze(&mut self) {
        self.frozen = true;
    }

    /// Lets A evolve again.
    pub fn release(&mut self) {
        self.frozen = false;
    }

    /// Whether the plasticity is halted.
    pub fn is_frozen(&self) -> bool {
        self.frozen
    }

    /// `phi(x)`, N values, of the current state.
    pub fn rates(&self) -> &[f64] {
        &self.phi
    }

    /// x, N values.
    pub fn state(&self) -> &[f64] {
        &self.x
    }

    /// The transfer function.
    pub fn transfer(&self) -> TransferFunction {
        self.transfer
    }

    /// The quenched couplings J, N x N, row-major.
    pub fn quenched_couplings(&self) -> &[f64] {
        &self.j
    }

    /// The plastic couplings A, N x N, row-major.
    pub fn plastic_couplings(&self) -> &[f64] {
        &self.a
    }

    /// Steps taken.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// Speed in the last step; `None` before the first one and for a network of no neurons.
    pub fn speed(&self) -> Option<ReferenceSpeed> {
        if self.steps == 0 || self.x.is_empty() {
            return None;
        }
        let mean_square = self.velocity.iter().map(|v| v * v).sum::<f64>() / self.x.len() as f64;
        let max = self.velocity.iter().fold(0.0, |max: f64, v| max.max(v.abs()));
        Some(ReferenceSpeed {
            rms: mean_square.sqrt(),
            max,
        })
    }
}

#[cfg(test)]
mod tests;
