//! From what the commands measured to the figures.

use std::path::Path;

use super::freeze::measurement::{DEMONSTRATION, Demonstration};
use crate::configuration::Configuration;
use crate::failure::Failure;
use crate::figures::{
    self, AutocorrelationFigure, Figure, FigureError, FrozenInterval, Labels, MemoryFigure, RasterFigure,
    SpeedFigure, Trace, Traces,
};
use crate::progress::say;

impl From<FigureError> for Failure {
    fn from(error: FigureError) -> Self {
        match error {
            FigureError::Output(error) => error.into(),
            other => Self::Device(other.to_string()),
        }
    }
}

/// Draws a figure, or says on standard error why it cannot be drawn: the numbers are worth keeping without it.
pub(super) fn draw(figure: &impl Figure, stem: &Path) -> Result<(), Failure> {
    match figures::write(figure, stem) {
        Ok(_) => Ok(()),
        Err(FigureError::Data(reason)) => {
            say(&format!("{}: not drawn: {reason}", stem.display()));
            // An older figure beside the new numbers would be taken for theirs.
            for extension in ["png", "svg"] {
                let _ = std::fs::remove_file(stem.with_extension(extension));
            }
            Ok(())
        }
        Err(error) => Err(error.into()),
    }
}

/// What `run` has to draw.
pub(super) struct RunDrawing<'a> {
    pub(super) autocorrelations: &'a [Vec<f64>],
    /// Rows of rates at the end of the run, and the speed since its start; both of the first network.
    pub(super) raster: &'a [Vec<f32>],
    pub(super) speed: &'a [f32],
}

/// Autocorrelation, activity raster and speed of a run without freezes.
pub(super) fn draw_run(
    drawing: &RunDrawing<'_>,
    configuration: &Configuration,
    out: &Path,
) -> Result<(), Failure> {
    let (_, interval) = configuration.sampling();
    let networks = drawing.autocorrelations;
    draw(
        &AutocorrelationFigure {
            networks,
            interval,
            theory: None,
        },
        &out.join("autocorrelation"),
    )?;
    let rates: Vec<f32> = drawing.raster.iter().flatten().copied().collect();
    let neurons = drawing.raster.first().map_or(0, Vec::len);
    let start = configuration.burn_in + configuration.duration - drawing.raster.len() as f64 * interval;
    draw(
        &RasterFigure {
            rates: &rates,
            neurons,
            start,
            interval,
            frozen: &[],
        },
        &out.join("raster"),
    )?;
    let times: Vec<f64> = (1..=drawing.speed.len())
        .map(|sample| sample as f64 * interval)
        .collect();
    let values: Vec<f64> = drawing.speed.iter().map(|&speed| speed.into()).collect();
    let host = Trace {
        times: &times,
        values: &values,
    };
    let speed = Traces {
        host,
        device: None,
        control: None,
    };
    let labels = Labels {
        host: "first network",
        ..Labels::default()
    };
    draw(
        &SpeedFigure {
            speed,
            frozen: &[],
            labels,
        },
        &out.join("speed"),
    )
}

/// A freeze, a hold and a release: activity, speed and cosine to what is stored.
pub(super) fn draw_demonstration(
    demonstration: &Demonstration,
    configuration: &Configuration,
    out: &Path,
) -> Result<(), Failure> {
    let (_, interval) = configuration.sampling();
    let [running, held, _] = DEMONSTRATION;
    let frozen = [FrozenInterval {
        start: running,
        end: running + held,
    }];
    let rates: Vec<f32> = demonstration.rates.iter().flatten().copied().collect();
    let neurons = demonstration.rates.first().map_or(0, Vec::len);
    let raster = RasterFigure {
        rates: &rates,
        neurons,
        start: interval,
        interval,
        frozen: &frozen,
    };
    let trace = |values| Traces {
        host: Trace {
            times: &demonstration.time,
            values,
        },
        device: None,
        control: None,
    };
    let (speed, cosine) = (trace(&demonstration.speed), trace(&demonstration.cosine));
    let labels = Labels {
        host: "first network",
        ..Labels::default()
    };
    draw(
        &MemoryFigure {
            raster,
            speed,
            cosine,
            labels,
            power_cut: None,
        },
        &out.join("freeze"),
    )
}
