//! Estimators of the library on arrays of the caller's.

use numpy::{PyArray1, PyReadonlyArray1, PyReadonlyArray2, PyUntypedArrayMethods};
use pyo3::prelude::*;
use science::Refusal;
use science::estimators::{self, RateSamples};

use crate::failure::refused;

/// `C_phi` at the lags 0 ... `lags`, in samples; `rates` has one row per sample.
#[pyfunction]
pub fn autocorrelation<'py>(
    py: Python<'py>,
    rates: PyReadonlyArray2<'py, f32>,
    lags: usize,
) -> PyResult<Bound<'py, PyArray1<f64>>> {
    let [samples, neurons] = [rates.shape()[0], rates.shape()[1]];
    if lags >= samples {
        return Err(refused(
            Refusal::above("lags", lags, samples.saturating_sub(1)).reason("the samples less one"),
        ));
    }
    let mut record = RateSamples::with_capacity(neurons, samples);
    for row in rates.as_array().rows() {
        record.push(&row.to_vec());
    }
    let curve = py.detach(|| record.autocorrelation(lags));
    let curve = curve.ok_or_else(|| refused(Refusal::because("rates", neurons, "neurons have none")))?;
    Ok(PyArray1::from_vec(py, curve))
}

/// Half-width of a curve with `interval` between its lags; none where it does not fall to one half.
#[pyfunction]
pub fn half_width(curve: PyReadonlyArray1<'_, f64>, interval: f64) -> Option<f64> {
    let curve: Vec<f64> = curve.as_array().iter().copied().collect();
    estimators::half_width(&curve, interval)
}
