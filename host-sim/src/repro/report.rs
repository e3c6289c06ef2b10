//! A section, and what its commands found.

use std::path::Path;

use serde::Serialize;

use super::{Check, Effort, Job, Outcome, Results, Stated};
use crate::failure::Failure;
use crate::output::Arrays;
use figures::{self, Chart, Figure};

/// A phenomenon.
pub struct Section {
    /// Short name: of its files, and for `--only`.
    pub name: &'static str,
    /// Heading.
    pub title: &'static str,
    /// Where in the paper.
    pub source: &'static str,
    /// What the paper says, and how it is tested here; a paragraph each.
    pub text: &'static [&'static str],
    /// Equations, a line each.
    pub equations: &'static [&'static str],
    /// The commands that give the data.
    pub jobs: fn(Effort) -> Vec<Job>,
    /// From their results to figures and checks.
    pub report: fn(Effort, &Results) -> Result<Report, Failure>,
}

/// A figure on the page.
pub struct Drawn {
    /// Name of its files.
    pub stem: String,
    /// What it shows.
    pub caption: String,
    /// The figure as the text of a `.svg` file.
    pub svg: String,
    png: Vec<u8>,
}

/// What was found.
#[derive(Default)]
pub struct Report {
    /// Why there is nothing to report, if there is not.
    pub not_measured: Option<String>,
    /// Figures.
    pub figures: Vec<Drawn>,
    /// Claims and what became of them.
    pub checks: Vec<Check>,
    /// What was found beyond the checks; a paragraph each.
    pub findings: Vec<String>,
    /// The numbers in the charts: for each of their series, `STEM_NUMBER_x`, `_y`, and `_error` where it has one.
    pub arrays: Arrays,
}

impl Report {
    /// Adds a figure; one that leaves nothing to draw becomes a finding that says so.
    pub fn figure(&mut self, stem: &str, caption: &str, figure: &impl Figure) -> Result<(), Failure> {
        let drawn = figures::svg_text(figure).and_then(|svg| Ok((svg, figures::png_bytes(figure)?)));
        match drawn {
            Ok((svg, png)) => self.figures.push(Drawn {
                stem: stem.to_owned(),
                caption: caption.to_owned(),
                svg,
                png,
            }),
            Err(figures::FigureError::Data(reason)) => {
                self.findings
                    .push(format!("Figure {stem} was not drawn: {reason}."));
            }
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }

    /// Adds a figure that a command drew; where it drew none, a finding says so.
    pub fn drawn_by<S: Stated>(
        &mut self,
        outcome: &Outcome<S>,
        file: &str,
        stem: &str,
        caption: &str,
    ) -> Result<(), Failure> {
        match outcome.figure(file)? {
            Some((svg, png)) => self.figures.push(Drawn {
                stem: stem.to_owned(),
                caption: caption.to_owned(),
                svg,
                png,
            }),
            None => self
                .findings
                .push(format!("Figure {stem} was not drawn by its command.")),
        }
        Ok(())
    }

    /// Adds a chart, and its numbers to the arrays of the section.
    pub fn chart(&mut self, stem: &str, caption: &str, chart: &Chart<'_>) -> Result<(), Failure> {
        for (number, series) in chart.series.iter().enumerate() {
            let axes = [("x", &series.x), ("y", &series.y), ("error", &series.errors)];
            for (axis, values) in axes.into_iter().filter(|(_, values)| !values.is_empty()) {
                let name = format!("{stem}_{number}_{axis}");
                self.arrays.f64(&name, &[values.len()], values.clone())?;
            }
        }
        self.figure(stem, caption, chart)
    }

    /// Writes `sections/NAME.json`, `.npz`, and the figures.
    pub fn write(&self, section: &Section, effort: Effort, out: &Path) -> Result<(), Failure> {
        #[derive(Serialize)]
        struct Written<'a> {
            name: &'a str,
            title: &'a str,
            effort: Effort,
            commands: Vec<String>,
            not_measured: &'a Option<String>,
            checks: &'a [Check],
            findings: &'a [String],
            figures: Vec<&'a str>,
        }
        let folder = out.join("sections");
        for drawn in &self.figures {
            let path = |extension| out.join("figures").join(format!("{}.{extension}", drawn.stem));
            crate::output::write_atomically(&path("svg"), drawn.svg.as_bytes())?;
            crate::output::write_atomically(&path("png"), &drawn.png)?;
        }
        self.arrays.write(&folder.join(format!("{}.npz", section.name)))?;
        let written = Written {
            name: section.name,
            title: section.title,
            effort,
            commands: (section.jobs)(effort).iter().map(Job::line).collect(),
            not_measured: &self.not_measured,
            checks: &self.checks,
            findings: &self.findings,
            figures: self.figures.iter().map(|drawn| drawn.stem.as_str()).collect(),
        };
        let mut bytes = serde_json::to_vec_pretty(&written).map_err(crate::output::OutputError::from)?;
        bytes.push(b'\n');
        Ok(crate::output::write_atomically(
            &folder.join(format!("{}.json", section.name)),
            &bytes,
        )?)
    }
}
