//! `host-sim demo`: the working memory on an emulated board, beside the same network on this machine.
//!
//! Two boards do the same: run, freeze by the button, hold, release by the button. One has plastic synapses, the
//! other, the control, has none (k = 0). Every state of each is compared with the host's, bit for bit.

mod performance;

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use self::performance::{Performance, perform};
use super::table::print_text;
use crate::device::Cpu;
use crate::estimators::activity::REST_SPEED;
use crate::failure::Failure;
use crate::figures::{FrozenInterval, Labels, MemoryFigure, RasterFigure, Trace, Traces};
use crate::output::{Arrays, OutputError, Provenance, ResultObject, Seeds};
use crate::progress::Progress;

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
    /// Folder for the figure, the arrays and the boards' logs
    #[arg(long, default_value = "out/demo")]
    out: PathBuf,
    /// Print the result as JSON on standard output
    #[arg(long)]
    json: bool,
}

/// Strength of the plasticity, and of the control's.
const STRENGTHS: [f32; 2] = [1.5, 0.0];
/// Times of running, holding and running again, in units of the neuronal time constant.
const PHASES: [u32; 3] = [200, 250, 150];

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
    n: u32,
    g: f32,
    k: [f32; 2],
    p: f32,
    dt: f32,
    phases: [u32; 3],
}

#[derive(Clone, Debug, Serialize)]
struct Summary {
    plastic: Figures,
    control: Figures,
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
}

#[derive(Clone, Debug, Serialize)]
struct Check {
    name: &'static str,
    passed: bool,
}

/// Runs the command.
pub fn execute(options: DemoOptions) -> Result<(), Failure> {
    std::fs::create_dir_all(&options.out).map_err(OutputError::at(&options.out))?;
    let progress = Progress::new("demo", 2 * u64::from(PHASES.iter().sum::<u32>()));
    let [plastic, control] = std::thread::scope(|scope| {
        STRENGTHS
            .map(|k| {
                let (options, progress) = (&options, &progress);
                scope.spawn(move || perform(options, k, progress))
            })
            .map(|thread| {
                thread
                    .join()
                    .unwrap_or_else(|_| Err(Failure::Device("the thread of a board ended early".into())))
            })
    });
    drop(progress);
    let (plastic, control) = (plastic?, control?);
    let summary = summarise(&plastic, &control);
    write_files(&options, &plastic, &control)?;
    let result = ResultObject {
        kind: "demo",
        params: Parameters {
            board: plastic.board.clone(),
            n: plastic.setup.n,
            g: plastic.setup.params.g,
            k: STRENGTHS,
            p: plastic.setup.params.p,
            dt: plastic.setup.params.dt,
            phases: PHASES,
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
        print_text(&text(&summary, &plastic, &options))?
    }
    match summary.checks.iter().find(|check| !check.passed) {
        None => Ok(()),
        Some(check) => Err(Failure::Check(format!(
            "the demonstration failed: {}",
            check.name
        ))),
    }
}

fn summarise(plastic: &Performance, control: &Performance) -> Summary {
    let (plastic_figures, control_figures) = (figures(plastic), figures(control));
    let check = |name, passed| Check { name, passed };
    let all_states = u64::from(performance::STEPS_PER_UNIT * PHASES.iter().sum::<u32>());
    let checks = vec![
        check(
            "every state of both boards has the host's bits",
            [plastic, control]
                .iter()
                .all(|board| board.first_difference.is_none() && board.states_compared == all_states),
        ),
        check("both boards move before the freeze", {
            plastic_figures.speed_before_freeze > REST_SPEED
                && control_figures.speed_before_freeze > REST_SPEED
        }),
        check("frozen, the plastic network stands still", {
            plastic_figures.speed_end_of_hold < threshold::FROZEN_SPEED
        }),
        check(
            "and holds what was stored",
            plastic_figures.least_cosine_in_hold > threshold::HELD_COSINE,
        ),
        check(
            "released, it moves again",
            plastic_figures.speed_after_release > REST_SPEED,
        ),
        check(
            "frozen, the control moves on",
            control_figures.speed_end_of_hold > REST_SPEED,
        ),
        check(
            "the snapshots have the host's bytes",
            plastic.snapshots_equal && control.snapshots_equal,
        ),
        check(
            "restored, the boards are where they were held",
            plastic.recalled && control.recalled,
        ),
        check("a frame with a flipped bit is refused and changes nothing", {
            plastic.bad_frame_refused && control.bad_frame_refused
        }),
    ];
    Summary {
        plastic: plastic_figures,
        control: control_figures,
        checks,
    }
}

fn figures(performance: &Performance) -> Figures {
    let [running, held, _] = PHASES.map(|time| time as usize);
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
    }
}

fn text(summary: &Summary, plastic: &Performance, options: &DemoOptions) -> String {
    let params = plastic.setup.params;
    let mut text = format!(
        "{} (emulated), exact network, N = {}, g = {}, p = {}, dt = {}; {} time units running, {} held, {} released\n",
        plastic.board, plastic.setup.n, params.g, params.p, params.dt, PHASES[0], PHASES[1], PHASES[2]
    );
    let columns = [&summary.plastic, &summary.control];
    let title = STRENGTHS.map(|k| format!("k = {k}"));
    let mut row = |name: &str, cells: [String; 2]| {
        text += &format!("  {name:<34} {:>14} {:>14}\n", cells[0], cells[1]);
    };
    row("", title);
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
    text + &format!("figure: {}\n", options.out.join("demo.png").display())
}

fn write_files(options: &DemoOptions, plastic: &Performance, control: &Performance) -> Result<(), Failure> {
    let count = plastic.time.len();
    let shown = plastic.activity.len() / count.max(1);
    let mut arrays = Arrays::new();
    arrays
        .f64("time", &[count], plastic.time.clone())?
        .f32("activity", &[count, shown], plastic.activity.clone())?
        .u64("digest", &[count], plastic.digests.clone())?
        .f64("speed", &[count], plastic.speed.clone())?
        .f64("cosine", &[count], plastic.cosine.clone())?
        .f64("control_speed", &[control.time.len()], control.speed.clone())?
        .f64("control_cosine", &[control.time.len()], control.cosine.clone())?;
    arrays.write(&options.out.join("demo.npz"))?;
    let [running, held, _] = PHASES.map(f64::from);
    let frozen = [FrozenInterval {
        start: running,
        end: running + held,
    }];
    let traces = |host: fn(&Performance) -> &[f64], device: fn(&Performance) -> &[f64]| Traces {
        host: Trace {
            times: &plastic.time,
            values: host(plastic),
        },
        device: Some(Trace {
            times: &plastic.time,
            values: device(plastic),
        }),
        control: Some(Trace {
            times: &control.time,
            values: host(control),
        }),
    };
    let raster = RasterFigure {
        rates: &plastic.activity,
        neurons: shown,
        start: 1.0,
        interval: 1.0,
        frozen: &frozen,
    };
    let figure = MemoryFigure {
        raster,
        speed: traces(|p| &p.host_speed, |p| &p.speed),
        cosine: traces(|p| &p.host_cosine, |p| &p.cosine),
        labels: Labels {
            host: "host, k = 1.5",
            device: options.emulator.label(),
            control: "control, k = 0",
        },
    };
    super::drawing::draw(&figure, &options.out.join("demo"))
}
