//! Arrays of the library as numpy's, whose memory they become.

use numpy::ndarray::{ArrayD, IxDyn};
use numpy::{Complex64, IntoPyArray};
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use science::measure::{Array, Values};

/// Name, what it holds, unit, names of the axes, numbers.
pub type Named<'py> = (
    String,
    &'static str,
    &'static str,
    Vec<&'static str>,
    Bound<'py, PyAny>,
);

/// Every array with what is known of it.
pub fn named<'py>(py: Python<'py>, arrays: Vec<Array>) -> PyResult<Vec<Named<'py>>> {
    let named = arrays.into_iter().map(|array| {
        let axes = array.axes.iter().map(|axis| axis.name).collect();
        let (shape, about, unit) = (array.shape(), array.about, array.unit);
        let numbers = match array.values {
            Values::F32(values) => shaped(py, &shape, values),
            Values::F64(values) => shaped(py, &shape, values),
            Values::U64(values) => shaped(py, &shape, values),
            Values::Bool(values) => shaped(py, &shape, values),
            Values::Complex(values) => {
                let values = values.into_iter().map(|[re, im]| Complex64::new(re, im));
                shaped(py, &shape, values.collect())
            }
        };
        Ok((array.name.into_owned(), about, unit, axes, numbers?))
    });
    named.collect()
}

/// Numbers in that shape, the last axis running fastest.
pub fn shaped<'py, T: numpy::Element>(
    py: Python<'py>,
    shape: &[usize],
    values: Vec<T>,
) -> PyResult<Bound<'py, PyAny>> {
    let array = ArrayD::from_shape_vec(IxDyn(shape), values);
    let array = array.map_err(|error| PyRuntimeError::new_err(error.to_string()))?;
    Ok(array.into_pyarray(py).into_any())
}
