//! The goldens: digests along fixed trajectories, one committed file for every target.
//!
//! Renew them, after a deliberate change of the arithmetic contract, with `cargo xtask golden --renew`.

mod support;

use freezable_chaos::{AnyTransfer, CONTRACT_VERSION, HistoryRule, InstructionSet, Simd, TransferId};
use science::golden::{Case, Checkpoint, GoldenFile, committed};
use science::networks::Model;
use support::{CompactStorage, Storage};

const MODELS: [Model; 2] = [Model::Exact, Model::Compact];

/// The committed file.
fn path(model: Model) -> &'static str {
    match model {
        Model::Exact => concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/exact.toml"),
        Model::Compact => concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/compact.toml"),
    }
}

/// Set by `cargo xtask golden --renew`.
const RENEW: &str = "RENEW_GOLDEN";

/// What is covered: sizes below, at and above whole tiles and words, transfer backends, and one long trajectory.
fn cases(model: Model) -> Vec<Case> {
    let case = |n, transfer: TransferId, steps: u64| {
        let (freeze, release) = (steps / 2, steps * 3 / 4);
        let blank = |step| Checkpoint::new(step, 0);
        let digests = Case::checkpoints(steps, freeze, release)
            .into_iter()
            .map(blank)
            .collect();
        Case {
            n,
            transfer: transfer.0,
            seed: 7,
            freeze,
            release,
            digests,
        }
    };
    let short = [1, 3, 17, 64, 128].map(|n| case(n, TransferId::TANH, 1 << 10));
    let others = match model {
        Model::Exact => [
            TransferId::LIBM_TANH,
            TransferId::LIBM_ERF,
            TransferId::MICROMATH_TANH,
        ]
        .map(|transfer| case(17, transfer, 1 << 10))
        .to_vec(),
        Model::Compact => vec![
            case(256, TransferId::TANH, 1 << 13),
            case(1024, TransferId::TANH, 1 << 9),
        ],
    };
    // Only one, at a size that a processor without a floating-point unit gets through.
    short
        .into_iter()
        .chain(others)
        .chain([case(32, TransferId::TANH, 1 << 14)])
        .collect()
}

#[test]
fn this_machine_reproduces_the_committed_digests() {
    for model in MODELS {
        if std::env::var_os(RENEW).is_some() {
            renew(model);
            continue;
        }
        let text = std::fs::read_to_string(path(model)).expect("the file of goldens is readable");
        let file = GoldenFile::parse(&text).expect("the file of goldens is of this contract version");
        let shape = |case: &Case| {
            let steps: Vec<u64> = case.digests.iter().map(|checkpoint| checkpoint.step).collect();
            (case.n, case.transfer, case.seed, case.freeze, case.release, steps)
        };
        assert!(
            file.model == model && file.case.iter().map(shape).eq(cases(model).iter().map(shape)),
            "the file covers other cases than this test; renew it with `cargo xtask golden --renew`"
        );
        for case in &file.case {
            let on_host = case.run_here(model).expect("the trajectory is finite");
            let difference = case
                .first_difference(&on_host)
                .or_else(|| case.first_difference(&on_microcontroller(model, case)));
            if let Some(difference) = difference {
                panic!(
                    "{model:?}: {difference}\nIf the arithmetic contract was changed on purpose, raise \
                     CONTRACT_VERSION and run `cargo xtask golden --renew`"
                );
            }
        }
    }
}

/// The trajectory by the plain paths, which a microcontroller has: host-sim runs on others.
fn on_microcontroller(model: Model, case: &Case) -> Vec<Checkpoint> {
    let transfer = AnyTransfer::from_id(TransferId(case.transfer)).expect("all backends are enabled");
    let found = match model {
        Model::Exact => {
            let mut storage = Storage::new(case.n, Case::PARAMS, case.seed);
            case.run_network(model, storage.network(transfer))
        }
        Model::Compact => {
            let rule = HistoryRule::recommended(&Case::PARAMS);
            let mut storage = CompactStorage::new(case.n, Case::PARAMS, rule, case.seed);
            let portable = Simd::with(InstructionSet::Portable).expect("everywhere");
            case.run_network(model, storage.network(transfer, true, portable))
        }
    };
    found.expect("the trajectory is finite")
}

fn renew(model: Model) {
    let mut file = GoldenFile {
        model,
        contract: CONTRACT_VERSION,
        case: cases(model),
    };
    for case in &mut file.case {
        case.digests = case.run_here(model).expect("the trajectory is finite");
    }
    let header = "# Digests of x and A that every target must reproduce. Written by `cargo xtask golden --renew`.\n\
                  # g = 3, k = 2, p = 2.5, dt = 0.05, small start; freeze and release after so many steps.\n";
    let text = toml::to_string(&file).expect("goldens are plain data");
    std::fs::write(path(model), format!("{header}{text}")).expect("the file of goldens is writable");
}

#[test]
fn a_single_changed_digit_is_found_and_located() {
    let mut case = cases(Model::Exact).remove(1);
    case.digests = case.run_here(Model::Exact).expect("the trajectory is finite");
    assert_eq!(case.first_difference(&case.digests), None);
    let mut changed = case.digests.clone();
    let digest = &mut changed[5].digest;
    let other = if digest.as_bytes()[3] == b'0' { "1" } else { "0" };
    digest.replace_range(3..4, other);
    let difference = case.first_difference(&changed).expect("the change is found");
    assert!(
        difference.contains("N = 3") && difference.contains("step 32"),
        "{difference}"
    );
}

#[test]
fn the_program_carries_the_committed_files() {
    for model in MODELS {
        let text = std::fs::read_to_string(path(model)).expect("the file of goldens is readable");
        assert_eq!(text, committed(model));
    }
}
