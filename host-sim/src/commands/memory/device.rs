//! Cues on a board: written there, held frozen and read with the readout in its flash, beside the same on this machine.

use std::path::PathBuf;

use clap::Args;
use freezable_chaos::{StoredReadout, strongest};
use science::Refusal;
use science::estimators::{cosine, steps_in};
use science::measure::trajectory::pass;
use science::memory::{FORGETTING, Protocol, until_repeated, write};
use science::networks::{Ensemble, Saved, Simulation, with_simulation};
use serde::Serialize;

use crate::commands::attached::{Attached, BoardPlace, refuse_what_no_board_has};
use crate::commands::table::print_text;
use crate::failure::Failure;
use crate::options::{Configuration, NetworkOptions};
use crate::output::{Provenance, ResultObject};
use crate::progress::Progress;
use crate::store::Plan;

/// Options of `memory device`. --networks, --duration and --threads are not used: it is the network with index 0 that a
/// readout is exported for.
#[derive(Args, Clone, Debug)]
pub(super) struct DeviceOptions {
    #[command(flatten)]
    network: NetworkOptions,
    #[command(flatten)]
    place: BoardPlace,
    /// Trained readout, readout.bin of `memory --out`: the one that the firmware was built with (FREEZABLE_READOUT)
    #[arg(long)]
    readout: PathBuf,
    /// Longest time for which a state is held until it repeats itself to the bit
    #[arg(long, default_value_t = 3000.0)]
    longest_hold: f64,
}

/// Bound against mistyped numbers.
const LONGEST: f64 = 1e6;

/// One cue, from its beginning to the release.
#[derive(Clone, Debug, Serialize)]
struct Hold {
    cue: u32,
    /// The strongest output at the freeze, and at the end of the hold.
    read: [Option<usize>; 2],
    /// Time from the freeze until the state was seen to repeat itself, or until the hold was given up.
    time: f64,
    /// Steps after which the board's state repeats itself to the bit; `null` if it was not seen to.
    period: Option<u32>,
    /// Cosine between the rates at the freeze and at the end of the hold.
    cosine: Option<f64>,
    /// What was not as on this machine.
    difference: Option<&'static str>,
}

#[derive(Serialize)]
struct Parameters<'a> {
    #[serde(flatten)]
    ensemble: &'a Ensemble,
    readout: &'a std::path::Path,
    longest_hold: f64,
}

#[derive(Serialize)]
struct Summary<'a> {
    board: &'a str,
    cues: usize,
    /// Recalled at the end of the hold.
    recalled: usize,
    /// Repeat themselves to the bit, so that they are held for any time.
    repeat: usize,
    first_difference: Option<String>,
    holds: &'a [Hold],
}

pub(super) fn execute(options: DeviceOptions) -> Result<(), Failure> {
    let Configuration {
        ensemble, results, ..
    } = options.network.check()?;
    ensemble.undriven("no board is driven or begun so")?;
    refuse_what_no_board_has(&ensemble.network)?;
    Refusal::check("longest_hold", options.longest_hold, [0.0, LONGEST])?;
    let named = format!("--readout {}", options.readout.display());
    let bytes =
        std::fs::read(&options.readout).map_err(|error| Failure::Usage(format!("{named}: {error}")))?;
    let readout = StoredReadout::new(&bytes).map_err(|error| Failure::Usage(format!("{named}: {error}")))?;
    let params = Parameters {
        ensemble: &ensemble,
        readout: &options.readout,
        longest_hold: options.longest_hold,
    };
    let store = results.store(Plan::new("memory device", &params)?)?;
    let (board, holds) = with_simulation(&ensemble, 0, |twin| {
        let (trained, n) = (readout.header(), ensemble.network.n);
        if trained.n as usize != n || Some(trained.couplings) != twin.couplings_digest() {
            return Err(Failure::Usage(format!(
                "{named}: trained with {} neurons and other quenched couplings than those of --n {n}, --model, \
                 --couplings, --g and --seed-network",
                trained.n
            ))
            .into());
        }
        let mut attached = options.place.attach()?;
        attached.check_room(&ensemble.network)?;
        attached.configure(&ensemble, 0).map_err(Failure::from)?;
        let pair = Pair {
            attached,
            twin,
            readout: &readout,
            dt: ensemble.network.step(),
        };
        Ok(pair.run(ensemble.burn_in_steps(), options.longest_hold)?)
    })?;
    let recalled = |hold: &&Hold| hold.read[1] == Some(hold.cue as usize);
    let summary = Summary {
        board: &board,
        cues: holds.len(),
        recalled: holds.iter().filter(recalled).count(),
        repeat: holds.iter().filter(|hold| hold.period.is_some()).count(),
        first_difference: holds.iter().find_map(|hold| {
            let what = hold.difference?;
            Some(format!(
                "cue {}: the board's {what} differs from this machine's",
                hold.cue
            ))
        }),
        holds: &holds,
    };
    let result = ResultObject {
        kind: "memory device",
        params,
        summary: &summary,
        provenance: Provenance::collect(ensemble.network.seeds),
    };
    if let Some(out) = store.staging()? {
        result.write(&out.join("device.json"))?;
        store.publish()?;
    }
    if results.json {
        result.print()?;
    } else {
        print_text(&table(&ensemble, &summary))?;
    }
    summary
        .first_difference
        .map_or(Ok(()), |difference| Err(Failure::Check(difference)))
}

/// A network on a board, and its twin on this machine.
struct Pair<'a> {
    attached: Attached,
    twin: &'a mut dyn Simulation,
    readout: &'a StoredReadout<'a>,
    dt: f64,
}

