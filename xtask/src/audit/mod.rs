//! Audits the kernel's machine code: what a careful embedded engineer would look for in the linked file.
//!
//! `tests/audit` links every public entry point. Each build of it must hold no panic machinery, no allocator, no
//! multiply-add and, where there is a floating-point unit, no floating-point arithmetic in software; and no
//! function's stack frame may reach [`FRAME_LIMIT`]. How deep the stack may go below each public entry point is in
//! `tests/audit/stack.toml`, and may not grow.

pub mod depth;
pub mod elf;
mod fused;
mod stack;
mod symbols;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use self::depth::Depths;
use self::elf::Code;
use self::symbols::Class;
use crate::committed::{File, Group, Table};
use crate::cpu::Cpu;
use crate::runner::Outcome;
use crate::toolchain::Toolchain;
use crate::{paths, process};

/// No stack frame may be as large as this, in bytes.
const FRAME_LIMIT: u64 = 2048;
/// How many of the largest stack frames are shown.
const FRAMES_SHOWN: usize = 5;

/// The processors looked at: with a floating-point unit, without one, and the smallest.
const CPUS: [Cpu; 3] = [Cpu::M4f, Cpu::M3, Cpu::M0plus];

/// One build of `tests/audit`.
#[derive(Clone, Copy)]
struct Build {
    binary: &'static str,
    /// Cargo profile: `release` is opt-level 3, `small` is opt-level "s".
    profile: &'static str,
    features: &'static str,
}

/// The builds looked at, for each processor.
const BUILDS: [Build; 8] = [
    Build {
        binary: "audit",
        profile: "release",
        features: "",
    },
    Build {
        binary: "audit",
        profile: "small",
        features: "",
    },
    Build {
        binary: "compact",
        profile: "release",
        features: "",
    },
    Build {
        binary: "compact",
        profile: "small",
        features: "",
    },
    Build {
        binary: "frames",
        profile: "release",
        features: "frames",
    },
    Build {
        binary: "frames",
        profile: "small",
        features: "frames",
    },
    Build {
        binary: "storage",
        profile: "release",
        features: "storage",
    },
    Build {
        binary: "storage",
        profile: "small",
        features: "storage",
    },
];
/// The positive control: an audit that misses this panic is blind.
const PLANTED: Build = Build {
    binary: "audit",
    profile: "release",
    features: "planted-panic",
};

/// What that panic calls: an index out of bounds.
const PLANTED_PANIC: &str = "panic_bounds_check";

/// What an audit found, as lists of offenders.
struct Findings {
    code_size: u64,
    panics: Vec<String>,
    allocators: Vec<String>,
    soft_float: Vec<String>,
    fused: Vec<String>,
    /// Bytes and name, the largest first.
    frames: Vec<(u64, String)>,
    /// Bytes of stack below each entry point.
    depths: BTreeMap<String, u64>,
    /// Entry points below which something is called through a pointer, or by itself.
    open_ends: Vec<String>,
}

/// The committed depths.
fn committed_depths() -> File {
    File {
        path: paths::audit().join("stack.toml"),
        head: "# Bytes of stack below each public entry point of the kernel, called from `tests/audit`: its frame and those of all\n\
               # that it calls, at the deepest, read from the machine code of the release build. `cargo xtask audit` fails when one\n\
               # grows by more than 2%; `cargo xtask audit --renew` writes the table anew.\n",
        tolerance: 0.02,
        renewal: "cargo xtask audit --renew",
    }
}

/// Audits every build, prints the table, and fails if any build has an offender or the control has none, or if the stack
/// below an entry point grew; or writes the committed depths anew.
pub fn audit(renew: bool) -> Result<Outcome> {
    let mut depths = Table::new();
    // a set: one function may hold many multiply-adds
    let mut offenders = BTreeSet::new();
    let mut table = String::from(
        "cpu     binary   profile  code bytes  panics  allocators  soft float  multiply-add  largest frame\n",
    );
    let mut frames = String::new();
    for cpu in CPUS {
        let toolchain = Toolchain::find(cpu.target())?;
        let compiler = toolchain.version()?;
        for build in BUILDS {
            let findings = examine(toolchain, cpu, build)?;
            let name = format!("{} {} {}", cpu.name(), build.binary, build.profile);
            table.push_str(&findings.row(cpu, build));
            frames.push_str(&findings.frame_table(&name));
            if build.profile == "release" {
                let group = depths.entry(cpu.name().to_owned()).or_insert_with(|| Group {
                    compiler: compiler.clone(),
                    counts: BTreeMap::new(),
                });
                group
                    .counts
                    .insert(build.binary.to_owned(), findings.depths.clone());
            }
            offenders.extend(
                findings
                    .offenders(cpu)
                    .map(|offender| format!("{name}: {offender}")),
            );
        }
        let planted = examine(toolchain, cpu, PLANTED)?;
        if !planted.panics.iter().any(|name| name.contains(PLANTED_PANIC)) {
            offenders.insert(format!(
                "{}: the planted panic was not found: the audit is blind",
                cpu.name()
            ));
        } else {
            table.push_str(&format!(
                "{:6}  planted panic found: the audit can see one\n",
                cpu.name()
            ));
        }
    }
    println!("{table}\nLargest stack frames in bytes (bound: {FRAME_LIMIT})\n{frames}");
    if !offenders.is_empty() {
        let lines: Vec<_> = offenders.iter().map(String::as_str).collect();
        bail!(
            "{} in the kernel's machine code:\n  {}",
            lines.len(),
            lines.join("\n  ")
        );
    }
    if renew {
        committed_depths().renew(&depths)?;
        return Ok(Outcome::Passed);
    }
    committed_depths().check(&depths)
}

