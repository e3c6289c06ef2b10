//! One board and its twin on this machine, step by step through run, freeze, hold and release.

use freezable_chaos::frames::{self, Command, MAX_FRAME, Refusal, Report, Setup, Telemetry};
use freezable_chaos::{Connectivity, Fnv1a, Generator, HashedSigns, HistoryRule, Network, Purpose, Tanh};

use super::DemoOptions;
use super::part::{DT, Part, STEPS_PER_UNIT};
use super::power_cycle::{PowerCycle, power_cycle};
use super::twin::Twin;
use crate::failure::Failure;
use crate::progress::Progress;
use link::{Board, Emulator};
use science::estimators::cosine;
use science::networks::Model;
use science::networks::{CompactStorage, HeapStorage, Rows};

/// What one board did; one value per unit of time.
pub(super) struct Performance {
    pub(super) board: String,
    pub(super) part: Part,
    pub(super) setup: Setup,
    pub(super) time: Vec<f64>,
    /// Rates of the first neurons as the board shows them, one row per moment.
    pub(super) activity: Vec<f32>,
    /// As the board reports them.
    pub(super) speed: Vec<f64>,
    pub(super) cosine: Vec<f64>,
    pub(super) digests: Vec<u64>,
    /// As the twin has them.
    pub(super) host_speed: Vec<f64>,
    pub(super) host_cosine: Vec<f64>,
    pub(super) states_compared: u64,
    pub(super) first_difference: Option<String>,
    pub(super) snapshot_bytes: usize,
    pub(super) snapshots_equal: bool,
    pub(super) recalled: bool,
    pub(super) bad_frame_refused: bool,
    /// Of a board whose power was cut.
    pub(super) power_cycle: Option<PowerCycle>,
}

/// Starts a board, drives it through its part of the demonstration, and compares it with its twin all along.
pub(super) fn perform(
    options: &DemoOptions,
    part: &Part,
    progress: &Progress,
) -> Result<Performance, Failure> {
    let name = format!("board-{}-k{}.defmt", part.model.name(), part.k);
    let (mut emulator, link) =
        Emulator::start(options.emulator, &options.firmware, Some(&options.out.join(name)))?;
    let mut board = Board::meet(link)?;
    let setup = part.setup(board.identity(), options.seed_state)?;
    let dynamics = setup.params.validate(setup.n as usize)?;
    let performance = match part.model {
        Model::Exact => {
            let mut storage = HeapStorage::new(dynamics.n(), Rows::OneThread);
            let mut couplings = Generator::new(setup.seed_network, setup.network, Purpose::Couplings);
            let network = storage.network(dynamics, &mut couplings, Tanh)?;
            play((&mut emulator, &mut board), network, part, setup, progress)?
        }
        Model::Compact => {
            let rule = HistoryRule::recommended(&setup.params);
            let signs = HashedSigns::new(&dynamics, setup.seed_network, setup.network);
            let mut storage = CompactStorage::new(dynamics.n(), rule).store(&signs)?;
            let network = storage.network(dynamics, &signs, rule, Tanh)?;
            play((&mut emulator, &mut board), network, part, setup, progress)?
        }
    };
    board.shut_down()?;
    emulator.finish()?;
    Ok(performance)
}

fn play<C: Connectivity>(
    (emulator, board): (&mut Emulator, &mut Board),
    mut network: Network<'_, C, Tanh>,
    part: &Part,
    setup: Setup,
    progress: &Progress,
) -> Result<Performance, Failure> {
    network.start(
        setup.start,
        &mut Generator::new(setup.seed_state, setup.network, Purpose::State),
    );
    board.configure(setup)?;
    let mut twin = Twin {
        network,
        chain: Fnv1a::new(),
        stored: Vec::new(),
        history: Vec::new(),
    };
    let mut performance = Performance::new(board.identity().name.clone(), *part, setup);
    let [running, held, released] = part.phases;
    performance.run(board, &mut twin, running, progress)?;
    board.press_button()?;
    twin.network.freeze();
    twin.remember();
    let before_cut = part.power_cut.unwrap_or(0);
    performance.run(board, &mut twin, before_cut, progress)?;
    if part.power_cut.is_some() {
        performance.power_cycle = Some(power_cycle(emulator, board, &mut twin, setup)?);
    }
    performance.run(board, &mut twin, held - before_cut, progress)?;
    let snapshot = board.snapshot()?;
    performance.compare_snapshots(&snapshot, &twin)?;
    performance.bad_frame_refused = refuses_bad_frame(board)?;
    board.press_button()?;
    twin.network.release();
    performance.run(board, &mut twin, released, progress)?;
    board.restore(&snapshot)?;
    twin.network.restore(&snapshot)?;
    performance.recalled = board.digest()?.0 == twin.network.digest();
    performance.complete_cosines(&twin);
    Ok(performance)
}

