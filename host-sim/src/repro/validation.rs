//! The validation report in Markdown: a table of claims, what could not be established, and the tiers.

use std::fmt::Write;

use super::{Check, Effort, Found, Tier, Verdict};
use crate::output::Provenance;

/// The report as Markdown.
pub fn validation(found: &[Found], effort: Effort, provenance: &Provenance) -> String {
    let mut text = format!(
        "# Validation report\n\n\
         Written by `host-sim repro{} --out DIR` (`DIR/validation.md`): host-sim {}, commit {}, {}, {}, on {}, {}. Do not\n\
         edit. Thresholds stand in `host-sim/src/repro/sections/` and were set before anything was measured, but\n\
         for three that small runs had shown to be needed: the range of the two bands, the share of networks that has to stay active,\n\
         and the lag of the anti-Hebbian dip. Errors are\n\
         standard errors over networks (of theory: over starts of the iteration). The page with figures is\n\
         `DIR/index.html`; commands are run in DIR.\n\n",
        effort.option(),
        provenance.version,
        provenance.git_revision,
        provenance.rustc,
        provenance.target,
        provenance.host.cpu,
        provenance.utc.get(..10).unwrap_or(&provenance.utc),
    );
    let all = || found.iter().flat_map(|found| &found.report.checks);
    let count = |verdict| all().filter(|check| check.verdict == verdict).count();
    let _ = writeln!(
        text,
        "{} claims: {} agree, {} do not, {} could not be established.\n",
        all().count(),
        count(Verdict::Agrees),
        count(Verdict::Disagrees),
        count(Verdict::Open)
    );
    for found in found.iter().filter(|found| !found.report.checks.is_empty()) {
        let _ = writeln!(text, "## {}\n", found.section.title);
        text += "| claim | threshold | measured | expected | verdict | tier | seconds | command |\n|---|---|---|---|---|---|---|---|\n";
        for check in &found.report.checks {
            text += &row(found, check);
        }
        text.push('\n');
    }
    text += &not_established(found);
    text += "## Tiers\n\n\
             - **bitwise**: the same bits on every target. `host-sim verify` recomputes the golden digests here; \
             `--emulator m4f --firmware FILE` on an emulated board.\n\
             - **numerical**: within a bound on rounding or discretisation.\n\
             - **statistical**: within a bound made of standard errors over networks.\n";
    text
}

fn row(found: &Found, check: &Check) -> String {
    let command = found.jobs.iter().find(|(job, _)| check.jobs.contains(&job.name));
    let more = check.jobs.len().saturating_sub(1);
    let command = command.map_or_else(
        || "–".to_owned(),
        |(job, _)| format!("`host-sim {}`", job.command),
    );
    let others = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    let tier = match check.tier {
        Tier::Bitwise => "bitwise",
        Tier::Numerical => "numerical",
        Tier::Statistical => "statistical",
    };
    let value =
        |value: Option<super::Measured>| value.map_or_else(|| "–".to_owned(), |value| value.to_string());
    format!(
        "| {} | {} | {} | {} | {} | {tier} | {:.1} | {command}{others} |\n",
        cell(&check.claim),
        cell(&check.threshold),
        value(check.measured),
        value(check.expected),
        check.verdict,
        found.seconds_of(check),
    )
}

/// Text for a cell of a table: a bar would end it.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

/// What did not agree, was not established or not measured, and why.
fn not_established(found: &[Found]) -> String {
    let mut text = String::from("## What does not agree, or could not be established\n\n");
    let before = text.len();
    for found in found {
        if let Some(reason) = &found.report.not_measured {
            let _ = writeln!(text, "- {}: not measured. {reason}", found.section.title);
        }
        for check in found
            .report
            .checks
            .iter()
            .filter(|check| check.verdict != Verdict::Agrees)
        {
            let note = check.note.as_deref().unwrap_or("no explanation yet");
            let _ = writeln!(
                text,
                "- {}: {}: {}: {note}.",
                found.section.title, check.claim, check.verdict
            );
        }
    }
    if text.len() == before {
        text += "Nothing.\n";
    }
    text + "\n"
}
