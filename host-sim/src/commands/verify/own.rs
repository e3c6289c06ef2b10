//! A golden of one's own, on this machine or on a board with the project's firmware.

use std::fs;
use std::path::{Path, PathBuf};

use freezable_chaos::frames::{CouplingSource, FlashImage, Setup};
use freezable_chaos::{HistoryRule, Params, Transfer};
use link::{Board, Identity};
use science::Refusal;
use science::golden::Golden;
use science::networks::{Model, with_simulation};

use super::{Stated, Summary};
use crate::commands::golden::described;
use crate::failure::Failure;

/// A golden, and where the files lie that it names.
pub(super) struct Own {
    golden: Golden,
    folder: PathBuf,
}

impl Own {
    /// Reads a golden; refuses one of other parameters than are stated.
    pub(super) fn read(path: &Path, files: Option<&Path>, stated: &Stated) -> Result<Self, Failure> {
        let text = fs::read_to_string(path)
            .map_err(|error| Failure::Usage(format!("--golden {}: {error}", path.display())))?;
        let golden = Golden::parse(&text).map_err(|refusal| match refusal.parameter {
            // the file's name says more than the parameter
            "golden" => Failure::Usage(refusal.sentence(&format!("--golden {}", path.display()))),
            _ => Failure::Usage(format!("--golden {}: {refusal}", path.display())),
        })?;
        stated.check(&golden)?;
        let beside = path.parent().unwrap_or(Path::new("")).to_owned();
        let folder = files.map_or(beside, Path::to_owned);
        Ok(Self { golden, folder })
    }

    /// On this machine.
    pub(super) fn here(&self) -> Result<Summary, Failure> {
        let path = |option: &str| match self.golden.files.get(option) {
            Some(file) => self.folder.join(&file.name),
            None => PathBuf::new(),
        };
        let ensemble = described::ensemble(&self.golden, &path, &self.folder)?;
        let found = with_simulation(&ensemble, 0, |network| self.golden.run_here(network))?;
        Ok(self.summary(&found))
    }

    /// On a board with the project's firmware.
    pub(super) fn on(&self, board: &mut Board) -> Result<Summary, Failure> {
        board.configure(setup(&self.golden, board.identity())?)?;
        Ok(self.summary(&self.golden.run(board)?))
    }

    fn summary(&self, found: &[science::golden::Checkpoint]) -> Summary {
        let first_difference = self.golden.first_difference(found);
        Summary {
            ok: first_difference.is_none(),
            first_difference,
            digests: found.len(),
            skipped: Vec::new(),
        }
    }
}

/// The network of a golden as the project's firmware builds it; refuses by name what it cannot have.
fn setup(golden: &Golden, board: &Identity) -> Result<Setup, Refusal> {
    const OWN: &str = "see docs/goldens.md for firmware of one's own, which can";
    let network = &golden.network;
    let lacks =
        |parameter, value: &str, words: &str| Err(Refusal::because(parameter, value, words).reason(OWN));
    if golden.rule.is_some() {
        let words = "cannot be had by firmware: the kernel's rule is the paper's, and a rule as data is of this machine";
        return Err(Refusal::because("rule", "of the golden", words));
    }
    for option in ["couplings_file", "start_file", "input_file", "bias_file"] {
        if let Some(file) = golden.files.get(option) {
            let words = "cannot be had by the project's firmware, which draws all by seed";
            return lacks(option, &file.name, words);
        }
    }
    if let Some(input) = golden.input {
        return lacks(
            "noise",
            &input.noise.to_string(),
            "cannot be had by the project's firmware",
        );
    }
    let params = Params {
        g: network.g,
        k: network.k,
        p: network.p,
        dt: network.dt,
    };
    let recommended = HistoryRule::recommended(&params);
    let recommended = [recommended.samples, recommended.spacing, recommended.levels];
    match (network.model, network.couplings.as_str()) {
        (Model::Exact, "gaussian") | (Model::Compact, "signs" | "hashed") => {}
        (_, other) => {
            return lacks(
                "couplings",
                other,
                "cannot be had by the project's firmware with this model",
            );
        }
    }
    if let Some(history) = network.history.filter(|&history| history != recommended) {
        let [samples, spacing, levels] = history;
        let words =
            "(samples, spacing, levels) is not the recommended history, which the project's firmware has";
        return lacks("history", &format!("{samples}x{spacing}x{levels}"), words);
    }
    let n = u32::try_from(network.n).unwrap_or(u32::MAX);
    let image = FlashImage {
        n,
        g: network.g,
        seed: network.seed_network,
        network: 0,
    };
    let capacity = board.capacity(network.model);
    let couplings = if network.model == Model::Exact && board.flash == Some(image) {
        CouplingSource::Flash
    } else if n <= capacity {
        CouplingSource::Seeded
    } else {
        let words = format!("is above the {capacity} neurons that the board has room for");
        return Err(Refusal::because("n", n, words));
    };
    Ok(Setup {
        model: network.model.id(),
        n,
        params,
        seed_network: network.seed_network,
        seed_state: network.seed_state,
        network: 0,
        start: network.start.into(),
        transfer: network.transfer.kernel().id(),
        couplings,
    })
}

#[cfg(test)]
mod tests;
