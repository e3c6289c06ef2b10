//! docs/files.md, the page of every array of every command, is what the measurements themselves say: it cannot be old.
//!
//! After a deliberate change: `RENEW=docs/files.md cargo test --release --test files`.

use std::fmt::Write;
use std::path::Path;

use freezable_chaos::Params;
use science::measure::activity::Run;
use science::measure::basin::Basin;
use science::measure::equivalence::Equivalence;
use science::measure::exponents::Lyapunov;
use science::measure::fixed_points::FixedPoints;
use science::measure::freeze::Freeze;
use science::measure::mean_field::MeanFieldProblem;
use science::measure::precision::Rounding;
use science::measure::recall::RecallGrid;
use science::measure::signals::Signals;
use science::measure::spectra::Spectra;
use science::measure::{Array, Measurement, Values, measure};
use science::memory::Protocol;
use science::networks::{Ensemble, Execution, Network, Synapses};
use science::signals::{Channels, synthetic_movements};

const HEAD: &str = "# Files of results

Written by `RENEW=docs/files.md cargo test --release --test files` from what the measurements say of themselves; a test compares.

`host-sim COMMAND --out DIR` leaves in the folder, together or not at all, `COMMAND.json` (kind, params, summary, provenance),
`COMMAND.npz` (the arrays below, for `numpy.load`) and figures. The text `made_with` among the arrays is the JSON of the command and
its parameters: `json.loads(str(numpy.load(\"run.npz\")[\"made_with\"]))`. Axes are named; arrays of a file share axes by name. Times are in
units of the neuronal time constant, exponents and eigenvalues per such unit. In JSON an average is `{\"mean\", \"sem\", \"count\"}`
over networks; `null` is a value that there is not.

`host-sim run --record QUANTITIES` adds `record-0.npz` and so on, one for each network: `time` (float64), `neuron` (uint64), and of
what was asked for `x` and `phi` (time, neuron), `A` (time, neuron, neuron), `J` (neuron, neuron), `speed` (time), in the precision in which
they were computed; `A[t, i, j]` and `J[i, j]` act from neuron j on neuron i.
";

/// Small enough to take no time: only what the arrays say of themselves counts.
fn ensemble() -> Ensemble {
    let params = Params {
        g: 2.0,
        k: 2.0,
        p: 2.5,
        dt: 0.05,
    };
    let network = Network::exact(12, params).expect("in range");
    Ensemble::of(network, 2)
        .and_then(|of| of.over(2.0, 30.0))
        .expect("in range")
}

fn rows(page: &mut String, name: &str, arrays: &[Array]) {
    let _ = write!(
        page,
        "\n## {name}\n\n| array | axes | type | unit | holds |\n|---|---|---|---|---|\n"
    );
    for array in arrays {
        let axes: Vec<&str> = array.axes.iter().map(|axis| axis.name).collect();
        let kind = match array.values {
            Values::F32(_) => "float32",
            Values::F64(_) => "float64",
            Values::U64(_) => "uint64",
            Values::Complex(_) => "complex128",
            Values::Bool(_) => "bool",
        };
        let axes = if axes.is_empty() {
            "none".to_owned()
        } else {
            axes.join(", ")
        };
        let _ = writeln!(
            page,
            "| `{}` | {axes} | {kind} | {} | {} |",
            array.name, array.unit, array.about
        );
    }
}

fn measured<M: Measurement>(page: &mut String, measurement: &M) {
    let of = ensemble();
    let found = measure(measurement, &of, &Execution::default(), &(), &()).expect("a small measurement");
    rows(page, M::NAME, &measurement.arrays(&of, &found.outcomes));
}

fn page() -> String {
    let (mut page, of) = (HEAD.to_owned(), ensemble());
    measured(&mut page, &Run::of(&of));
    measured(
        &mut page,
        &Freeze {
            trials: 1,
            ..Freeze::default()
        },
    );
    measured(&mut page, &Lyapunov::of(&of, Synapses::Running));
    measured(&mut page, &Spectra { snapshots: 1 });
    measured(&mut page, &FixedPoints { starts: 3 });
    measured(
        &mut page,
        &Equivalence {
            trials: 1,
            pairs: 1,
            ..Equivalence::of(&of)
        },
    );
    measured(&mut page, &Rounding {});
    measured(&mut page, &Basin { states: 1, starts: 1 });
    measured(
        &mut page,
        &Signals {
            recordings: synthetic_movements(1),
            channels: Channels {
                envelopes: Vec::new(),
                smoothing: 25.0,
            },
            gain: 1.0,
            steps_of_sample: 1,
            held_out: 2,
            settle: 3.0,
            times: vec![1.0],
            hold: 2.0,
            kicks: vec![2.0],
            x_bits: Vec::new(),
            state_bits: Vec::new(),
            record_bits: Vec::new(),
            stuck: Vec::new(),
            flipped: Vec::new(),
        },
    );
    let grid = RecallGrid {
        cues: vec![2],
        strengths: vec![1.0],
        sizes: vec![12],
        training: 2,
        trials: 2,
        protocol: Protocol {
            write: 2.0,
            rest: 1.0,
            times: vec![3.0],
            hold: 5.0,
        },
    };
    let found = grid
        .measure(&of, &Execution::default(), &(), &())
        .expect("a small grid");
    rows(&mut page, "memory", &grid.arrays(&found));
    let theory = MeanFieldProblem {
        k: 0.0,
        ..MeanFieldProblem::default()
    };
    let solution = theory.solve(1, &()).expect("the exact solution");
    rows(&mut page, "mean-field", &theory.arrays(&solution));
    page
}

#[test]
fn the_page_of_files_is_what_the_measurements_say() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/files.md");
    let found = page();
    if std::env::var("RENEW").is_ok_and(|file| file == "docs/files.md") {
        std::fs::write(&path, &found).expect("the page can be written");
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == found,
        "docs/files.md is old: `RENEW=docs/files.md cargo test --release --test files` writes it anew"
    );
}
