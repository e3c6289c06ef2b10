//! `host-sim memory signals`: recordings of sensors written into the working memory, held, and read.

mod data;
mod drawing;
mod table;

use std::path::PathBuf;
use std::str::FromStr;

use clap::Args;
use science::measure::signals::Signals;
use science::signals::{Channels, synthetic_movements};

use crate::commands::measured;
use crate::failure::Failure;
use crate::options::{Configuration, NetworkOptions};

/// Options of `memory signals`. --start, --burn-in and --duration are not used: every event begins at rest.
#[derive(Args, Clone, Debug)]
pub(super) struct SignalsOptions {
    #[command(flatten)]
    network: NetworkOptions,
    /// Recordings: an .npz file with `signals` (float32, trials x time x channels), `labels` (uint64, classes from 0 on), `groups`
    /// (uint64, the person) and `targets` (float64, trials x quantities); `cargo xtask recordings` writes one
    #[arg(long, required_unless_present = "synthetic")]
    data: Option<PathBuf>,
    /// Synthetic movements of --seed in place of recordings: for tests, and to see the command without a network
    #[arg(long, conflicts_with = "data")]
    synthetic: bool,
    /// Channels, counted from 0, of whose joint deviation from their running mean the magnitude is one channel more; may be
    /// given several times
    #[arg(long, value_name = "CHANNELS")]
    envelope: Vec<Envelope>,
    /// Time constant of running means and envelopes, in samples
    #[arg(long, default_value_t = 25.0)]
    envelope_samples: f64,
    /// Root mean square of the input of a neuron
    #[arg(long, default_value_t = 1.0)]
    input_gain: f32,
    /// Steps of the network for each sample
    #[arg(long, default_value_t = 1)]
    steps_of_sample: u32,
    /// Groups held out for the test, others for every network
    #[arg(long, default_value_t = 3)]
    held_out: u32,
    /// Time between the end of the window and the freeze
    #[arg(long, default_value_t = 3.0)]
    settle: f32,
    /// Times after the freeze at which every network is read, in ascending order
    #[arg(long, value_delimiter = ',', default_value = "3,10,30,100")]
    times: Vec<f64>,
    /// Time for which frozen networks are held
    #[arg(long, default_value_t = 10_000.0)]
    hold: f64,
    /// Kicks to every x: Gaussian, of these root mean squares
    #[arg(long, value_delimiter = ',', default_value = "2")]
    kicks: Vec<f64>,
    /// Bits of each x, where x alone is kept in few
    #[arg(long, value_delimiter = ',', default_value = "1")]
    x_bits: Vec<u32>,
    /// Bits of each x and each number of the plastic state, where all is kept in few
    #[arg(long, value_delimiter = ',', default_value = "6,4")]
    state_bits: Vec<u32>,
    /// Bits of each number of the plastic state in a record that has only the signs of x beside them
    #[arg(long, value_delimiter = ',', default_value = "4,2,1")]
    record_bits: Vec<u32>,
    /// Shares of the neurons that get stuck at a rate of 1 or -1
    #[arg(long, value_delimiter = ',', default_value = "0.05,0.2")]
    stuck: Vec<f64>,
    /// Shares of the plastic state that are flipped: signs of A of the exact network, random bits of the history of the
    /// compact one
    #[arg(long, value_delimiter = ',', default_value = "0.01,0.1")]
    flipped: Vec<f64>,
}

/// Channels with one envelope.
#[derive(Clone, Debug)]
struct Envelope(Vec<usize>);

impl FromStr for Envelope {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number = |word: &str| word.parse().map_err(|_| format!("{word:?} is no channel"));
        text.split(',')
            .map(number)
            .collect::<Result<_, String>>()
            .map(Self)
    }
}

impl SignalsOptions {
    /// The network, the experiment, and where its recordings are from.
    pub(super) fn check(self) -> Result<(Configuration, Signals, String), Failure> {
        let configuration = self.network.check()?;
        let (recordings, source) = match &self.data {
            Some(path) => data::read(path)?,
            None => (
                synthetic_movements(configuration.ensemble.network.seeds.state),
                "SYNTHETIC movements".to_owned(),
            ),
        };
        let signals = Signals {
            recordings,
            channels: Channels {
                envelopes: self.envelope.into_iter().map(|envelope| envelope.0).collect(),
                smoothing: self.envelope_samples,
            },
            gain: self.input_gain,
            steps_of_sample: self.steps_of_sample,
            held_out: self.held_out,
            settle: self.settle,
            times: self.times,
            hold: self.hold,
            kicks: self.kicks,
            x_bits: self.x_bits,
            state_bits: self.state_bits,
            record_bits: self.record_bits,
            stuck: self.stuck,
            flipped: self.flipped,
        };
        Ok((configuration, signals, source))
    }
}

pub(super) fn execute(options: SignalsOptions) -> Result<(), Failure> {
    let (configuration, signals, source) = options.check()?;
    let ensemble = &configuration.ensemble;
    let title = ensemble.describe();
    measured::execute_with(
        &signals,
        &configuration,
        |measured, out| drawing::draw_signals(&measured.summary, (&title, &source), out),
        |summary| table::text((&title, &source), summary),
    )?;
    Ok(())
}
