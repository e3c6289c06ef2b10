//! `host-sim-mpi scale`: what a step takes by N and ranks, a model of it, and what the model says of more cores than there are.

use std::thread;
use std::time::{Duration, Instant};

use clap::Args;
use mpi::topology::Color;
use mpi::traits::{Communicator, CommunicatorCollectives};
use serde::Serialize;
use serde_json::json;

use crate::failure::Failure;
use crate::forecast::{self, Computing};
use crate::machine;
use crate::ranks::{Lengths, Ranks};
use crate::report::{print, say};
use crate::settings::{Couplings, Network};
use crate::share::{self, Memory, Share};

/// Options of `scale`.
#[derive(Args, Clone, Debug)]
pub struct Options {
    #[command(flatten)]
    network: Network,
    /// Numbers of neurons to measure, instead of the one of --n
    #[arg(long, value_delimiter = ',', conflicts_with = "n")]
    sizes: Vec<usize>,
    /// Numbers of ranks to measure, each at most those of the job; if not given, one and all
    #[arg(long, value_delimiter = ',')]
    ranks: Vec<usize>,
    /// Quenched couplings
    #[arg(long, value_enum, default_value_t = Couplings::Signs)]
    couplings: Couplings,
    /// Seconds for each number of ranks in each round
    #[arg(long, default_value_t = 0.5, value_parser = seconds)]
    seconds: f64,
    /// Rounds: every number of ranks is measured in each, and the quickest counts
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
    /// Neurons of the prediction, whose signs are hashed
    #[arg(long, default_value_t = 1_000_000, value_parser = clap::value_parser!(u32).range(1..=1 << 20))]
    predict_n: u32,
    /// Cores of the prediction, a rank on each
    #[arg(long, value_delimiter = ',', default_values_t = [64, 128, 256, 512, 1024])]
    cores: Vec<usize>,
    /// Latency of the network of the prediction, in microseconds for a message
    #[arg(long, default_value_t = 2.0, value_parser = seconds)]
    latency: f64,
    /// Bandwidth of that network, in GB/s into each machine
    #[arg(long, default_value_t = 12.5, value_parser = seconds)]
    bandwidth: f64,
    /// Print the result as JSON on standard output
    #[arg(long)]
    json: bool,
}

fn seconds(text: &str) -> Result<f64, String> {
    let number = text.parse().ok().filter(|number| (1e-3..=1e6).contains(number));
    number.ok_or_else(|| "it is outside its bounds 0.001 and 1e6".to_owned())
}

/// A network between ranks: gathering takes `latency` for each rank but one, as in a ring, and the bytes their time.
#[derive(Clone, Copy, Debug, Serialize)]
struct Link {
    /// Seconds.
    latency: f64,
    /// Bytes a second.
    bandwidth: f64,
}

impl Link {
    fn seconds(self, ranks: usize, bytes: usize) -> f64 {
        if ranks < 2 {
            return 0.0;
        }
        self.latency * (ranks - 1) as f64 + bytes as f64 / self.bandwidth
    }

    /// From gathering few bytes and many among these ranks.
    fn measure(ranks: &Ranks) -> Result<Self, Failure> {
        // Of each rank; all together have the larger one's four million, whatever their number.
        let bytes = [1, (4_000_000 / ranks.size()).max(2)];
        let time = |bytes: usize| {
            let lengths = Lengths::new(vec![bytes; ranks.size()])?;
            let (own, mut all) = (vec![1; bytes], vec![0; lengths.total()]);
            let once = |_| {
                let begin = Instant::now();
                ranks.gather_all(&own, &mut all, &lengths);
                begin.elapsed().as_secs_f64()
            };
            Ok::<_, Failure>((0..30).map(once).fold(f64::INFINITY, f64::min))
        };
        let [few, many] = ranks.largest([time(bytes[0])?, time(bytes[1])?]);
        let others = (ranks.size().max(2) - 1) as f64;
        Ok(Self {
            latency: few / others,
            bandwidth: ((bytes[1] - bytes[0]) * ranks.size()) as f64 / (many - few).max(1e-9),
        })
    }
}

