//! The monitor's line to the emulated board, through a power cut.

use std::path::PathBuf;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use freezable_chaos::Plasticity;
use freezable_chaos::frames::{CouplingSource, Setup};
use freezable_chaos::{Params, Start, TransferId};
use host_sim::monitor::conversation::Wanted;
use host_sim::monitor::{News, Order, Sample, worker};
use link::{Cpu, Emulator};

/// Longest wait for anything: the machine may be busy.
const PATIENCE: Duration = Duration::from_secs(120);

/// The firmware that `cargo xtask firmware` built, or another.
fn firmware() -> PathBuf {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    std::env::var_os("FREEZABLE_FIRMWARE").map_or_else(
        || root.join("firmware-example/target/freezable-mps2-m4f.elf"),
        PathBuf::from,
    )
}

struct Talk {
    orders: mpsc::Sender<Order>,
    news: mpsc::Receiver<News>,
}

impl Talk {
    fn until<T>(&self, what: &str, mut wanted: impl FnMut(&News) -> Option<T>) -> T {
        let deadline = Instant::now() + PATIENCE;
        let mut before = Vec::new();
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let news = self.news.recv_timeout(left);
            let news = news.unwrap_or_else(|error| panic!("no {what}: {error}; before it: {before:?}"));
            if let Some(found) = wanted(&news) {
                return found;
            }
            if !matches!(news, News::Sample(_)) {
                before.push(news);
            }
        }
    }

    fn sample(&self, what: &str, wanted: impl Fn(&Sample) -> bool) -> Sample {
        self.until(what, |news| match news {
            News::Sample(sample) if wanted(sample) => Some(sample.clone()),
            _ => None,
        })
    }

    fn order(&self, order: Order) {
        self.orders.send(order).unwrap();
    }
}

#[test]
#[ignore = "needs the emulator and its firmware: cargo xtask test --only monitor"]
fn the_emulated_board_is_stored_loses_its_power_and_is_recalled() {
    let folder = tempfile::tempdir().unwrap();
    let emulator = Emulator::with_flash_in(Cpu::M4f, &firmware(), folder.path()).unwrap();
    let wanted = Wanted {
        setup: |board, seed_state| {
            let image = board.flash.unwrap();
            Ok(Setup {
                model: 1,
                n: image.n,
                params: Params {
                    g: image.g,
                    k: 1.5,
                    p: 2.5,
                    dt: 0.05,
                },
                seed_network: image.seed,
                seed_state,
                network: image.network,
                start: Start::Small,
                transfer: TransferId::TANH,
                couplings: CouplingSource::Flash,
            })
        },
        seed_state: 2,
        period: 0,
        interval: 20,
    };
    let (orders, orders_taken) = mpsc::channel();
    let (news_told, news) = mpsc::channel();
    let worker = std::thread::spawn(move || worker::serve(emulator, &wanted, &orders_taken, &news_told));
    let talk = Talk { orders, news };

    talk.until("network", |news| (*news == News::Started).then_some(()));
    talk.sample("activity", |sample| sample.step >= 1000 && sample.speed > 1e-3);
    talk.order(Order::Store);
    talk.until("stored state", |news| {
        matches!(news, News::Stored { generation: 1, .. }).then_some(())
    });
    let held = talk.sample("rest", |sample| {
        sample.plasticity == Plasticity::Frozen && sample.speed < 1e-4
    });

    talk.order(Order::PowerCycle);
    talk.until("power cut", |news| matches!(news, News::Lost(_)).then_some(()));
    talk.until("board with its flash", |news| {
        matches!(news, News::Connected(_, Some(1))).then_some(())
    });
    let anew = talk.sample("network from its start", |sample| {
        sample.plasticity == Plasticity::Running
    });
    assert!(anew.step < held.step);

    talk.order(Order::Recall);
    let step = talk.until("recalled state", |news| match news {
        News::Recalled {
            generation: 1, step, ..
        } => Some(*step),
        _ => None,
    });
    assert!((1000..=held.step).contains(&step));
    // Bit for bit the same network: at the step of a sample from before the cut, the same rates and speed.
    let recalled = talk.sample("the same step again", |sample| sample.step >= held.step);
    assert_eq!(recalled.plasticity, Plasticity::Frozen);
    assert_eq!(recalled.activity, held.activity);
    talk.order(Order::Release);
    talk.sample("activity after the release", |sample| {
        sample.plasticity == Plasticity::Running && sample.speed > 1e-3
    });
    talk.order(Order::Quit);
    worker.join().unwrap();
}
