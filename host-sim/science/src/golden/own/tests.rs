use super::*;
use crate::golden::GoldenFile;
use crate::networks::{CouplingMatrix, Ensemble, Network, with_simulation};
use freezable_chaos::Params;

const N: usize = 17;
const PARAMS: Params = Params {
    g: 2.7,
    k: 1.9,
    p: 2.5,
    dt: 0.05,
};
const TRAJECTORY: Trajectory = Trajectory {
    steps: 100,
    freeze: 60,
    release: 80,
};

/// A golden of a matrix of one's own, and the network.
fn recorded(spoil: f32) -> (Golden, Ensemble) {
    let values: Vec<f32> = (0..N * N)
        .map(|at| ((at * at + 3 * at) % 31) as f32 * 0.1 - 1.5 + spoil)
        .collect();
    let matrix = CouplingMatrix::new(N, values).unwrap();
    let digest = format!("{:016x}", matrix.digest());
    let network = Network::exact(N, PARAMS).unwrap().with_matrix(matrix).unwrap();
    let described = Described {
        model: network.model,
        n: N,
        g: network.g,
        k: network.k,
        p: network.p,
        dt: network.dt,
        transfer: network.transfer,
        couplings: network.couplings.name().to_owned(),
        couplings_digest: digest.clone(),
        history: None,
        start: InitialState::Small,
        seed_network: 1,
        seed_state: 1,
    };
    let file = NamedFile {
        name: "my \"J\".npy".to_owned(),
        digest,
        transposed: false,
    };
    let ensemble = Ensemble::of(network, 1).unwrap();
    let files = [("couplings_file".to_owned(), file)].into();
    let mut golden = Golden::new(described, files, None, None, TRAJECTORY).unwrap();
    with_simulation(&ensemble, 0, |network| {
        let found = format!("{:016x}", network.couplings_digest().unwrap());
        assert_eq!(found, golden.network.couplings_digest);
        golden.record(network, &())
    })
    .unwrap();
    (golden, ensemble)
}

fn run(golden: &Golden, ensemble: &Ensemble) -> Option<String> {
    let found = with_simulation(ensemble, 0, |network| golden.run_here(network, &())).unwrap();
    golden.first_difference(&found)
}

#[test]
fn a_matrix_of_ones_own_is_recorded_written_read_and_reproduced() {
    let (golden, ensemble) = recorded(0.0);
    let steps: Vec<u64> = golden.digests.iter().map(|checkpoint| checkpoint.step).collect();
    assert_eq!(steps, [1, 2, 4, 8, 16, 32, 60, 64, 80, 100]);
    let read = Golden::parse(&golden.text()).unwrap();
    assert_eq!(read, golden);
    assert_eq!(run(&read, &ensemble), None);
}

#[test]
fn other_couplings_give_other_digests_from_the_first_step() {
    let (golden, _) = recorded(0.0);
    let (_, other) = recorded(1e-3);
    let difference = run(&golden, &other).unwrap();
    assert!(difference.starts_with("at step 1 the digest is"), "{difference}");
}

/// The frozen stretch of the trajectory is part of what is compared.
#[test]
fn a_target_that_does_not_freeze_is_found_after_the_freeze() {
    struct Deaf<'a>(Simulated<'a>);
    impl Target for Deaf<'_> {
        type Error = Stopped;
        fn steps(&mut self, count: u64) -> Result<(), Stopped> {
            self.0.steps(count)
        }
        fn freeze(&mut self) -> Result<(), Stopped> {
            Ok(())
        }
        fn release(&mut self) -> Result<(), Stopped> {
            self.0.release()
        }
        fn digest(&mut self) -> Result<u64, Stopped> {
            self.0.digest()
        }
    }
    let (golden, ensemble) = recorded(0.0);
    let found = with_simulation(&ensemble, 0, |network| {
        golden.run(&mut Deaf(Simulated { network, watch: &() }))
    })
    .unwrap();
    let difference = golden.first_difference(&found).unwrap();
    assert!(difference.starts_with("at step 64 "), "{difference}");
}

