//! The kernel's step beside others', in one run: ratios hold where times drift.

mod host;

use anyhow::Result;
use serde_json::{Value, json};

/// Measures and prints the tables, or the same as JSON.
pub fn compare(as_json: bool) -> Result<()> {
    let rows = host::measure()?;
    if as_json {
        println!("{:#}", document(&rows)?);
    } else {
        host::print(&rows);
    }
    Ok(())
}

fn document(rows: &[host::Row]) -> Result<Value> {
    Ok(json!({ "kind": "compare", "host": host::document(rows)? }))
}
