//! A board made of queues: commands go in as bytes, reports come out as bytes.

// each test program uses a part of this
#![allow(dead_code)]

#[path = "../../../../tests/support/flash.rs"]
pub mod flash;

use std::cell::Cell;
use std::collections::VecDeque;
use std::convert::Infallible;
use std::ops::Range;

use embedded_hal::digital::{ErrorType, InputPin, OutputPin};
use freezable_app::{Board, IMAGE, SIGNS_IMAGE, run};
use freezable_chaos::frames::{
    Command, CouplingSource, FrameError, MAX_FRAME, Receiver, Report, Setup, decode, encode,
};
use freezable_chaos::{
    AnyTransfer, CompactBuffers, CompactNetwork, Connectivity, DenseCouplings, ExactBuffers, ExactNetwork,
    Generator, HashedSigns, HistoryRule, Network, Params, Plasticity, Purpose, Start, TransferId,
    couplings_len, synapses_len,
};

/// What the host does next.
pub enum Act {
    /// Sends a command and waits for its answer.
    Ask(Command<'static>),
    /// Sends a command and the next one right behind it.
    Tell(Command<'static>),
    /// Sends these bytes and waits for an answer.
    Bytes(Vec<u8>),
    /// Presses the button with a finger, and lets go before it goes on.
    Press,
}

/// Flash with room for two of the largest networks, in words and pages of an nRF52840.
pub type Flash = flash::NorModel<4, 4096>;
pub const FLASH_PAGES: usize = 20;

/// Most neurons of an exact network, and of a compact one.
pub const CAPACITY: usize = 128;
pub const COMPACT_CAPACITY: usize = 1024;

/// The memory of the emulated board.
type BoardMemory = freezable_app::memory!(exact: CAPACITY, drawn: CAPACITY, compact: COMPACT_CAPACITY);

/// The pin of a button.
#[derive(Default)]
pub struct Pin {
    /// Readings for which the pin is still high.
    pub high_for: u32,
}

impl ErrorType for Pin {
    type Error = Infallible;
}

impl InputPin for Pin {
    fn is_high(&mut self) -> Result<bool, Infallible> {
        let is_high = self.high_for > 0;
        self.high_for = self.high_for.saturating_sub(1);
        Ok(is_high)
    }

    fn is_low(&mut self) -> Result<bool, Infallible> {
        self.is_high().map(|is_high| !is_high)
    }
}

/// A light.
#[derive(Default)]
pub struct Light {
    /// Whether it is on.
    pub is_on: bool,
}

impl ErrorType for Light {
    type Error = Infallible;
}

impl OutputPin for Light {
    fn set_low(&mut self) -> Result<(), Infallible> {
        self.is_on = false;
        Ok(())
    }

    fn set_high(&mut self) -> Result<(), Infallible> {
        self.is_on = true;
        Ok(())
    }
}

/// The board, and the host at the other end of its console.
pub struct TestBoard {
    script: VecDeque<Act>,
    sequence: u16,
    incoming: VecDeque<u8>,
    waiting: bool,
    receiver: Receiver,
    clock: Cell<u32>,
    /// How far the clock moves on with every look at it.
    pub tick: u32,
    /// The console takes a byte at every so many attempts.
    pub slowness: u32,
    attempts: u32,
    /// Once so many reports came back, the console takes nothing for so many attempts.
    pub stuck: Option<(usize, u32)>,
    pub pin: Pin,
    /// The second button, where there is one.
    pub second_pin: Option<Pin>,
    /// Whether a finger is on the button.
    is_pressed: bool,
    pub light: Light,
    pub flash: Flash,
    /// What was trained for sensors.
    pub sensors: &'static [&'static [u8]],
    /// Whether `press_button` works.
    pub can_press: bool,
    /// Sequence number and report of every frame that came back.
    pub reports: Vec<(u16, Report<'static>)>,
    /// How often the watchdog had been fed when each report came back.
    pub fed: Vec<u32>,
    feeds: u32,
    pub is_watched: bool,
    /// How often it slept until the time it wanted to.
    pub slept: u32,
    /// Pictures on the display, as the neurons in each.
    pub pictures: Vec<usize>,
}

impl TestBoard {
    pub fn new(script: impl IntoIterator<Item = Act>) -> Self {
        Self {
            script: script.into_iter().collect(),
            sequence: 0,
            incoming: VecDeque::new(),
            waiting: false,
            receiver: Receiver::new(),
            clock: Cell::new(u32::MAX - 50),
            tick: 1,
            slowness: 1,
            attempts: 0,
            stuck: None,
            pin: Pin::default(),
            second_pin: None,
            is_pressed: false,
            light: Light::default(),
            sensors: &[],
            flash: Flash::new(FLASH_PAGES, 1),
            can_press: true,
            reports: Vec::new(),
            fed: Vec::new(),
            feeds: 0,
            is_watched: false,
            slept: 0,
            pictures: Vec::new(),
        }
    }

    /// Sequence numbers start at 1; a shutdown follows the last act.
    fn next_act(&mut self) {
        self.sequence += 1;
        let (bytes, waiting) = match self.script.pop_front() {
            Some(Act::Ask(command)) => (frame(self.sequence, &command), true),
            Some(Act::Tell(command)) => (frame(self.sequence, &command), false),
            Some(Act::Bytes(bytes)) => (bytes, true),
            Some(Act::Press) => {
                (self.is_pressed, self.pin.high_for) = (true, 30);
                (Vec::new(), false)
            }
            None => (frame(self.sequence, &Command::Shutdown), true),
        };
        self.incoming.extend(bytes);
        self.waiting = waiting;
    }
}

impl Board for TestBoard {
    type Button = Pin;
    type Indicator = Light;
    type Flash = Flash;
    const NAME: &'static str = "test board";
    const TICKS: u32 = 1_000_000;
    const CLOCK: u32 = 2_000_000;
    const SETTLE_TIME: u32 = 10;

    fn button(&mut self) -> &mut Pin {
        &mut self.pin
    }

    fn second_button(&mut self) -> Option<&mut Pin> {
        self.second_pin.as_mut()
    }

    fn show(&mut self, rates: &[f32]) {
        self.pictures.push(rates.len());
    }

    fn indicator(&mut self) -> &mut Light {
        &mut self.light
    }

    fn flash(&mut self) -> &mut Flash {
        &mut self.flash
    }

    fn read(&mut self) -> Option<u8> {
        self.is_pressed &= self.pin.high_for > 0;
        if self.incoming.is_empty() && !self.waiting && !self.is_pressed {
            self.next_act();
        }
        self.incoming.pop_front()
    }

    fn write(&mut self, byte: u8) -> bool {
        if let Some((reports, attempts)) = &mut self.stuck
            && self.reports.len() >= *reports
            && *attempts > 0
        {
            *attempts -= 1;
            return false;
        }
        self.attempts += 1;
        if !self.attempts.is_multiple_of(self.slowness) {
            return false;
        }
        if let Some(bytes) = self.receiver.push(byte) {
            let (sequence, report) = decode(bytes.unwrap().to_vec().leak()).unwrap();
            self.waiting &= matches!(report, Report::Telemetry(_));
            self.reports.push((sequence, report));
            self.fed.push(self.feeds);
        }
        true
    }

    fn ticks(&self) -> u32 {
        self.clock.set(self.clock.get().wrapping_add(self.tick));
        self.clock.get()
    }

    fn cycles(&self) -> u32 {
        self.ticks().wrapping_mul(2)
    }

    fn sleep(&mut self, until: u32) {
        let is_ahead = until.wrapping_sub(self.clock.get()).cast_signed() > 0;
        if self.tick > 0 && self.incoming.is_empty() && is_ahead {
            self.clock.set(until);
            self.slept += 1;
        }
    }

    fn start_watchdog(&mut self) {
        self.is_watched = true;
    }

    fn feed_watchdog(&mut self) {
        self.feeds += 1;
    }

    #[cfg(feature = "sensor")]
    fn sensors(&self) -> &'static [&'static [u8]] {
        self.sensors
    }

    fn press_button(&mut self) -> bool {
        self.pin.high_for = if self.can_press { 30 } else { 0 };
        self.can_press
    }
}

/// A command's bytes on the line.
pub fn frame(sequence: u16, command: &Command<'_>) -> Vec<u8> {
    let mut buffer = [0; MAX_FRAME];
    let length = encode(sequence, command, &mut buffer).unwrap();
    buffer[..length].to_vec()
}

/// Runs the application through a script and returns the board as it is left.
pub fn play(script: impl IntoIterator<Item = Act>) -> TestBoard {
    play_on(TestBoard::new(script))
}

/// Runs the application on a board.
pub fn play_on(mut board: TestBoard) -> TestBoard {
    run(&mut board, &mut BoardMemory::new());
    let shutdown = board.reports.pop();
    let (sequence, report) = shutdown.expect("the shutdown is answered");
    assert!(
        sequence == board.sequence && matches!(report, Report::Done { .. }),
        "{report:?}"
    );
    board
}

/// A small network drawn on the board.
pub const SEEDED: Setup = Setup {
    model: 1,
    n: 17,
    params: Params {
        g: 3.0,
        k: 2.0,
        p: 2.5,
        dt: 0.05,
    },
    seed_network: 5,
    seed_state: 6,
    network: 1,
    start: Start::Large,
    transfer: TransferId::TANH,
    couplings: CouplingSource::Seeded,
};

/// A small compact network whose signs are hashed.
pub const HASHED: Setup = Setup {
    model: 2,
    n: 70,
    ..SEEDED
};

/// A frame that is whole but for one bit.
pub fn damaged(command: &Command<'_>) -> Vec<u8> {
    let mut bytes = frame(77, command);
    // not the first byte, which would only move the frame's end
    bytes[2] ^= 4;
    assert!(bytes[2] != 0, "a damaged byte must not end the frame");
    let mut copy = bytes[..bytes.len() - 1].to_vec();
    assert_eq!(decode::<Command<'_>>(&mut copy), Err(FrameError::Checksum));
    bytes
}

/// The exact network that a setup asks for, made with the kernel alone.
pub fn with_network<R>(setup: &Setup, act: impl FnOnce(ExactNetwork<'_, AnyTransfer>) -> R) -> R {
    let dynamics = setup.params.validate(setup.n as usize).unwrap();
    let mut values = vec![0.0; couplings_len(CAPACITY)];
    let mut generator = Generator::new(setup.seed_network, setup.network, Purpose::Couplings);
    let couplings = DenseCouplings::seed(&mut values, &dynamics, &mut generator).unwrap();
    let mut buffers = ExactBuffers::<CAPACITY, { synapses_len(CAPACITY) }>::new();
    let transfer = AnyTransfer::from_id(setup.transfer).unwrap();
    let mut network = buffers.network(dynamics, couplings, transfer).unwrap();
    start(&mut network, setup);
    act(network)
}

/// The compact network that a setup asks for, made with the kernel alone and hashed signs.
fn with_compact_network<R>(setup: &Setup, act: impl FnOnce(CompactNetwork<'_, AnyTransfer>) -> R) -> R {
    let dynamics = setup.params.validate(setup.n as usize).unwrap();
    let signs = HashedSigns::new(&dynamics, setup.seed_network, setup.network);
    let mut buffers = CompactBuffers::<COMPACT_CAPACITY>::new();
    let transfer = AnyTransfer::from_id(setup.transfer).unwrap();
    let rule = HistoryRule::recommended(&setup.params);
    let mut network = buffers.network(dynamics, signs, rule, transfer).unwrap();
    start(&mut network, setup);
    act(network)
}

fn start<C: Connectivity>(network: &mut Network<'_, C, AnyTransfer>, setup: &Setup) {
    let mut generator = Generator::new(setup.seed_state, setup.network, Purpose::State);
    network.start(setup.start, &mut generator);
}

/// Digests after every step of the network that a setup asks for, made with the kernel alone; frozen during some of them.
pub fn digests(setup: &Setup, frozen: Range<usize>, steps: usize) -> Vec<u64> {
    let plasticity = |step| match frozen.contains(&step) {
        true => Plasticity::Frozen,
        false => Plasticity::Running,
    };
    digests_while(setup, &(0..steps).map(plasticity).collect::<Vec<_>>())
}

/// The same, with the plasticity of every step.
pub fn digests_while(setup: &Setup, steps: &[Plasticity]) -> Vec<u64> {
    fn follow<C: Connectivity>(mut network: Network<'_, C, AnyTransfer>, steps: &[Plasticity]) -> Vec<u64> {
        let step = |plasticity: &Plasticity| {
            match plasticity {
                Plasticity::Frozen => network.freeze(),
                Plasticity::Running => network.release(),
            }
            network.step().unwrap();
            network.digest()
        };
        steps.iter().map(step).collect()
    }
    match setup.model {
        1 => with_network(setup, |network| follow(network, steps)),
        _ => with_compact_network(setup, |network| follow(network, steps)),
    }
}

/// Bytes of a snapshot of the network that a setup asks for.
pub fn snapshot_len(setup: &Setup) -> usize {
    match setup.model {
        1 => with_network(setup, |network| network.snapshot_len()),
        _ => with_compact_network(setup, |network| network.snapshot_len()),
    }
}

/// The compact network in flash.
pub fn flash_signs() -> Setup {
    Setup {
        model: 2,
        n: SIGNS_IMAGE.n,
        params: Params {
            g: 2.0,
            ..SEEDED.params
        },
        seed_network: SIGNS_IMAGE.seed,
        network: SIGNS_IMAGE.network,
        couplings: CouplingSource::Flash,
        ..SEEDED
    }
}

/// The exact network in flash.
pub fn flash() -> Setup {
    Setup {
        n: IMAGE.n,
        params: Params {
            g: IMAGE.g,
            k: 1.5,
            p: 2.5,
            dt: 0.05,
        },
        seed_network: IMAGE.seed,
        network: IMAGE.network,
        start: Start::Small,
        couplings: CouplingSource::Flash,
        ..SEEDED
    }
}

pub fn step(steps: u32) -> Act {
    Act::Ask(Command::Step {
        steps,
        report_every: 0,
        chain_every: 1,
    })
}

/// The digest and the chain in the last report.
pub fn last_digests(board: &TestBoard) -> (u64, u64) {
    match board.reports.last() {
        Some((_, Report::Digest { digest, chain, .. })) => (*digest, *chain),
        other => panic!("{other:?} is no digest"),
    }
}
