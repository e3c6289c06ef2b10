//! What is read from the rates: static linear weights.

use crate::values::{SizeError, ValuesError};

/// A linear readout `y_o = b_o + sum over i of W_oi phi_i` with static weights: the scores of cues, or continuous values.
///
/// The sum starts with the bias and adds the products for i ascending, in single precision: the same bits on every target.
///
/// ```
/// use freezable_chaos::{Readout, strongest};
/// // Two outputs of three neurons; `host-sim memory` trains such weights and writes them as Rust source.
/// static WEIGHTS: [f32; 6] = [1.0, 0.0, -1.0, 0.0, 2.0, 0.0];
/// static BIASES: [f32; 2] = [0.0, 0.5];
/// let readout = Readout::new(&WEIGHTS, &BIASES, 3).unwrap();
/// let mut outputs = [0.0; 2];
/// readout.read(&[0.5, 1.0, -0.5], &mut outputs).unwrap();
/// assert_eq!(outputs, [1.0, 2.5]);
/// assert_eq!(strongest(&outputs), Ok(1));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Readout<'a> {
    weights: &'a [f32],
    biases: &'a [f32],
    n: usize,
}

impl<'a> Readout<'a> {
    /// Takes the weights of each output, one row of `n` after the other, and a bias for each output.
    ///
    /// The weights may lie in flash. Refuses weights that are not `n` for each bias.
    pub fn new(weights: &'a [f32], biases: &'a [f32], n: usize) -> Result<Self, SizeError> {
        let expected = biases.len().saturating_mul(n);
        SizeError::check("the set of readout weights", expected, weights.len())?;
        Ok(Self { weights, biases, n })
    }

    /// Number of outputs.
    pub fn outputs(&self) -> usize {
        self.biases.len()
    }

    /// Number of neurons.
    pub fn n(&self) -> usize {
        self.n
    }

    /// Writes the outputs for these rates. Refuses rates or outputs of another number.
    pub fn read(&self, rates: &[f32], outputs: &mut [f32]) -> Result<(), SizeError> {
        SizeError::check("the slice of rates", self.n, rates.len())?;
        SizeError::check("the slice of outputs", self.outputs(), outputs.len())?;
        // A row of no weights would make no chunks; every output then is its bias.
        let mut rows = self.weights.chunks_exact(self.n.max(1));
        for (output, &bias) in outputs.iter_mut().zip(self.biases) {
            let products = rows.next().unwrap_or(&[]).iter().zip(rates);
            *output = products.fold(bias, |sum, (&weight, &rate)| sum + weight * rate);
        }
        Ok(())
    }
}

/// Index of the largest output, the first of equal ones. Refuses no outputs, and one that is infinite or not a number.
pub fn strongest(outputs: &[f32]) -> Result<usize, ValuesError> {
    const WHAT: &str = "the slice of outputs";
    ValuesError::check_finite(WHAT, outputs)?;
    let mut best: Option<(usize, f32)> = None;
    for (index, &output) in outputs.iter().enumerate() {
        match best {
            Some((_, most)) if output <= most => {}
            _ => best = Some((index, output)),
        }
    }
    let none = SizeError {
        what: WHAT,
        expected: 1,
        found: 0,
    };
    best.map(|(index, _)| index).ok_or(ValuesError::Size(none))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    #[test]
    fn outputs_are_weighted_sums() {
        let weights = [1.0, 2.0, 3.0, -1.0, 0.5, 0.0];
        let readout = Readout::new(&weights, &[10.0, -10.0], 3).unwrap();
        let mut outputs = [0.0; 2];
        readout.read(&[1.0, -1.0, 0.5], &mut outputs).unwrap();
        assert_eq!(outputs, [10.5, -11.5]);
        assert_eq!((readout.outputs(), readout.n()), (2, 3));
    }

    #[test]
    fn other_sizes_are_refused() {
        assert!(Readout::new(&[0.0; 5], &[0.0; 2], 3).is_err());
        let readout = Readout::new(&[0.0; 6], &[0.0; 2], 3).unwrap();
        assert_eq!(
            readout.read(&[0.0; 3], &mut [0.0; 3]),
            Err(SizeError {
                what: "the slice of outputs",
                expected: 2,
                found: 3
            })
        );
        assert!(readout.read(&[0.0; 2], &mut [0.0; 2]).is_err());
    }

    #[test]
    fn the_strongest_is_the_first_of_the_largest() {
        assert_eq!(strongest(&[1.0, 3.0, 3.0, -5.0]), Ok(1));
        assert_eq!(strongest(&[-f32::MAX]), Ok(0));
        assert!(matches!(strongest(&[]), Err(ValuesError::Size(_))));
        for value in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            let refusal = strongest(&[1.0, value]).unwrap_err();
            assert_eq!(
                refusal.to_string(),
                "the slice of outputs has an element, number 1, that is not finite"
            );
        }
    }
}
