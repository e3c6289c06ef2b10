//! The arrays and the figures of the demonstration.

use std::path::Path;

use super::performance::Performance;
use crate::failure::Failure;
use crate::output::Arrays;
use figures::{FrozenInterval, Labels, MemoryFigure, RasterFigure, Trace, Traces};
use link::Cpu;

/// Writes `STEM.npz`, `.png` and `.svg` of a board, with the control if there is one.
pub(super) fn write(
    stem: &Path,
    cpu: Cpu,
    shown: &Performance,
    control: Option<&Performance>,
) -> Result<(), Failure> {
    arrays(shown, control)?.write(&stem.with_extension("npz"))?;
    figure(stem, cpu, shown, control)
}

fn arrays(shown: &Performance, control: Option<&Performance>) -> Result<Arrays, Failure> {
    let count = shown.time.len();
    let mut arrays = Arrays::new();
    arrays
        .f64("time", &[count], shown.time.clone())?
        .f32("activity", &[count, neurons(shown)], shown.activity.clone())?
        .u64("digest", &[count], shown.digests.clone())?
        .f64("speed", &[count], shown.speed.clone())?
        .f64("cosine", &[count], shown.cosine.clone())?;
    if let Some(control) = control {
        let count = control.time.len();
        arrays
            .f64("control_speed", &[count], control.speed.clone())?
            .f64("control_cosine", &[count], control.cosine.clone())?;
    }
    Ok(arrays)
}

fn figure(stem: &Path, cpu: Cpu, shown: &Performance, control: Option<&Performance>) -> Result<(), Failure> {
    let [running, held, _] = shown.part.phases.map(f64::from);
    let end = running + held;
    let frozen = |start, end| FrozenInterval { start, end };
    let cut = shown.power_cycle.as_ref().map(|cycle| cycle.time);
    let frozen = match cut {
        None => vec![frozen(running, end)],
        Some(cut) => vec![frozen(running, cut), frozen(cut, end)],
    };
    let traces = |host: fn(&Performance) -> &[f64], device: fn(&Performance) -> &[f64]| Traces {
        host: Trace {
            times: &shown.time,
            values: host(shown),
        },
        device: Some(Trace {
            times: &shown.time,
            values: device(shown),
        }),
        control: control.map(|control| Trace {
            times: &control.time,
            values: host(control),
        }),
    };
    let raster = RasterFigure {
        rates: &shown.activity,
        neurons: neurons(shown),
        start: 1.0,
        interval: 1.0,
        frozen: &frozen,
    };
    let host = format!("host, k = {}", shown.part.k);
    let control_label =
        control.map_or_else(String::new, |control| format!("control, k = {}", control.part.k));
    let figure = MemoryFigure {
        raster,
        speed: traces(|p| &p.host_speed, |p| &p.speed),
        cosine: traces(|p| &p.host_cosine, |p| &p.cosine),
        labels: Labels {
            host: &host,
            device: cpu.label(),
            control: &control_label,
        },
        power_cut: cut,
    };
    crate::output::draw(&figure, stem)
}

/// Neurons that the board shows.
fn neurons(performance: &Performance) -> usize {
    performance.activity.len() / performance.time.len().max(1)
}
