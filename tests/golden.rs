//! The goldens: digests along fixed trajectories, one committed file for every target.
//!
//! Renew them, after a deliberate change of the arithmetic contract, with `cargo xtask golden --renew`.

mod support;

use freezable_chaos::{AnyTransfer, CONTRACT_VERSION, ExactNetwork, Start, TransferId};
use host_sim::failure::Failure;
use host_sim::golden::{Case, Checkpoint, GoldenFile, Target};
use support::{Storage, state_generator};

/// The committed file.
const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/exact.toml");
/// Set by `cargo xtask golden --renew`.
const RENEW: &str = "RENEW_GOLDEN";

/// What is covered: sizes below, at and above whole tiles, every transfer backend, and one long trajectory.
fn cases() -> Vec<Case> {
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
    let sizes = [1, 3, 17, 64, 128].map(|n| case(n, TransferId::TANH, 1 << 10));
    let backends = [
        TransferId::LIBM_TANH,
        TransferId::LIBM_ERF,
        TransferId::MICROMATH_TANH,
    ]
    .map(|transfer| case(17, transfer, 1 << 10));
    // Only one, at a size that a processor without a floating-point unit gets through.
    sizes
        .into_iter()
        .chain(backends)
        .chain([case(32, TransferId::TANH, 1 << 14)])
        .collect()
}

#[test]
fn this_machine_reproduces_the_committed_digests() {
    if std::env::var_os(RENEW).is_some() {
        return renew();
    }
    let text = std::fs::read_to_string(PATH).expect("the file of goldens is readable");
    let file = GoldenFile::parse(&text).expect("the file of goldens is of this contract version");
    let shape = |case: &Case| {
        let steps: Vec<u64> = case.digests.iter().map(|checkpoint| checkpoint.step).collect();
        (case.n, case.transfer, case.seed, case.freeze, case.release, steps)
    };
    assert!(
        file.case.iter().map(shape).eq(cases().iter().map(shape)),
        "the file covers other cases than this test; renew it with `cargo xtask golden --renew`"
    );
    for case in &file.case {
        // host-sim runs on panels; the packed walk is what a microcontroller runs.
        let in_panels = case.run_here().expect("the trajectory is finite");
        let mut storage = Storage::new(case.n, Case::PARAMS, case.seed);
        let transfer = AnyTransfer::from_id(TransferId(case.transfer)).expect("all backends are enabled");
        let mut network = storage.network(transfer);
        network.start(Start::Small, &mut state_generator(case.seed));
        let packed = case.run(&mut Packed(network)).expect("the trajectory is finite");
        let difference = case
            .first_difference(&in_panels)
            .or_else(|| case.first_difference(&packed));
        if let Some(difference) = difference {
            panic!(
                "{difference}\nIf the arithmetic contract was changed on purpose, raise CONTRACT_VERSION and run \
                 `cargo xtask golden --renew`"
            );
        }
    }
}

/// The packed network of a case, already started.
struct Packed<'a>(ExactNetwork<'a, AnyTransfer>);

impl Target for Packed<'_> {
    fn start(&mut self, _case: &Case) -> Result<(), Failure> {
        Ok(())
    }

    fn steps(&mut self, count: u64) -> Result<(), Failure> {
        (0..count).try_for_each(|_| Ok(self.0.step()?))
    }

    fn freeze(&mut self) -> Result<(), Failure> {
        self.0.freeze();
        Ok(())
    }

    fn release(&mut self) -> Result<(), Failure> {
        self.0.release();
        Ok(())
    }

    fn digest(&mut self) -> Result<u64, Failure> {
        Ok(self.0.digest())
    }
}

fn renew() {
    let mut file = GoldenFile {
        contract: CONTRACT_VERSION,
        case: cases(),
    };
    for case in &mut file.case {
        case.digests = case.run_here().expect("the trajectory is finite");
    }
    let header = "# Digests of x and A that every target must reproduce. Written by `cargo xtask golden --renew`.\n\
                  # g = 3, k = 2, p = 2.5, dt = 0.05, small start; freeze and release after so many steps.\n";
    let text = toml::to_string(&file).expect("goldens are plain data");
    std::fs::write(PATH, format!("{header}{text}")).expect("the file of goldens is writable");
}

#[test]
fn a_single_changed_digit_is_found_and_located() {
    let mut case = cases().remove(1);
    case.digests = case.run_here().expect("the trajectory is finite");
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
fn the_program_carries_the_committed_file() {
    let text = std::fs::read_to_string(PATH).expect("the file of goldens is readable");
    assert_eq!(text, host_sim::golden::EXACT);
}
