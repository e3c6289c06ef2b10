//! The files that a golden names, read by the options that name them.

use std::path::{Path, PathBuf};

use science::Refusal;
use science::golden::{Contents, EmbeddedRule, Golden};
use science::networks::Biases;

use crate::failure::Failure;
use crate::options::{NetworkOptions, OwnCouplings, RuleFile, column, table};

/// The path that an option names.
pub(super) fn path_of<'a>(options: &'a NetworkOptions, option: &str) -> Option<&'a PathBuf> {
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

/// The rule with what it was read from.
pub(super) fn embedded(options: &NetworkOptions) -> Result<Option<EmbeddedRule>, Failure> {
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

/// The contents of the files of a golden, which lie in that folder. Refuses arrays of its rule with other numbers by name.
pub(in crate::commands) fn contents(golden: &Golden, folder: &Path) -> Result<Contents, Failure> {
    let path = |option: &str| golden.files.get(option).map(|file| folder.join(&file.name));
    let couplings = OwnCouplings {
        couplings_file: path("couplings_file"),
        couplings_transposed: golden
            .files
            .get("couplings_file")
            .is_some_and(|file| file.transposed),
    };
    let rule = match &golden.rule {
        None => None,
        Some(embedded) => {
            let rule = RuleFile::parse(embedded.text.clone(), "of the golden", folder)?;
            for (name, found) in &rule.arrays {
                let expected = embedded.arrays.get(name).map_or("none", String::as_str);
                if found != expected {
                    let words = format!("has the digest {found}, and the golden is of one with {expected}");
                    return Err(Refusal::because("rule", folder.join(name).display(), words).into());
                }
            }
            Some(rule.rule)
        }
    };
    let read = |option| path(option).map(|path| table(option, &path)).transpose();
    let numbers = |option, path: Option<PathBuf>| path.map(|path| column(option, &path)).transpose();
    let start = numbers("start-file", path("start_file"))?;
    let bias = numbers("bias-file", path("bias_file"))?;
    Ok(Contents {
        couplings: couplings.read()?,
        start: start
            .map(|x| science::networks::Table::new("x0", x.len().max(1), x))
            .transpose()?,
        input: read("input_file")?,
        input_weights: read("input_weights")?,
        bias: bias.map(Biases::new).transpose()?,
        rule,
    })
}
