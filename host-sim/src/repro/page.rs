//! The page: one file that loads nothing, from what the sections found.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::report::Drawn;
use super::{Check, Effort, Found, Verdict};
use crate::output::Provenance;

/// The page as HTML.
pub fn page(found: &[Found], effort: Effort, provenance: &Provenance) -> String {
    let title = "Freezable chaos: theory and simulation";
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
                style { (PreEscaped(include_str!("page.css"))) }
            }
            body {
                header {
                    h1 { (title) }
                    p {
                        "The phenomena of D. G. Clark and L. F. Abbott, “Theory of Coupled Neuronal-Synaptic Dynamics”, "
                        "Physical Review X 14, 021001 (2024), computed anew: mean-field theory and simulated networks on "
                        "one axis, and every claim against a threshold that stands in the code."
                    }
                    p class="small" {
                        "host-sim " (provenance.version) ", commit " (provenance.git_revision) ", " (provenance.rustc) ", "
                        (provenance.target) ", on " (provenance.host.cpu) ". Written by "
                        code { "host-sim repro" (effort.option()) " --out DIR" }
                        "; the commands of each section were run in DIR. Seconds are measured on this machine; all else is the same in every run."
                    }
                }
                nav aria-label="Sections" { (overview(found)) }
                main { @for found in found { (section(found)) } }
            }
        }
    }
    .into_string()
}

fn overview(found: &[Found]) -> Markup {
    html! {
        div class="scroll" tabindex="0" {
            table {
                caption { "Sections and their checks" }
                thead { tr {
                    th scope="col" { "section" }
                    th scope="col" { "agree" }
                    th scope="col" { "do not agree" }
                    th scope="col" { "could not be established" }
                    th scope="col" { "seconds" }
                } }
                tbody {
                    @for found in found {
                        tr {
                            th scope="row" { a href={ "#" (found.section.name) } { (found.section.title) } }
                            @if found.report.not_measured.is_some() {
                                td colspan="3" { "not measured" }
                            } @else {
                                @for verdict in [Verdict::Agrees, Verdict::Disagrees, Verdict::Open] {
                                    td class="number" { (count(&found.report.checks, verdict)) }
                                }
                            }
                            td class="number" { (seconds(found.seconds())) }
                        }
                    }
                }
            }
        }
    }
}

/// Checks of that verdict.
pub(super) fn count(checks: &[Check], verdict: Verdict) -> usize {
    checks.iter().filter(|check| check.verdict == verdict).count()
}

fn seconds(seconds: f64) -> Markup {
    html! { span class="seconds" { (format!("{seconds:.1}")) } }
}

fn section(found: &Found) -> Markup {
    let (section, report) = (found.section, &found.report);
    html! {
        section id=(section.name) aria-labelledby={ (section.name) "-title" } {
            h2 id={ (section.name) "-title" } { (section.title) }
            p class="source" { (section.source) }
            @for paragraph in section.text { p { (paragraph) } }
            @for equation in section.equations { span class="equation" { (equation) } }
            @if let Some(reason) = &report.not_measured { p { strong { "Not measured: " } (reason) } }
            @for drawn in &report.figures { (figure(drawn)) }
            @for finding in &report.findings { p { (finding) } }
            @if !report.checks.is_empty() { (checks(found)) }
            @if !found.jobs.is_empty() {
                h3 { "Commands" }
                ul class="commands" {
                    @for (job, took) in &found.jobs {
                        li { code { (job.line()) } " (" (seconds(*took)) " s)" }
                    }
                }
            }
        }
    }
}

fn figure(drawn: &Drawn) -> Markup {
    // The file's own size in pixels gives way to that of the page; its text is the figure's, not the page's.
    let head = drawn.svg.find("viewBox").unwrap_or(0);
    let svg = format!(
        "<svg role=\"img\" aria-labelledby=\"{0}-caption\" {1}",
        drawn.stem,
        &drawn.svg[head..]
    );
    html! {
        figure {
            div class="scroll" tabindex="0" { (PreEscaped(svg)) }
            figcaption id={ (drawn.stem) "-caption" } { (drawn.caption) }
        }
    }
}

fn checks(found: &Found) -> Markup {
    html! {
        div class="scroll" tabindex="0" {
            table {
                caption { "Checks" }
                thead { tr {
                    th scope="col" { "claim" }
                    th scope="col" { "threshold" }
                    th scope="col" { "measured" }
                    th scope="col" { "expected" }
                    th scope="col" { "verdict" }
                    th scope="col" { "seconds" }
                } }
                tbody {
                    @for check in &found.report.checks {
                        tr {
                            th scope="row" { (check.claim) @if let Some(note) = &check.note { span class="small" { br; (note) } } }
                            td { (check.threshold) }
                            td class="number" { @if let Some(measured) = check.measured { (measured) } @else { "–" } }
                            td class="number" { @if let Some(expected) = check.expected { (expected) } @else { "–" } }
                            td class=(format!("verdict {}", class(check.verdict))) { (check.verdict) }
                            td class="number" { (seconds(found.seconds_of(check))) }
                        }
                    }
                }
            }
        }
    }
}

fn class(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Agrees => "agrees",
        Verdict::Disagrees => "disagrees",
        Verdict::Open => "open",
    }
}
