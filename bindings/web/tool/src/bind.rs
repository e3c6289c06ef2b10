//! Makes JavaScript classes of a module.

use std::path::Path;

use anyhow::{Context, Result};
use wasm_bindgen_cli_support::Bindgen;

/// Writes `NAME_bg.wasm`, `NAME.js` and `NAME.d.ts` of `NAME.wasm` into a folder.
pub fn bind(module: &Path, folder: &Path) -> Result<()> {
    let mut bindgen = Bindgen::new();
    bindgen
        .web(true)?
        .typescript(true)
        .omit_default_module_path(true)
        .remove_name_section(true)
        .remove_producers_section(true);
    bindgen
        .input_path(module)
        .generate(folder)
        .with_context(|| format!("cannot bind {}", module.display()))
}