#[test]
fn torn_edited_and_foreign_files_are_refused() {
    let text = recorded(0.0).0.text();
    for end in (0..text.len()).filter(|&end| text.is_char_boundary(end)) {
        let refused = Golden::parse(&text[..end]).unwrap_err().to_string();
        assert!(refused.contains("torn"), "{end}: {refused}");
    }
    for (from, to, words) in [
        ("k = 1.9", "k = 1.8", "was edited"),
        ("n = 17", "n = 18", "was edited"),
        (
            "layout = 1",
            "layout = 3",
            "layout 3 is not a layout of this program, 1 or 2",
        ),
        (
            "contract = 1",
            "contract = 9",
            "contract 9 is not the kernel's contract version, 1",
        ),
    ] {
        let edited = text.replacen(from, to, 1);
        assert_ne!(edited, text, "{from}");
        let refused = Golden::parse(&edited).unwrap_err().to_string();
        assert!(refused.contains(words), "{from}: {refused}");
    }
    let committed = crate::golden::committed(Model::Exact);
    for foreign in ["", "a = 1", "\u{0}", committed] {
        let refused = Golden::parse(foreign).unwrap_err().to_string();
        assert!(refused.contains("is no file of `host-sim golden`"), "{refused}");
    }
    assert!(GoldenFile::parse(&text).is_err());
}

/// With a right checksum, but with what this layout does not have.
#[test]
fn a_field_that_nobody_knows_is_refused() {
    let text = recorded(0.0).0.text();
    let contents = text[..text.rfind(CHECKSUM).unwrap()].replacen("\nk = ", "\nmask = 3\nk = ", 1);
    let refused = Golden::parse(&(contents.clone() + &checksum(&contents))).unwrap_err();
    assert!(refused.to_string().contains("mask"), "{refused}");
    let fewer = text[..text.rfind("\n[[digests]]").unwrap()].to_owned();
    let refused = Golden::parse(&(fewer.clone() + &checksum(&fewer))).unwrap_err();
    assert!(
        refused.to_string().contains("digests of its trajectory"),
        "{refused}"
    );
}

#[test]
fn bounds_are_named() {
    for (trajectory, words) in [
        (
            Trajectory {
                steps: 1,
                ..TRAJECTORY
            },
            "steps 1 is outside",
        ),
        (
            Trajectory {
                freeze: 0,
                ..TRAJECTORY
            },
            "freeze_at 0 is outside its bounds 1 and 99",
        ),
        (
            Trajectory {
                freeze: 100,
                ..TRAJECTORY
            },
            "freeze_at 100",
        ),
        (
            Trajectory {
                release: 60,
                ..TRAJECTORY
            },
            "release_at 60 is outside its bounds 61 and 100",
        ),
        (
            Trajectory {
                release: 101,
                ..TRAJECTORY
            },
            "release_at 101",
        ),
    ] {
        let refused = trajectory.check().unwrap_err().to_string();
        assert!(refused.contains(words), "{refused}");
    }
    let (golden, _) = recorded(0.0);
    let network = Described {
        seed_state: u64::MAX,
        ..golden.network
    };
    let refused = Golden::new(network, BTreeMap::new(), None, None, TRAJECTORY).unwrap_err();
    assert!(refused.to_string().contains("seed_state"), "{refused}");
}

/// A rule goes through the file letter by letter, and readers of the first layout refuse the file.
#[test]
fn a_rule_of_ones_own_is_embedded_as_it_stands() {
    let (plain, _) = recorded(0.0);
    let rule = EmbeddedRule {
        text: "post = \"sign\" # \u{3b3} \\ \t \"\"\" \r\nk = \"my k.npy\"\n".to_owned(),
        arrays: [("my k.npy".to_owned(), "0123456789abcdef".to_owned())].into(),
    };
    let Golden { network, files, .. } = plain.clone();
    let mut golden = Golden::new(network, files, Some(rule), None, TRAJECTORY).unwrap();
    golden.digests = plain.digests.clone();
    let text = golden.text();
    assert!(text.contains("layout = 2\n") && plain.text().contains("layout = 1\n"));
    assert_eq!(Golden::parse(&text).unwrap(), golden);
    let contents = text[..text.rfind(CHECKSUM).unwrap()].replacen("layout = 2", "layout = 1", 1);
    let refused = Golden::parse(&(contents.clone() + &checksum(&contents))).unwrap_err();
    assert!(
        refused.to_string().contains("where its layout has none"),
        "{refused}"
    );
}
