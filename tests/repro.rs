//! `host-sim repro`, at sizes too small to establish anything: one page that loads nothing and holds every section, files
//! that do not depend on interruptions, and clear errors. What it establishes at real sizes is in `docs/validation.md`.

#[path = "support/program.rs"]
mod program;

use std::fs;
use std::path::Path;
use std::process::Output;

use program::host_sim;
use scraper::{Html, Selector};

/// Sections that take a moment each, also without optimisation, and use most of the machinery.
const SECTIONS: &str = "model,compact,device";

fn repro(out: &Path, more: &str) -> Output {
    host_sim(&format!(
        "repro --smoke --only {SECTIONS} --out {}{more}",
        out.display()
    ))
    .output()
    .expect("the program runs")
}

/// At this size checks may fail, which is exit code 1; nothing else may.
fn succeed(out: &Path) -> String {
    let output = repro(out, " --json");
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(matches!(output.status.code(), Some(0 | 1)), "{message}");
    String::from_utf8(output.stdout).expect("JSON")
}

/// Everything that a reproduction leaves behind, without the seconds that it took and the time of day.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let (mut found, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).expect("a folder") {
            let path = entry.expect("readable").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path.strip_prefix(folder).expect("inside").display().to_string();
            let bytes = fs::read(&path).expect("readable");
            let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("text");
            let bytes = match name.rsplit('.').next() {
                Some("html") => without_seconds(&text(&bytes)).into_bytes(),
                Some("json") => {
                    let mut value: serde_json::Value = serde_json::from_slice(&bytes).expect("JSON");
                    forget(&mut value);
                    value.to_string().into_bytes()
                }
                Some("md") => text(&bytes)
                    .lines()
                    .filter(|line| !line.starts_with("Written by"))
                    .map(|line| {
                        line.split('|')
                            .enumerate()
                            .filter(|(at, _)| *at != 7)
                            .map(|(_, cell)| cell)
                            .collect()
                    })
                    .collect::<Vec<String>>()
                    .join("\n")
                    .into_bytes(),
                _ => bytes,
            };
            found.push((name, bytes));
        }
    }
    found.sort();
    found
}

fn without_seconds(page: &str) -> String {
    let mut parts = page.split("<span class=\"seconds\">");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| {
        text + part.split_once("</span>").map_or(part, |(_, rest)| rest)
    })
}

fn forget(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::Object(members) => {
            for name in ["provenance", "seconds"] {
                members.remove(name);
            }
            members.values_mut().for_each(forget);
        }
        serde_json::Value::Array(values) => values.iter_mut().for_each(forget),
        _ => {}
    }
}

#[test]
fn the_page_is_whole_and_loads_nothing() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let json: serde_json::Value =
        serde_json::from_str(&succeed(folder.path())).expect("JSON and nothing else");
    for key in ["checks_passed", "checks_failed", "checks_open"] {
        assert!(json["summary"][key].is_u64(), "{key}");
    }
    let device = &json["summary"]["sections"][2];
    assert!(
        device["not_measured"]
            .as_str()
            .expect("no firmware was given")
            .contains("--firmware")
            && device["checks"].as_array().expect("a list").is_empty(),
        "{device}"
    );

    let text = fs::read_to_string(folder.path().join("index.html")).expect("a page");
    let page = Html::parse_document(&text);
    assert!(page.errors.is_empty(), "{:?}", page.errors);
    let all = |selector: &str| -> Vec<scraper::ElementRef<'_>> {
        let selector = Selector::parse(selector).expect("a selector");
        page.select(&selector).collect::<Vec<_>>().into_iter().collect()
    };
    let ids: Vec<&str> = all("main > section")
        .iter()
        .filter_map(|section| section.value().id())
        .collect();
    assert_eq!(ids, SECTIONS.split(',').collect::<Vec<_>>());
    assert!(all("script, link, iframe, object, embed").is_empty());
    for element in all("*") {
        for (name, value) in element.value().attrs() {
            let address = matches!(name, "src" | "href" | "xlink:href" | "srcset" | "action");
            assert!(
                !address || value.starts_with('#') || value.starts_with("data:"),
                "{name}={value}"
            );
        }
    }
    assert!(!text.contains("@import") && !text.contains("url("));
    // Every figure has its text, every table its caption, every link its place.
    for figure in all("figure svg") {
        let label = figure.value().attr("aria-labelledby").expect("a label");
        assert_eq!(all(&format!("#{label}")).len(), 1, "{label}");
    }
    assert!(!all("figure").is_empty() && all("table").len() == all("table > caption").len());
    for link in all("a[href]") {
        let target = link.value().attr("href").expect("an address");
        assert_eq!(all(target).len(), 1, "{target}");
    }
    let report = fs::read_to_string(folder.path().join("validation.md")).expect("a report");
    assert!(report.contains("| claim | threshold |") && report.contains("could not be established"));
}

