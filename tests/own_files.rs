//! Couplings, states, inputs and recordings of one's own, through the program: what goes in as a file is what runs, and what
//! comes out is what ran.

#[path = "support/program.rs"]
mod program;

use std::fs::{self, File};
use std::path::Path;

use npyz::{NpyFile, WriterBuilder};
use program::host_sim;
use zip::ZipArchive;

const TIMES: &str = "--networks 1 --burn-in 5 --duration 15 --longest-lag 2 --replace";

fn succeed(arguments: &str) {
    let output = host_sim(arguments).output().expect("the program runs");
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "host-sim {arguments}: {message}");
}

fn refused(arguments: &str) -> String {
    let output = host_sim(arguments).output().expect("the program runs");
    assert_eq!(output.status.code(), Some(2), "host-sim {arguments}");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn save(path: &Path, shape: &[u64], values: &[f64]) {
    let mut bytes = Vec::new();
    let options = npyz::WriteOptions::new().default_dtype().shape(shape);
    let mut writer = options.writer(&mut bytes).begin_nd().expect("a header");
    writer.extend(values.iter().copied()).expect("values");
    writer.finish().expect("all of them");
    fs::write(path, bytes).expect("a file");
}

fn load(path: &Path) -> (Vec<u64>, Vec<f32>) {
    let array = NpyFile::new(File::open(path).expect("a file")).expect("an array");
    (array.shape().to_vec(), array.into_vec().expect("float32"))
}

/// An array of a recording.
fn recorded(folder: &Path, name: &str) -> (Vec<u64>, Vec<f32>) {
    let file = File::open(folder.join("record-0.npz")).expect("a recording");
    let mut archive = ZipArchive::new(file).expect("an archive");
    let member = archive.by_name(&format!("{name}.npy")).expect("that array");
    let array = NpyFile::new(member).expect("an array");
    (array.shape().to_vec(), array.into_vec().expect("float32"))
}

#[test]
fn couplings_that_are_written_and_read_again_give_the_trajectory_of_those_drawn() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let [file, turned, drawn, given] =
        ["J.npy", "turned.npy", "drawn", "given"].map(|name| folder.path().join(name));
    succeed(&format!(
        "couplings --n 24 --g 1.8 --seed 5 --out {}",
        file.display()
    ));
    let record = format!("{TIMES} --record x,phi,J --every 0.5 --seed 5 --k 1.5 --out");
    succeed(&format!("run --n 24 --g 1.8 {record} {}", drawn.display()));
    let own = format!("--couplings-file {}", file.display());
    succeed(&format!("run {own} {record} {}", given.display()));
    let (shape, x) = recorded(&drawn, "x");
    assert_eq!(shape, [41, 24]);
    assert_eq!(recorded(&given, "x").1, x);
    let (_, phi) = recorded(&given, "phi");
    for (x, phi) in x.iter().zip(&phi) {
        // The own tanh is within 8.1e-8 of tanh.
        assert!((x.tanh() - phi).abs() < 2e-7);
    }
    let (_, values) = load(&file);
    assert_eq!(recorded(&given, "J"), (vec![24, 24], values.clone()));
    // Rows for columns, declared.
    let transposed: Vec<f64> = (0..24 * 24)
        .map(|at| f64::from(values[at % 24 * 24 + at / 24]))
        .collect();
    save(&turned, &[24, 24], &transposed);
    succeed(&format!(
        "run --couplings-file {} --couplings-transposed {record} {}",
        turned.display(),
        given.display()
    ));
    assert_eq!(recorded(&given, "x").1, x);
}

/// One neuron without couplings of any kind is a leaky integrator, and its map can be written down.
#[test]
fn a_state_and_an_input_of_ones_own_are_those_of_the_map() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let [start, input, weights, out] =
        ["x.npy", "i.npy", "w.npy", "out"].map(|name| folder.path().join(name));
    save(&start, &[2], &[0.5, -1.0]);
    // Three channels in rows of four steps, over again.
    save(&input, &[2, 3], &[1.0, 0.0, -0.5, 0.25, 2.0, 0.0]);
    save(&weights, &[2, 3], &[1.0, 0.5, 0.0, -1.0, 0.0, 2.0]);
    succeed(&format!(
        "run --n 2 --g 0 --k 0 --dt 0.1 {TIMES} --start-file {} --input-file {} --input-weights {} --input-every 0.4 \
         --input-repeats --record x --every 0.1 --out {}",
        start.display(),
        input.display(),
        weights.display(),
        out.display()
    ));
    let (shape, found) = recorded(&out, "x");
    assert_eq!(shape, [201, 2]);
    let drive = [[1.0, -2.0], [1.25, -0.25]];
    let mut x = [0.5_f64, -1.0];
    for (step, row) in found.chunks_exact(2).enumerate() {
        for (found, expected) in row.iter().zip(x) {
            // 200 roundings of numbers below 2.
            assert!(
                (f64::from(*found) - expected).abs() < 5e-6,
                "step {step}: {found} {expected}"
            );
        }
        for (x, drive) in x.iter_mut().zip(drive[step / 4 % 2]) {
            *x += 0.1 * (drive - *x);
        }
    }
}

