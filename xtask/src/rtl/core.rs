//! The cores whose logic is simulated: where their Verilog is, how it becomes a program, and what runs on it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};
use object::{File, Object, ObjectSegment};

use crate::toolchain::Toolchain;
use crate::{debian, paths, process};

/// Programs that are needed, and Debian's packages of them.
const NEEDED: [[&str; 2]; 4] = [
    ["verilator", "verilator"],
    ["g++", "g++"],
    ["make", "make"],
    ["pip3", "python3-pip"],
];
/// Where a CV32E40P's manifest counts from.
const CV32E40P: &str = "pythondata_cpu_cv32e40p/system_verilog";
const IBEX: &str = "pythondata_cpu_ibex/system_verilog";
/// What is not part of a core: tracers, testbenches, and the clock gates, which `clock_gate.sv` replaces.
const LEFT_OUT: [&str; 5] = [
    "tracer",
    "tb_wrapper",
    "sim_clock_gate",
    "top_tracing",
    "prim/prim_clock_gating",
];

/// A core.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Core {
    /// OpenHW's CV32E40P with its single-precision unit, whose pipelines have so many registers
    Cv32e40p(u32),
    /// lowRISC's Ibex without a floating-point unit, in the package's default configuration: multiplier of three cycles,
    /// two pipeline stages
    Ibex,
}

impl Core {
    /// All of them: the latencies are those that the CV32E40P's manual names.
    pub const ALL: [Self; 4] = [
        Self::Cv32e40p(0),
        Self::Cv32e40p(1),
        Self::Cv32e40p(2),
        Self::Ibex,
    ];
    /// One of each kind.
    pub const SHORT: [Self; 2] = [Self::Cv32e40p(0), Self::Ibex];

    /// Name in tables.
    pub fn name(self) -> String {
        match self {
            Self::Cv32e40p(latency) => format!("cv32e40p-latency-{latency}"),
            Self::Ibex => "ibex".to_owned(),
        }
    }

    /// The Rust target.
    pub fn target(self) -> &'static str {
        match self {
            Self::Cv32e40p(_) => "riscv32imafc-unknown-none-elf",
            Self::Ibex => "riscv32imc-unknown-none-elf",
        }
    }

    /// Whether floating-point arithmetic runs in hardware.
    pub fn has_float_unit(self) -> bool {
        self != Self::Ibex
    }

    /// Neurons of the networks whose steps are measured; 1024 is the compact one.
    pub fn sizes(self) -> &'static [u32] {
        match self {
            Self::Cv32e40p(_) => &[64, 128, 1024],
            Self::Ibex => &[32, 64],
        }
    }

    /// Goldens of the short form: both networks of one neuron and the exact one of three, or a part.
    pub fn short(self) -> usize {
        match self {
            Self::Cv32e40p(_) => 36,
            Self::Ibex => 16,
        }
    }

    fn top(self) -> &'static str {
        match self {
            Self::Cv32e40p(_) => "cv32e40p_top",
            Self::Ibex => "ibex_top",
        }
    }

    /// The files and folders of its Verilog, as its package lists them.
    fn files(self, packages: &Path) -> Result<Vec<String>> {
        let (list, variables, end): (&str, &[(&str, &str)], &str) = match self {
            Self::Cv32e40p(_) => (
                "pythondata_cpu_cv32e40p/system_verilog/cv32e40p_fpu_manifest.flist",
                &[("${DESIGN_RTL_DIR}", "rtl")],
                "",
            ),
            // the list of its testbench, of which the first part is the core
            Self::Ibex => (
                "pythondata_cpu_ibex/system_verilog/dv/uvm/core_ibex/ibex_dv.f",
                &[("${PRJ_DIR}", "."), ("${LOWRISC_IP_DIR}", "vendor/lowrisc_ip")],
                "+incdir+${PRJ_DIR}/dv/uvm/core_ibex/common",
            ),
        };
        let root = packages.join(if self == Self::Ibex { IBEX } else { CV32E40P });
        let list = packages.join(list);
        let text = fs::read_to_string(&list).with_context(|| format!("cannot read {}", list.display()))?;
        let lines = text.lines().take_while(|line| end.is_empty() || *line != end);
        let is_part = |line: &&str| {
            let is_file = [".sv", ".v"].iter().any(|end| line.ends_with(end)) && !line.starts_with("//");
            (is_file || line.starts_with("+incdir+")) && !LEFT_OUT.iter().any(|word| line.contains(word))
        };
        let mut files: Vec<String> = lines.filter(is_part).map(str::to_owned).collect();
        for (variable, folder) in variables {
            let folder = root.join(folder).display().to_string();
            for file in &mut files {
                *file = file.replace(variable, &folder);
            }
        }
        if self == Self::Ibex {
            let macros = root.join("vendor/lowrisc_ip/dv/sv/dv_utils");
            files.push(format!("+incdir+{}", macros.display()));
        }
        ensure!(files.len() > 10, "{} lists no core", list.display());
        Ok(files)
    }
}