/// Times of a step, in seconds.
#[derive(Clone, Copy, Debug, Serialize)]
struct Measured {
    n: usize,
    ranks: usize,
    /// That each rank has after the gathering.
    bytes_gathered: usize,
    /// On the clock, in the quickest round.
    step: f64,
    /// Processor time of what the slowest rank computes, without the gathering.
    processor: f64,
    /// Of the gathering and of waiting, at the rank that waits least.
    gathering: f64,
    /// What the model says of the processor time,
    model_processor: f64,
    /// and of the gathering.
    model_gathering: f64,
}

/// Measures, and says what it found by the first rank.
pub fn execute(options: &Options, ranks: &Ranks) -> Result<(), Failure> {
    // All ranks refuse the same; one says so.
    let (sizes, counts) = ranks.agree(check(options, ranks))?;
    check_memory(options, &sizes, &counts, ranks)?;
    let link = Link::measure(ranks)?;
    let mut measured = Vec::new();
    for n in sizes {
        let network = Network {
            n,
            ..options.network.clone()
        };
        measured.extend(size(&network, options, &counts, link, ranks)?);
    }
    let predicted = predict(options, ranks)?;
    if !ranks.is_first() {
        return Ok(());
    }
    if options.json {
        let object =
            json!({ "kind": "mpi-scale", "link": link, "measured": measured, "predicted": predicted });
        print(&format!("{object:#}"));
        return Ok(());
    }
    table(options, link, &measured, &predicted);
    Ok(())
}

/// The numbers of neurons and of ranks. Refuses what cannot be measured or reckoned.
fn check(options: &Options, ranks: &Ranks) -> Result<(Vec<usize>, Vec<usize>), Failure> {
    let counts = match options.ranks.as_slice() {
        [] if ranks.size() == 1 => vec![1],
        [] => vec![1, ranks.size()],
        given => given.to_vec(),
    };
    let within = |option: &str, value: usize, most: usize, what: &str| {
        if (1..=most).contains(&value) {
            return Ok(());
        }
        Err(Failure::Usage(format!(
            "--{option} {value} is outside its bounds 1 and {most}, {what}"
        )))
    };
    for &count in &counts {
        within("ranks", count, ranks.size(), "the ranks of this job")?;
    }
    for &cores in &options.cores {
        within("cores", cores, options.predict_n as usize, "the neurons")?;
    }
    let sizes = match options.sizes.as_slice() {
        [] => vec![options.network.n],
        given => given.to_vec(),
    };
    for &n in sizes.iter().chain([&(options.predict_n as usize)]) {
        let network = Network {
            n,
            ..options.network.clone()
        };
        network.dynamics()?;
        network.rule()?;
    }
    for &n in &sizes {
        ranks.rows(n, 0)?;
    }
    Ok((sizes, counts))
}

/// Refuses what does not fit: of each size all numbers of ranks are there at once, and of the prediction one share at the first
/// rank.
fn check_memory(options: &Options, sizes: &[usize], counts: &[usize], ranks: &Ranks) -> Result<(), Failure> {
    let network = |n| Network {
        n,
        ..options.network.clone()
    };
    let couplings = options.couplings;
    for &n in sizes {
        let network = network(n);
        let own = counts.iter().filter(|&&count| ranks.rank() < count);
        let shares = own.map(|&count| Memory::bytes(&network, couplings, n.div_ceil(count)));
        let least = counts.iter().copied().min().unwrap_or(1);
        let trial = forecast::most_rows(&network, couplings, 1, n.div_ceil(least));
        let trial = match ranks.is_first() {
            true => Memory::bytes(&network, couplings, trial),
            false => 0,
        };
        let what = format!(
            "{n} neurons of --sizes or --n with --couplings {} and --ranks {counts:?}",
            couplings.name()
        );
        let bytes = shares.sum::<u64>() + trial;
        ranks.agree(machine::check_memory(&what, couplings, bytes, ranks))?;
    }
    let network = network(options.predict_n as usize);
    let shares = options.cores.iter().filter(|_| ranks.is_first());
    let shares = shares.map(|&cores| Memory::bytes(&network, Couplings::Hashed, network.n.div_ceil(cores)));
    let what = format!("--predict-n {} on --cores {:?}", network.n, options.cores);
    let bytes = shares.max().unwrap_or(0);
    ranks.agree(machine::check_memory(&what, Couplings::Hashed, bytes, ranks))
}

