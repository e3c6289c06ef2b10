//! From a network to what a golden says of it, and back to a network.

use std::collections::BTreeMap;

use freezable_chaos::{HistoryRule, Params};

use super::{Described, Driven, EmbeddedRule, Golden, NamedFile, Trajectory, digest_of};
use crate::networks::{
    Biases, CouplingMatrix, Couplings, Ensemble, Input, Model, Network, Origin, PlasticityRule, Seeds,
    Simulation, Table, with_simulation,
};
use crate::watch::advance;
use crate::{Refusal, Stopped, Watch};

/// What is refused of a network that has a property which no golden states.
pub const NOT_RECORDED: &str = "is not one that a golden can record";

/// The files that a golden can name, by the options of the program that name them.
pub const FILES: [&str; 5] = [
    "couplings_file",
    "start_file",
    "input_file",
    "input_weights",
    "bias_file",
];

/// What a network has beside parameters and seeds: the contents of the files that a golden names, as they are used, and its rule.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Contents {
    /// Quenched couplings J.
    pub couplings: Option<CouplingMatrix>,
    /// Initial states x, one row.
    pub start: Option<Table>,
    /// The series of the input.
    pub input: Option<Table>,
    /// Weights of the channels of the input.
    pub input_weights: Option<Table>,
    /// A bias for each neuron.
    pub bias: Option<Biases>,
    /// The rule of the plasticity, where it is not the paper's.
    pub rule: Option<PlasticityRule>,
}

impl Contents {
    /// Those of an ensemble.
    pub fn of(ensemble: &Ensemble) -> Self {
        let network = &ensemble.network;
        let (input, weights) = ensemble.input.tables();
        Self {
            couplings: match &network.couplings {
                Couplings::Matrix(matrix) => Some(matrix.clone()),
                _ => None,
            },
            start: ensemble
                .origin
                .as_ref()
                .and_then(|origin| origin.values().cloned()),
            input: input.cloned(),
            input_weights: weights.cloned(),
            bias: network.bias.clone(),
            rule: network.rule.clone(),
        }
    }

    /// Digests by the file, of those that are there.
    pub fn digests(&self) -> Vec<(&'static str, String)> {
        let table = |table: &Option<Table>| table.as_ref().map(Table::digest);
        let found = [
            self.couplings.as_ref().map(CouplingMatrix::digest),
            table(&self.start),
            table(&self.input),
            table(&self.input_weights),
            self.bias.as_ref().map(|bias| {
                let bytes = bias.values().iter().flat_map(|value| value.to_le_bytes());
                digest_of(&bytes.collect::<Vec<u8>>())
            }),
        ];
        let named = FILES.into_iter().zip(found);
        named
            .filter_map(|(file, digest)| Some((file, format!("{:016x}", digest?))))
            .collect()
    }
}

impl Described {
    /// What a golden says of the first network of an ensemble, but for its files and the digest of its couplings.
    fn of(ensemble: &Ensemble) -> Self {
        let network = &ensemble.network;
        Self {
            model: network.model,
            n: network.n,
            g: network.g,
            k: network.k,
            p: network.p,
            dt: network.dt,
            transfer: network.transfer,
            couplings: network.couplings.name().to_owned(),
            couplings_digest: String::new(),
            history: network
                .history
                .map(|rule| [rule.samples, rule.spacing, rule.levels]),
            start: ensemble.start,
            seed_network: network.seeds.network,
            seed_state: network.seeds.state,
        }
    }

    /// The first property in which another differs, but for the digest: its name, and its value in this one and in the other.
    fn difference(&self, other: &Self) -> Option<(&'static str, String, String)> {
        let words = |of: &Self| {
            let history = |[samples, spacing, levels]: [u32; 3]| format!("{samples}x{spacing}x{levels}");
            [
                ("model", of.model.name().to_owned()),
                ("n", of.n.to_string()),
                ("g", of.g.to_string()),
                ("k", of.k.to_string()),
                ("p", of.p.to_string()),
                ("dt", of.dt.to_string()),
                ("transfer", of.transfer.name().to_owned()),
                ("couplings", of.couplings.clone()),
                ("history", of.history.map_or("none".to_owned(), history)),
                ("start", of.start.name().to_owned()),
                ("seed_network", of.seed_network.to_string()),
                ("seed_state", of.seed_state.to_string()),
            ]
        };
        let pairs = words(self).into_iter().zip(words(other));
        pairs
            .map(|((name, here), (_, there))| (name, here, there))
            .find(|(_, here, there)| here != there)
    }

