//! `host-sim-mpi run`: one network over all ranks, with its synapses plastic, frozen and plastic again.

use std::fs;
use std::io::{Write, stderr, stdout};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use clap::Args;
use serde::Serialize;
use serde_json::json;

use crate::checkpoint::{Course, Folder};
use crate::failure::Failure;
use crate::forecast;
use crate::machine;
use crate::ranks::Ranks;
use crate::settings::{Couplings, Network, Schedule, Times};
use crate::share::{self, Memory, Share};
use crate::state::Rows;
use crate::statistics::{Activity, Standing, plasticity};

/// Shortest time between two lines of progress.
const QUIET: Duration = Duration::from_secs(5);

/// Options of `run`.
#[derive(Args, Clone, Debug)]
pub struct Options {
    #[command(flatten)]
    settings: Settings,
    /// Quenched couplings: signs (one bit each in memory) or hashed (the same signs, computed whenever they are needed)
    #[arg(long, value_enum, default_value_t = Couplings::Signs)]
    couplings: Couplings,
    /// Threads of each rank
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..))]
    threads: u16,
    /// Folder for the result and for checkpoints; a run that was cut short goes on from the last, with any number of ranks
    #[arg(long)]
    out: Option<PathBuf>,
    /// Steps between two checkpoints; if not given, there is one at the end
    #[arg(long, requires = "out", value_parser = clap::value_parser!(u64).range(1..))]
    checkpoint_every: Option<u64>,
    /// Write the snapshot of the last state to this file, as `host-sim run --save` does
    #[arg(long)]
    save: Option<PathBuf>,
    /// Print the result as JSON on standard output
    #[arg(long)]
    json: bool,
}

/// What decides the bits; a checkpoint of other settings is refused.
#[derive(Args, Clone, Debug, PartialEq, Serialize)]
struct Settings {
    #[command(flatten)]
    #[serde(flatten)]
    network: Network,
    #[command(flatten)]
    #[serde(flatten)]
    times: Times,
}

/// The result.
#[derive(Debug, Serialize)]
struct Summary {
    /// Averages while the synapses were plastic, before the freeze.
    #[serde(flatten)]
    activity: Option<Activity>,
    /// At the end of the freeze.
    frozen: Option<Standing>,
    /// At the end, after the release.
    released: Option<Standing>,
    steps: u64,
    digest: String,
}

/// Runs, and writes the result by the first rank.
pub fn execute(options: &Options, ranks: &Ranks) -> Result<(), Failure> {
    let network = &options.settings.network;
    let threads = usize::from(options.threads);
    // All ranks refuse the same; one says so.
    let (schedule, rows) = ranks.agree(check(&options.settings, threads, ranks))?;
    let forecast = forecast::of(network, options.couplings, threads, ranks)?;
    forecast.say(network, options.couplings, schedule.end, ranks);
    let mut memory = Memory::new(network, options.couplings, rows);
    let mut share = ranks.agree(memory.share(network, options.couplings, threads, ranks))?;
    let folder = match &options.out {
        Some(path) => Some(Folder::new(path, &options.settings)?),
        None => None,
    };
    let found = match &folder {
        Some(folder) => folder.resume(&mut share, network, ranks)?,
        None => None,
    };
    let mut course = found.unwrap_or_else(|| {
        share::start(&mut share, network);
        Course::default()
    });
    let begin = Instant::now();
    let from = share.steps();
    let mut progress = Progress::new(schedule.end, from, ranks);
    while share.steps() < schedule.end {
        advance(&mut share, &mut course, &schedule, network.n, ranks)?;
        progress.show(&share);
        let is_due = options
            .checkpoint_every
            .is_some_and(|every| share.steps().is_multiple_of(every));
        if let Some(folder) = &folder
            && (is_due || share.steps() == schedule.end)
        {
            folder.write(&share, &course, network, ranks)?;
        }
    }
    let activity = course.totals.activity(network.n, ranks);
    let last = course
        .remembered
        .as_ref()
        .map(|remembered| Standing::of(&share, remembered, network.n, ranks))
        .transpose()?;
    let was_released = schedule.end > schedule.released_from;
    let whole = Rows::of(&share)?.gather(network, ranks)?;
    let written = whole.map_or(Ok(()), |whole| {
        let summary = Summary {
            activity,
            frozen: if was_released { course.standing } else { last },
            released: last.filter(|_| was_released),
            steps: share.steps(),
            digest: format!("{:016x}", whole.digest()),
        };
        let took = (begin.elapsed(), share.steps() - from);
        let spent = share.connectivity().spent();
        report(options, &summary, took, spent, ranks)?;
        match &options.save {
            Some(path) => {
                fs::write(path, whole.snapshot(network)?).map_err(|error| Failure::file(path, error))
            }
            None => Ok(()),
        }
    });
    ranks.agree(written)
}

