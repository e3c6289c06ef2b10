use super::*;

use std::path::Path;
use std::time::Duration;

use freezable_chaos::frames::{SHOWN_NEURONS, Timing};
use freezable_chaos::{Generator, Params, Purpose, Start, Tanh};
use ratatui::Terminal;
use ratatui::backend::TestBackend;

use crate::monitor::News;
use link::Identity;
use science::estimators::cosine;
use science::networks::{HeapStorage, Rows};

/// What a terminal of that size shows, one line a row.
fn picture((columns, rows): (u16, u16), monitor: &Monitor, now: Instant) -> Vec<String> {
    let mut terminal = Terminal::new(TestBackend::new(columns, rows)).unwrap();
    terminal.draw(|frame| draw(frame, monitor, now)).unwrap();
    let buffer = terminal.backend().buffer();
    let row = |row| {
        let cells = (0..columns).map(|column| buffer[(column, row)].symbol());
        cells.collect::<String>().trim_end().to_owned()
    };
    (0..rows).map(row).collect()
}

fn identity() -> Identity {
    Identity {
        name: "mps2-an386".to_owned(),
        capacity: 128,
        compact_capacity: 1024,
        flash: None,
        flash_signs: None,
    }
}

fn sample(step: u64, speed: f32, activity: Vec<i8>) -> Sample {
    Sample {
        step,
        plasticity: Plasticity::Running,
        speed,
        overlap: 0.5,
        activity,
        timing: Timing::default(),
    }
}

/// The network of the demonstration, frozen and stored after 60 units of time, as the monitor sees it 10 later.
fn demonstration(now: Instant) -> Monitor {
    let dynamics = Params {
        g: 1.5,
        k: 1.5,
        p: 2.5,
        dt: 0.05,
    }
    .validate(128)
    .unwrap();
    let mut storage = HeapStorage::new(dynamics.n(), Rows::OneThread);
    let mut couplings = Generator::new(46, 0, Purpose::Couplings);
    let mut network = storage.network(dynamics, &mut couplings, Tanh).unwrap();
    network.start(Start::Small, &mut Generator::new(2, 0, Purpose::State));

    let mut monitor = Monitor::new();
    let (samples, frozen_at) = (70, 60);
    let moment = |sample: u32| now - Duration::from_millis(100) * (samples - sample);
    monitor.take(News::Connected(identity(), None), moment(0));
    monitor.take(News::Started, moment(0));
    let mut stored = vec![0.0; network.n()];
    for number in 1..=samples {
        (0..20).for_each(|_| network.step().unwrap());
        let rates = network.rates();
        let shown = rates.iter().take(SHOWN_NEURONS);
        let sample = Sample {
            step: network.steps(),
            plasticity: network.plasticity(),
            speed: network.speed().unwrap().rms,
            overlap: cosine(&stored, rates).unwrap_or(0.0) as f32,
            activity: shown.map(|rate| (127.0 * rate) as i8).collect(),
            timing: Timing {
                period: 5000,
                ..Timing::default()
            },
        };
        monitor.take(News::Sample(sample), moment(number));
        if number == frozen_at {
            network.freeze();
            stored = network.rates().to_vec();
            let news = News::Stored {
                generation: 1,
                bytes: 33_618,
            };
            monitor.take(news, moment(number));
        }
    }
    monitor
}

/// The picture in the documentation is that of the demonstration's network.
#[test]
fn the_documentation_shows_this_picture() {
    let now = Instant::now();
    let monitor = demonstration(now);
    let picture = picture(LEAST_SIZE, &monitor, now).join("\n");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/monitor.md");
    let text = std::fs::read_to_string(&path).unwrap();
    let (fence, close) = ("```text\n", "\n```");
    let start = text.find(fence).expect("a block of text") + fence.len();
    let end = start + text[start..].find(close).unwrap();
    if std::env::var_os("RENEW_PICTURE").is_some() {
        std::fs::write(&path, format!("{}{picture}{}", &text[..start], &text[end..])).unwrap();
        return;
    }
    assert!(
        text[start..end] == picture,
        "docs/monitor.md shows another picture; after a deliberate change run this test with RENEW_PICTURE=1:\n{picture}"
    );
}

#[test]
fn every_fact_has_its_place_whatever_the_size() {
    let now = Instant::now();
    let mut monitor = demonstration(now);
    monitor.toggle_recording();
    for (size, neurons) in [(LEAST_SIZE, 10), ((120, 40), 26), ((200, 60), 46)] {
        let lines = picture(size, &monitor, now);
        let text = lines.join("\n");
        for fact in [
            "mps2-an386",
            "FROZEN",
            "state 1 in flash",
            "recording 0",
            &format!("{neurons} of 64"),
            "step 1400  200 steps/s",
            "period 5.00 ms  missed 0  telemetry dropped 0  damaged reports 0",
            "recording; w ends it and writes the file",
            KEYS,
        ] {
            assert!(text.contains(fact), "{size:?}: {fact}:\n{text}");
        }
        let raster = lines
            .iter()
            .filter(|line| line.chars().skip(12).any(|shade| SHADES[1..].contains(&shade)));
        assert!(raster.count() >= neurons, "{text}");
    }
}

#[test]
fn a_terminal_that_is_too_small_says_so() {
    let lines = picture((60, 20), &Monitor::new(), Instant::now());
    let text = lines.join(" ");
    assert!(text.contains("has 60 columns and 20 rows;"), "{text}");
}

#[test]
fn before_anything_is_known_nothing_is_claimed() {
    let text = picture(LEAST_SIZE, &Monitor::new(), Instant::now()).join("\n");
    assert!(text.contains("connecting"), "{text}");
    assert!(text.contains("step -  - steps/s  step time - ms"), "{text}");
    assert!(
        !text.contains("PLASTIC") && !text.contains("FROZEN") && !text.contains("flash"),
        "{text}"
    );
}

#[test]
fn a_lost_board_is_said_with_the_reason_and_the_time() {
    let now = Instant::now();
    let mut monitor = demonstration(now);
    monitor.take(News::Lost("the board closed the line".into()), now);
    let later = now + Duration::from_secs(7);
    let text = picture(LEAST_SIZE, &monitor, later).join("\n");
    assert!(text.contains("no board for 7 s"), "{text}");
    assert!(text.contains("the board closed the line; trying again"), "{text}");
}

#[test]
fn odd_samples_are_drawn() {
    let now = Instant::now();
    let mut monitor = Monitor::new();
    for (speed, activity) in [
        (0.0, vec![]),
        (f32::INFINITY, vec![127, -127, -128, 0]),
        (f32::NAN, vec![1; 64]),
        (1e-30, vec![3, 4]),
    ] {
        monitor.take(News::Sample(sample(u64::MAX, speed, activity)), now);
        picture(LEAST_SIZE, &monitor, now);
        picture((300, 100), &monitor, now);
    }
}

#[test]
fn shades_run_from_a_rate_of_minus_one_to_one() {
    let expected = [
        (-128, ' '),
        (-77, ' '),
        (-76, '░'),
        (-26, '░'),
        (-25, '▒'),
        (25, '▒'),
        (26, '▓'),
        (76, '▓'),
        (77, '█'),
        (127, '█'),
    ];
    for (rate, shown) in expected {
        assert_eq!(shade(rate), shown, "{rate}");
    }
}
