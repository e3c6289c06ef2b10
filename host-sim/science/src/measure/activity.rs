//! The statistics of running networks: autocorrelation, its half-width, speed, and activity to look at.

use serde::{Deserialize, Serialize};

use super::arrays::Array;
use super::ensemble::{Cost, Measurement};
use super::plausible;
use super::trajectory::{Activity, run};
use crate::estimators::{MeanSem, RateSamples, pooled_half_width, steps_in};
use crate::networks::{Ensemble, Simulation};
use crate::watch::Watch;
use crate::{Refusal, Stopped};

/// Autocorrelation and speed of running networks.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Run {
    /// Longest lag of the autocorrelation, in units of the neuronal time constant.
    pub longest_lag: f64,
}

/// Longest lag if none is asked for and the window is long enough.
const DEFAULT_LAG: f64 = 100.0;
/// Neurons of the activity to look at.
pub const RASTER_NEURONS: usize = 100;
/// Time of it, at the end of the window.
const RASTER_TIME: f64 = 200.0;

/// What is measured of one network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// Whether it was active all the time.
    pub alive: bool,
    /// `C_phi(tau)`, one value per interval of [`Network::sampling`](crate::networks::Network::sampling), from lag 0 on.
    pub autocorrelation: Vec<f64>,
    /// Rms over time and neurons of dx/dt.
    pub speed_rms: f64,
    /// Rms over neurons of dx/dt at each sample, from the start of the burn-in on.
    pub speed: Vec<f32>,
    /// Rates of the first neurons at the last samples, one row per sample; of the first network only.
    pub raster: Vec<Vec<f32>>,
}

/// Averages over the active networks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// Mean square rate.
    pub c_phi_0: Option<MeanSem>,
    /// Half-width of the pooled autocorrelation, with its jackknife error over networks.
    pub half_width: Option<MeanSem>,
    /// Rms over time and neurons of dx/dt.
    pub speed_rms: Option<MeanSem>,
    /// Share of the networks that stayed active.
    pub alive: Option<MeanSem>,
}

impl Run {
    /// Lags up to 100 time units, or half of the duration where that is less.
    pub fn of(ensemble: &Ensemble) -> Self {
        Self {
            longest_lag: DEFAULT_LAG.min(ensemble.duration / 2.0),
        }
    }

    /// Lags beside zero, of so many samples at most.
    fn lags(&self, of: &Ensemble) -> usize {
        (self.longest_lag / of.network.sampling().1).round() as usize
    }

    fn one_observed(
        &self,
        of: &Ensemble,
        index: u32,
        network: &mut dyn Simulation,
        watch: &dyn Watch,
        observer: &dyn Observe,
    ) -> Result<Outcome, Stopped> {
        let (burn_in, window) = (of.burn_in_steps(), of.window_steps());
        let (stride, interval) = of.network.sampling();
        let mut samples = RateSamples::with_capacity(network.n(), (window / stride) as usize);
        let mut activity = Activity::of(&of.network);
        let (mut speed, mut rates) = (Vec::new(), Vec::new());
        observer.look(index, 0, network)?;
        run(network, burn_in + window, watch, |step, network| {
            observer.look(index, step, network)?;
            if step > burn_in {
                activity.look(network);
            }
            if step.is_multiple_of(stride) {
                speed.push(network.speed().rms as f32);
                if step > burn_in {
                    network.copy_rates(&mut rates);
                    samples.push(&rates);
                }
            }
            Ok(())
        })?;
        observer.end(index, network)?;
        let shown = if index == 0 {
            steps_in(RASTER_TIME, interval) as usize
        } else {
            0
        };
        let rows = samples.rates().chunks(network.n());
        let raster = rows
            .skip(samples.len().saturating_sub(shown))
            .take(shown)
            .map(|row| row.iter().copied().take(RASTER_NEURONS).collect())
            .collect();
        let lags = self.lags(of);
        let autocorrelation = samples.autocorrelation(lags).ok_or_else(|| {
            Refusal::because("duration", of.duration, format!("is too short for {lags} lags"))
        })?;
        Ok(Outcome {
            alive: activity.alive(),
            autocorrelation,
            speed_rms: activity.speed_rms(),
            speed,
            raster,
        })
    }
}

/// Who looks at the networks of a run while they go, from several threads at a time.
pub trait Observe: Sync {
    /// The network of that index was just started, or has done so many steps, counted from the start of the burn-in.
    fn look(&self, index: u32, step: u64, network: &dyn Simulation) -> Result<(), Stopped>;

    /// It has done its last step.
    fn end(&self, index: u32, network: &dyn Simulation) -> Result<(), Stopped>;

    /// Bytes that looking takes, for each network.
    fn bytes(&self, of: &Ensemble) -> u64;
}

/// Nobody looks.
impl Observe for () {
    fn look(&self, _index: u32, _step: u64, _network: &dyn Simulation) -> Result<(), Stopped> {
        Ok(())
    }

    fn end(&self, _index: u32, _network: &dyn Simulation) -> Result<(), Stopped> {
        Ok(())
    }

    fn bytes(&self, _of: &Ensemble) -> u64 {
        0
    }
}

/// A run that somebody looks at; its results are those of the run.
#[derive(Serialize)]
pub struct Observed<'a> {
    /// The run.
    #[serde(flatten)]
    pub run: Run,
    /// Who looks.
    #[serde(skip)]
    pub observer: &'a dyn Observe,
}