/// The schedule, and the rows of this rank. Refuses what cannot be run.
fn check(settings: &Settings, threads: usize, ranks: &Ranks) -> Result<(Schedule, usize), Failure> {
    let network = &settings.network;
    network.dynamics()?;
    network.rule()?;
    let schedule = settings.times.schedule(network.dt)?;
    let rows = ranks.rows(network.n, ranks.rank())?.len();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
    pool.build_global()
        .map_err(|error| Failure::Usage(format!("--threads {threads}: {error}")))?;
    Ok((schedule, rows))
}

/// One step, with what the schedule wants before and after it.
fn advance(
    share: &mut Share<'_>,
    course: &mut Course,
    schedule: &Schedule,
    n: usize,
    ranks: &Ranks,
) -> Result<(), Failure> {
    let step = share.steps();
    if step == schedule.frozen_from && schedule.frozen_from < schedule.end {
        share.freeze();
        course.remembered = Some(share.rates().to_vec());
    }
    if step == schedule.released_from && schedule.released_from < schedule.end {
        if let Some(remembered) = &course.remembered {
            course.standing = Some(Standing::of(share, remembered, n, ranks)?);
        }
        share.release();
    }
    let first = share.connectivity().rows().start;
    share.step().map_err(|diverged| {
        Failure::Check(format!(
            "neuron {} diverged in step {}",
            first + diverged.neuron,
            diverged.step
        ))
    })?;
    let is_measured = (schedule.measured_from..schedule.frozen_from).contains(&step);
    if is_measured && (step + 1 - schedule.measured_from).is_multiple_of(schedule.sampling) {
        course.totals.sample(share);
    }
    Ok(())
}

/// A line of the first rank, now and then.
struct Progress<'a> {
    end: u64,
    from: u64,
    begin: Instant,
    last: Instant,
    ranks: &'a Ranks,
}

impl<'a> Progress<'a> {
    fn new(end: u64, from: u64, ranks: &'a Ranks) -> Self {
        let now = Instant::now();
        if ranks.is_first() && from > 0 {
            say(&format!("goes on from the checkpoint of step {from}"));
        }
        Self {
            end,
            from,
            begin: now,
            last: now,
            ranks,
        }
    }

    fn show(&mut self, share: &Share<'_>) {
        if !self.ranks.is_first() || self.last.elapsed() < QUIET {
            return;
        }
        self.last = Instant::now();
        let rate = (share.steps() - self.from) as f64 / self.begin.elapsed().as_secs_f64();
        let left = (self.end - share.steps()) as f64 / rate;
        say(&format!(
            "step {} of {}, {}: {rate:.3} steps/s, {left:.0} s left",
            share.steps(),
            self.end,
            plasticity(share)
        ));
    }
}

/// Prints a line on standard error; that nobody listens is no reason to stop.
pub fn say(line: &str) {
    let _ = writeln!(stderr().lock(), "{line}");
}

fn report(
    options: &Options,
    summary: &Summary,
    (time, steps): (Duration, u64),
    spent: share::Spent,
    ranks: &Ranks,
) -> Result<(), Failure> {
    let seconds = time.as_secs_f64();
    let object = json!({
        "kind": "mpi-run",
        "params": &options.settings,
        "summary": summary,
        "provenance": {
            "program": concat!("host-sim-mpi ", env!("CARGO_PKG_VERSION")),
            "contract": freezable_chaos::CONTRACT_VERSION,
            "command": std::env::args().collect::<Vec<_>>(),
            "ranks": ranks.size(),
            "threads": options.threads,
            "couplings": options.couplings,
            "steps": steps,
            "seconds": seconds,
            "peak_bytes_first_rank": machine::peak(),
            "seconds_processor_first_rank": spent.processor.as_secs_f64(),
            "seconds_computing": spent.computing.as_secs_f64(),
            "seconds_gathering": spent.gathering.as_secs_f64(),
        },
    });
    let text = serde_json::to_string_pretty(&object).map_err(|error| Failure::File(error.to_string()))?;
    if let Some(out) = &options.out {
        fs::create_dir_all(out).map_err(|error| Failure::file(out, error))?;
        let path = out.join("mpi-run.json");
        fs::write(&path, &text).map_err(|error| Failure::file(&path, error))?;
    }
    if options.json {
        let _ = writeln!(stdout().lock(), "{text}");
        return Ok(());
    }
    let standing = |name: &str, standing: &Standing| {
        format!(
            "{name}: cosine {:.6}, speed {:.3e}\n",
            standing.cosine, standing.speed_rms
        )
    };
    let mut lines = String::new();
    if let Some(activity) = &summary.activity {
        lines += &format!(
            "C_phi(0) {:.6}, speed {:.6}\n",
            activity.c_phi_0, activity.speed_rms
        );
    }
    lines += &summary
        .frozen
        .map_or(String::new(), |frozen| standing("frozen", &frozen));
    lines += &summary
        .released
        .map_or(String::new(), |released| standing("released", &released));
    lines += &format!(
        "digest {} at step {}; {steps} steps in {seconds:.1} s on {} ranks",
        summary.digest,
        summary.steps,
        ranks.size()
    );
    let _ = writeln!(stdout().lock(), "{lines}");
    Ok(())
}
