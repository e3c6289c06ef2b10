//! The science library for Python: networks that run, measurements and theory. What is computed is computed there; here
//! are arguments, arrays, errors, and the interpreter's lock, which is released meanwhile.
//!
//! The package's Python part puts names, types and docs to what this module gives.

mod arrays;
mod estimators;
mod failure;
mod golden;
mod input;
mod measure;
mod network;
mod setup;
mod sweep;
mod theory;
mod work;

use pyo3::prelude::*;

/// Native part of the package; its interface may change, that of `freezable_chaos` does not.
#[pymodule]
mod _native {
    use pyo3::prelude::*;

    #[pymodule_export]
    use crate::estimators::{autocorrelation, half_width};
    #[pymodule_export]
    use crate::golden::{read_golden, record_golden, verify};
    #[pymodule_export]
    use crate::measure::measure;
    #[pymodule_export]
    use crate::network::Network;
    #[pymodule_export]
    use crate::sweep::sweep;
    #[pymodule_export]
    use crate::theory::mean_field;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("VERSION", env!("CARGO_PKG_VERSION"))?;
        module.add("CONTRACT_VERSION", freezable_chaos::CONTRACT_VERSION)
    }
}
