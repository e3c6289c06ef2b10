//! `host-sim memory sensor`: events of a sensor on a board, beside the same network on this machine; and `sensor-image`, which
//! trains what the board carries.

mod conversation;
mod drawing;

use std::path::PathBuf;

use clap::Args;
use freezable_chaos::StoredSensor;
use science::Refusal;
use science::measure::signals::train_sensor;
use science::networks::{Ensemble, with_simulation};
use serde::Serialize;

use self::conversation::{Event, Pair};
use super::signals::SignalsOptions;
use crate::commands::attached::{BoardPlace, refuse_what_no_board_has};
use crate::commands::table::print_text;
use crate::failure::Failure;
use crate::output::{Provenance, ResultObject, write_atomically};
use crate::progress::Progress;
use crate::store::Plan;

/// Options of `memory sensor`. It is the network with index 0, and the recordings and the envelopes are those that its
/// sensor.bin was trained with; --hold, --times, --kicks, --x-bits and --state-bits are not used.
#[derive(Args, Clone, Debug)]
pub(super) struct SensorOptions {
    #[command(flatten)]
    signals: SignalsOptions,
    #[command(flatten)]
    place: BoardPlace,
    /// Trained input weights and readout, sensor.bin of `memory sensor-image`: those that the firmware was built with
    /// (FREEZABLE_SENSOR)
    #[arg(long)]
    sensor: PathBuf,
    /// Events, of people that were not trained on
    #[arg(long, default_value_t = 3)]
    events: u32,
    /// Samples per second of this machine's clock; 0: each as soon as the one before is answered
    #[arg(long, default_value_t = 50.0)]
    rate: f64,
    /// Time for which the recalled state is held, in units of the neuronal time constant
    #[arg(long, default_value_t = 20.0)]
    held_for: f64,
}

/// What a result states as its parameters.
#[derive(Serialize)]
struct Parameters<'a> {
    #[serde(flatten)]
    ensemble: &'a Ensemble,
    source: &'a str,
    /// CRC-32 at the end of sensor.bin.
    sensor: String,
    rate: f64,
    held_for: f64,
}

#[derive(Serialize)]
struct Summary<'a> {
    board: &'a str,
    couplings_in_flash: bool,
    events: usize,
    /// Digests and outputs that were compared with this machine's, and those that differed.
    compared: usize,
    different: usize,
    held: usize,
    right_class: usize,
    /// Nanoseconds of a sample by the board's counter: median and longest.
    sample_nanoseconds: [u32; 2],
    late_samples: u32,
    trials: &'a [Event],
}

/// Trains and writes `sensor.bin`.
pub(super) fn train(options: SignalsOptions) -> Result<(), Failure> {
    let (configuration, signals, source) = options.check()?;
    let ensemble = &configuration.ensemble;
    science::measure::Measurement::check(&signals, ensemble)?;
    refuse_what_no_board_has(&ensemble.network)?;
    let results = &configuration.results;
    let store = results.store(Plan::new("memory sensor-image", &signals)?)?;
    let Some(out) = store.staging()? else {
        return Err(Failure::Usage(
            "--out names the folder of sensor.bin and is not given".into(),
        ));
    };
    let progress = Progress::new("memory sensor-image", signals.recordings.trials() as u64);
    let trained = with_simulation(ensemble, 0, |network| {
        train_sensor(&signals, ensemble, 0, network, &progress)
    })?;
    drop(progress);
    write_atomically(&out.join("sensor.bin"), &trained.bytes)?;
    store.publish()?;
    print_text(&format!(
        "{}\n{source}: trained on {} events, {:.3} of them held; sensor.bin has {} bytes\n",
        ensemble.describe(),
        trained.split.training.len(),
        trained.held,
        trained.bytes.len()
    ))?;
    Ok(())
}