impl Pair<'_> {
    /// Writes and holds one cue after the other; gives the board's name and the holds.
    fn run(mut self, burn_in: u64, longest_hold: f64) -> Result<(String, Vec<Hold>), Failure> {
        let cues = self.readout.header().outputs;
        let most = steps_in(longest_hold, self.dt);
        let progress = Progress::new("memory device", burn_in + u64::from(cues) * most);
        self.step(burn_in)?;
        progress.advance(burn_in);
        let mut holds = Vec::new();
        for cue in 0..cues {
            holds.push(self.hold(cue, most)?);
            progress.advance(most);
        }
        let name = self.attached.board.identity().name.clone();
        self.attached.finish()?;
        Ok((name, holds))
    }

    /// Writes a cue, holds it until the state repeats itself, releases it, and lets the network forget it.
    fn hold(&mut self, cue: u32, most: u64) -> Result<Hold, Failure> {
        self.write(cue)?;
        self.attached.board.freeze()?;
        self.twin.freeze();
        let mut seen = vec![self.compare()?];
        let steps = until_repeated(self.twin, most, &())?;
        self.step_board(steps)?;
        seen.push(self.compare()?);
        let period = self.period()?;
        seen.push(self.compare()?);
        self.attached.board.release()?;
        self.twin.release();
        self.step(steps_in(FORGETTING, self.dt))?;
        let [first, .., last] = &seen[..] else {
            return Err(Failure::Check("nothing was read".into()));
        };
        Ok(Hold {
            cue,
            read: [strongest(&first.outputs).ok(), strongest(&last.outputs).ok()],
            time: steps as f64 * self.dt,
            period,
            cosine: cosine(&first.rates, &last.rates),
            difference: seen.iter().find_map(|look| look.difference),
        })
    }

    /// Gives both the cue, and the rest after it.
    fn write(&mut self, cue: u32) -> Result<(), Failure> {
        let header = self.readout.header();
        let protocol = Protocol {
            write: header.write.into(),
            rest: header.rest.into(),
            times: Vec::new(),
            hold: 0.0,
        };
        let [written, rest] = [protocol.write, protocol.rest].map(|time| steps_in(time, self.dt));
        let cue = self.readout.cue(cue);
        self.attached.board.write_cue(cue, count(written)?)?;
        self.step_board(written.saturating_add(rest))?;
        Ok(write(self.twin, self.dt, &protocol, cue, &())?)
    }

    /// Does steps on both.
    fn step(&mut self, steps: u64) -> Result<(), Failure> {
        self.step_board(steps)?;
        Ok(pass(self.twin, steps, &())?)
    }

    fn step_board(&mut self, steps: u64) -> Result<(), Failure> {
        Ok(self.attached.board.step(count(steps)?, 0, 0, |_| {})?)
    }

    /// Does two more steps on both; the period of the board's state if it is that of one or two steps before.
    fn period(&mut self) -> Result<Option<u32>, Failure> {
        let mut digests = Vec::new();
        for _ in 0..2 {
            digests.push(self.attached.board.digest()?.0);
            self.step(1)?;
        }
        let last = self.attached.board.digest()?.0;
        let back = digests.iter().rev().position(|&digest| digest == last);
        Ok(back.map(|steps| steps as u32 + 1))
    }

    /// Looks at both: every bit of x and of the plastic state, and what the readout makes of the rates.
    fn compare(&mut self) -> Result<Look, Failure> {
        let mut rates = Vec::new();
        self.twin.copy_rates(&mut rates);
        let mut expected = vec![0.0; self.readout.header().outputs as usize];
        self.readout
            .read(&rates, &mut expected)
            .map_err(|error| Failure::Check(error.to_string()))?;
        let outputs = self.attached.board.read_out()?;
        let bits = |outputs: &[f32]| outputs.iter().map(|output| output.to_bits()).collect::<Vec<_>>();
        let Saved::Snapshot(snapshot) = self.twin.save()? else {
            return Err(Failure::Usage("--precision f64 is not on any board".into()));
        };
        let difference = if self.attached.board.snapshot()? != snapshot {
            Some("state")
        } else {
            (bits(&outputs) != bits(&expected)).then_some("readout")
        };
        Ok(Look {
            rates,
            outputs,
            difference,
        })
    }
}

/// Steps as a command counts them.
fn count(steps: u64) -> Result<u32, Failure> {
    u32::try_from(steps).map_err(|_| {
        Failure::Usage(format!(
            "{steps} steps in a row are above the bound {} of a board: --dt is too small, or a time too long",
            u32::MAX
        ))
    })
}

/// What was seen of both at one time.
struct Look {
    rates: Vec<f32>,
    outputs: Vec<f32>,
    difference: Option<&'static str>,
}

fn table(ensemble: &Ensemble, summary: &Summary<'_>) -> String {
    let Summary {
        board,
        cues,
        recalled,
        repeat,
        ..
    } = summary;
    let mut text = format!(
        "{}\non {board}: {recalled} of {cues} cues recalled, {repeat} of {cues} held for any time\n\n\
         cue   read at the freeze, at the end   time held   repeats after    cosine   as on this machine\n",
        ensemble.describe()
    );
    for hold in summary.holds {
        let [first, last] = hold
            .read
            .map(|read| read.map_or("-".to_owned(), |cue| cue.to_string()));
        let period = hold.period.map_or("-".to_owned(), |period| {
            format!("{period} step{}", if period == 1 { "" } else { "s" })
        });
        let cosine = hold
            .cosine
            .map_or("-".to_owned(), |cosine| format!("{cosine:.4}"));
        text += &format!(
            "{:>3}   {first:>18}, {last:<10}   {:>9.2}   {period:>13}   {cosine:>7}   {}\n",
            hold.cue,
            hold.time,
            hold.difference
                .map_or("yes".to_owned(), |what| format!("no: {what}")),
        );
    }
    text
}