impl Performance {
    fn new(board: String, part: Part, setup: Setup) -> Self {
        Self {
            board,
            part,
            setup,
            time: Vec::new(),
            activity: Vec::new(),
            speed: Vec::new(),
            cosine: Vec::new(),
            digests: Vec::new(),
            host_speed: Vec::new(),
            host_cosine: Vec::new(),
            states_compared: 0,
            first_difference: None,
            snapshot_bytes: 0,
            snapshots_equal: false,
            recalled: false,
            bad_frame_refused: false,
            power_cycle: None,
        }
    }

    /// Lets the board and its twin run, and compares every state.
    fn run<C: Connectivity>(
        &mut self,
        board: &mut Board,
        twin: &mut Twin<'_, C>,
        duration: u32,
        progress: &Progress,
    ) -> Result<(), Failure> {
        let mut failure = None;
        board.step(duration * STEPS_PER_UNIT, STEPS_PER_UNIT, 1, |telemetry| {
            if let Err(error) = twin.follow(STEPS_PER_UNIT).map(|()| self.record(telemetry, twin)) {
                failure.get_or_insert(error);
            }
            progress.advance(1);
        })?;
        failure.map_or(Ok(()), Err)
    }

    /// Takes over what the board reports, and compares it with the twin at the same step.
    fn record<C: Connectivity>(&mut self, telemetry: &Telemetry<'_>, twin: &Twin<'_, C>) {
        let network = &twin.network;
        let speed = network.speed();
        self.time.push(telemetry.step as f64 * f64::from(DT));
        self.speed.push(telemetry.rms_speed.into());
        self.cosine.push(telemetry.overlap.into());
        self.digests.push(telemetry.digest);
        self.host_speed
            .push(speed.map_or(f64::NAN, |speed| speed.rms.into()));
        self.activity.extend(
            telemetry
                .activity
                .iter()
                .map(|&byte| f32::from(byte as i8) / 127.0),
        );
        let board = (
            telemetry.step,
            telemetry.digest,
            telemetry.chain,
            telemetry.rms_speed.to_bits(),
        );
        let rms = speed.map_or(f32::NAN, |speed| speed.rms);
        let host = (
            network.steps(),
            network.digest(),
            twin.chain.digest(),
            rms.to_bits(),
        );
        if board == host {
            self.states_compared += u64::from(STEPS_PER_UNIT);
        } else {
            self.first_difference.get_or_insert_with(|| {
                format!(
                    "at step {} the board has digest {:016x}, chain {:016x}; the host {:016x}, {:016x} at step {}",
                    board.0, board.1, board.2, host.1, host.2, host.0
                )
            });
        }
    }

    fn compare_snapshots<C: Connectivity>(
        &mut self,
        snapshot: &[u8],
        twin: &Twin<'_, C>,
    ) -> Result<(), Failure> {
        let mut own = vec![0; twin.network.snapshot_len()];
        twin.network.snapshot(&mut own)?;
        self.snapshot_bytes = snapshot.len();
        self.snapshots_equal = own == snapshot;
        Ok(())
    }

    /// Cosines to what will be stored, for the time before it was: the board cannot know them, the twin can.
    fn complete_cosines<C: Connectivity>(&mut self, twin: &Twin<'_, C>) {
        self.host_cosine = twin
            .history
            .iter()
            .enumerate()
            .map(|(report, rates)| cosine(twin.reference(report), rates).unwrap_or(0.0))
            .collect();
        let before_freeze = self.part.phases[0] as usize;
        for (cosine, &host) in self.cosine.iter_mut().zip(&self.host_cosine).take(before_freeze) {
            *cosine = host;
        }
    }
}

/// Sends a release with one bit flipped: the board must refuse it and stay as it is.
fn refuses_bad_frame(board: &mut Board) -> Result<bool, Failure> {
    let before = board.digest()?;
    let mut frame = [0; MAX_FRAME];
    let length = frames::encode(0, &Command::Release, &mut frame)
        .map_err(|error| Failure::Device(error.to_string()))?;
    frame[length / 2] ^= 0b100;
    board.link().send(&frame[..length])?;
    let refused = board
        .link()
        .next_report(|_, report| matches!(report, Report::Refused(Refusal::BadFrame)))?;
    Ok(refused && board.digest()? == before)
}
