//! `host-sim demo`: the working memory on an emulated board, beside the same network on this machine.
//!
//! Three boards do the same: run, freeze by the button, hold, release by the button. One has plastic synapses; another,
//! the control, has none (k = 0); the third has the compact network. The boards with plastic synapses store what they hold
//! in flash, lose their power, and recall it. Every state of each is compared with the host's, bit for bit.

mod files;
mod part;
mod performance;
mod power_cycle;
mod twin;

use std::path::PathBuf;

use clap::Args;
use freezable_chaos::frames::Setup;
use serde::Serialize;

use self::part::{PARTS, STEPS_PER_UNIT};
use self::performance::{Performance, perform};
use super::table::print_text;
use crate::failure::Failure;
use crate::output::{OutputError, Provenance, ResultObject, Seeds};
use crate::progress::Progress;
use link::{Cpu, Identity};
use science::estimators::activity::REST_SPEED;
use science::networks::Model;

/// Options of `demo`.
#[derive(Args, Clone, Debug)]
pub struct DemoOptions {
    /// Firmware image of the board
    #[arg(long)]
    firmware: PathBuf,
    /// Emulated processor
    #[arg(long, value_enum, default_value_t = Cpu::M4f)]
    emulator: Cpu,
    /// Seed of the initial state; the default is one that stays active with and without plasticity
    #[arg(long, default_value_t = 2)]
    seed_state: u64,
    /// Folder for the figures, the arrays and the boards' logs
    #[arg(long, default_value = "out/demo")]
    out: PathBuf,
    /// Print the result as JSON on standard output
    #[arg(long)]
    json: bool,
}

/// The plastic network of that kind, for who wants to do something else with it.
pub(super) fn plastic_setup(model: Model, board: &Identity, seed_state: u64) -> Result<Setup, Failure> {
    let parts = PARTS.iter().find(|part| part.model == model && part.k > 0.0);
    let part =
        parts.ok_or_else(|| Failure::Usage(format!("--model {}: not in the demonstration", model.name())))?;
    part.setup(board, seed_state)
}

/// What must hold, stated before anything is measured.
mod threshold {
    /// A frozen network stands still: rms of dx/dt at the end of the hold.
    pub const FROZEN_SPEED: f64 = 1e-4;
    /// It holds what was stored: least cosine during the hold.
    pub const HELD_COSINE: f64 = 0.95;
}

#[derive(Clone, Debug, Serialize)]
struct Parameters {
    board: String,
    networks: Vec<NetworkParameters>,
}

#[derive(Clone, Debug, Serialize)]
struct NetworkParameters {
    model: Model,
    n: u32,
    g: f32,
    k: f32,
    p: f32,
    dt: f32,
    phases: [u32; 3],
}

#[derive(Clone, Debug, Serialize)]
struct Summary {
    plastic: Figures,
    control: Figures,
    compact: Figures,
    checks: Vec<Check>,
}

/// What the table shows of one board.
#[derive(Clone, Debug, Serialize)]
struct Figures {
    speed_before_freeze: f64,
    speed_end_of_hold: f64,
    least_cosine_in_hold: f64,
    speed_after_release: f64,
    cosine_after_release: f64,
    states_compared: u64,
    first_difference: Option<String>,
    snapshot_bytes: usize,
    power_cut: Option<PowerCut>,
}

/// A power cut between store and recall.
#[derive(Clone, Debug, Serialize)]
struct PowerCut {
    /// In units of the neuronal time constant.
    time: f64,
    bytes_in_flash: u32,
    recalled: bool,
}

#[derive(Clone, Debug, Serialize)]
struct Check {
    name: &'static str,
    passed: bool,
}

/// Runs the command.
pub fn execute(options: DemoOptions) -> Result<(), Failure> {
    std::fs::create_dir_all(&options.out).map_err(OutputError::at(&options.out))?;
    let durations = PARTS.iter().map(|part| u64::from(part.duration()));
    let progress = Progress::new("demo", durations.sum());
    let [plastic, control, compact] = std::thread::scope(|scope| {
        PARTS
            .map(|part| {
                let (options, progress) = (&options, &progress);
                scope.spawn(move || perform(options, &part, progress))
            })
            .map(|thread| {
                thread
                    .join()
                    .unwrap_or_else(|_| Err(Failure::Device("the thread of a board ended early".into())))
            })
    });
    drop(progress);
    let boards = [plastic?, control?, compact?];
    let summary = summarise(&boards);
    let [plastic, control, compact] = &boards;
    files::write(
        &options.out.join("demo"),
        options.emulator,
        plastic,
        Some(control),
    )?;
    files::write(&options.out.join("compact"), options.emulator, compact, None)?;
    let result = ResultObject {
        kind: "demo",
        params: Parameters {
            board: plastic.board.clone(),
            networks: boards.iter().map(network_parameters).collect(),
        },
        summary: &summary,
        provenance: Provenance::collect(Seeds {
            network: plastic.setup.seed_network,
            state: options.seed_state,
            tangent: 0,
        }),
    };
    result.write(&options.out.join("demo.json"))?;
    if options.json {
        result.print()?
    } else {
        print_text(&text(&summary, &boards, &options))?
    }
    match summary.checks.iter().find(|check| !check.passed) {
        None => Ok(()),
        Some(check) => Err(Failure::Check(format!(
            "the demonstration failed: {}",
            check.name
        ))),
    }
}

fn network_parameters(board: &Performance) -> NetworkParameters {
    let params = board.setup.params;
    NetworkParameters {
        model: board.part.model,
        n: board.setup.n,
        g: params.g,
        k: params.k,
        p: params.p,
        dt: params.dt,
        phases: board.part.phases,
    }
}

