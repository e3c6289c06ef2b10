//! Goldens on a board with the project's firmware.

use freezable_chaos::frames::{CouplingSource, FlashImage, Setup};
use freezable_chaos::{HistoryRule, Params, Transfer};
use science::golden::{Builder, Case, Checkpoint, Golden, GoldenFile, Target, Verification};
use science::networks::Model;
use science::{Refusal, Stopped, Uncounted, Watch, advance};

use crate::{Board, Identity, LinkError};

/// Steps between two looks at the watcher: some milliseconds of an emulated board.
const LOOK: u64 = 16;

/// The project's goldens, but for those that the board has no room for.
pub fn committed(
    board: &mut Board,
    goldens: &[GoldenFile],
    watch: &dyn Watch,
) -> Result<Verification, Stopped> {
    let mut skipped = Vec::new();
    let mut fitting = goldens.to_vec();
    for file in &mut fitting {
        let (model, capacity) = (file.model, board.identity().capacity(file.model) as usize);
        let all = std::mem::take(&mut file.case);
        let (fits, too_large): (Vec<Case>, Vec<Case>) = all.into_iter().partition(|case| case.n <= capacity);
        file.case = fits;
        let reason = |case: &Case| {
            let (model, n) = (model.name(), case.n);
            format!("{model} N = {n}: the board has room for {capacity}")
        };
        skipped.extend(too_large.iter().map(reason));
    }
    let found = Verification::of_cases(&fitting, watch, |model, case| {
        let watch = &Uncounted(watch);
        case.run(model, &mut Watched { board, watch })
    })?;
    Ok(Verification { skipped, ..found })
}

/// A golden of one's own; one whose network the project's firmware cannot have is refused by name.
pub fn own(board: &mut Board, golden: &Golden, watch: &dyn Watch) -> Result<Verification, Stopped> {
    let setup = setup(golden, board.identity())?;
    board.configure(setup)?;
    let found: Vec<Checkpoint> = golden.run(&mut Watched { board, watch })?;
    Ok(Verification::of(golden, &found))
}

/// A board whose steps may be ended by who looks on.
struct Watched<'a> {
    board: &'a mut Board,
    watch: &'a dyn Watch,
}

impl Builder for Watched<'_> {
    fn start(&mut self, model: Model, case: &Case) -> Result<(), Stopped> {
        Ok(self.board.start(model, case)?)
    }
}

impl Target for Watched<'_> {
    type Error = Stopped;

    fn steps(&mut self, count: u64) -> Result<(), Stopped> {
        // each command is a message, so that there are more only for one who may end them
        let most = if self.watch.may_break() {
            LOOK
        } else {
            count.max(1)
        };
        for done in (0..count).step_by(most as usize) {
            let some = most.min(count - done);
            self.board.steps(some)?;
            advance(self.watch, some)?;
        }
        Ok(())
    }

    fn freeze(&mut self) -> Result<(), Stopped> {
        Ok(self.board.freeze()?)
    }

    fn release(&mut self) -> Result<(), Stopped> {
        Ok(self.board.release()?)
    }

    fn digest(&mut self) -> Result<u64, Stopped> {
        Ok(Target::digest(self.board)?)
    }
}

impl From<LinkError> for Stopped {
    fn from(error: LinkError) -> Self {
        Self::Outside(Box::new(error))
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