impl Measurement for Observed<'_> {
    const NAME: &'static str = Run::NAME;
    type Outcome = Outcome;
    type Summary = Summary;

    fn check(&self, of: &Ensemble) -> Result<Cost, Refusal> {
        let cost = self.run.check(of)?;
        let bytes = cost.bytes.saturating_add(self.observer.bytes(of));
        Ok(Cost { bytes, ..cost })
    }

    fn one(
        &self,
        of: &Ensemble,
        index: u32,
        network: &mut dyn Simulation,
        watch: &dyn Watch,
    ) -> Result<Outcome, Stopped> {
        self.run.one_observed(of, index, network, watch, self.observer)
    }

    fn summary(&self, of: &Ensemble, outcomes: &[Outcome]) -> Summary {
        self.run.summary(of, outcomes)
    }

    fn arrays(&self, of: &Ensemble, outcomes: &[Outcome]) -> Vec<Array> {
        self.run.arrays(of, outcomes)
    }
}

impl Measurement for Run {
    const NAME: &'static str = "run";
    type Outcome = Outcome;
    type Summary = Summary;

    fn check(&self, of: &Ensemble) -> Result<Cost, Refusal> {
        let (stride, interval) = of.network.sampling();
        let samples = of.window_steps() / stride;
        if samples < 3 {
            let words = format!(
                "is too short: the rates are sampled every {interval}, and two lags need three samples"
            );
            return Err(Refusal::because("duration", of.duration, words));
        }
        let lags = (self.longest_lag / interval).round();
        if !(lags >= 1.0 && lags < samples as f64) {
            let most = (samples - 1) as f64 * interval;
            return Err(Refusal::outside("longest_lag", self.longest_lag, interval, most)
                .reason("which the duration sets"));
        }
        let n = of.network.n as u64;
        Ok(Cost {
            steps: of.burn_in_steps() + of.window_steps(),
            bytes: samples.saturating_mul(4 * n),
            outcome: 8 * lags as u64 + 4 * (of.burn_in_steps() + of.window_steps()) / stride,
        })
    }

    fn one(
        &self,
        of: &Ensemble,
        index: u32,
        network: &mut dyn Simulation,
        watch: &dyn Watch,
    ) -> Result<Outcome, Stopped> {
        self.one_observed(of, index, network, watch, &())
    }

    fn is_plausible(&self, of: &Ensemble, index: u32, outcome: &Outcome) -> bool {
        let (burn_in, window) = (of.burn_in_steps(), of.window_steps());
        let (stride, interval) = of.network.sampling();
        let rows = match index {
            0 => (window / stride).min(steps_in(RASTER_TIME, interval)),
            _ => 0,
        };
        let raster = &outcome.raster;
        let width = of.network.n.min(RASTER_NEURONS);
        plausible::autocorrelation(&outcome.autocorrelation, self.lags(of) + 1)
            && plausible::not_negative([outcome.speed_rms])
            && outcome.speed.len() as u64 == (burn_in + window) / stride
            && plausible::not_negative(outcome.speed.iter().map(|&speed| speed.into()))
            && raster.len() as u64 == rows
            && raster.iter().all(|row| row.len() == width)
            && plausible::cosines(raster.iter().flatten().map(|&rate| rate.into()))
    }

    fn summary(&self, of: &Ensemble, outcomes: &[Outcome]) -> Summary {
        let alive: Vec<&Outcome> = outcomes.iter().filter(|outcome| outcome.alive).collect();
        let curves: Vec<&[f64]> = alive.iter().map(|outcome| &outcome.autocorrelation[..]).collect();
        Summary {
            c_phi_0: MeanSem::of(curves.iter().filter_map(|curve| curve.first().copied())),
            half_width: pooled_half_width(&curves, of.network.sampling().1),
            speed_rms: MeanSem::of(alive.iter().map(|outcome| outcome.speed_rms)),
            alive: MeanSem::share(outcomes.iter().map(|outcome| outcome.alive)),
        }
    }

    fn arrays(&self, of: &Ensemble, outcomes: &[Outcome]) -> Vec<Array> {
        let networks = ("network", outcomes.len());
        let first = outcomes.first();
        let lags = ("lag", first.map_or(0, |outcome| outcome.autocorrelation.len()));
        let times = ("time", first.map_or(0, |outcome| outcome.speed.len()));
        let raster = first.map_or(&[][..], |outcome| &outcome.raster);
        let shown = raster.first().map_or(0, Vec::len);
        let interval = of.network.sampling().1;
        let axis = |count: usize, first: usize| -> Vec<f64> {
            (0..count)
                .map(|index| (index + first) as f64 * interval)
                .collect()
        };
        let autocorrelations: Vec<f64> = outcomes.iter().flat_map(|o| o.autocorrelation.clone()).collect();
        let speeds: Vec<f32> = outcomes
            .iter()
            .flat_map(|outcome| outcome.speed.clone())
            .collect();
        let rates: Vec<f32> = raster.iter().flatten().copied().collect();
        vec![
            Array::alive(outcomes.iter().map(|outcome| outcome.alive)),
            Array::new("lag", "lags of the autocorrelation", &[lags], axis(lags.1, 0)).in_units("time"),
            Array::new(
                "autocorrelation",
                "C_phi(tau) of each network",
                &[networks, lags],
                autocorrelations,
            ),
            Array::new(
                "time",
                "times of the samples, from the start on",
                &[times],
                axis(times.1, 1),
            )
            .in_units("time"),
            Array::new("speed", "rms over neurons of dx/dt", &[networks, times], speeds).in_units("1/time"),
            Array::new(
                "raster",
                "rates of the first neurons of the first network at the last samples",
                &[("sample", raster.len()), ("neuron", shown)],
                rates,
            ),
        ]
    }
}