fn summarise(boards: &[Performance; 3]) -> Summary {
    let [plastic, control, compact] = boards.each_ref().map(figures);
    let check = |name, passed| Check { name, passed };
    let has_all_states = |board: &Performance| {
        let states = u64::from(STEPS_PER_UNIT * board.part.duration());
        board.first_difference.is_none() && board.states_compared == states
    };
    let checks = vec![
        check(
            "every state of all boards has the host's bits",
            boards.iter().all(has_all_states),
        ),
        check(
            "all boards move before the freeze",
            [&plastic, &control, &compact]
                .iter()
                .all(|figures| figures.speed_before_freeze > REST_SPEED),
        ),
        check("frozen, the plastic networks stand still", {
            plastic.speed_end_of_hold < threshold::FROZEN_SPEED
                && compact.speed_end_of_hold < threshold::FROZEN_SPEED
        }),
        check("and hold what was stored", {
            plastic.least_cosine_in_hold > threshold::HELD_COSINE
                && compact.least_cosine_in_hold > threshold::HELD_COSINE
        }),
        check("without power they are in flash, and recalled as they were", {
            [&plastic, &compact].iter().all(|figures| {
                figures
                    .power_cut
                    .as_ref()
                    .is_some_and(|power_cut| power_cut.recalled)
            })
        }),
        check("released, they move again", {
            plastic.speed_after_release > REST_SPEED && compact.speed_after_release > REST_SPEED
        }),
        check(
            "frozen, the control moves on",
            control.speed_end_of_hold > REST_SPEED,
        ),
        check(
            "the snapshots have the host's bytes",
            boards.iter().all(|board| board.snapshots_equal),
        ),
        check(
            "restored, the boards are where they were held",
            boards.iter().all(|board| board.recalled),
        ),
        check(
            "a frame with a flipped bit is refused and changes nothing",
            boards.iter().all(|board| board.bad_frame_refused),
        ),
    ];
    Summary {
        plastic,
        control,
        compact,
        checks,
    }
}

fn figures(performance: &Performance) -> Figures {
    let [running, held, _] = performance.part.phases.map(|time| time as usize);
    let at = |values: &[f64], moment: usize| values.get(moment - 1).copied().unwrap_or(f64::NAN);
    let end = performance.time.len();
    let hold = performance.cosine.get(running..running + held).unwrap_or(&[]);
    Figures {
        speed_before_freeze: at(&performance.speed, running),
        speed_end_of_hold: at(&performance.speed, running + held),
        least_cosine_in_hold: hold.iter().copied().fold(f64::INFINITY, f64::min),
        speed_after_release: at(&performance.speed, end),
        cosine_after_release: at(&performance.cosine, end),
        states_compared: performance.states_compared,
        first_difference: performance.first_difference.clone(),
        snapshot_bytes: performance.snapshot_bytes,
        power_cut: performance.power_cycle.as_ref().map(|cycle| PowerCut {
            time: cycle.time,
            bytes_in_flash: cycle.bytes,
            recalled: cycle.recalled,
        }),
    }
}

fn text(summary: &Summary, boards: &[Performance; 3], options: &DemoOptions) -> String {
    let [plastic, ..] = boards;
    let mut text = format!(
        "{} (emulated), p = {}, dt = {}\n",
        plastic.board, plastic.setup.params.p, plastic.setup.params.dt
    );
    let columns = [&summary.plastic, &summary.control, &summary.compact];
    let mut row = |name: &str, cells: [String; 3]| {
        let [first, second, third] = cells;
        text += &format!("  {name:<34} {first:>15} {second:>15} {third:>15}\n");
    };
    row("", boards.each_ref().map(|board| board.part.title.to_owned()));
    row("N", boards.each_ref().map(|board| board.setup.n.to_string()));
    row(
        "g",
        boards.each_ref().map(|board| board.setup.params.g.to_string()),
    );
    row(
        "time running, held, released",
        boards.each_ref().map(|board| {
            let [running, held, released] = board.part.phases;
            format!("{running}, {held}, {released}")
        }),
    );
    row(
        "rms speed before the freeze",
        columns.map(|figures| format!("{:.2e}", figures.speed_before_freeze)),
    );
    row(
        "rms speed at the end of the hold",
        columns.map(|figures| format!("{:.2e}", figures.speed_end_of_hold)),
    );
    row(
        "least cosine to the stored state",
        columns.map(|figures| format!("{:.4}", figures.least_cosine_in_hold)),
    );
    row(
        "bytes recalled after the power cut",
        columns.map(|figures| {
            let power_cut = figures.power_cut.as_ref();
            power_cut.map_or_else(|| "-".to_owned(), |cut| cut.bytes_in_flash.to_string())
        }),
    );
    row(
        "rms speed after the release",
        columns.map(|figures| format!("{:.2e}", figures.speed_after_release)),
    );
    row(
        "cosine after the release",
        columns.map(|figures| format!("{:.4}", figures.cosine_after_release)),
    );
    row(
        "states compared with the host",
        columns.map(|figures| figures.states_compared.to_string()),
    );
    let equal = |figures: &Figures| {
        if figures.first_difference.is_none() {
            "all equal"
        } else {
            "DIFFERENT"
        }
    };
    row("digests", columns.map(|figures| equal(figures).to_owned()));
    for check in &summary.checks {
        text += &format!(
            "  {} {}\n",
            if check.passed { "ok    " } else { "FAILED" },
            check.name
        );
    }
    let [exact, compact] = ["demo.png", "compact.png"].map(|name| options.out.join(name));
    text + &format!("figures: {}, {}\n", exact.display(), compact.display())
}