pub(super) fn execute(options: SensorOptions) -> Result<(), Failure> {
    let (configuration, signals, source) = options.signals.check()?;
    let (ensemble, results) = (&configuration.ensemble, &configuration.results);
    science::measure::Measurement::check(&signals, ensemble)?;
    refuse_what_no_board_has(&ensemble.network)?;
    if options.rate != 0.0 {
        Refusal::check("rate", options.rate, [0.1, 1e4])?;
    }
    Refusal::check("held_for", options.held_for, [ensemble.network.step(), 1e5])?;
    let named = format!("--sensor {}", options.sensor.display());
    let bytes =
        std::fs::read(&options.sensor).map_err(|error| Failure::Usage(format!("{named}: {error}")))?;
    let sensor = StoredSensor::new(&bytes).map_err(|error| Failure::Usage(format!("{named}: {error}")))?;
    let header = sensor.header();
    let params = ensemble.network.dynamics.params();
    if (header.model, header.n as usize, header.params)
        != (ensemble.network.model.id(), ensemble.network.n, params)
        || usize::from(header.channels) != signals.recordings.channels()
        || usize::from(header.classes) != signals.recordings.classes()
    {
        return Err(Failure::Usage(format!(
            "{named}: trained for another network, or for recordings of other channels or classes"
        )));
    }
    if options.place.is_one() {
        return Err(Failure::Usage(
            "--port: the power of a real board cannot be cut from here; --firmware names an emulated one"
                .into(),
        ));
    }
    let params = Parameters {
        ensemble,
        source: &source,
        sensor: bytes
            .iter()
            .rev()
            .take(4)
            .map(|byte| format!("{byte:02x}"))
            .collect(),
        rate: options.rate,
        held_for: options.held_for,
    };
    let store = results.store(Plan::new("memory sensor", &params)?)?;
    let split = signals.recordings.split(signals.held_out as usize, 0);
    // Spread over the trials of the test, so that they are of several people and classes.
    let (events, most) = (f64::from(options.events), split.test.len());
    Refusal::check("events", events, [1.0, most as f64])?;
    let count = options.events as usize;
    let trials: Vec<usize> = (0..count).map(|event| split.test[event * most / count]).collect();
    let (board, from_flash, events) = with_simulation(ensemble, 0, |twin| {
        if Some(header.couplings) != twin.couplings_digest() {
            let text = format!(
                "{named}: trained with other quenched couplings than those of --seed-network and --g"
            );
            return Err(Failure::Usage(text).into());
        }
        let mut attached = options.place.attach()?;
        let from_flash = attached
            .configure_from_flash(ensemble, 0)
            .map_err(Failure::from)?;
        let progress = Progress::new("memory sensor", trials.len() as u64);
        let mut pair = Pair::new(
            attached,
            twin,
            &sensor,
            ensemble.network.dt,
            (options.rate, options.held_for),
        );
        let mut events = Vec::new();
        for &trial in &trials {
            events.push(pair.event(&signals.recordings, trial)?);
            progress.advance(1);
        }
        let board = pair.finish()?;
        Ok((board, from_flash, events))
    })?;
    let summary = summarise(&board, from_flash, &events);
    let result = ResultObject {
        kind: "memory sensor",
        params,
        summary: &summary,
        provenance: Provenance::collect(ensemble.network.seeds),
    };
    if let Some(out) = store.staging()? {
        result.write(&out.join("sensor.json"))?;
        if let Some(event) = events.first() {
            let title = format!(
                "{} network, N = {}, on {board}: {source}",
                ensemble.network.model.name(),
                ensemble.network.n
            );
            drawing::draw(event, &title, &signals.recordings, &out)?;
        }
        store.publish()?;
    }
    if results.json {
        result.print()?;
    } else {
        print_text(&text(ensemble, &source, &signals.recordings.names, &summary))?;
    }
    if summary.different > 0 {
        return Err(Failure::Check(format!(
            "{} of {} comparisons of the board with this machine differ",
            summary.different, summary.compared
        )));
    }
    if summary.held < events.len() {
        return Err(Failure::Check(format!(
            "{} of {} events are not held",
            events.len() - summary.held,
            events.len()
        )));
    }
    Ok(())
}

fn summarise<'a>(board: &'a str, couplings_in_flash: bool, events: &'a [Event]) -> Summary<'a> {
    let mut nanoseconds: Vec<u32> = events
        .iter()
        .flat_map(|event| event.nanoseconds.iter().copied())
        .collect();
    nanoseconds.sort_unstable();
    let at = |place: usize| nanoseconds.get(place).copied().unwrap_or(0);
    Summary {
        board,
        couplings_in_flash,
        events: events.len(),
        compared: events.iter().map(|event| event.comparisons.len()).sum(),
        different: events.iter().map(Event::different).sum(),
        held: events.iter().filter(|event| event.held).count(),
        right_class: events
            .iter()
            .filter(|event| event.held && event.read.class == event.class)
            .count(),
        sample_nanoseconds: [at(nanoseconds.len() / 2), at(nanoseconds.len().saturating_sub(1))],
        late_samples: events.iter().map(|event| event.late).sum(),
        trials: events,
    }
}

fn text(ensemble: &Ensemble, source: &str, names: &[String], summary: &Summary<'_>) -> String {
    let place = if summary.couplings_in_flash {
        "in flash"
    } else {
        "drawn or hashed on the board"
    };
    let mut text = format!(
        "{}\n{source}, on {}; quenched couplings {place}\n\n{:<7}{:<14}{:<14}",
        ensemble.describe(),
        summary.board,
        "event",
        "class, true",
        "class, read"
    );
    for name in names {
        text += &format!("{:<26}", format!("{name}, true, read"));
    }
    text += "bits as on this machine\n";
    for event in summary.trials {
        text += &format!("{:<7}{:<14}{:<14}", event.trial, event.class, event.read.class);
        for (truth, read) in event.targets.iter().zip(&event.read.quantities) {
            text += &format!("{:<26}", format!("{truth:.3} {read:.3}"));
        }
        let different = event.different();
        text += &if different == 0 {
            "all".to_owned()
        } else {
            format!("{different} DIFFER")
        };
        text += "\n";
        for comparison in &event.comparisons {
            text += &format!(
                "       {:<37}{} {}\n",
                comparison.what, comparison.board, comparison.host
            );
        }
    }
    let [median, longest] = summary.sample_nanoseconds;
    text + &format!(
        "\n{} of {} events held, {} of {} comparisons equal\na sample takes {:.3} ms by the board's counter (longest {:.3} ms); \
         an emulator counts 1 ns an instruction\n{} samples were answered later than the next was due\n",
        summary.held,
        summary.events,
        summary.compared - summary.different,
        summary.compared,
        f64::from(median) / 1e6,
        f64::from(longest) / 1e6,
        summary.late_samples
    )
}
