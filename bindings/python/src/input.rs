//! What drives the neurons: a series, a constant, or a function of time.

use numpy::PyReadonlyArray1;
use pyo3::prelude::*;
use science::measure::trajectory::InputSource;
use science::networks::Network;
use science::{Refusal, Stopped};

/// An input from Python, for a run that begins after some steps of the network.
pub enum Drive {
    /// None.
    None,
    /// One row per step, or one for all.
    Rows {
        /// The rows, one after the other.
        values: Vec<f32>,
        /// Numbers in a row.
        n: usize,
    },
    /// A function of the time at which the step begins.
    Function {
        /// Gives one number per neuron, as a contiguous array of single precision.
        function: Py<PyAny>,
        /// Knows the times of steps.
        network: Box<Network>,
        /// Steps of the network before the run.
        before: u64,
        /// The present input.
        values: Vec<f32>,
    },
}

impl Drive {
    /// Takes a series of so many rows of `n` numbers for a run of so many steps.
    pub fn rows(values: Vec<f32>, rows: usize, n: usize, steps: u64) -> Result<Self, Refusal> {
        if rows != 1 && rows as u64 != steps {
            let words = format!("rows are neither one nor one for each of the {steps} steps of the run");
            return Err(Refusal::because("input", rows, words));
        }
        Ok(Self::Rows { values, n })
    }
}

impl InputSource for Drive {
    fn at(&mut self, step: u64) -> Result<Option<&[f32]>, Stopped> {
        match self {
            Self::None => Ok(None),
            Self::Rows { values, n } => {
                let at = (step as usize - 1) * *n;
                Ok(values.get(at..at + *n).or_else(|| values.get(..*n)))
            }
            Self::Function {
                function,
                network,
                before,
                values,
            } => {
                let time = network.time(*before + step - 1);
                let ask = |py: Python<'_>| -> PyResult<()> {
                    let given = function.call1(py, (time,))?;
                    let given: PyReadonlyArray1<'_, f32> = given.extract(py)?;
                    values.clear();
                    values.extend(given.as_array().iter());
                    Ok(())
                };
                Python::attach(ask).map_err(|error| Stopped::Outside(Box::new(error)))?;
                Ok(Some(values))
            }
        }
    }
}
