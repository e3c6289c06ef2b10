//! What every firmware takes of its board's memories, and a committed table of it that fails on growth.
//!
//! Flash and RAM are the sections of the linked file. The stack is the deepest that its machine code can go along direct
//! calls, from the start and, on top of that, from the deepest interrupt handler; what is called through a pointer, as
//! text is formatted for the message of a panic, is not in it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::Serialize;

use crate::audit::depth::Depths;
use crate::audit::elf::{self, Code};
use crate::board::RealBoard;
use crate::committed::{File, Group, Table};
use crate::cpu::Cpu;
use crate::runner::Outcome;
use crate::toolchain::Toolchain;
use crate::{firmware, paths, ram};

/// Bytes that an interrupt saves before its handler runs, floating-point registers included.
const INTERRUPT_FRAME: u64 = 104;

/// A firmware.
#[derive(Debug, Serialize)]
pub struct Size {
    program: String,
    target: &'static str,
    /// Bytes of code, constants and initial values.
    flash: u64,
    /// Bytes of variables.
    ram: u64,
    /// Bytes of stack, at most.
    stack: u64,
    /// Bytes of flash and RAM that its board has for it, where it is a real one.
    board: Option<(u64, u64)>,
}

/// The committed sizes.
fn table() -> File {
    File {
        path: paths::firmware().join("sizes.toml"),
        head: "# Bytes that each firmware takes: flash and RAM of the linked file, and the deepest that its stack can go along\n\
               # direct calls. `cargo xtask sizes` fails when one grows by more than 2%; `cargo xtask sizes --renew` writes the\n\
               # table anew.\n",
        tolerance: 0.02,
        renewal: "cargo xtask sizes --renew",
    }
}

/// Builds and weighs every firmware, prints, and compares with the committed table, or writes that anew.
pub fn sizes(as_json: bool, renew: bool) -> Result<Outcome> {
    let sizes = weigh_all()?;
    if as_json {
        println!("{}", serde_json::to_string_pretty(&sizes)?);
    } else {
        print(&sizes);
    }
    let counted = committed(&sizes)?;
    if renew {
        table().renew(&counted)?;
        return Ok(Outcome::Passed);
    }
    table().check(&counted)
}

fn weigh_all() -> Result<Vec<Size>> {
    let mut sizes = Vec::new();
    for cpu in Cpu::BOARDS {
        let elf = firmware::build(cpu)?;
        sizes.push(weigh(format!("mps2 {}", cpu.name()), cpu.target(), &elf, None)?);
        for (program, elf, _) in ram::build(cpu)? {
            let name = format!("compact {program} {}", cpu.name());
            sizes.push(weigh(name, cpu.target(), &elf, None)?);
        }
    }
    for board in RealBoard::ALL {
        let elf: PathBuf = board.build()?;
        let size = weigh(
            board.name().to_owned(),
            board.target(),
            &elf,
            Some(board.memories()),
        )?;
        let (_, ram) = board.memories();
        anyhow::ensure!(
            size.ram + size.stack <= ram,
            "{}: {} bytes of variables and {} of stack do not fit {ram} of RAM",
            size.program,
            size.ram,
            size.stack
        );
        sizes.push(size);
    }
    Ok(sizes)
}

fn weigh(program: String, target: &'static str, path: &Path, board: Option<(u64, u64)>) -> Result<Size> {
    let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let unread = || format!("cannot make sense of {}", path.display());
    let memories = elf::memories(&bytes).with_context(unread)?;
    let depths = Depths::read(&Code::read(&bytes).with_context(unread)?);
    let vectors = elf::vectors(&bytes).with_context(unread)?;
    let below = |&address: &u64| depths.below(address).bytes;
    let (reset, handlers) = vectors.split_first().with_context(unread)?;
    let handlers: BTreeSet<u64> = handlers.iter().copied().filter(|&address| address != 0).collect();
    let deepest = handlers.iter().map(below).max().unwrap_or(0);
    Ok(Size {
        program,
        target,
        flash: memories.flash,
        ram: memories.ram,
        stack: below(reset) + INTERRUPT_FRAME + deepest,
        board,
    })
}

fn print(sizes: &[Size]) {
    println!("program              flash bytes  .data + .bss  stack  share of the board's flash and RAM");
    for size in sizes {
        let share = size.board.map_or(String::new(), |(flash, ram)| {
            let percent = |part: u64, whole: u64| 100.0 * part as f64 / whole as f64;
            format!(
                "{:5.1}%  {:5.1}%",
                percent(size.flash, flash),
                percent(size.ram + size.stack, ram)
            )
        });
        println!(
            "{:20} {:11}  {:12}  {:5}  {share}",
            size.program, size.flash, size.ram, size.stack
        );
    }
}

/// By target, for one target may have another compiler than the next.
fn committed(sizes: &[Size]) -> Result<Table> {
    let mut table = Table::new();
    for size in sizes {
        if !table.contains_key(size.target) {
            let group = Group {
                compiler: Toolchain::find(size.target)?.version()?,
                counts: BTreeMap::new(),
            };
            table.insert(size.target.to_owned(), group);
        }
        if let Some(group) = table.get_mut(size.target) {
            for (what, bytes) in [("flash", size.flash), ("ram", size.ram), ("stack", size.stack)] {
                let rows = group.counts.entry(what.to_owned()).or_default();
                rows.insert(size.program.clone(), bytes);
            }
        }
    }
    Ok(table)
}
