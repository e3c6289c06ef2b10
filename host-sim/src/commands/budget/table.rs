//! The budget as tables for people.

use freezable_chaos::storage::BLOCK;
use science::networks::Model;

use super::boards::KILOBYTE;
use super::needs::{STACK, Store, VARIABLES, program};
use super::{Fit, Summary};

/// Both tables: networks by size, and the largest for each board.
pub(super) fn text(summary: &Summary, store: Store) -> String {
    let mut text = networks(summary);
    let rows: Vec<&[Fit]> = summary
        .fits
        .chunk_by(|fit, next| (&fit.board, fit.ram) == (&next.board, next.ram))
        .collect();
    text += "\nlargest N, and its steps per second of the board's own core and clock, plasticity running:\n";
    text += &largest(&rows);
    if let [board] = rows[..] {
        text += &format!("\nbytes counted for the largest N:\n{}", counted(board));
    }
    text + &notes(summary, store)
}

fn networks(summary: &Summary) -> String {
    let mut text = format!(
        "{:>6}  {:<26} {:>10} {:>10} {:>10}\n",
        "N", "representation, bytes", "RAM", "flash", "snapshot"
    );
    for bytes in &summary.networks {
        text += &format!(
            "{:>6}  {:<26} {:>10} {:>10} {:>10}\n",
            bytes.n,
            bytes.representation.title(),
            bytes.ram,
            bytes.flash,
            bytes.snapshot
        );
    }
    text
}

fn largest(rows: &[&[Fit]]) -> String {
    let mut text = format!(
        "{:<30} {:<23} {:>4} {:>6} {:>6}",
        "", "", "MHz", "RAM/KB", "flash"
    );
    for fit in rows.first().copied().unwrap_or_default() {
        text += &format!("  {:>23}", fit.representation.title());
    }
    for row in rows {
        let Some(board) = row.first() else { continue };
        let core = board.core.map_or("", |core| core.title());
        let clock = board
            .clock
            .map_or(String::new(), |clock| format!("{}", clock / 1e6));
        let (ram, flash) = (board.ram / KILOBYTE, board.flash / KILOBYTE);
        text += &format!("\n{:<30} {core:<23} {clock:>4} {ram:>6} {flash:>6}", board.board);
        for fit in *row {
            text += &format!("  {:>23}", cell(fit));
        }
    }
    text + "\n"
}

/// N and speed; a size of memory has no speed.
fn cell(fit: &Fit) -> String {
    let n = match fit.largest_n {
        0 => return "none".to_owned(),
        n => n.to_string(),
    };
    match (fit.core, fit.steps_per_second) {
        (None, _) => n,
        (Some(_), Some(steps)) if steps < 10.0 => format!("{n} {steps:>12.1}/s"),
        (Some(_), Some(steps)) => format!("{n} {steps:>12.0}/s"),
        (Some(_), None) => format!("{n}   not measured"),
    }
}

/// Every use of one board's memory.
fn counted(fits: &[Fit]) -> String {
    let mut text = format!(
        "{:<26} {:>6}  {:>10} {:>10} {:>10} {:>10}  {:>10} {:>10} {:>10}\n",
        "", "N", "network", "snapshot", "variables", "stack", "program", "couplings", "slots"
    );
    for fit in fits {
        let Some(counted) = fit.counted else { continue };
        text += &format!(
            "{:<26} {:>6}  {:>10} {:>10} {:>10} {:>10}  {:>10} {:>10} {:>10}\n",
            fit.representation.title(),
            fit.largest_n,
            counted.network,
            counted.snapshot,
            counted.variables,
            counted.stack,
            counted.program,
            counted.couplings,
            counted.slots
        );
    }
    text
}

fn notes(summary: &Summary, store: Store) -> String {
    let mut programs: Vec<String> = Vec::new();
    for model in [Model::Exact, Model::Compact] {
        if summary.fits.iter().any(|fit| fit.representation.model() == model) {
            programs.push(format!("{} KB ({})", program(model) / KILOBYTE, model.name()));
        }
    }
    let state = match store {
        Store::Flash => format!(
            "two slots of flash for a state, each {} bytes and the snapshot, in whole erase pages;\n  \
             it is written and read in pieces, without a buffer in RAM",
            2 * BLOCK
        ),
        Store::Ram => "RAM for a snapshot".to_owned(),
        Store::None => "nothing for stored states".to_owned(),
    };
    format!(
        "\nCounted beside network and couplings: {STACK} bytes of stack, {VARIABLES} of a program's own variables, {} of flash\n  \
         for the program; {state}.\n\
         Steps per second are modelled, not measured on hardware: the cycles counted for that very core, zero wait states.\n\
         \"not measured\": cycles of that core were not counted with a table of its own; docs/performance.md has bounds for some.\n",
        programs.join(" or ")
    )
}
