//! `host-sim-mpi run`: one network over all ranks, with its synapses plastic, frozen and plastic again.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use clap::Args;

use crate::checkpoint::{Course, Folder};
use crate::failure::Failure;
use crate::files;
use crate::forecast;
use crate::ranks::Ranks;
use crate::report::{Summary, Work, print, say};
use crate::settings::{Couplings, Schedule, Settings};
use crate::share::{self, Memory, Share};
use crate::state::Rows;
use crate::statistics::{Standing, plasticity};

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
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=1024))]
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

impl Options {
    /// Where the result goes.
    fn result(&self) -> Option<PathBuf> {
        self.out.as_ref().map(|out| out.join("mpi-run.json"))
    }

    /// Makes the folder, and refuses places where nothing can be written: before the computing, not after it.
    fn check_places(&self, ranks: &Ranks) -> Result<(), Failure> {
        let make = || {
            if let Some(out) = &self.out {
                fs::create_dir_all(out).map_err(|error| Failure::file(out, error))?;
            }
            [self.result(), self.save.clone()]
                .iter()
                .flatten()
                .try_for_each(|path| files::check_writable(path))
        };
        ranks.agree(if ranks.is_first() { make() } else { Ok(()) })?;
        // Each rank writes its part.
        let result = self.result();
        ranks.agree(result.as_deref().map_or(Ok(()), files::check_writable))
    }
}

/// Runs, and writes the result by the first rank.
pub fn execute(options: &Options, ranks: &Ranks) -> Result<(), Failure> {
    let network = &options.settings.network;
    let threads = usize::from(options.threads);
    // All ranks refuse the same; one says so.
    let (schedule, rows) = ranks.agree(check(&options.settings, threads, ranks))?;
    options.check_places(ranks)?;
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
    let was_there = found.is_some();
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
    let time = begin.elapsed();
    let activity = course.totals.activity(network.n, ranks)?;
    let whole = ranks.agree(Rows::of(&share))?.gather(network, ranks)?;
    let written = whole.map_or(Ok(()), |whole| {
        let summary = Summary {
            activity,
            frozen: course.frozen,
            released: course.released,
            steps: share.steps(),
            digest: format!("{:016x}", whole.digest()),
        };
        let work = Work {
            ranks: ranks.size(),
            threads: options.threads,
            couplings: options.couplings,
            steps: share.steps() - from,
            time,
            spent: share.connectivity().spent(),
        };
        let was_finished = was_there && from == schedule.end;
        report(options, &summary, &work, was_finished)?;
        match &options.save {
            Some(path) => files::write_whole(path, &whole.snapshot(network)?),
            None => Ok(()),
        }
    });
    ranks.agree(written)
}

/// Writes and prints the result; that of a run that had been finished before stays as it was.
fn report(options: &Options, summary: &Summary, work: &Work, was_finished: bool) -> Result<(), Failure> {
    let path = options.result();
    let former = match &path {
        Some(path) if was_finished && path.exists() => {
            Some(fs::read_to_string(path).map_err(|error| Failure::file(path, error))?)
        }
        _ => None,
    };
    let text = match (former, &path) {
        (Some(former), _) => former,
        (None, Some(path)) => {
            let text = summary.json(&options.settings, work)?;
            files::write_whole(path, text.as_bytes())?;
            text
        }
        (None, None) => summary.json(&options.settings, work)?,
    };
    print(&if options.json { text } else { summary.lines(work) });
    Ok(())
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
        share.release();
    }
    let is_measured = (schedule.measured_from..schedule.frozen_from).contains(&step)
        && (step + 1 - schedule.measured_from).is_multiple_of(schedule.sampling);
    share::step(share)?;
    if is_measured {
        course.totals.sample(share)?;
    }
    // While there is a velocity: a state from a checkpoint has none.
    let Some(remembered) = &course.remembered else {
        return Ok(());
    };
    let now = share.steps();
    if now == schedule.released_from {
        course.frozen = Some(Standing::of(share, remembered, n, ranks)?);
    } else if now == schedule.end {
        course.released = Some(Standing::of(share, remembered, n, ranks)?);
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
            let of = if from == end { ", the last" } else { "" };
            say(&format!("goes on from the checkpoint of step {from}{of}"));
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