/// Why nothing can be simulated here, if so; installs what it can.
pub fn missing() -> Result<Option<String>> {
    let absent: Vec<[&str; 2]> = NEEDED
        .into_iter()
        .filter(|[program, _]| !process::exists(program))
        .collect();
    if !absent.is_empty() && debian::can_install() {
        let packages: Vec<&str> = absent.iter().map(|[_, package]| *package).collect();
        debian::install(&packages)?;
    }
    Ok(absent
        .into_iter()
        .find(|[program, _]| !process::exists(program))
        .map(|[program, package]| {
            format!("there is no {program}; on Debian: `sudo apt-get install {package}`")
        }))
}

/// Fetches the packages with the Verilog, once, and unpacks them.
fn packages() -> Result<PathBuf> {
    let folder = paths::target_of(&paths::rtl()).join("verilog");
    if [CV32E40P, IBEX].iter().all(|core| folder.join(core).exists()) {
        return Ok(folder);
    }
    let wheels = folder.join("wheels");
    let mut pip = Command::new("pip3");
    pip.args([
        "download",
        "--quiet",
        "--no-deps",
        "--require-hashes",
        "--requirement",
    ])
    .arg(paths::rtl().join("requirements.txt"))
    .arg("--dest")
    .arg(&wheels)
    .stdout(Stdio::null());
    process::run_within(&mut pip, debian::LIMIT).context("cannot fetch the logic of the cores")?;
    for entry in fs::read_dir(&wheels)? {
        let mut unpack = Command::new("python3");
        process::run(
            unpack
                .args(["-m", "zipfile", "-e"])
                .arg(entry?.path())
                .arg(&folder),
        )?;
    }
    Ok(folder)
}

/// A core that became a program, and what runs on it.
pub struct Model {
    simulator: PathBuf,
    image: PathBuf,
}

impl Model {
    /// Makes the program of the core, once, and what runs on it.
    pub fn build(core: Core) -> Result<Self> {
        let target_directory = paths::target_of(&paths::rtl());
        let folder = target_directory.join("models").join(core.name());
        fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
        let list = folder.join("files.f");
        fs::write(&list, core.files(&packages()?)?.join("\n"))?;
        let top = core.top();
        let mut flags = format!("-O2 -DMODEL=V{top} -DMODEL_HEADER='\"V{top}.h\"'");
        if core == Core::Ibex {
            flags.push_str(" -DIBEX");
        }
        let mut verilator = Command::new("verilator");
        verilator.args(
            "--cc --exe --build -j 2 -O3 --x-assign fast --x-initial fast --noassert -DSYNTHESIS".split(' '),
        );
        verilator.args("-Wno-fatal -Wno-lint -Wno-style -Wno-BLKANDNBLK -Wno-UNOPTFLAT".split(' '));
        verilator
            .args(["-CFLAGS", &flags, "--top-module", top, "-o", "simulate", "--Mdir"])
            .arg(&folder);
        if let Core::Cv32e40p(latency) = core {
            verilator.arg("-GFPU=1");
            verilator.args(["ADDMUL", "OTHERS"].map(|lane| format!("-GFPU_{lane}_LAT={latency}")));
        }
        verilator.arg("-f").arg(&list);
        verilator.args(["clock_gate.sv", "simulate.cpp"].map(|file| paths::rtl().join(file)));
        // it prints every file that it compiles
        process::run(verilator.stdout(Stdio::null())).context("cannot make a program of the core's logic")?;
        let (mut cargo, directory) =
            Toolchain::find(core.target())?.cargo("build", core.target(), &paths::rtl());
        process::run(cargo.arg("--release"))?;
        let elf = directory.join(core.target()).join("release/freezable-rtl");
        let bytes = fs::read(&elf).with_context(|| format!("cannot read {}", elf.display()))?;
        let image = folder.join("image.bin");
        fs::write(&image, memory(&bytes)?)?;
        Ok(Self {
            simulator: folder.join("simulate"),
            image,
        })
    }

    /// Runs the program with a word, and gives what it prints.
    pub fn run(&self, word: u32) -> Result<String> {
        let mut simulate = Command::new(&self.simulator);
        simulate.arg(&self.image).arg(word.to_string());
        eprintln!("$ {}", process::line(&simulate));
        process::output(&mut simulate)
    }
}

/// Memory from address 0 on, as the ELF file loads it.
fn memory(elf: &[u8]) -> Result<Vec<u8>> {
    let mut memory = Vec::new();
    for segment in File::parse(elf)?.segments() {
        let (start, data) = (usize::try_from(segment.address())?, segment.data()?);
        if start + data.len() > memory.len() {
            memory.resize(start + data.len(), 0);
        }
        let Some(place) = memory.get_mut(start..start + data.len()) else {
            bail!("a segment at {start:#x} does not fit");
        };
        place.copy_from_slice(data);
    }
    ensure!(!memory.is_empty(), "the program loads nothing");
    Ok(memory)
}
