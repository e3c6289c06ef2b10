//! What is left of a stored state when x and the plastic state are kept in few bits.

use clap::Args;
use serde::{Deserialize, Serialize};

use super::measurement::{Cues, Task, share_recalled, train};
use super::recall::CueOptions;
use super::summary::cell;
use crate::commands::drawing::draw;
use crate::commands::table::print_text;
use crate::configuration::{Configuration, Model, NetworkOptions};
use crate::ensemble::{self, PROGRESS_STRIDE};
use crate::estimators::{MeanSem, cosine, steps_in};
use crate::failure::Failure;
use crate::figures::chart::CONDITIONS;
use crate::figures::{Chart, Look, Piece, Series};
use crate::memory::{come_to_rest, forget, quantised, store};
use crate::output::{Arrays, Provenance, ResultObject};
use crate::progress::Progress;
use crate::simulation::Simulation;
use crate::simulation::edit::{Parts, Plastic};

/// Options of `memory quantisation`. --duration is not used.
#[derive(Args, Clone, Debug)]
pub(super) struct QuantisationOptions {
    #[command(flatten)]
    network: NetworkOptions,
    #[command(flatten)]
    trials: CueOptions,
    /// Number of cues
    #[arg(long, default_value_t = 8, allow_negative_numbers = true)]
    cues: u32,
    /// Strength of the cues
    #[arg(long, default_value_t = 1.0, allow_negative_numbers = true)]
    strength: f32,
}

/// Time that a recalled state is given, at least.
const HOLD: f64 = 100.0;
/// Cosine above which the network has come to the state that it held.
const SAME: f64 = 0.999;

/// Bits of each number of x and of the plastic state; `None` as the network has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
struct Scheme {
    x: Option<u32>,
    plastic: Option<u32>,
}

/// x alone, the plastic state alone, both.
fn schemes(model: Model) -> Vec<Scheme> {
    let x = [16, 12, 8, 6, 4, 3, 2, 1];
    // The samples of a compact network have 8 bits as they are.
    let plastic: &[u32] = match model {
        Model::Exact => &[16, 12, 8, 6, 4, 3, 2, 1],
        Model::Compact => &[6, 5, 4, 3, 2, 1],
    };
    let whole = Scheme {
        x: None,
        plastic: None,
    };
    let alone = x.iter().map(|&bits| Scheme {
        x: Some(bits),
        ..whole
    });
    let of_plastic = plastic.iter().map(|&bits| Scheme {
        plastic: Some(bits),
        ..whole
    });
    let both = plastic.iter().map(|&bits| Scheme {
        x: Some(bits),
        plastic: Some(bits),
    });
    [whole]
        .into_iter()
        .chain(alone)
        .chain(of_plastic)
        .chain(both)
        .collect()
}

/// Of one network under one scheme, over its trials.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Outcome {
    /// Share of the cues recalled.
    recall: f64,
    /// Mean cosine between the rates that come of the kept state and those that come of the whole one.
    cosine: f64,
    /// The least of them.
    least_cosine: f64,
    /// Share of the trials with a cosine above 0.999.
    same: f64,
    /// Bytes kept.
    bytes: usize,
}

#[derive(Clone, Debug, Serialize)]
struct Row {
    /// Bits of each x; `null`: as it is, 32.
    x_bits: Option<u32>,
    /// Bits of each plastic coupling or sample; `null`: as it is, 32 or 8.
    plastic_bits: Option<u32>,
    bytes: usize,
    recall: Option<MeanSem>,
    cosine: Option<MeanSem>,
    /// Of all trials of all networks.
    least_cosine: f64,
    same: Option<MeanSem>,
}

#[derive(Serialize)]
struct Parameters<'a> {
    #[serde(flatten)]
    configuration: &'a Configuration,
    task: &'a Task,
}

#[derive(Serialize)]
struct Summary<'a> {
    rows: &'a [Row],
}