#[test]
#[cfg_attr(debug_assertions, ignore = "every command once: cargo test --release")]
fn every_section_is_carried_out() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let output = host_sim(&format!("repro --smoke --json --out {}", folder.path().display()))
        .output()
        .expect("the program runs");
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    // At these sizes checks fail; a command that is refused or cannot write would be another code.
    assert!(matches!(output.status.code(), Some(0 | 1)), "{message}");
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let sections = json["summary"]["sections"].as_array().expect("a list");
    assert!(sections.len() > 10);
    for section in sections {
        let has_checks = !section["checks"].as_array().expect("a list").is_empty();
        // The model has nothing to check, and there is no board.
        let name = section["name"].as_str().expect("a name");
        assert!(has_checks || ["model", "device"].contains(&name), "{section}");
    }
}

#[test]
fn a_second_start_changes_nothing_and_a_killed_one_goes_on() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let [whole, killed] = ["whole", "killed"].map(|name| folder.path().join(name));
    succeed(&whole);
    let page = fs::read(whole.join("index.html")).expect("a page");
    succeed(&whole);
    assert!(
        page == fs::read(whole.join("index.html")).expect("a page"),
        "seconds included"
    );

    let mut child = host_sim(&format!(
        "repro --smoke --only {SECTIONS} --out {}",
        killed.display()
    ))
    .stderr(std::process::Stdio::null())
    .stdout(std::process::Stdio::null())
    .spawn()
    .expect("the program runs");
    let data = killed.join("data");
    while fs::read_dir(&data).is_err() && child.try_wait().expect("a child").is_none() {
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    child.kill().expect("it can be killed, or is done");
    child.wait().expect("a child");
    succeed(&killed);
    let [whole, killed] = [whole, killed].map(|folder| files(&folder));
    let names =
        |files: &[(String, Vec<u8>)]| -> Vec<String> { files.iter().map(|(name, _)| name.clone()).collect() };
    assert_eq!(names(&whole), names(&killed));
    for (one, other) in whole.iter().zip(&killed) {
        assert!(one == other, "{} differs", one.0);
    }
}

#[test]
fn what_cannot_be_written_or_is_not_there_is_named() {
    for (arguments, code, message) in [
        (
            "repro --only models --out x",
            2,
            "--only models is not one of model, hebbian",
        ),
        ("repro --smoke --quick --out x", 2, "--quick"),
        ("repro", 2, "--out"),
        ("board --n 8", 2, "--firmware"),
        ("board --firmware x --precision f64", 2, "--precision f64"),
        (
            "board --n 8 --networks 1 --duration 10 --firmware does-not-exist",
            3,
            "does-not-exist",
        ),
        ("precision --model compact", 2, "--model compact"),
        (
            "repro --quick --only model --out /dev/null/nowhere",
            3,
            "/dev/null/nowhere",
        ),
    ] {
        let output = host_sim(arguments).output().expect("the program runs");
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{arguments}: {error}");
        assert!(error.contains(message), "{arguments}: {error}");
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let output = repro(folder.path(), " --firmware does-not-exist.elf");
    assert_eq!(output.status.code(), Some(3));

    // A file where a command wants its folder: the error names it, and what was done is kept.
    succeed(folder.path());
    let data = folder.path().join("data");
    let job = fs::read_dir(&data)
        .expect("a folder")
        .filter_map(|entry| Some(entry.ok()?.path()))
        .find(|path| path.display().to_string().contains("equivalence"))
        .expect("the compact network is compared");
    fs::remove_dir_all(&job).expect("ours");
    fs::write(&job, "in the way").expect("ours");
    let output = repro(folder.path(), "");
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(3), "{error}");
    assert!(
        error.contains("cannot write") && error.contains("data/equivalence"),
        "{error}"
    );
    assert!(
        folder.path().join("index.html").is_file(),
        "the earlier page is kept"
    );
}
