//! `host-sim repro`: every figure and a validation report in one HTML page.

use std::collections::HashMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use clap::Args;
use serde::Serialize;

use crate::failure::{Failure, MISSING};
use crate::output::{Provenance, ResultObject, Seeds, write_atomically};
use crate::progress::{say, spoken};
use crate::repro::job::{Finished, Workshop};
use crate::repro::{
    Check, Effort, Found, Job, Report, Results, Section, Verdict, page, sections, validation,
};
use crate::store::{Shard, Work};

/// Options of `repro`.
#[derive(Args, Clone, Debug)]
pub struct ReproOptions {
    /// Fewer and smaller networks: minutes in place of up to two hours
    #[arg(long)]
    quick: bool,
    /// As little as possible, to test the program: nothing is established
    #[arg(long, hide = true, conflicts_with = "quick")]
    smoke: bool,
    /// Sections, by name; if not given, all
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// Firmware image for the emulated board; without one, what needs a board is not measured
    #[arg(long)]
    firmware: Option<PathBuf>,
    /// Threads; 0 takes all processors
    #[arg(long, default_value_t = 0)]
    threads: usize,
    /// Folder for the page, the figures and the data; what it holds already is not computed again
    #[arg(long)]
    out: PathBuf,
    /// Carry out only the I-th of COUNT shares of the commands, for one of COUNT jobs that have --out in common
    #[arg(long, value_name = "I/COUNT", conflicts_with_all = ["merge", "json"])]
    shard: Option<Shard>,
    /// Compute nothing: write the page of what shards left in --out
    #[arg(long)]
    merge: bool,
    /// Print the result as JSON on standard output
    #[arg(long)]
    json: bool,
}

impl ReproOptions {
    /// What of the commands is carried out here.
    fn work(&self) -> Work {
        Work::of(self.shard, self.merge)
    }
}

#[derive(Serialize)]
struct Parameters {
    effort: Effort,
    sections: Vec<&'static str>,
}

#[derive(Serialize)]
struct Summary {
    checks_passed: usize,
    checks_failed: usize,
    /// Claims that the data do not decide.
    checks_open: usize,
    sections: Vec<SectionSummary>,
}

#[derive(Serialize)]
struct SectionSummary {
    name: &'static str,
    not_measured: Option<String>,
    seconds: f64,
    checks: Vec<Check>,
}

/// Runs the command.
pub fn execute(options: ReproOptions) -> Result<(), Failure> {
    let effort = match (options.smoke, options.quick) {
        (true, _) => Effort::Smoke,
        (_, true) => Effort::Quick,
        _ => Effort::Full,
    };
    let sections = chosen(&options.only)?;
    let work = options.work();
    let workshop = Workshop::open(&options.out, options.threads, work)?;
    if let Some(image) = &options.firmware {
        workshop.take_firmware(image)?;
    }
    let done = carry_out(&workshop, &sections, effort, work)?;
    let results = Results::new(&options.out);
    let mut found = Vec::new();
    for section in sections {
        let jobs = (section.jobs)(effort);
        let failed = jobs.iter().find_map(|job| match done.get(&job.name)? {
            Ok(finished) => Some(failed_report(section, job, finished.failure.as_deref()?)),
            Err(reason) => Some(Report {
                not_measured: Some(reason.clone()),
                ..Report::default()
            }),
        });
        let report = match failed {
            Some(report) => report,
            None => (section.report)(effort, &results)?,
        };
        report.write(section, effort, &options.out)?;
        let jobs = jobs
            .into_iter()
            .map(|job| {
                let finished = done.get(&job.name).and_then(|finished| finished.as_ref().ok());
                let seconds = finished.map_or(0.0, |finished| finished.seconds);
                (job, seconds)
            })
            .collect();
        found.push(Found {
            section,
            report,
            jobs,
        });
    }
    conclude(&options, effort, &found)
}

fn chosen(only: &[String]) -> Result<Vec<&'static Section>, Failure> {
    let names = || sections::ALL.iter().map(|section| section.name);
    if let Some(unknown) = only
        .iter()
        .find(|name| !names().any(|known| known == name.as_str()))
    {
        let known: Vec<&str> = names().collect();
        return Err(Failure::Usage(format!(
            "--only {unknown} is not one of {}",
            known.join(", ")
        )));
    }
    let wanted = |section: &&Section| only.is_empty() || only.iter().any(|name| name == section.name);
    Ok(sections::ALL.iter().copied().filter(wanted).collect())
}

/// What became of the commands, by their names: why it could not be carried out, of one that needs a board.
type Done = HashMap<String, Result<Finished, String>>;

