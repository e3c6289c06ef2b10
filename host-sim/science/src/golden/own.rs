//! Goldens of one's own: the digests along a trajectory of any network that can be described, and all that describes it,
//! in a file that holds itself together.

use std::collections::BTreeMap;
use std::fmt::Write;

use freezable_chaos::CONTRACT_VERSION;
use serde::{Deserialize, Serialize};

use super::{Case, Checkpoint, Target, differing, digest_of};
use crate::networks::{InitialState, Model, Simulation, TransferFunction};
use crate::watch::advance;
use crate::{Refusal, Stopped, Watch};

/// Version of the layout of these files.
const LAYOUT: u32 = 1;
/// That of files with a rule or biases, which readers of the first layout would not miss.
const LAYOUT_WITH_RULES: u32 = 2;
const HEAD: &str = "# Digests of x and A along a trajectory, by `host-sim golden`; `host-sim verify --golden` compares. Not to be edited:\n\
                    # the last line is the checksum of all before it.\n";
const CHECKSUM: &str = "# checksum ";
/// Most steps of a trajectory.
const MOST_STEPS: u64 = 1 << 24;

/// A golden of one's own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Golden {
    /// Version of the layout of its file.
    layout: u32,
    /// Version of the arithmetic contract that the digests hold for.
    contract: u16,
    /// The network, but for the contents of files.
    pub network: Described,
    /// Files that the network is made of, by the option that names each.
    #[serde(default)]
    pub files: BTreeMap<String, NamedFile>,
    /// The rule of the plasticity, if it is from a file.
    #[serde(default)]
    pub rule: Option<EmbeddedRule>,
    /// The external input, if there is one.
    #[serde(default)]
    pub input: Option<Driven>,
    /// The trajectory.
    pub trajectory: Trajectory,
    /// Digests of x and A along it.
    #[serde(default)]
    pub digests: Vec<Checkpoint>,
}

/// What describes a network, by the names of options.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Described {
    /// Kind of network.
    pub model: Model,
    /// Number of neurons.
    pub n: usize,
    /// Gain; with couplings from a file the one that they have.
    pub g: f32,
    /// Strength of the plasticity.
    pub k: f32,
    /// Time constant of the synapses.
    pub p: f32,
    /// Step of the Euler map.
    pub dt: f32,
    /// Transfer function.
    pub transfer: TransferFunction,
    /// Kind of couplings: gaussian, signs, hashed or given.
    pub couplings: String,
    /// Digest of J as the kernel has it, sixteen hexadecimal digits.
    pub couplings_digest: String,
    /// Samples, spacing and levels of the compact network's history.
    #[serde(default)]
    pub history: Option<[u32; 3]>,
    /// Initial state.
    pub start: InitialState,
    /// Seed of the couplings.
    pub seed_network: u64,
    /// Seed of the initial state and of the noise.
    pub seed_state: u64,
}

/// A file that a network is made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamedFile {
    /// Its name, without a folder.
    pub name: String,
    /// FNV-1a over the little-endian bits of its numbers in single precision, row by row, as they are used.
    pub digest: String,
    /// Whether its rows are used as columns.
    #[serde(default)]
    pub transposed: bool,
}

/// A rule of plasticity from a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EmbeddedRule {
    /// The file, as it stands.
    pub text: String,
    /// Digests of the arrays beside it that it names, as [`NamedFile::digest`].
    #[serde(default)]
    pub arrays: BTreeMap<String, String>,
}

/// How an external input goes on.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Driven {
    /// Steps for which a row of the series stays.
    pub steps_of_row: u64,
    /// Whether the series begins again after its last row.
    pub repeats: bool,
    /// Strength of the noise.
    pub noise: f32,
}

/// A trajectory: it is frozen and released after the digests of those steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trajectory {
    /// Steps in all.
    pub steps: u64,
    /// Frozen after so many.
    pub freeze: u64,
    /// Released after so many.
    pub release: u64,
}

impl Trajectory {
    /// Refuses one without a freeze before a release before its end.
    pub fn check(self) -> Result<Self, Refusal> {
        if !(2..=MOST_STEPS).contains(&self.steps) {
            return Err(Refusal::outside("steps", self.steps, 2, MOST_STEPS));
        }
        if !(1..self.steps).contains(&self.freeze) {
            return Err(Refusal::outside("freeze_at", self.freeze, 1, self.steps - 1));
        }
        if !(self.freeze + 1..=self.steps).contains(&self.release) {
            return Err(Refusal::outside(
                "release_at",
                self.release,
                self.freeze + 1,
                self.steps,
            ));
        }
        Ok(self)
    }

