//! The kernel's step beside others', in one run: ratios hold where times drift.

pub mod compact;
mod host;

use anyhow::Result;
use clap::ValueEnum;
use serde_json::json;

use crate::cycles::BesidePeers;
use crate::performance;

/// What is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Part {
    /// The exact network's step on this machine beside numpy's
    Host,
    /// The compact network on this machine beside a dense product
    Compact,
    /// The exact network's step beside C's on the emulated target
    Target,
}

/// Measures and prints the tables, or the same as JSON: of one part or of all.
pub fn compare(part: Option<Part>, as_json: bool) -> Result<()> {
    let is_wanted = |this| part.is_none_or(|part| part == this);
    let mut figures = json!({ "kind": "compare" });
    if is_wanted(Part::Host) {
        let rows = host::measure()?;
        figures["host"] = host::document(&rows)?;
        show(as_json, || host::print(&rows));
    }
    if is_wanted(Part::Compact) {
        let compact = compact::measure()?;
        figures["compact"] = serde_json::to_value(&compact)?;
        show(as_json, || {
            compact::print(&compact);
            performance::print_compact_thresholds(&figures);
        });
    }
    if is_wanted(Part::Target) {
        let on_target = BesidePeers::count()?;
        figures["target"] = on_target.document();
        show(as_json, || on_target.print());
    }
    if as_json {
        println!("{figures:#}");
    }
    Ok(())
}

/// Prints a table unless it comes as JSON.
fn show(as_json: bool, print: impl FnOnce()) {
    if !as_json {
        print();
        println!();
    }
}
