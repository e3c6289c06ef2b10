use super::*;
use science::golden::{Described, Driven, EmbeddedRule, NamedFile, Trajectory};
use science::networks::{InitialState, TransferFunction};

fn golden(model: Model, couplings: &str) -> Golden {
    let described = Described {
        model,
        n: 48,
        g: 2.7,
        k: 2.0,
        p: 2.5,
        dt: 0.05,
        transfer: TransferFunction::Erf,
        couplings: couplings.to_owned(),
        couplings_digest: String::new(),
        history: (model == Model::Compact).then_some([8, 20, 127]),
        start: InitialState::Large,
        seed_network: 5,
        seed_state: 6,
    };
    let trajectory = Trajectory {
        steps: 8,
        freeze: 4,
        release: 6,
    };
    Golden::new(described, [].into(), None, None, trajectory).unwrap()
}

fn board(capacity: u32, seed: u64) -> Identity {
    Identity {
        name: "a board".to_owned(),
        capacity,
        compact_capacity: 64,
        flash: Some(FlashImage {
            n: 48,
            g: 2.7,
            seed,
            network: 0,
        }),
        flash_signs: None,
    }
}

#[test]
fn a_board_is_told_the_whole_network() {
    let setup_on = |capacity, seed| setup(&golden(Model::Exact, "gaussian"), &board(capacity, seed));
    let told = setup_on(64, 1).unwrap();
    let expected = Setup {
        model: 1,
        n: 48,
        params: Params {
            g: 2.7,
            k: 2.0,
            p: 2.5,
            dt: 0.05,
        },
        seed_network: 5,
        seed_state: 6,
        network: 0,
        start: freezable_chaos::Start::Large,
        transfer: freezable_chaos::TransferId::LIBM_ERF,
        couplings: CouplingSource::Seeded,
    };
    assert_eq!(told, expected);
    // too large to be drawn there, but the couplings in its flash are the golden's
    assert_eq!(setup_on(32, 5).unwrap().couplings, CouplingSource::Flash);
    let refused = setup_on(32, 1).unwrap_err().to_string();
    assert!(refused.contains("n 48 is above the 32 neurons"), "{refused}");
    for couplings in ["signs", "hashed"] {
        let told = setup(&golden(Model::Compact, couplings), &board(32, 1)).unwrap();
        assert_eq!((told.model, told.couplings), (2, CouplingSource::Seeded));
    }
}

#[test]
fn what_the_projects_firmware_cannot_have_is_refused_by_name() {
    let file = NamedFile {
        name: "J.npy".to_owned(),
        digest: String::new(),
        transposed: false,
    };
    for option in ["couplings_file", "start_file", "input_file", "bias_file"] {
        let mut golden = golden(Model::Exact, "gaussian");
        golden.files.insert(option.to_owned(), file.clone());
        let refused = setup(&golden, &board(64, 5)).unwrap_err().to_string();
        assert!(
            refused.contains(option) && refused.contains("docs/goldens.md"),
            "{refused}"
        );
    }
    let mut ruled = golden(Model::Exact, "gaussian");
    ruled.rule = Some(EmbeddedRule {
        text: String::new(),
        arrays: [].into(),
    });
    let mut noisy = golden(Model::Exact, "gaussian");
    noisy.input = Some(Driven {
        steps_of_row: 1,
        repeats: false,
        noise: 0.5,
    });
    let mut sampled = golden(Model::Compact, "signs");
    sampled.network.history = Some([4, 20, 127]);
    for (golden, words) in [
        (ruled, "rule of the golden cannot be had by firmware"),
        (noisy, "noise 0.5"),
        (sampled, "history 4x20x127"),
        (golden(Model::Exact, "signs"), "couplings signs"),
    ] {
        let refused = setup(&golden, &board(64, 5)).unwrap_err().to_string();
        assert!(refused.contains(words), "{refused}");
    }
}
