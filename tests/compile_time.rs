//! Mistakes that do not compile, reported at the line of the program that made them.

use std::fs;
use std::path::Path;
use std::process::Command;

/// A program of mistakes. Behind each stands what the compiler says of it.
const PROGRAM: &str = r#"
use freezable_chaos::{CompactBuffers, Dynamics, ExactBuffers, Params};
use freezable_chaos::{compact_buffers, couplings_len, dense_image, dynamics, exact_buffers, sign_image, signs_len};

const PARAMS: Params = Params { g: 2.0, k: 2.0, p: 2.5, dt: 0.05 };
const INSTABLE: Params = Params { dt: 2.0, ..PARAMS };
const INFINITE: Params = Params { g: f32::INFINITY, ..PARAMS };
const MATRIX: [[f32; 2]; 2] = [[0.0, 1.0], [f32::NAN, 0.0]];

pub const STEP: Dynamics = dynamics!(INSTABLE, 64); // dt is not above 0 and at most its stability bound min(1, p)
pub const GAIN: Dynamics = dynamics!(INFINITE, 64); // g is outside its bounds 0 and 1e15
pub const NONE: Dynamics = dynamics!(PARAMS, 0); // the number of neurons is outside its bounds
pub static EXACT: exact_buffers!(0) = ExactBuffers::new(); // the number of neurons is outside its bounds 1 and 1048576
pub static COMPACT: compact_buffers!(2048) = CompactBuffers::new(); // the number of neurons is outside its bounds 1 and 2047
pub static SAMPLES: compact_buffers!(64, 33) = CompactBuffers::new(); // the number of samples is outside its bounds 1 and 32
pub static COUPLINGS: [f32; couplings_len(2)] = dense_image!(MATRIX); // a coupling is not finite
pub static LENGTH: [f32; couplings_len(2) + 1] = dense_image!([[0.0; 2]; 2]); // another length than the image
pub static SIGNS: [u64; signs_len(2)] = sign_image!([[1, 2], [-1, 1]]); // a sign is neither 1 nor -1

pub const GOOD: Dynamics = dynamics!(PARAMS, 64);
pub static BUFFERS: exact_buffers!(64) = ExactBuffers::new();
"#;

#[test]
fn each_mistake_is_reported_at_the_line_that_made_it() {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = tempfile::tempdir().expect("a folder");
    let manifest = format!(
        "[package]\nname = \"mistakes\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[workspace]\n[dependencies]\n\
         freezable-chaos = {{ path = {:?}, default-features = false }}\n",
        repository.join("kernel")
    );
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).expect("written");
    fs::create_dir(folder.path().join("src")).expect("made");
    write("Cargo.toml", &manifest);
    write("src/lib.rs", PROGRAM);
    fs::copy(repository.join("Cargo.lock"), folder.path().join("Cargo.lock")).expect("copied");

    let output = Command::new(env!("CARGO"))
        .args(["check", "--message-format", "json"])
        .current_dir(folder.path())
        .env_remove("CARGO_TARGET_DIR")
        .env_remove("RUSTFLAGS")
        .output()
        .expect("cargo runs");
    assert!(!output.status.success());
    let errors: Vec<(u64, String)> = String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .filter(|message| message["message"]["level"] == "error")
        .filter_map(|message| {
            // As it is shown: a macro's own spans lie within the standard library.
            let text = message["message"]["rendered"].as_str()?.to_string();
            let (_, place) = text.split_once("--> src/lib.rs:")?;
            let line = place.split(':').next()?.parse().ok()?;
            Some((line, text))
        })
        .collect();

    let mut mistakes = 0;
    for (number, line) in (1..).zip(PROGRAM.lines()) {
        let Some((_, expected)) = line.split_once(" // ") else {
            assert!(errors.iter().all(|(at, _)| *at != number), "{line}: {errors:#?}");
            continue;
        };
        mistakes += 1;
        let is_reported = errors
            .iter()
            .any(|(at, text)| *at == number && text.contains(expected));
        let standard_error = String::from_utf8_lossy(&output.stderr);
        assert!(is_reported, "{line}\n{errors:#?}\n{standard_error}");
    }
    assert_eq!(mistakes, 9);
}