    /// Steps after which there is a digest: the powers of two, the freeze, the release and the end.
    fn checkpoints(self) -> Vec<u64> {
        Case::checkpoints(self.steps, self.freeze, self.release)
    }
}

impl Golden {
    /// A golden without digests.
    pub fn new(
        network: Described,
        files: BTreeMap<String, NamedFile>,
        rule: Option<EmbeddedRule>,
        input: Option<Driven>,
        trajectory: Trajectory,
    ) -> Result<Self, Refusal> {
        for (name, seed) in [
            ("seed_network", network.seed_network),
            ("seed_state", network.seed_state),
        ] {
            // TOML has no larger integers.
            if seed > i64::MAX as u64 {
                return Err(Refusal::above(name, seed, i64::MAX));
            }
        }
        Ok(Self {
            layout: layout_of(&files, rule.as_ref()),
            contract: CONTRACT_VERSION,
            network,
            files,
            rule,
            input,
            trajectory: trajectory.check()?,
            digests: Vec::new(),
        })
    }

    /// The digests of a network that was started, in place of those of before.
    pub fn record(&mut self, network: &mut dyn Simulation, watch: &dyn Watch) -> Result<(), Stopped> {
        self.digests = self.run_here(network, watch)?;
        Ok(())
    }

    /// Runs the trajectory of a network that was started.
    pub fn run<T: Target>(&self, target: &mut T) -> Result<Vec<Checkpoint>, T::Error> {
        let Trajectory { freeze, release, .. } = self.trajectory;
        target.follow(self.trajectory.checkpoints(), freeze, release)
    }

    /// The same on this machine.
    pub fn run_here(
        &self,
        network: &mut dyn Simulation,
        watch: &dyn Watch,
    ) -> Result<Vec<Checkpoint>, Stopped> {
        self.run(&mut Simulated { network, watch })
    }

    /// The first checkpoint at which a trajectory differs, in words.
    pub fn first_difference(&self, found: &[Checkpoint]) -> Option<String> {
        if found.len() != self.digests.len() {
            let (found, expected) = (found.len(), self.digests.len());
            return Some(format!("{found} digests instead of {expected}"));
        }
        let (expected, found) = differing(&self.digests, found)?;
        Some(format!(
            "at step {} the digest is {} instead of {}",
            expected.step, found.digest, expected.digest
        ))
    }