/// Carries out the commands of all sections, each once; says what is next and the time left.
fn carry_out(
    workshop: &Workshop,
    sections: &[&'static Section],
    effort: Effort,
    work: Work,
) -> Result<Done, Failure> {
    let (mut jobs, mut done): (Vec<Job>, Done) = Default::default();
    for section in sections {
        let wanted = (section.jobs)(effort);
        let board = wanted.iter().find(|job| job.needs_board());
        if let Some(board) = board.filter(|_| !workshop.has_firmware()) {
            let reason = "no firmware image was given: --firmware FILE, which `cargo xtask firmware` builds";
            done.insert(board.name.clone(), Err(reason.to_owned()));
            continue;
        }
        for job in wanted {
            if !jobs.iter().any(|listed| listed.name == job.name) {
                jobs.push(job);
            }
        }
    }
    let is_left = |(number, job): &(usize, &Job)| work.has(*number) && workshop.finished(job).is_none();
    let (began, mut worked) = (Instant::now(), 0.0);
    let mut left: f64 = jobs
        .iter()
        .enumerate()
        .filter(is_left)
        .map(|(_, job)| job.work)
        .sum();
    for (number, job) in jobs.iter().enumerate() {
        let fresh = workshop.finished(job).is_none();
        if fresh && !work.has(number) {
            if work == Work::Merge && job.needs_board() {
                done.insert(job.name.clone(), Err("no shard could carry it out".to_owned()));
            }
            continue;
        }
        if fresh {
            // Until something is done, the guess of the plan has to do.
            let rate = if worked > 0.0 {
                began.elapsed().as_secs_f64() / worked
            } else {
                1.0
            };
            let time = spoken(Duration::from_secs_f64((rate * left).max(0.0)));
            say(&format!(
                "repro: {} of {}, about {time} left: {}",
                number + 1,
                jobs.len(),
                job.command
            ));
        }
        let finished = match workshop.run(job) {
            // No emulator, or an old firmware: the other sections do without.
            Err(Failure::Device(reason)) if job.needs_board() => Err(reason),
            finished => Ok(finished?),
        };
        if fresh {
            worked += job.work;
            left -= job.work;
        }
        done.insert(job.name.clone(), finished);
    }
    let missing: Vec<&Job> = jobs.iter().filter(|job| !done.contains_key(&job.name)).collect();
    match (work, &*missing) {
        (Work::Share(_), _) => {
            let (done, all) = (jobs.len() - missing.len(), jobs.len());
            Err(Failure::share_done(&format!("{done} of {all} commands")))
        }
        (_, [first, ..]) => Err(Failure::Check(format!(
            "{} of {} commands are missing, first `{}`: {MISSING}",
            missing.len(),
            jobs.len(),
            first.command
        ))),
        (_, []) => Ok(done),
    }
}

/// A section one of whose commands failed: a failed check that says how.
fn failed_report(section: &Section, job: &Job, failure: &str) -> Report {
    let check = Check::reached(
        format!("{}: its commands succeed", section.title),
        "exit code 0",
        None,
        Verdict::Disagrees,
    );
    Report {
        checks: vec![check.note(format!("{}: {failure}", job.line())).from([job])],
        ..Report::default()
    }
}

fn conclude(options: &ReproOptions, effort: Effort, found: &[Found]) -> Result<(), Failure> {
    let provenance = Provenance::collect(Seeds::all(1));
    write_atomically(
        &options.out.join("index.html"),
        page(found, effort, &provenance).as_bytes(),
    )?;
    write_atomically(
        &options.out.join("validation.md"),
        validation(found, effort, &provenance).as_bytes(),
    )?;
    let count = |verdict| {
        let checks = found.iter().flat_map(|found| &found.report.checks);
        checks.filter(|check| check.verdict == verdict).count()
    };
    let result = ResultObject {
        kind: "repro",
        params: Parameters {
            effort,
            sections: found.iter().map(|found| found.section.name).collect(),
        },
        summary: Summary {
            checks_passed: count(Verdict::Agrees),
            checks_failed: count(Verdict::Disagrees),
            checks_open: count(Verdict::Open),
            sections: found
                .iter()
                .map(|found| SectionSummary {
                    name: found.section.name,
                    not_measured: found.report.not_measured.clone(),
                    seconds: found.seconds(),
                    checks: found.report.checks.clone(),
                })
                .collect(),
        },
        provenance,
    };
    result.write(&options.out.join("repro.json"))?;
    if options.json {
        result.print()?;
    } else {
        super::table::print_text(&text(found, options))?;
    }
    match result.summary.checks_failed {
        0 => Ok(()),
        failed => Err(Failure::Check(format!("{failed} checks do not agree"))),
    }
}

fn text(found: &[Found], options: &ReproOptions) -> String {
    let mut text = String::new();
    for found in found {
        text += &format!("{}\n", found.section.title);
        if let Some(reason) = &found.report.not_measured {
            text += &format!("  not measured: {reason}\n");
        }
        for check in &found.report.checks {
            let measured = check
                .measured
                .map_or_else(|| "-".to_owned(), |value| value.to_string());
            let expected = check
                .expected
                .map_or_else(String::new, |value| format!(" against {value}"));
            text += &format!(
                "  {:<22} {}: {measured}{expected}\n",
                check.verdict.to_string(),
                check.claim
            );
        }
    }
    text + &format!("page: {}\n", options.out.join("index.html").display())
}
