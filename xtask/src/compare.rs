//! The kernel's step beside others', in one run: ratios hold where times drift.

mod host;

use anyhow::Result;
use serde_json::{Value, json};

use crate::cycles::BesidePeers;

/// Measures and prints the tables, or the same as JSON.
pub fn compare(as_json: bool) -> Result<()> {
    let rows = host::measure()?;
    let on_target = BesidePeers::count()?;
    if as_json {
        println!("{:#}", document(&rows, &on_target)?);
    } else {
        host::print(&rows);
        println!();
        on_target.print();
    }
    Ok(())
}

fn document(rows: &[host::Row], on_target: &BesidePeers) -> Result<Value> {
    Ok(json!({ "kind": "compare", "host": host::document(rows)?, "target": on_target.document() }))
}