/// Runs the experiment.
pub(super) fn execute(options: QuantisationOptions) -> Result<(), Failure> {
    let task = options
        .trials
        .task(options.cues, ("--strength", options.strength), &[], HOLD)?;
    let configuration = options.network.clone().check()?;
    configuration.check_memory(u64::from(task.all_trials()))?;
    let schemes = schemes(configuration.model);
    let dt = f64::from(configuration.dt);
    let each = (1 + schemes.len() as u64) * steps_in(HOLD, dt);
    let steps = u64::from(task.training) * task.protocol.training_steps(dt) + u64::from(task.trials) * each;
    let progress = Progress::new("memory quantisation", steps * u64::from(configuration.networks));
    let (outcomes, parts) = ensemble::measure(
        &format!("memory-quantisation-{:016x}", task.digest()?),
        &configuration,
        &progress,
        steps,
        |index, simulation, progress| measure(&configuration, (&task, &schemes), index, simulation, progress),
    )?;
    drop(progress);
    let rows = rows(&schemes, &outcomes);
    let result = ResultObject {
        kind: "memory quantisation",
        params: Parameters {
            configuration: &configuration,
            task: &task,
        },
        summary: Summary { rows: &rows },
        provenance: Provenance::collect(configuration.seeds),
    };
    if let Some(out) = &configuration.out {
        let mut arrays = Arrays::new();
        let shape = [outcomes.len(), rows.len()];
        let of = |value: fn(&Outcome) -> f64| outcomes.iter().flatten().map(value).collect();
        arrays
            .f64("recall", &shape, of(|outcome| outcome.recall))?
            .f64("cosine", &shape, of(|outcome| outcome.cosine))?
            .f64("same", &shape, of(|outcome| outcome.same))?;
        arrays.write(&out.join("quantisation.npz"))?;
        draw_quantisation(&rows, &configuration.describe(), out)?;
        result.write(&out.join("quantisation.json"))?;
    }
    parts.remove();
    if configuration.json {
        return Ok(result.print()?);
    }
    let mut text = format!(
        "{}\n\nbits of x, plastic     bytes   recalled         same state       cosine           least cosine\n",
        configuration.describe()
    );
    for row in &rows {
        let bits = [row.x_bits, row.plastic_bits]
            .map(|bits| bits.map_or("whole".to_owned(), |bits| bits.to_string()));
        text += &format!(
            "{:>9}, {:<7}  {:>8}   {:<15}  {:<15}  {:<15}  {:.4}\n",
            bits[0],
            bits[1],
            row.bytes,
            cell(&row.recall),
            cell(&row.same),
            cell(&row.cosine),
            row.least_cosine
        );
    }
    print_text(&text)
}

/// Trains a readout, stores cues, and recalls each of them under every scheme.
fn measure(
    configuration: &Configuration,
    (task, schemes): (&Task, &[Scheme]),
    index: u32,
    simulation: &mut dyn Simulation,
    progress: &Progress,
) -> Result<Vec<Outcome>, Failure> {
    let (n, dt) = (configuration.n, f64::from(configuration.dt));
    let mut cues = Cues::new(configuration, index, task);
    let readout = train(configuration, task, (index, &mut cues), simulation, progress)?;
    let mut expected = Vec::new();
    // Of every scheme: rates that came of it, and their cosines to those that came of the whole state.
    let mut recalled = vec![(Vec::new(), Vec::new(), 0); schemes.len()];
    for _ in 0..task.trials {
        let cue = cues.draw();
        expected.push(cue.index as usize);
        let (before, _) = store(simulation, n, dt, &task.protocol, cue)?;
        let stored = Parts::of(&simulation.save()?, configuration.model, n)?;
        let (held, _) = come_to_rest(simulation, dt, HOLD)?;
        for (scheme, (rates, cosines, bytes)) in schemes.iter().zip(&mut recalled) {
            let kept;
            (kept, *bytes) = scheme.keep(&stored);
            simulation.load(&kept.saved())?;
            let (came_to, _) = come_to_rest(simulation, dt, HOLD)?;
            cosines.push(cosine(&held, &came_to).unwrap_or(0.0));
            rates.push(came_to);
        }
        forget(simulation, dt, &before)?;
        let steps = (1 + schemes.len() as u64) * steps_in(HOLD, dt);
        progress.advance(steps / PROGRESS_STRIDE * PROGRESS_STRIDE);
    }
    let outcome = |(rates, cosines, bytes): &(Vec<Vec<f32>>, Vec<f64>, usize)| {
        let count = cosines.len().max(1) as f64;
        Ok(Outcome {
            recall: share_recalled(&readout, rates.iter().map(Vec::as_slice), &expected)?,
            cosine: cosines.iter().sum::<f64>() / count,
            least_cosine: cosines.iter().copied().fold(1.0, f64::min),
            same: cosines.iter().filter(|&&cosine| cosine > SAME).count() as f64 / count,
            bytes: *bytes,
        })
    };
    recalled.iter().map(outcome).collect()
}

