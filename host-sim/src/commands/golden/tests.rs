use super::*;
use clap::Parser;
use npyz::WriterBuilder;
use std::fs;

use crate::commands::verify;

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    options: GoldenOptions,
}

fn options(arguments: &str) -> GoldenOptions {
    let words = ["golden"].into_iter().chain(arguments.split_whitespace());
    Line::try_parse_from(words)
        .unwrap_or_else(|error| panic!("{arguments}: {error}"))
        .options
}

fn refused(arguments: &str) -> String {
    record(&options(arguments)).unwrap_err().to_string()
}

fn write(path: &Path, shape: &[u64], value: impl Fn(usize) -> f64) {
    let mut bytes = Vec::new();
    let options = npyz::WriteOptions::new().default_dtype().shape(shape);
    let mut writer = options.writer(&mut bytes).begin_nd().unwrap();
    let count = shape.iter().product::<u64>() as usize;
    writer.extend((0..count).map(value)).unwrap();
    writer.finish().unwrap();
    fs::write(path, bytes).unwrap();
}

/// A folder with couplings of 12 neurons, an initial state, a series of 3 channels and their weights.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let value = |at: usize| ((at * at + 5 * at) % 37) as f64 * 0.07 - 1.2;
    write(&path("J.npy"), &[12, 12], value);
    write(&path("x.npy"), &[12], |at| value(at + 3));
    write(&path("series.npy"), &[40, 3], |at| value(at + 1));
    write(&path("weights.npy"), &[12, 3], |at| value(at + 2));
    write(&path("bias.npy"), &[12], |at| 0.3 * value(at + 4));
    write(&path("k.npy"), &[12, 12], |at| value(at + 6));
    let rule = "post = \"sign\"\nk = \"k.npy\"\n[[change]]\nat = 2\nover = 1\np = 4\n";
    fs::write(path("rule.toml"), rule).unwrap();
    folder
}

const OWN: &str = "--couplings-file J.npy --start-file x.npy --input-file series.npy --input-weights weights.npy \
                   --input-every 0.1 --input-repeats --noise 0.2 --bias-file bias.npy --rule rule.toml --k 1.7 --p 3 --dt 0.025 --seed 5 --steps 200";

/// The options with the files where they are.
fn in_folder(folder: &Path, arguments: &str) -> String {
    let absolute = |word: &str| match word.ends_with(".npy") || word == "rule.toml" {
        true => folder.join(word).display().to_string(),
        false => word.to_owned(),
    };
    let words: Vec<String> = arguments.split_whitespace().map(absolute).collect();
    words.join(" ") + " --out " + &folder.join("mine.toml").display().to_string()
}

/// The rule as a golden has it.
fn golden_rule(text: &str) -> String {
    Golden::parse(text).unwrap().rule.unwrap().text
}

#[test]
fn everything_of_ones_own_is_recorded_and_verified() {
    let folder = folder();
    execute(options(&in_folder(folder.path(), OWN))).unwrap();
    let path = folder.path().join("mine.toml");
    let text = fs::read_to_string(&path).unwrap();
    let golden = Golden::parse(&text).unwrap();
    let names: Vec<&str> = golden.files.values().map(|file| file.name.as_str()).collect();
    assert_eq!(names, ["bias.npy", "J.npy", "series.npy", "weights.npy", "x.npy"]);
    assert_eq!((golden.network.n, golden.network.seed_state), (12, 5));
    assert_eq!(golden.input.unwrap().steps_of_row, 4);
    assert_eq!(verify::own_here(&path, "").unwrap(), None);
    assert_eq!(
        golden.rule.as_ref().unwrap().arrays.keys().collect::<Vec<_>>(),
        ["k.npy"]
    );
    // the rule is in the golden, and its file no longer needed
    fs::remove_file(folder.path().join("rule.toml")).unwrap();
    assert_eq!(verify::own_here(&path, "").unwrap(), None);
    fs::write(folder.path().join("rule.toml"), "k = 1.7\n").unwrap();
    execute(options(&in_folder(folder.path(), &format!("{OWN} --replace")))).unwrap();
    let other = fs::read_to_string(&path).unwrap();
    assert_ne!(
        Golden::parse(&other).unwrap().digests,
        golden.digests,
        "the rule is felt"
    );
    fs::write(&path, &text).unwrap();
    fs::write(folder.path().join("rule.toml"), golden_rule(&text)).unwrap();
    // what is there is not written over by accident
    let again = execute(options(&in_folder(folder.path(), OWN))).unwrap_err();
    assert!(again.to_string().contains("--replace"), "{again}");
    execute(options(&in_folder(folder.path(), &format!("{OWN} --replace")))).unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
}

