//! A threshold: a figure, and the bound that it was to keep.

use serde_json::Value;

/// Which side of its bound a figure must be on.
#[derive(Clone, Copy, Debug)]
pub enum Bound {
    /// Not below.
    AtLeast(f64),
    /// Not above.
    AtMost(f64),
}

/// What is to be reached, and the figure, if it was measured.
pub type Threshold = (&'static str, Bound, Option<f64>);

/// Rows of that name counted on a Cortex-M4F.
pub fn m4f_rows<'a>(figures: &'a Value, name: &str) -> Option<&'a Vec<Value>> {
    let cores = figures.pointer("/cycles/cores")?.as_array()?;
    let core = cores
        .iter()
        .find(|core| core["core"].as_str().is_some_and(|name| name.contains("M4F")))?;
    core.get(name)?.as_array()
}