    /// The network; `contents` are those of the files.
    fn network(&self, contents: &Contents) -> Result<Network, Refusal> {
        let (k, p, dt) = (self.k, self.p, self.dt);
        let given = contents.couplings.as_ref();
        // A golden states the gain that a matrix has; that of numbers which are not its own is refused by their digest.
        let g = given.map_or(self.g, CouplingMatrix::gain);
        let mut network = Network::new(self.model, self.n, Params { g, k, p, dt })?
            .with_transfer(self.transfer)
            .with_seeds(Seeds {
                network: self.seed_network,
                state: self.seed_state,
                tangent: self.seed_network,
            });
        if let Some(bias) = &contents.bias {
            network = network.with_bias(bias.clone())?;
        }
        network = match (self.couplings.as_str(), given) {
            ("gaussian", None) => network.with_couplings(Couplings::Gaussian)?,
            ("signs", None) => network.with_couplings(Couplings::Signs)?,
            ("hashed", None) => network.with_couplings(Couplings::Hashed)?,
            ("given", Some(matrix)) => network.with_matrix(matrix.clone())?,
            (other, _) => {
                let words = "is not one of gaussian, signs, hashed, or given with its file";
                return Err(Refusal::because("couplings", other, words));
            }
        };
        if let (Model::Compact, Some([samples, spacing, levels])) = (self.model, self.history) {
            network = network.with_history(HistoryRule {
                samples,
                spacing,
                levels,
            })?;
        }
        match &contents.rule {
            Some(rule) => network.with_rule(rule.clone()),
            None => Ok(network),
        }
    }
}

impl Driven {
    /// How an input goes on, if there is one.
    fn of(input: &Input) -> Option<Self> {
        (!input.is_none()).then(|| Self {
            steps_of_row: input.steps_of_row(),
            repeats: input.repeats(),
            noise: input.noise(),
        })
    }

    fn input(golden: Option<&Self>, contents: &Contents) -> Result<Input, Refusal> {
        let mut input = match (&contents.input, &contents.input_weights) {
            (None, _) => Input::default(),
            (Some(series), None) => Input::series(series.clone()),
            (Some(series), Some(weights)) => Input::channels(series.clone(), weights.clone())?,
        };
        let Some(driven) = golden else {
            return Ok(input);
        };
        if contents.input.is_some() {
            input = input.every(driven.steps_of_row)?;
        }
        if driven.repeats {
            input = input.repeating();
        }
        input.with_noise(driven.noise)
    }
}

impl Golden {
    /// Records the first network of an ensemble along a trajectory. `names` gives the name of each file of it, without a
    /// folder, and whether its rows are used as columns; `rule` is that of a file. What no golden can say is refused, and
    /// what does not fit into `memory`, if that is known. The watcher is asked between the parts of the work, of which the
    /// longest before the first step is to build the network.
    pub fn recorded(
        asked: &Ensemble,
        names: &dyn Fn(&str) -> Option<(String, bool)>,
        rule: Option<EmbeddedRule>,
        trajectory: Trajectory,
        memory: Option<u64>,
        watch: &dyn Watch,
    ) -> Result<Self, Stopped> {
        asked.network.check_memory(memory)?;
        let contents = Contents::of(asked);
        let mut files: BTreeMap<String, NamedFile> = BTreeMap::new();
        for (option, digest) in contents.digests() {
            let Some((name, transposed)) = names(option) else {
                continue;
            };
            // Beside the golden there is only one of a name.
            let taken = files.values().find(|other| other.name == name);
            if taken.is_some_and(|other| other.digest != digest) {
                let words = "is the name of another file too, and both belong beside the golden";
                return Err(Refusal::because(option, &name, words).into());
            }
            let file = NamedFile {
                name,
                digest,
                transposed,
            };
            files.insert(option.to_owned(), file);
        }
        let driven = Driven::of(&asked.input);
        let mut golden = Self::new(Described::of(asked), files, rule, driven, trajectory)?;
        // What is recorded is what the file says, so that a property that no golden knows cannot get lost.
        let mut ensemble = golden.ensemble(&contents, memory)?;
        advance(watch, 0)?;
        ensemble.network.seeds.tangent = asked.network.seeds.tangent;
        (ensemble.burn_in, ensemble.duration, ensemble.networks) =
            (asked.burn_in, asked.duration, asked.networks);
        if let Some((name, value)) = unrecorded(&ensemble, asked) {
            return Err(Refusal::because(name, value, NOT_RECORDED).into());
        }
        with_simulation(&ensemble, 0, |network| {
            golden.network.couplings_digest = digest_of_couplings(network);
            advance(watch, 0)?;
            golden.record(network, watch)
        })?;
        if Self::parse(&golden.text()).as_ref() != Ok(&golden) {
            return Err(Stopped::Failed(
                "the golden is not read back as it was written".into(),
            ));
        }
        Ok(golden)
    }

