//! From options to what a golden says of a network, and back to a network.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use science::Refusal;
use science::golden::{Described, Driven, EmbeddedRule, Golden, NamedFile, Trajectory, digest_of};
use science::networks::{Couplings, Ensemble, Model, with_simulation};

use crate::failure::Failure;
use crate::options::{CouplingsOption, NetworkOptions, OwnCouplings, OwnOptions, RuleFile, RuleOptions};

/// The options that name a file which a golden can name.
const FILES: [&str; 5] = [
    "couplings_file",
    "start_file",
    "input_file",
    "input_weights",
    "bias_file",
];

/// The path that an option names.
pub(in crate::commands) fn path_of<'a>(options: &'a NetworkOptions, option: &str) -> Option<&'a PathBuf> {
    let own = &options.own;
    match option {
        "bias_file" => options.rule.bias_file.as_ref(),
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
    options: &NetworkOptions,
    trajectory: Trajectory,
) -> Result<Golden, Failure> {
    let mut files = BTreeMap::new();
    for (option, digest) in digests(ensemble) {
        let Some(path) = path_of(options, option) else {
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
            transposed: option == "couplings_file" && options.own.couplings.couplings_transposed,
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
        embedded(options)?,
        driven(ensemble),
        trajectory,
    )?)
}

/// The rule with what it was read from.
fn embedded(options: &NetworkOptions) -> Result<Option<EmbeddedRule>, Failure> {
    let Some(path) = &options.rule.rule else {
        return Ok(None);
    };
    let RuleFile { text, arrays, .. } = RuleFile::read(path)?;
    if let Some(name) = arrays.keys().find(|name| Path::new(name).is_absolute()) {
        let words = format!("names {name} by its whole path: arrays belong beside the golden");
        return Err(Refusal::because("rule", path.display(), words).into());
    }
    Ok(Some(EmbeddedRule { text, arrays }))
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
    let bias = ensemble.network.bias.as_ref().map(|bias| {
        let bytes = bias.values().iter().flat_map(|value| value.to_le_bytes());
        text(digest_of(&bytes.collect::<Vec<u8>>()))
    });
    let found = [
        couplings,
        start.map(|table| text(table.digest())),
        series.map(|table| text(table.digest())),
        weights.map(|table| text(table.digest())),
        bias,
    ];
    FILES
        .into_iter()
        .zip(found)
        .filter_map(|(option, digest)| Some((option, digest?)))
        .collect()
}

/// The one network of a golden, with its files read from those paths, and the arrays of its rule from that folder. Refuses
/// files with other contents by name.
pub(in crate::commands) fn ensemble(
    golden: &Golden,
    path: &dyn Fn(&str) -> PathBuf,
    folder: &Path,
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
        rule: RuleOptions {
            rule: None,
            bias_file: file("bias_file"),
        },
        seed_network: Some(network.seed_network),
        seed_state: Some(network.seed_state),
        networks: 1,
        start: network.start,
        own,
        ..NetworkOptions::default()
    };
    let mut ensemble = options.check()?.ensemble;
    if let Some(embedded) = &golden.rule {
        let rule = RuleFile::parse(embedded.text.clone(), "of the golden", folder)?;
        for (name, found) in &rule.arrays {
            let expected = embedded.arrays.get(name).map_or("none", String::as_str);
            if found != expected {
                let words = format!("has the digest {found}, and the golden is of one with {expected}");
                return Err(Refusal::because("rule", folder.join(name).display(), words).into());
            }
        }
        ensemble.network = ensemble.network.with_rule(rule.rule)?;
    }
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