/// Builds and looks through one binary.
fn examine(toolchain: Toolchain, cpu: Cpu, build: Build) -> Result<Findings> {
    let path = compile(toolchain, cpu, build)?;
    let bytes = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let code = Code::read(&bytes).with_context(|| format!("cannot make sense of {}", path.display()))?;
    let named = |class| {
        let names = code.functions.iter().map(|function| function.name.clone());
        names
            .filter(|name| symbols::classify(name) == Some(class))
            .collect()
    };
    let fused = code.stretches.iter().flat_map(|(address, bytes)| {
        fused::find(bytes)
            .into_iter()
            .map(move |(offset, instruction)| (address + offset as u64, instruction))
    });
    let (depths, open_ends) = depths(&code, cpu, build)?;
    Ok(Findings {
        depths,
        open_ends,
        code_size: code.stretches.iter().map(|(_, bytes)| bytes.len() as u64).sum(),
        panics: named(Class::Panic),
        allocators: named(Class::Allocator),
        soft_float: named(Class::SoftFloat),
        fused: fused
            .map(|(address, name)| format!("{name} in {}", code.function_at(address)))
            .collect(),
        frames: frames(&code)?,
    })
}

/// How deep the stack goes below the functions of `tests/audit` itself, each of which calls one public entry point or a
/// few; and those of them where something is called through a pointer, or by itself.
fn depths(code: &Code<'_>, cpu: Cpu, build: Build) -> Result<(BTreeMap<String, u64>, Vec<String>)> {
    // large frames of the smallest core are taken off by register: no instruction says how large they are
    if cpu == Cpu::M0plus {
        return Ok(Default::default());
    }
    let depths = Depths::read(code);
    for (address, size) in stack::parse(code.stack_sizes)? {
        let read = depths.frame(address.into());
        anyhow::ensure!(
            read >= size,
            "{}: a frame of {size} bytes, of which the machine code shows {read}",
            code.function_at(address.into())
        );
    }
    let own = format!("{}::", build.binary);
    let mut found = BTreeMap::new();
    let mut open_ends = Vec::new();
    for function in &code.functions {
        let Some(name) = function.name.strip_prefix(&own) else {
            continue;
        };
        // what starts the program calls everything
        if name.contains("cortex_m_rt") {
            continue;
        }
        let depth = depths.below(function.address);
        let deepest = found.entry(name.to_owned()).or_insert(0);
        *deepest = depth.bytes.max(*deepest);
        if depth.is_open {
            open_ends.push(function.name.clone());
        }
    }
    Ok((found, open_ends))
}

/// The stack frames of the functions, the largest first.
fn frames(code: &Code<'_>) -> Result<Vec<(u64, String)>> {
    let entries = stack::parse(code.stack_sizes)?;
    if entries.is_empty() {
        bail!("there is no .stack_sizes section, so the stack frames are unknown");
    }
    let mut frames: Vec<_> = entries
        .into_iter()
        .map(|(address, size)| (size, code.function_at(u64::from(address))))
        .collect();
    frames.sort_by(|one, other| other.cmp(one));
    Ok(frames)
}

fn compile(toolchain: Toolchain, cpu: Cpu, build: Build) -> Result<PathBuf> {
    let (mut cargo, target_directory) = toolchain.cargo("build", cpu.target(), &paths::audit());
    cargo.args([
        "--quiet",
        "--profile",
        build.profile,
        "--bin",
        build.binary,
        "--features",
        build.features,
    ]);
    // Stack sizes are an unstable flag; `--config` adds to the flags of the workspace's own configuration.
    let flags = format!("target.{}.rustflags=[\"-Z\", \"emit-stack-sizes\"]", cpu.target());
    process::run(cargo.args(["--config", &flags]).env("RUSTC_BOOTSTRAP", "1"))?;
    Ok(target_directory
        .join(cpu.target())
        .join(build.profile)
        .join(build.binary))
}

impl Findings {
    fn row(&self, cpu: Cpu, build: Build) -> String {
        let soft_float = if cpu.has_float_unit() {
            self.soft_float.len().to_string()
        } else {
            "-".to_owned()
        };
        let largest = self.frames.first().map_or(0, |&(size, _)| size);
        format!(
            "{:6}  {:7}  {:7}  {:10}  {:6}  {:10}  {soft_float:>10}  {:12}  {largest:13}\n",
            cpu.name(),
            build.binary,
            build.profile,
            self.code_size,
            self.panics.len(),
            self.allocators.len(),
            self.fused.len(),
        )
    }

    fn frame_table(&self, name: &str) -> String {
        let rows = self.frames.iter().take(FRAMES_SHOWN);
        rows.fold(format!("  {name}\n"), |text, (size, function)| {
            format!("{text}    {size:5}  {function}\n")
        })
    }

    /// One line for each thing that must not be there.
    fn offenders(&self, cpu: Cpu) -> impl Iterator<Item = String> {
        let kinds = [
            ("panic machinery", self.panics.as_slice()),
            ("an allocator", &self.allocators),
            (
                "floating-point arithmetic in software",
                if cpu.has_float_unit() {
                    &self.soft_float
                } else {
                    &[]
                },
            ),
            ("a multiply-add", &self.fused),
            ("stack without a bound", &self.open_ends),
        ];
        let named = kinds
            .into_iter()
            .flat_map(|(kind, names)| names.iter().map(move |name| format!("{kind}: {name}")));
        let frames = self.frames.iter().filter(|(size, _)| *size >= FRAME_LIMIT);
        named.chain(
            frames.map(|(size, name)| format!("a stack frame of {size} bytes, bound {FRAME_LIMIT}: {name}")),
        )
    }
}