#[test]
fn files_with_other_contents_are_refused_by_name() {
    for (name, shape) in [
        ("J.npy", vec![12, 12]),
        ("x.npy", vec![12]),
        ("series.npy", vec![40, 3]),
        ("weights.npy", vec![12, 3]),
        ("bias.npy", vec![12]),
        ("k.npy", vec![12, 12]),
    ] {
        let folder = folder();
        execute(options(&in_folder(folder.path(), OWN))).unwrap();
        write(&folder.path().join(name), &shape, |at| 0.01 * at as f64);
        let error = verify::own_here(&folder.path().join("mine.toml"), "").unwrap_err();
        assert!(
            error.contains(name) && error.contains("has the digest"),
            "{name}: {error}"
        );
        fs::remove_file(folder.path().join(name)).unwrap();
        let error = verify::own_here(&folder.path().join("mine.toml"), "").unwrap_err();
        assert!(error.contains(name), "{name}: {error}");
    }
}

#[test]
fn other_parameters_are_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mine.toml");
    for model in ["exact", "compact"] {
        let arguments = format!(
            "--model {model} --n 20 --g 2.7 --k 1.5 --steps 64 --replace --out {}",
            path.display()
        );
        execute(options(&arguments)).unwrap();
        let own = format!(
            "--model {model} --n 20 --g 2.7 --k 1.5 --p 2.5 --dt 0.05 --transfer tanh --start small --seed 1"
        );
        assert_eq!(verify::own_here(&path, &own), Ok(None));
        for (stated, words) in [
            ("--n 21", "--n 21 is not the golden's, 20"),
            ("--g 2.6", "--g 2.6 is not the golden's, 2.7"),
            ("--k 1", "--k 1 is not"),
            ("--p 2", "--p 2 is not"),
            ("--dt 0.1", "--dt 0.1 is not"),
            ("--transfer erf", "--transfer erf is not the golden's, tanh"),
            ("--start large", "--start large is not"),
            ("--seed 2", "--seed-network 2 is not"),
            ("--seed 1 --seed-state 3", "--seed-state 3 is not"),
            ("--couplings-digest 00", "--couplings-digest 00 is not"),
        ] {
            let error = verify::own_here(&path, stated).unwrap_err();
            assert!(error.contains(words), "{stated}: {error}");
        }
        let other = if model == "exact" { "compact" } else { "exact" };
        let error = verify::own_here(&path, &format!("--model {other}")).unwrap_err();
        assert!(
            error.contains(&format!("--model {other} is not the golden's, {model}")),
            "{error}"
        );
    }
}

#[test]
fn what_no_golden_has_is_refused_by_name() {
    for (arguments, words) in [
        ("--n 12 --out x --networks 2", "--networks 2"),
        ("--n 12 --out x --precision f64", "--precision f64"),
        ("--n 12 --out x --burn-in 10", "--burn-in 10"),
        ("--n 12 --out x --duration 10", "--duration 10"),
        ("--n 12 --out x --from state.bin", "--from state.bin"),
        ("--n 12 --out x --steps 1", "--steps 1"),
        ("--n 12 --out x --steps 64 --freeze-at 64", "--freeze-at 64"),
        (
            "--n 12 --out x --steps 64 --freeze-at 9 --release-at 9",
            "--release-at 9",
        ),
        (
            "--n 12 --out x --seed-state 18446744073709551615",
            "--seed-state 18446744073709551615",
        ),
    ] {
        let error = refused(arguments);
        assert!(error.contains(words), "{arguments}: {error}");
    }
}

#[test]
fn two_files_of_one_name_are_refused() {
    let folder = folder();
    fs::create_dir(folder.path().join("a")).unwrap();
    write(&folder.path().join("a/J.npy"), &[12], |at| at as f64 * 0.1);
    let arguments = in_folder(folder.path(), "--couplings-file J.npy --start-file a/J.npy");
    let error = refused(&arguments);
    assert!(error.contains("J.npy is the name of another file too"), "{error}");
}
