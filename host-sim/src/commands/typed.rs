//! From the value of a command back to the line that one types for it: what clap reads, the other way round.

use clap::{Arg, Command, Subcommand};
use serde::Serialize;
use serde_json::Value;

/// Stated though they have their defaults: what a reader looks for first.
const ALWAYS: [&str; 3] = ["n", "g", "k"];

/// The subcommand's name, then the options that differ from their defaults, in the order of the help.
pub fn words<C: Subcommand + Serialize>(command: &C) -> Vec<String> {
    // By way of text, in which single precision has its own digits.
    let value = serde_json::to_string(command).and_then(|text| serde_json::from_str(&text));
    let Ok(Value::Object(kinds)) = value else {
        return Vec::new();
    };
    let mut known = C::augment_subcommands(Command::new(""));
    known.build();
    let mut words = Vec::new();
    for (name, options) in &kinds {
        words.push(name.clone());
        let arguments = known
            .find_subcommand(name)
            .into_iter()
            .flat_map(Command::get_arguments);
        // Where the results go is said last.
        let (last, first): (Vec<&Arg>, Vec<&Arg>) =
            arguments.partition(|argument| argument.get_id() == "out");
        let all = first.into_iter().chain(last);
        words.extend(all.flat_map(|argument| option(argument, &options[argument.get_id().as_str()])));
    }
    words
}

/// The words of one option.
fn option(argument: &Arg, value: &Value) -> Vec<String> {
    let values: Vec<String> = match value {
        Value::Null | Value::Bool(false) => return Vec::new(),
        Value::Bool(true) => Vec::new(),
        Value::Array(values) if values.is_empty() => return Vec::new(),
        Value::Array(values) => values.iter().map(text).collect(),
        value => vec![text(value)],
    };
    let joined = match argument.get_value_delimiter() {
        Some(delimiter) => vec![values.join(&delimiter.to_string())],
        None => values.clone(),
    };
    let defaults = argument.get_default_values();
    let is_default = defaults == values || defaults == joined;
    if is_default && !ALWAYS.contains(&argument.get_id().as_str()) {
        return Vec::new();
    }
    let long = argument.get_long().map(|long| format!("--{long}"));
    long.into_iter().chain(joined).collect()
}

/// A value as one types it: 2 for 2.0.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => match number.as_f64() {
            Some(real) if number.is_f64() => real.to_string(),
            _ => number.to_string(),
        },
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use clap::{Args, FromArgMatches};
    use serde::Serialize;

    use super::*;

    #[derive(Args, Clone, Debug, Default, PartialEq, Serialize)]
    struct Options {
        file: Option<String>,
        #[arg(long)]
        plain: bool,
        #[arg(long, default_value_t = 0.05)]
        dt: f32,
        #[arg(long, default_value_t = 1e9)]
        time: f64,
        #[arg(long, default_value_t = 200)]
        n: usize,
        #[arg(long, value_delimiter = ',', default_values_t = [1, 2])]
        sizes: Vec<i32>,
        #[arg(long, num_args = 2)]
        boundary: Option<Vec<f64>>,
        #[arg(skip)]
        #[serde(skip)]
        own: bool,
    }

    #[derive(Subcommand, Clone, Debug, PartialEq, Serialize)]
    #[serde(rename_all = "kebab-case")]
    enum Kind {
        TwoWords(Options),
    }

    fn read(words: &[String]) -> Kind {
        let command = Kind::augment_subcommands(Command::new("").no_binary_name(true));
        Kind::from_arg_matches(&command.try_get_matches_from(words).unwrap()).unwrap()
    }

    #[test]
    fn what_differs_from_its_default_is_typed_and_reads_back() {
        let defaults = ["two-words", "--n", "200"].map(str::to_owned);
        assert_eq!(words(&read(&defaults)), defaults, "n is always stated");
        let options = Options {
            file: Some("a.toml".to_owned()),
            plain: true,
            dt: 0.1,
            time: 1e-300,
            n: 3,
            sizes: vec![7],
            boundary: Some(vec![0.5, 2.0]),
            own: false,
        };
        let kind = Kind::TwoWords(options);
        let typed = words(&kind);
        assert_eq!(typed[..6].join(" "), "two-words a.toml --plain --dt 0.1 --time");
        assert_eq!(typed[7..].join(" "), "--n 3 --sizes 7 --boundary 0.5 2");
        assert_eq!(read(&typed), kind);
    }
}
