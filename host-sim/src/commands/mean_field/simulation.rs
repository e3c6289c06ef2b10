//! Simulated networks beside the theory: read back whole, and only if they are of the same parameters.

use std::fs;
use std::path::Path;

use science::measure::mean_field::MeanFieldProblem;
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::output::ArrayFile;

/// `C_phi` of simulated networks.
pub(super) struct Simulation {
    pub(super) lags: Vec<f64>,
    pub(super) networks: Vec<Vec<f64>>,
    /// The parameters in which theory and simulation differ, if they may: those of either.
    pub(super) different: Option<[String; 2]>,
}

impl Simulation {
    /// Reads the arrays of `run`. Refuses those of other parameters than the theory's, unless they may differ.
    pub(super) fn read(path: &Path, theory: &MeanFieldProblem, may_differ: bool) -> Result<Self, Failure> {
        let mut file = ArrayFile::open(path)?;
        let (_, lags) = file.read_finite::<f64>("lag", &["lag"])?;
        let networks = file.read_rows("autocorrelation", ["network", "lag"])?;
        if lags.len() < 2 {
            let words = format!("{}: lag: has no two values", path.display());
            return Err(Failure::Device(words));
        }
        let different = differences(theory, made_with(&mut file, path)?.as_ref());
        if let Some([own, simulated]) = different.as_ref().filter(|_| !may_differ) {
            return Err(Failure::Usage(format!(
                "--simulation {} is of {simulated}, and this theory of {own}: give the same parameters, or \
                 --other-parameters to draw both",
                path.display()
            )));
        }
        Ok(Self {
            lags,
            networks,
            different,
        })
    }
}

/// The parameters that the arrays say they are of, or the result beside them.
fn made_with(file: &mut ArrayFile, path: &Path) -> Result<Option<Value>, Failure> {
    if let Some((kind, params)) = file.made_with()? {
        return Ok((kind == "run").then_some(params));
    }
    let beside = || {
        let text = fs::read_to_string(path.with_extension("json")).ok()?;
        let mut object: Value = serde_json::from_str(&text).ok()?;
        (object.get("kind")?.as_str()? == "run").then(|| object.get_mut("params").map(Value::take))?
    };
    Ok(beside())
}

/// The parameters that theory and simulation do not have in common, if there are any: those of either, in words.
fn differences(theory: &MeanFieldProblem, simulated: Option<&Value>) -> Option<[String; 2]> {
    let p = if theory.slow_synapses {
        json!("infinity")
    } else {
        json!(theory.p)
    };
    let own = [
        ("g", json!(theory.g)),
        ("k", json!(theory.k)),
        ("p", p),
        ("dt", json!(theory.dt)),
        ("transfer", json!(theory.transfer)),
    ];
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for (name, value) in own {
        let found = simulated.and_then(|params| params.get(name));
        let (value, found) = (spoken(Some(&value)), spoken(found));
        if value != found {
            ours.push(format!("{name} = {value}"));
            theirs.push(format!("{name} = {found}"));
        }
    }
    (!ours.is_empty()).then(|| [ours.join(", "), theirs.join(", ")])
}

/// A parameter as it was given: a number in the digits of single precision, which all of these have.
fn spoken(value: Option<&Value>) -> String {
    match value {
        None => "unknown".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(value) => value
            .as_f64()
            .map_or_else(|| value.to_string(), |number| (number as f32).to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_is_named_on_both_sides() {
        let theory = MeanFieldProblem::default();
        // As single precision reads after it was widened.
        let mut simulated =
            json!({ "g": 2.0, "k": 2.0, "p": 2.5, "dt": f64::from(0.05_f32), "transfer": "tanh" });
        assert_eq!(differences(&theory, Some(&simulated)), None);
        simulated["dt"] = json!(0.05);
        assert_eq!(differences(&theory, Some(&simulated)), None);
        simulated["k"] = json!(1.5);
        let [own, theirs] = differences(&theory, Some(&simulated)).unwrap();
        assert_eq!((&own[..], &theirs[..]), ("k = 2", "k = 1.5"));
        let slow = MeanFieldProblem {
            k: 1.5,
            slow_synapses: true,
            ..theory
        };
        let [own, theirs] = differences(&slow, Some(&simulated)).unwrap();
        assert_eq!((&own[..], &theirs[..]), ("p = infinity", "p = 2.5"));
        let [_, unknown] = differences(&slow, None).unwrap();
        assert!(unknown.contains("g = unknown"), "{unknown}");
    }
}