    /// The one network of a golden, as an ensemble; refuses files with other contents by name, and what does not fit into
    /// memory.
    fn ensemble(&self, contents: &Contents, memory: Option<u64>) -> Result<Ensemble, Refusal> {
        if let Some(other) = self.files.keys().find(|file| !FILES.contains(&file.as_str())) {
            let words = format!("is none that a golden can name: those are {}", FILES.join(", "));
            return Err(Refusal::because("files", other, words));
        }
        let digests = contents.digests();
        for file in FILES {
            let found = digests
                .iter()
                .find(|(of, _)| *of == file)
                .map(|(_, digest)| digest);
            let words = match (self.files.get(file), found) {
                (Some(named), Some(found)) if named.digest != *found => {
                    format!(
                        "has the digest {found}, and the golden is of one with {}",
                        named.digest
                    )
                }
                (Some(_), None) => "is what the golden is of, and was not given".to_owned(),
                (None, Some(_)) => "was given, and the golden is of none".to_owned(),
                _ => continue,
            };
            let name = self.files.get(file).map_or("", |named| named.name.as_str());
            return Err(Refusal::because(file, name, words));
        }
        if contents.rule.is_some() != self.rule.is_some() {
            let words = "of the golden and that which was given are not the same";
            return Err(Refusal::because("rule", "", words));
        }
        let network = self.network.network(contents)?;
        network.check_memory(memory)?;
        let mut ensemble = Ensemble::of(network, 1)?.starting(self.network.start);
        if let Some(x) = &contents.start {
            ensemble = ensemble.beginning_at(Origin::State(x.clone()))?;
        }
        let ensemble = ensemble.driven_by(Driven::input(self.input.as_ref(), contents)?)?;
        if let Some((name, stated, here)) = self.network.difference(&Described::of(&ensemble)) {
            let words = format!("of the golden is {here} of the network that it describes here");
            return Err(Refusal::because(name, stated, words));
        }
        Ok(ensemble)
    }

    /// The trajectory of that network on this machine, if it fits into `memory`. The watcher is asked between the parts of
    /// the work, of which the longest before the first step is to build the network.
    pub fn run_with(
        &self,
        contents: &Contents,
        memory: Option<u64>,
        watch: &dyn Watch,
    ) -> Result<Vec<super::Checkpoint>, Stopped> {
        let ensemble = self.ensemble(contents, memory)?;
        advance(watch, 0)?;
        with_simulation(&ensemble, 0, |network| {
            let (found, expected) = (digest_of_couplings(network), &self.network.couplings_digest);
            if found != *expected {
                let words = format!("is not the golden's digest of J, {expected}");
                return Err(Refusal::because("couplings_digest", found, words).into());
            }
            advance(watch, 0)?;
            self.run_here(network, watch)
        })
    }
}

/// Sixteen hexadecimal digits; none of the reference simulator.
fn digest_of_couplings(network: &dyn Simulation) -> String {
    let digest = network.couplings_digest();
    digest.map_or_else(String::new, |digest| format!("{digest:016x}"))
}

/// The first property of an ensemble which the one that a golden describes has not, and its value where it has one in words.
fn unrecorded(recorded: &Ensemble, asked: &Ensemble) -> Option<(&'static str, String)> {
    if recorded == asked {
        return None;
    }
    let (here, there) = (&recorded.network, &asked.network);
    if let Some((name, value, _)) = Described::of(asked).difference(&Described::of(recorded)) {
        return Some((name, value));
    }
    let none = String::new;
    let properties = [
        ("couplings", here.couplings != there.couplings, none()),
        ("bias", here.bias != there.bias, none()),
        ("rule", here.rule != there.rule, none()),
        (
            "precision",
            here.precision != there.precision,
            there.precision.name().to_owned(),
        ),
        ("from", recorded.origin != asked.origin, none()),
        ("input", recorded.input != asked.input, none()),
    ];
    let found = properties.into_iter().find(|(_, differs, _)| *differs);
    Some(found.map_or(("parameters", none()), |(name, _, value)| (name, value)))
}