    /// Reads a file. Refuses what is none, one that was torn or edited, and one of another layout or contract.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        /// What must be readable whatever the layout is.
        #[derive(Deserialize)]
        struct Versions {
            layout: u32,
            contract: u16,
        }
        let refused = |words: String| Refusal::because("golden", "", words);
        let versions: Versions = toml::from_str(text)
            .map_err(|_| refused("is no file of `host-sim golden`, or was torn".into()))?;
        if ![LAYOUT, LAYOUT_WITH_RULES].contains(&versions.layout) {
            let words = format!("is not a layout of this program, {LAYOUT} or {LAYOUT_WITH_RULES}");
            return Err(Refusal::because("layout", versions.layout, words));
        }
        if versions.contract != CONTRACT_VERSION {
            let words = format!("is not the kernel's contract version, {CONTRACT_VERSION}");
            return Err(Refusal::because("contract", versions.contract, words));
        }
        let whole = text.rfind(CHECKSUM).is_some_and(|end| {
            let (contents, last) = text.split_at(end);
            last == checksum(contents)
        });
        if !whole {
            return Err(refused("is torn or was edited: its checksum does not fit".into()));
        }
        let golden: Self =
            toml::from_str(text).map_err(|error| refused(format!("cannot be read: {}", error.message())))?;
        if golden.layout != layout_of(&golden.files, golden.rule.as_ref()) {
            return Err(refused(
                "has a rule or biases where its layout has none, or none where it has".into(),
            ));
        }
        golden.trajectory.check()?;
        let steps = golden.digests.iter().map(|checkpoint| checkpoint.step);
        if !steps.eq(golden.trajectory.checkpoints()) {
            return Err(refused("does not have the digests of its trajectory".into()));
        }
        Ok(golden)
    }

    /// The file.
    pub fn text(&self) -> String {
        let mut text = String::from(HEAD);
        // Writing into a string cannot fail.
        let _ = self.write(&mut text);
        let last = checksum(&text);
        text + &last
    }

    fn write(&self, text: &mut String) -> std::fmt::Result {
        let network = &self.network;
        writeln!(text, "layout = {}\ncontract = {}\n", self.layout, self.contract)?;
        writeln!(
            text,
            "[network]\nmodel = \"{}\"\nn = {}",
            network.model.name(),
            network.n
        )?;
        for (name, value) in [
            ("g", network.g),
            ("k", network.k),
            ("p", network.p),
            ("dt", network.dt),
        ] {
            writeln!(text, "{name} = {value:?}")?;
        }
        writeln!(text, "transfer = \"{}\"", network.transfer.name())?;
        writeln!(text, "couplings = \"{}\"", network.couplings)?;
        writeln!(text, "couplings_digest = \"{}\"", network.couplings_digest)?;
        if let Some(history) = network.history {
            writeln!(text, "history = {history:?}")?;
        }
        writeln!(text, "start = \"{}\"", network.start.name())?;
        writeln!(text, "seed_network = {}", network.seed_network)?;
        writeln!(text, "seed_state = {}", network.seed_state)?;
        for (option, file) in &self.files {
            let (name, digest) = (toml_string(&file.name), &file.digest);
            writeln!(text, "\n[files.{option}]\nname = {name}\ndigest = \"{digest}\"")?;
            if file.transposed {
                writeln!(text, "transposed = true")?;
            }
        }
        if let Some(rule) = &self.rule {
            writeln!(text, "\n[rule]\ntext = {}", toml_text(&rule.text))?;
            for (number, (name, digest)) in rule.arrays.iter().enumerate() {
                let head = if number == 0 { "\n[rule.arrays]\n" } else { "" };
                writeln!(text, "{head}{} = \"{digest}\"", toml_string(name))?;
            }
        }
        if let Some(Driven {
            steps_of_row,
            repeats,
            noise,
        }) = self.input
        {
            writeln!(
                text,
                "\n[input]\nsteps_of_row = {steps_of_row}\nrepeats = {repeats}\nnoise = {noise:?}"
            )?;
        }
        let Trajectory {
            steps,
            freeze,
            release,
        } = self.trajectory;
        writeln!(
            text,
            "\n[trajectory]\nsteps = {steps}\nfreeze = {freeze}\nrelease = {release}"
        )?;
        for Checkpoint { step, digest } in &self.digests {
            writeln!(text, "\n[[digests]]\nstep = {step}\ndigest = \"{digest}\"")?;
        }
        Ok(())
    }
}

/// The layout that a file with these parts has.
fn layout_of(files: &BTreeMap<String, NamedFile>, rule: Option<&EmbeddedRule>) -> u32 {
    match rule.is_some() || files.contains_key("bias_file") {
        true => LAYOUT_WITH_RULES,
        false => LAYOUT,
    }
}

/// The last line of a file of these contents.
fn checksum(contents: &str) -> String {
    format!("{CHECKSUM}{:016x}\n", digest_of(contents.as_bytes()))
}

/// A basic string of TOML.
fn toml_string(text: &str) -> String {
    format!("\"{}\"", escaped(text))
}

fn escaped(text: &str) -> String {
    let mut literal = String::new();
    for character in text.chars() {
        match character {
            '"' | '\\' => literal.extend(['\\', character]),
            control if control.is_control() => literal += &format!("\\u{:04X}", u32::from(control)),
            other => literal.push(other),
        }
    }
    literal
}

/// The same over several lines.
fn toml_text(text: &str) -> String {
    let lines: Vec<String> = text.split('\n').map(escaped).collect();
    format!("\"\"\"\n{}\"\"\"", lines.join("\n"))
}

/// A network of this machine's as a target.
struct Simulated<'a> {
    network: &'a mut dyn Simulation,
    watch: &'a dyn Watch,
}

impl Target for Simulated<'_> {
    type Error = Stopped;

    fn steps(&mut self, count: u64) -> Result<(), Stopped> {
        (0..count).try_for_each(|_| {
            self.network.step()?;
            advance(self.watch, 1)
        })
    }

    fn freeze(&mut self) -> Result<(), Stopped> {
        self.network.freeze();
        Ok(())
    }

    fn release(&mut self) -> Result<(), Stopped> {
        self.network.release();
        Ok(())
    }

    fn digest(&mut self) -> Result<u64, Stopped> {
        let words = "is of the reference simulator: digests are of the kernel's state, in single precision";
        let refused = || Refusal::because("precision", "f64", words).into();
        self.network.digest().ok_or_else(refused)
    }
}

#[cfg(test)]
mod tests;
