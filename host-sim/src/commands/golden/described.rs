//! From options to what a golden says of a network, and back to a network.

use std::collections::BTreeMap;
use std::path::PathBuf;

use science::Refusal;
use science::golden::{Described, Driven, Golden, NamedFile, Trajectory};
use science::networks::{Couplings, Ensemble, Model, with_simulation};

use crate::failure::Failure;
use crate::options::{CouplingsOption, NetworkOptions, OwnCouplings, OwnOptions};

/// The options that name a file which a golden can name.
const FILES: [&str; 4] = ["couplings_file", "start_file", "input_file", "input_weights"];

/// The path that an option names.
pub(in crate::commands) fn path_of<'a>(own: &'a OwnOptions, option: &str) -> Option<&'a PathBuf> {
    match option {
        "couplings_file" => own.couplings.couplings_file.as_ref(),
        "start_file" => own.start_file.as_ref(),
        "input_file" => own.input_file.as_ref(),
        "input_weights" => own.input_weights.as_ref(),
        _ => None,
    }
}

/// A golden without digests of the first network of an ensemble.
pub(super) fn golden(
    ensemble: &Ensemble,
    own: &OwnOptions,
    trajectory: Trajectory,
) -> Result<Golden, Failure> {
    let mut files = BTreeMap::new();
    for (option, digest) in digests(ensemble) {
        let Some(path) = path_of(own, option) else {
            continue;
        };
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let file = NamedFile {
            name,
            digest,
            transposed: option == "couplings_file" && own.couplings.couplings_transposed,
        };
        // Beside the golden there is only one of a name.
        let taken = files.values().find(|other: &&NamedFile| other.name == file.name);
        if taken.is_some_and(|other| other.digest != file.digest) {
            let words = "is the name of another file too, and both belong beside the golden";
            return Err(Refusal::because(option, &file.name, words).into());
        }
        files.insert(option.to_owned(), file);
    }
    Ok(Golden::new(
        describe(ensemble)?,
        files,
        driven(ensemble),
        trajectory,
    )?)
}

/// What a golden says of a network, but for its files.
fn describe(ensemble: &Ensemble) -> Result<Described, Failure> {
    let network = &ensemble.network;
    let digest = with_simulation(ensemble, 0, |simulation| Ok(simulation.couplings_digest()))?;
    Ok(Described {
        model: network.model,
        n: network.n,
        g: network.g,
        k: network.k,
        p: network.p,
        dt: network.dt,
        transfer: network.transfer,
        couplings: network.couplings.name().to_owned(),
        couplings_digest: digest.map_or_else(String::new, |digest| format!("{digest:016x}")),
        history: network
            .history
            .map(|rule| [rule.samples, rule.spacing, rule.levels]),
        start: ensemble.start,
        seed_network: network.seeds.network,
        seed_state: network.seeds.state,
    })
}

/// How the input of an ensemble goes on.
fn driven(ensemble: &Ensemble) -> Option<Driven> {
    let input = &ensemble.input;
    (!input.is_none()).then(|| Driven {
        steps_of_row: input.steps_of_row(),
        repeats: input.repeats(),
        noise: input.noise(),
    })
}

/// The digests of what was read from files, by option.
fn digests(ensemble: &Ensemble) -> Vec<(&'static str, String)> {
    let text = |digest: u64| format!("{digest:016x}");
    let couplings = match &ensemble.network.couplings {
        Couplings::Matrix(matrix) => Some(text(matrix.digest())),
        _ => None,
    };
    let start = ensemble.origin.as_ref().and_then(|origin| origin.values());
    let (series, weights) = ensemble.input.tables();
    let found = [
        couplings,
        start.map(|table| text(table.digest())),
        series.map(|table| text(table.digest())),
        weights.map(|table| text(table.digest())),
    ];
    FILES
        .into_iter()
        .zip(found)
        .filter_map(|(option, digest)| Some((option, digest?)))
        .collect()
}

/// The one network of a golden, with its files read from those paths. Refuses files with other contents by name.
pub(in crate::commands) fn ensemble(
    golden: &Golden,
    path: &dyn Fn(&str) -> PathBuf,
) -> Result<Ensemble, Failure> {
    if let Some(other) = golden
        .files
        .keys()
        .find(|option| !FILES.contains(&option.as_str()))
    {
        return Err(Refusal::because("files", other, "is of no option of this program").into());
    }
    let file = |option: &str| golden.files.get(option).map(|_| path(option));
    let network = &golden.network;
    let couplings = OwnCouplings {
        couplings_file: file("couplings_file"),
        couplings_transposed: golden
            .files
            .get("couplings_file")
            .is_some_and(|file| file.transposed),
    };
    let input = golden.input;
    let own = OwnOptions {
        couplings,
        start_file: file("start_file"),
        input_file: file("input_file"),
        input_weights: file("input_weights"),
        input_every: input
            .filter(|_| golden.files.contains_key("input_file"))
            .map(|input| {
                let step: f64 = network.dt.to_string().parse().unwrap_or(f64::from(network.dt));
                input.steps_of_row as f64 * step
            }),
        input_repeats: input.is_some_and(|input| input.repeats),
        noise: input.map_or(0.0, |input| input.noise),
        ..OwnOptions::default()
    };
    let history = |index: usize| match network.model {
        Model::Exact => None,
        Model::Compact => network.history.map(|history| history[index]),
    };
    let options = NetworkOptions {
        model: network.model,
        couplings: couplings_option(&network.couplings)?,
        history_samples: history(0),
        history_spacing: history(1),
        history_levels: history(2),
        n: Some(network.n),
        g: network.g,
        k: network.k,
        p: network.p,
        dt: network.dt,
        transfer: network.transfer,
        seed_network: Some(network.seed_network),
        seed_state: Some(network.seed_state),
        networks: 1,
        start: network.start,
        own,
        ..NetworkOptions::default()
    };
    let ensemble = options.check()?.ensemble;
    for (option, found) in digests(&ensemble) {
        let Some(file) = golden.files.get(option).filter(|file| file.digest != found) else {
            continue;
        };
        let name = FILES.into_iter().find(|name| *name == option).unwrap_or(option);
        let words = format!(
            "has the digest {found}, and the golden is of one with {}",
            file.digest
        );
        return Err(Refusal::because(name, path(option).display(), words).into());
    }
    let found = describe(&ensemble)?;
    if found.couplings_digest != golden.network.couplings_digest {
        let words = format!(
            "is not the golden's digest of J, {}",
            golden.network.couplings_digest
        );
        return Err(Refusal::because("couplings_digest", found.couplings_digest, words).into());
    }
    if found != *network {
        return Err(Failure::Usage(
            "the golden does not describe its network as this program does".into(),
        ));
    }
    Ok(ensemble)
}

fn couplings_option(name: &str) -> Result<Option<CouplingsOption>, Refusal> {
    match name {
        "gaussian" => Ok(Some(CouplingsOption::Gaussian)),
        "signs" => Ok(Some(CouplingsOption::Signs)),
        "hashed" => Ok(Some(CouplingsOption::Hashed)),
        "given" => Ok(None),
        other => Err(Refusal::because(
            "couplings",
            other,
            "is not one of gaussian, signs, hashed and given",
        )),
    }
}