impl Scheme {
    /// What comes back of a stored state, and the bytes that it takes meanwhile.
    fn keep(self, stored: &Parts) -> (Parts, usize) {
        let mut kept = stored.clone();
        let bytes_of = |count: usize, bits: Option<u32>, whole: usize| match bits {
            // With the largest magnitude beside them.
            Some(bits) => (count * bits as usize).div_ceil(8) + size_of::<f32>(),
            None => count * whole,
        };
        let mut bytes = stored.overhead() + bytes_of(stored.x.len(), self.x, size_of::<f32>());
        if let Some(bits) = self.x {
            let wide: Vec<f64> = stored.x.iter().map(|&x| x.into()).collect();
            kept.x = quantised(&wide, bits).into_iter().map(|x| x as f32).collect();
        }
        match &mut kept.plastic {
            Plastic::Synapses(synapses) => {
                bytes += bytes_of(synapses.len(), self.plastic, size_of::<f32>());
                if let Some(bits) = self.plastic {
                    let wide: Vec<f64> = synapses.iter().map(|&a| a.into()).collect();
                    *synapses = quantised(&wide, bits).into_iter().map(|a| a as f32).collect();
                }
            }
            Plastic::Samples(samples) => {
                bytes += bytes_of(samples.len(), self.plastic, size_of::<i8>());
                if let Some(bits) = self.plastic {
                    let wide: Vec<f64> = samples.iter().map(|&sample| sample.into()).collect();
                    let kept = quantised(&wide, bits);
                    *samples = kept.into_iter().map(|sample| sample.round() as i8).collect();
                }
            }
        }
        (kept, bytes)
    }
}

fn rows(schemes: &[Scheme], outcomes: &[Vec<Outcome>]) -> Vec<Row> {
    let row = |(place, scheme): (usize, &Scheme)| {
        let over =
            |value: fn(&Outcome) -> f64| MeanSem::of(outcomes.iter().map(|network| value(&network[place])));
        Row {
            x_bits: scheme.x,
            plastic_bits: scheme.plastic,
            bytes: outcomes.first().map_or(0, |network| network[place].bytes),
            recall: over(|outcome| outcome.recall),
            cosine: over(|outcome| outcome.cosine),
            least_cosine: outcomes
                .iter()
                .map(|network| network[place].least_cosine)
                .fold(1.0, f64::min),
            same: over(|outcome| outcome.same),
        }
    };
    schemes.iter().enumerate().map(row).collect()
}

/// What the cosine lacks of 1, against bits.
fn draw_quantisation(rows: &[Row], title: &str, out: &std::path::Path) -> Result<(), Failure> {
    let kinds = [
        ("x alone", CONDITIONS[1], Look::Line, [true, false]),
        ("plastic state alone", CONDITIONS[2], Look::Line, [false, true]),
        ("both", CONDITIONS[3], Look::Dashed, [true, true]),
    ];
    let mut series = Vec::new();
    for (name, colour, look, kind) in kinds {
        let rows = || {
            rows.iter()
                .filter(|row| [row.x_bits.is_some(), row.plastic_bits.is_some()] == kind)
        };
        let x: Vec<f64> = rows()
            .filter_map(|row| row.x_bits.or(row.plastic_bits).map(f64::from))
            .collect();
        let lost: Vec<f64> = rows()
            .map(|row| row.cosine.map_or(f64::NAN, |cosine| 1.0 - cosine.mean))
            .collect();
        for (look, name) in [(look, Some(name.to_owned())), (Look::Points, None)] {
            series.push(Series {
                name,
                look,
                colour,
                x: x.clone(),
                y: lost.clone(),
                errors: Vec::new(),
            });
        }
    }
    draw(
        &Chart {
            x_name: &[Piece::Plain("bits of each number that is kept")],
            y_name: &[Piece::Plain("1 − cosine to the state held")],
            note: title,
            series: &series,
            include: &[],
            decades: true,
            marks: &[],
        },
        &out.join("quantisation"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scheme_is_named_once_and_the_whole_comes_first() {
        for model in [Model::Exact, Model::Compact] {
            let all = schemes(model);
            assert_eq!((all[0].x, all[0].plastic), (None, None));
            for (place, scheme) in all.iter().enumerate() {
                assert!(!all[..place].contains(scheme), "{scheme:?}");
            }
        }
    }
}