#[test]
fn a_run_goes_on_from_the_snapshot_of_another() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let [state, end, other, out] = ["a.fcs", "b.fcs", "c.fcs", "out"].map(|name| folder.path().join(name));
    for network in ["--model exact --n 20", "--model compact --n 70"] {
        let run = |times: &str, more: &str| {
            succeed(&format!(
                "run {network} --networks 1 --longest-lag 2 {times} {more}"
            ));
        };
        run(
            "--burn-in 5 --duration 15",
            &format!("--save {}", state.display()),
        );
        let from = format!(
            "--from {} --record speed,A --every 5 --out {}",
            state.display(),
            out.display()
        );
        run(
            "--burn-in 0 --duration 10",
            &format!("{from} --replace --save {}", end.display()),
        );
        run(
            "--burn-in 10 --duration 20",
            &format!("--save {}", other.display()),
        );
        // 15 + 5 + 10 steps here, 10 + 20 there.
        assert!(fs::read(&end).expect("a snapshot") == fs::read(&other).expect("a snapshot"));
        let (shape, a) = recorded(&out, "A");
        let n = shape[1] as usize;
        assert_eq!(shape[0], 3);
        assert!(
            (0..n * n).all(|at| a[at] == a[at % n * n + at / n]),
            "A is symmetric"
        );
    }
    let message = refused(&format!(
        "run --n 20 --seed 2 --networks 1 --from {}",
        state.display()
    ));
    assert!(message.contains("snapshot"), "{message}");
}

#[test]
fn noise_changes_the_run_and_its_seed_alone_the_noise() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let x = |name: &str, more: &str| {
        let out = folder.path().join(name);
        succeed(&format!(
            "run --n 10 {TIMES} {more} --record x --out {}",
            out.display()
        ));
        recorded(&out, "x").1
    };
    let noisy = x("a", "--noise 0.2");
    assert_eq!(noisy, x("b", "--noise 0.2"));
    assert_ne!(noisy, x("c", "--noise 0"));
    assert_ne!(noisy, x("d", "--noise 0.2 --seed-state 9"));
}

/// Another file of one's own is another run, which a folder of results does not take.
#[test]
fn a_folder_is_of_the_files_of_one_run() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = |name: &str| folder.path().join(name).display().to_string();
    let write = |factor: f64| {
        let values = |count: usize| -> Vec<f64> { (0..count).map(|at| factor * (at % 7) as f64).collect() };
        save(&folder.path().join("J.npy"), &[5, 5], &values(25));
        save(&folder.path().join("x.npy"), &[5], &values(5));
        save(&folder.path().join("i.npy"), &[3, 5], &values(15));
        save(&folder.path().join("b.npy"), &[5], &values(5));
        save(&folder.path().join("k.npy"), &[5, 5], &values(25));
    };
    let rule = "post = \"sign\"\nk = \"k.npy\"\n";
    fs::write(folder.path().join("rule.toml"), rule).expect("a file");
    for (option, name) in [
        ("--couplings-file", "J.npy"),
        ("--n 5 --start-file", "x.npy"),
        ("--n 5 --input-file", "i.npy"),
        ("--n 5 --bias-file", "b.npy"),
        ("--n 5 --rule", "rule.toml"),
    ] {
        let out = path(&format!("out-{name}"));
        let run = format!(
            "run {option} {} --networks 1 --duration 15 --burn-in 0 --out {out}",
            path(name)
        );
        write(0.1);
        succeed(&run);
        // The same again is no other run.
        succeed(&run);
        write(0.2);
        let message = refused(&run);
        assert!(message.contains("of `run` with another"), "{name}: {message}");
    }
}

#[test]
fn what_cannot_be_is_refused_by_name() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("J.npy");
    save(
        &file,
        &[3, 3],
        &[1.0, 2.0, 3.0, 4.0, f64::NAN, 6.0, 7.0, 8.0, 9.0],
    );
    let own = format!("--couplings-file {}", file.display());
    assert!(refused(&format!("run {own}")).contains("NaN in row 1, column 1"));
    save(&file, &[2, 3], &[0.0; 6]);
    assert!(refused(&format!("freeze {own}")).contains("2 x 3 is not square"));
    save(&file, &[3, 3], &[0.1; 9]);
    assert!(refused(&format!("run {own} --n 4")).contains("--n 4 is not the number of neurons of J, 3"));
    assert!(refused(&format!("run {own} --model compact")).contains("--couplings-file is of model exact"));
    assert!(refused(&format!("run {own} --g 2")).contains("cannot be used with"));
    assert!(
        refused(&format!("run --n 2 --input-file {}", file.display()))
            .contains("--input-file 3 is not the number of neurons, 2")
    );
    for option in ["start", "bias"] {
        let message = refused(&format!("run --n 2 --{option}-file {}", file.display()));
        assert!(message.contains(&format!("--{option}-file")), "{message}");
    }
    let message = refused("fixed-points --n 4 --noise 0.1");
    assert!(
        message.contains("--noise") && message.contains("left to themselves"),
        "{message}"
    );
    assert!(refused("run --n 4 --noise -1").contains("--noise -1 is outside its bounds"));
    assert!(refused("run --n 4 --save s.fcs").contains("--networks 4 is above its bound 1"));
    assert!(refused("run --n 4 --record x").contains("--out"));
}
