//! Where a result comes from: enough to run it again, and to see why another run differs.

use std::path::Path;
use std::{env, fs, thread};

use science::networks::Seeds;
use serde::Serialize;

/// How the program was built.
#[derive(Clone, Debug, Serialize)]
pub struct Flags {
    /// "release" or "debug".
    pub profile: &'static str,
    /// Level of optimisation, "0" to "3", "s" or "z".
    pub opt_level: &'static str,
    /// Further flags of the compiler (`RUSTFLAGS`), often none.
    pub rustflags: &'static str,
}

/// The machine that ran the program.
#[derive(Clone, Debug, Serialize)]
pub struct Host {
    /// Model of the processor as the system names it, else its architecture.
    pub cpu: String,
    /// Hardware threads that the program may use.
    pub threads: Option<usize>,
    /// Name and version of the operating system.
    pub os: String,
}

/// Where a result comes from.
#[derive(Clone, Debug, Serialize)]
pub struct Provenance {
    /// The command line; of the program only its name, not where it lives.
    pub argv: Vec<String>,
    /// Version of host-sim.
    pub version: &'static str,
    /// Commit that the program was built from, with "-modified" after it if the sources had been changed since;
    /// "unknown" outside a repository.
    pub git_revision: &'static str,
    /// Version of the compiler.
    pub rustc: &'static str,
    /// Target triple.
    pub target: &'static str,
    /// How the program was built.
    pub flags: Flags,
    /// Seeds in force.
    pub seeds: Seeds,
    /// The machine that ran the program.
    pub host: Host,
    /// When the object was made, UTC, RFC 3339.
    pub utc: String,
}

impl Provenance {
    /// Collects all of it; what cannot be found out is "unknown", never an error.
    pub fn collect(seeds: Seeds) -> Self {
        Self {
            argv: command_line(env::args_os().map(|argument| argument.to_string_lossy().into_owned())),
            version: env!("CARGO_PKG_VERSION"),
            git_revision: env!("HOST_SIM_GIT_REVISION"),
            rustc: env!("HOST_SIM_RUSTC"),
            target: env!("HOST_SIM_TARGET"),
            flags: Flags {
                profile: env!("HOST_SIM_PROFILE"),
                opt_level: env!("HOST_SIM_OPT_LEVEL"),
                rustflags: env!("HOST_SIM_RUSTFLAGS"),
            },
            seeds,
            host: Host {
                cpu: cpu().unwrap_or_else(|| env::consts::ARCH.to_owned()),
                threads: thread::available_parallelism().ok().map(usize::from),
                os: os().unwrap_or_else(|| env::consts::OS.to_owned()),
            },
            utc: now(),
        }
    }
}

/// The arguments, with the program shortened to its name.
fn command_line(arguments: impl Iterator<Item = String>) -> Vec<String> {
    let mut argv: Vec<String> = arguments.collect();
    if let Some(program) = argv.first_mut() {
        let name = Path::new(program.as_str())
            .file_name()
            .map(|name| name.to_string_lossy().into_owned());
        *program = name.unwrap_or_default();
    }
    argv
}

fn now() -> String {
    let now = jiff::Timestamp::now();
    // Whole seconds: nobody needs more of a result's age.
    jiff::Timestamp::from_second(now.as_second())
        .unwrap_or(now)
        .to_string()
}

/// Linux tells the model of its processor; elsewhere the architecture has to do.
fn cpu() -> Option<String> {
    let text = fs::read_to_string("/proc/cpuinfo").ok()?;
    let model = value_of(&text, ':', &["model name", "Model", "cpu model", "uarch"])?;
    Some(model.to_owned())
}

fn os() -> Option<String> {
    let text = fs::read_to_string("/etc/os-release").ok()?;
    let name = value_of(&text, '=', &["PRETTY_NAME"])?;
    Some(format!("{} ({})", name.trim_matches('"'), env::consts::OS))
}

/// Value of the first of `keys` that has one in lines of the form `key <separator> value`.
fn value_of<'a>(text: &'a str, separator: char, keys: &[&str]) -> Option<&'a str> {
    keys.iter().find_map(|wanted| {
        text.lines().find_map(|line| {
            let (key, value) = line.split_once(separator)?;
            (key.trim() == *wanted && !value.trim().is_empty()).then(|| value.trim())
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_is_filled() {
        let provenance = serde_json::to_value(Provenance::collect(Seeds::all(1))).unwrap();
        for field in ["version", "git_revision", "rustc", "target", "utc"] {
            assert!(
                provenance[field].as_str().is_some_and(|text| !text.is_empty()),
                "{field}"
            );
        }
        assert!(provenance["rustc"].as_str().unwrap().starts_with("rustc 1."));
        assert!(!provenance["host"]["cpu"].as_str().unwrap().is_empty());
        assert!(["0", "1", "2", "3", "s", "z"].contains(&provenance["flags"]["opt_level"].as_str().unwrap()));
    }

    #[test]
    fn time_is_rfc_3339_in_utc() {
        let text = now();
        let parsed: jiff::Timestamp = text.parse().unwrap();
        assert!(
            text.ends_with('Z') && text.len() == "2024-01-01T00:00:00Z".len(),
            "{text}"
        );
        assert!(parsed.as_second() > 1_700_000_000);
    }

    #[test]
    fn the_command_line_keeps_no_folder_of_the_program() {
        let argv = command_line(
            ["/somewhere/bin/host-sim", "run", "--out", "a/b"]
                .map(str::to_owned)
                .into_iter(),
        );
        assert_eq!(argv, ["host-sim", "run", "--out", "a/b"]);
        assert!(command_line(std::iter::empty()).is_empty());
    }

    #[test]
    fn keys_are_found_in_order_of_preference() {
        let text = "Model\t: a board\nmodel name\t: a processor\nempty:\n";
        assert_eq!(value_of(text, ':', &["model name", "Model"]), Some("a processor"));
        assert_eq!(value_of(text, ':', &["empty", "Model"]), Some("a board"));
        assert_eq!(value_of(text, ':', &["absent"]), None);
    }
}
