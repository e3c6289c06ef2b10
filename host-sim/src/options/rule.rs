//! Options that change what neurons and synapses do: a rule of plasticity from a file, and biases.

mod file;

use std::path::{Path, PathBuf};

use clap::Args;
use science::networks::{Biases, Network};
use serde::Serialize;

pub use self::file::RuleFile;

use crate::failure::Failure;
use crate::output::npy::{self, Table};
use crate::progress::say;

/// Options of the networks' equations.
#[derive(Args, Clone, Debug, Default, PartialEq, Serialize)]
pub struct RuleOptions {
    /// Rule of the plasticity in place of the paper's, from a TOML file: factors, k and p of each synapse, which synapses are
    /// plastic, what changes on the way (docs/guide.md)
    #[arg(long, value_name = "FILE")]
    pub rule: Option<PathBuf>,
    /// A bias for each neuron, from a .npy file of N numbers: the rates are phi(x + b)
    #[arg(long, value_name = "FILE")]
    pub bias_file: Option<PathBuf>,
}

impl RuleOptions {
    /// The network with what was asked for.
    pub fn apply(&self, mut network: Network) -> Result<Network, Failure> {
        if let Some(path) = &self.bias_file {
            let in_file = |refusal: science::Refusal| {
                Failure::Usage(format!("--bias-file {}: {refusal}", path.display()))
            };
            network = network.with_bias(read_biases(path)?).map_err(in_file)?;
        }
        if let Some(path) = &self.rule {
            let in_file =
                |refusal: science::Refusal| Failure::Usage(format!("--rule {}: {refusal}", path.display()));
            let RuleFile { rule, .. } = RuleFile::read(path)?;
            let (k, p) = (network.k, network.p);
            network = network.with_rule(rule).map_err(in_file)?;
            for (option, given, run) in [("k", k, network.k), ("p", p, network.p)] {
                if given != run {
                    say(&format!(
                        "{option} = {run} of {} in place of {given}",
                        path.display()
                    ));
                }
            }
        }
        Ok(network)
    }
}

/// Biases from a .npy file of N numbers.
pub fn read_biases(path: &Path) -> Result<Biases, Failure> {
    let table = npy::read("bias-file", path)?;
    if table.shape[1] != 1 {
        return Err(wrong_shape("bias-file", path, &table, "N"));
    }
    Biases::new(table.values)
        .map_err(|refusal| Failure::Usage(format!("--bias-file {}: {refusal}", path.display())))
}

fn wrong_shape(option: &str, path: &Path, table: &Table, expected: &str) -> Failure {
    let [rows, columns] = table.shape;
    let words = format!(
        "--{option} {}: {rows} x {columns} is not {expected}",
        path.display()
    );
    Failure::Usage(words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use freezable_chaos::Params;
    use npyz::WriterBuilder;
    use science::networks::rules::{Change, Factor, Mask, PlasticityRule, Values};

    fn network() -> Network {
        let params = Params {
            g: 2.0,
            k: 2.0,
            p: 2.5,
            dt: 0.05,
        };
        Network::exact(2, params).unwrap()
    }

    fn save<T: npyz::AutoSerialize + Copy>(path: &Path, shape: &[u64], order: npyz::Order, values: &[T]) {
        let file = std::fs::File::create(path).unwrap();
        let options = npyz::WriteOptions::new()
            .default_dtype()
            .shape(shape)
            .order(order);
        let mut writer = options.writer(file).begin_nd().unwrap();
        writer.extend(values.iter().copied()).unwrap();
        writer.finish().unwrap();
    }

    fn applied(folder: &Path, text: &str) -> Result<Network, Failure> {
        let path = folder.join("rule.toml");
        std::fs::write(&path, text).unwrap();
        let options = RuleOptions {
            rule: Some(path),
            bias_file: None,
        };
        options.apply(network())
    }

    #[test]
    fn a_file_says_all_that_a_rule_has() {
        let folder = tempfile::tempdir().unwrap();
        let (path, c, fortran) = (folder.path(), npyz::Order::C, npyz::Order::Fortran);
        save(&path.join("k.npy"), &[2], c, &[1.0_f64, -0.5]);
        save(&path.join("p.npy"), &[2, 2], fortran, &[1.0_f32, 3.0, 2.0, 4.0]);
        save(&path.join("mask.npy"), &[2, 2], c, &[true, false, true, true]);
        let text = "post = \"sign\"\npre = { threshold = 0.5 }\nk = \"k.npy\"\np = \"p.npy\"\nplastic = \"mask.npy\"\n\
                    [[change]]\nat = 300\nover = 50\np = inf\n";
        let rule = applied(path, text).unwrap().rule.unwrap();
        let expected = PlasticityRule {
            k: Some(Values::per_neuron(vec![1.0, -0.5])),
            p: Some(Values::per_synapse(vec![1.0, 2.0, 3.0, 4.0])),
            plastic: Some(Mask::new(vec![true, false, true, true])),
            changes: vec![Change {
                over: 50.0,
                p: Some(Values::Scalar(f32::INFINITY)),
                ..Change::at(300.0)
            }],
            ..PlasticityRule::new(Factor::Sign, Factor::Threshold(0.5))
        };
        assert_eq!(rule, expected);
    }

    #[test]
    fn one_number_for_all_is_that_of_the_network() {
        let folder = tempfile::tempdir().unwrap();
        let network = applied(folder.path(), "k = 3\n").unwrap();
        assert_eq!((network.k, network.dynamics.params().k), (3.0, 3.0));
        assert_eq!(
            network.rule,
            Some(PlasticityRule::new(Factor::Rate, Factor::Rate))
        );
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place() {
        let folder = tempfile::tempdir().unwrap();
        save(&folder.path().join("k.npy"), &[3], npyz::Order::C, &[1.0_f64; 3]);
        save(
            &folder.path().join("wide.npy"),
            &[2, 3],
            npyz::Order::C,
            &[1.0_f64; 6],
        );
        for (text, message) in [
            ("post = \"rate\"\nbefore = 1\n", "line 2: unknown field `before`"),
            ("k = true\n", "line 1: a number, or the name of a .npy file"),
            ("pre = \"cube\"\n", "line 1: unknown variant `cube`"),
            ("k = \"k.npy\"\n", "k 3 values are not the 2 that n 2 needs"),
            ("k = \"wide.npy\"\n", "2 x 3 is not N or N x N"),
            ("plastic = \"none.npy\"\n", "none.npy: No such file or directory"),
            (
                "p = 0.01\n",
                "dt 0.05 is above its stability bound min(1, p) = 0.01",
            ),
        ] {
            let failure = applied(folder.path(), text).unwrap_err().to_string();
            assert!(failure.contains(message), "{failure}");
        }
    }

    #[test]
    fn biases_come_from_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bias.npy");
        save(&path, &[2], npyz::Order::C, &[0.5_f64, -1.0]);
        let options = RuleOptions {
            rule: None,
            bias_file: Some(path.clone()),
        };
        let biased = options.apply(network()).unwrap();
        assert_eq!(biased.bias.unwrap().values(), [0.5, -1.0]);
        save(&path, &[3], npyz::Order::C, &[0.5_f64; 3]);
        let failure = options.apply(network()).unwrap_err().to_string();
        assert!(
            failure.ends_with("bias 3 are not one for each of n 2 neurons"),
            "{failure}"
        );
    }
}