/// One number of neurons with each number of ranks, in turns.
fn size(
    network: &Network,
    options: &Options,
    counts: &[usize],
    link: Link,
    ranks: &Ranks,
) -> Result<Vec<Measured>, Failure> {
    let couplings = options.couplings;
    let groups: Vec<Option<Ranks>> = counts.iter().map(|&count| group(ranks, count)).collect();
    let rows = |group: &Ranks| Ok::<_, Failure>(group.rows(network.n, group.rank())?.len());
    let mut memories = Vec::new();
    for group in groups.iter().flatten() {
        memories.push(Memory::new(network, couplings, rows(group)?));
    }
    let mut shares = Vec::new();
    for (memory, group) in memories.iter_mut().zip(groups.iter().flatten()) {
        let mut share = memory.share(network, couplings, 1, group)?;
        share::start(&mut share, network);
        shares.push(share);
    }
    let mut members = shares.iter_mut();
    let mut shares: Vec<Option<&mut Share<'_>>> = groups
        .iter()
        .map(|group| group.as_ref().and_then(|_| members.next()))
        .collect();
    // The model knows only a rank alone.
    let computing = if ranks.is_first() {
        Some(Computing::measure(
            network,
            couplings,
            1,
            network.n.div_ceil(counts.iter().copied().min().unwrap_or(1)),
            3,
        )?)
    } else {
        None
    };
    wait(ranks);
    let mut found: Vec<Option<[f64; 3]>> = vec![None; counts.len()];
    for _ in 0..options.rounds {
        for ((share, group), found) in shares.iter_mut().zip(&groups).zip(&mut found) {
            if let (Some(share), Some(group)) = (share.as_deref_mut(), group) {
                let times = round(share, options.seconds, group)?;
                *found = Some(match *found {
                    None => times,
                    Some(before) => [0, 1, 2].map(|which| f64::min(before[which], times[which])),
                });
            }
            wait(ranks);
        }
    }
    let mut measured = Vec::new();
    for ((&count, share), found) in counts.iter().zip(&shares).zip(found) {
        let (Some(share), Some([step, processor, gathering]), Some(computing)) = (share, found, computing)
        else {
            continue;
        };
        let bytes_gathered = share.connectivity().gathered_bytes();
        measured.push(Measured {
            n: network.n,
            ranks: count,
            bytes_gathered,
            step,
            processor,
            gathering,
            model_processor: computing.seconds(network.n.div_ceil(count)),
            model_gathering: link.seconds(count, bytes_gathered),
        });
        say(&format!(
            "N = {}, {count} ranks: {:.3} ms a step",
            network.n,
            1e3 * step
        ));
    }
    Ok(measured)
}

/// Steps for some seconds: seconds of a step, of the slowest rank's processor, and of the gathering at the rank that waits least.
fn round(share: &mut Share<'_>, seconds: f64, ranks: &Ranks) -> Result<[f64; 3], Failure> {
    let (begin, before) = (Instant::now(), share.connectivity().spent());
    let mut steps = 0_u32;
    loop {
        share::step(share)?;
        steps += 1;
        // One clock decides for all.
        let is_over = u8::from(begin.elapsed().as_secs_f64() >= seconds);
        if ranks.broadcast_byte(is_over) == 1 {
            break;
        }
    }
    let (time, spent) = (begin.elapsed(), share.connectivity().spent());
    let each = |time: Duration| time.as_secs_f64() / f64::from(steps);
    let [step, processor, gathering] = ranks.largest([
        each(time),
        each(spent.processor - before.processor),
        -each(spent.gathering - before.gathering),
    ]);
    Ok([step, processor, -gathering])
}

/// The first ranks, if this is one of them.
fn group(ranks: &Ranks, count: usize) -> Option<Ranks> {
    let color = if ranks.rank() < count {
        Color::with_value(0)
    } else {
        Color::undefined()
    };
    ranks.communicator().split_by_color(color).map(Ranks::of)
}

/// Waits for all without a busy processor, which those that are measured need.
fn wait(ranks: &Ranks) {
    let mut request = ranks.communicator().immediate_barrier();
    while let Err(pending) = request.test() {
        request = pending;
        thread::sleep(Duration::from_millis(5));
    }
}

/// A step of the large network on that many cores.
#[derive(Clone, Copy, Debug, Serialize)]
struct Predicted {
    cores: usize,
    rows: usize,
    /// Seconds, of a share of so many rows, which was computed here.
    computing: f64,
    /// Seconds, by the model of the network given.
    gathering: f64,
    /// Bytes of arrays a rank.
    bytes: u64,
}

/// What a rank of so many would compute is computed here; what the network would take is reckoned.
fn predict(options: &Options, ranks: &Ranks) -> Result<Vec<Predicted>, Failure> {
    let network = Network {
        n: options.predict_n as usize,
        ..options.network.clone()
    };
    let link = Link {
        latency: 1e-6 * options.latency,
        bandwidth: 1e9 * options.bandwidth,
    };
    let mut predicted = Vec::new();
    for &cores in &options.cores {
        if ranks.is_first() {
            let rows = network.n.div_ceil(cores);
            let bytes = cores * 8 * network.history_samples as usize + 3 * network.n;
            predicted.push(Predicted {
                cores,
                rows,
                computing: forecast::trial(&network, Couplings::Hashed, 1, rows, 2)?,
                gathering: link.seconds(cores, bytes),
                bytes: Memory::bytes(&network, Couplings::Hashed, rows),
            });
        }
    }
    wait(ranks);
    Ok(predicted)
}

fn table(options: &Options, link: Link, measured: &[Measured], predicted: &[Predicted]) {
    let mut text = format!(
        "gathering here: {:.1} us and {:.2} GB/s\n\n\
         {:>8} {:>6} {:>8} {:>10} {:>10} {:>10} {:>10} {:>10} {:>7} {:>9}\n",
        1e6 * link.latency,
        1e-9 * link.bandwidth,
        "N",
        "ranks",
        "bytes",
        "step/ms",
        "cpu/ms",
        "model/ms",
        "gather/ms",
        "model/ms",
        "speed",
        "cpu speed"
    );
    for row in measured {
        let one = measured.iter().find(|one| one.n == row.n).unwrap_or(row);
        text += &format!(
            "{:>8} {:>6} {:>8} {:>10.3} {:>10.3} {:>10.3} {:>10.3} {:>10.3} {:>7.2} {:>9.2}\n",
            row.n,
            row.ranks,
            row.bytes_gathered,
            1e3 * row.step,
            1e3 * row.processor,
            1e3 * row.model_processor,
            1e3 * row.gathering,
            1e3 * row.model_gathering,
            one.step / row.step,
            one.processor / row.processor
        );
    }
    text += &format!(
        "\nN = {}, hashed, over a network of {} us and {} GB/s (computing was measured here, gathering is reckoned)\n\
         {:>8} {:>8} {:>10} {:>10} {:>10} {:>9} {:>8}\n",
        options.predict_n,
        options.latency,
        options.bandwidth,
        "cores",
        "rows",
        "MB/rank",
        "compute/ms",
        "gather/ms",
        "steps/s",
        "useful"
    );
    for row in predicted {
        let step = row.computing + row.gathering;
        text += &format!(
            "{:>8} {:>8} {:>10.1} {:>10.2} {:>10.3} {:>9.3} {:>8.2}\n",
            row.cores,
            row.rows,
            1e-6 * row.bytes as f64,
            1e3 * row.computing,
            1e3 * row.gathering,
            1.0 / step,
            row.computing / step
        );
    }
    print(text.trim_end());
}
