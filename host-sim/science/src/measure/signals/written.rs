//! Every trial written, held, damaged and left running: the rates that readouts see.

use freezable_chaos::{Generator, WriteProgress};

use super::{Outcome, Signals};
use crate::Stopped;
use crate::estimators::{cosine, steps_in};
use crate::measure::trajectory::pass;
use crate::memory::{Subject, until_repeated};
use crate::networks::edit::Parts;
use crate::networks::{Ensemble, Saved, Simulation};
use crate::signals::{Drive, Split};
use crate::watch::{Uncounted, Watch, advance};

/// Rates under one condition, of the trials of training and of the test.
#[derive(Clone, Debug)]
pub(super) struct Rows<'a> {
    pub(super) split: &'a Split,
    pub(super) training: Vec<Vec<f32>>,
    pub(super) test: Vec<Vec<f32>>,
}

impl<'a> Rows<'a> {
    fn new(split: &'a Split) -> Self {
        Self {
            split,
            training: Vec::new(),
            test: Vec::new(),
        }
    }

    fn push(&mut self, is_test: bool, network: &dyn Simulation) {
        let rows = if is_test {
            &mut self.test
        } else {
            &mut self.training
        };
        rows.push(rates(network));
    }
}

/// Rates under all conditions of the network itself.
pub(super) struct Found<'a> {
    /// At the freeze.
    pub(super) frozen: Rows<'a>,
    /// When it has stopped.
    pub(super) stopped: Rows<'a>,
    /// At the times and the hold, after kicks and from few bits; of the test alone.
    pub(super) later: Vec<Rows<'a>>,
    /// At the window's end, then without freezing at the times.
    pub(super) running: Vec<Rows<'a>>,
    /// All but the scores.
    pub(super) outcome: Outcome,
}

/// Writes every trial into the network: those of training first.
pub(super) fn written<'a>(
    of: &Signals,
    ensemble: &Ensemble,
    (drive, split): (&Drive, &'a Split),
    (network, generator): (&mut dyn Simulation, &mut Generator),
    watch: &dyn Watch,
) -> Result<Found<'a>, Stopped> {
    let (dt, rule) = (ensemble.network.dt, of.rule());
    let wide = ensemble.network.step();
    let damages = of.damages().len();
    let mut found = Found {
        frozen: Rows::new(split),
        stopped: Rows::new(split),
        later: vec![Rows::new(split); of.times.len() + 1 + damages],
        running: vec![Rows::new(split); of.times.len() + 1],
        outcome: Outcome {
            scores: Vec::new(),
            stopped: 0.0,
            held: 0.0,
            stopping_time: 0.0,
            repeats: 0.0,
            healed: vec![1.0; damages],
            bytes: 0,
        },
    };
    let uncounted = Uncounted(watch);
    let mut input = vec![0.0; network.n()];
    let [mut first, mut held, mut repeats] = [0_u32; 3];
    let mut steps = 0_u64;
    let trials = split.training.iter().map(|&trial| (trial, false));
    for (trial, is_test) in trials.chain(split.test.iter().map(|&trial| (trial, true))) {
        let mut subject = Subject {
            network: &mut *network,
            dt,
        };
        let mut write = rule.begin(&mut subject)?;
        for sample in 0..drive.length(trial) {
            drive.write(trial, sample, &mut input)?;
            for _ in 0..of.steps_of_sample {
                write.drive(&mut subject, &input)?;
            }
        }
        found.running[0].push(is_test, subject.network);
        for _ in 0..(rule.settle / dt + 0.5) as u32 {
            write.advance(&mut subject)?;
        }
        let before = subject.network.save()?;
        found.frozen.push(is_test, subject.network);
        if write.finish(&mut subject)? == WriteProgress::Held {
            held += 1;
            first += u32::from(write.freezes() == 1);
            steps += u64::from(write.steps_to_stop());
        }
        found.stopped.push(is_test, network);
        if is_test {
            let state = network.save()?;
            let is_still = hold(of, wide, &state, (network, &mut found.later), &uncounted)?;
            repeats += u32::from(is_still);
            let (later, healed) = (&mut found.later[of.times.len() + 1..], &mut found.outcome.healed);
            damage(
                of,
                ensemble,
                &state,
                (network, generator),
                (later, healed),
                &uncounted,
            )?;
            if let Saved::Snapshot(bytes) = &state {
                found.outcome.bytes = bytes.len();
            }
        }
        network.load(&before)?;
        leave(of, wide, is_test, network, &mut found.running[1..], &uncounted)?;
        advance(watch, of.trial_steps(wide))?;
    }
    let all = (split.training.len() + split.test.len()).max(1) as f64;
    let outcome = &mut found.outcome;
    outcome.stopped = f64::from(first) / all;
    outcome.held = f64::from(held) / all;
    outcome.stopping_time = steps as f64 * wide / f64::from(held.max(1));
    outcome.repeats = f64::from(repeats) / split.test.len().max(1) as f64;
    Ok(found)
}

/// Cuts the power, takes the state up again and holds it; whether it came to stand still to the bit.
fn hold(
    of: &Signals,
    dt: f64,
    state: &Saved,
    (network, later): (&mut dyn Simulation, &mut [Rows<'_>]),
    watch: &dyn Watch,
) -> Result<bool, Stopped> {
    network.rest();
    network.load(state)?;
    let (mut passed, mut repeats) = (0, false);
    for (rows, &time) in later.iter_mut().zip(of.times.iter().chain([&of.hold])) {
        let most = steps_in(time, dt) - passed;
        if !repeats {
            // All that follows is known once a state was there before.
            repeats = until_repeated(network, most, watch)? < most;
        }
        passed += most;
        rows.push(true, network);
    }
    Ok(repeats)
}

/// Damages the state in every way, and lets it heal.
fn damage(
    of: &Signals,
    ensemble: &Ensemble,
    state: &Saved,
    (network, generator): (&mut dyn Simulation, &mut Generator),
    (later, healed): (&mut [Rows<'_>], &mut [f64]),
    watch: &dyn Watch,
) -> Result<(), Stopped> {
    let whole = Parts::of(state, ensemble.network.model, ensemble.network.n)?;
    network.load(state)?;
    let held = rates(network);
    for ((damage, rows), healed) in of.damages().into_iter().zip(later).zip(healed) {
        damage.inflict(&whole, network, generator, (ensemble.network.step(), watch))?;
        *healed = healed.min(cosine(&held, &rates(network)).unwrap_or(-1.0));
        rows.push(true, network);
    }
    Ok(())
}

/// Lets a network run and reads it at the times.
fn leave(
    of: &Signals,
    dt: f64,
    is_test: bool,
    network: &mut dyn Simulation,
    running: &mut [Rows<'_>],
    watch: &dyn Watch,
) -> Result<(), Stopped> {
    let mut passed = 0;
    for (rows, &time) in running.iter_mut().zip(&of.times) {
        let until = steps_in(time, dt);
        pass(network, until - passed, watch)?;
        passed = until;
        rows.push(is_test, network);
    }
    Ok(())
}

/// The same trials in a network that only echoes: at the window's end, then at the times.
pub(super) fn echoed<'a>(
    of: &Signals,
    ensemble: &Ensemble,
    (drive, split): (&Drive, &'a Split),
    network: &mut dyn Simulation,
    watch: &dyn Watch,
) -> Result<Vec<Rows<'a>>, Stopped> {
    let mut all = vec![Rows::new(split); of.times.len() + 1];
    let mut input = vec![0.0; network.n()];
    let trials = split.training.iter().map(|&trial| (trial, false));
    for (trial, is_test) in trials.chain(split.test.iter().map(|&trial| (trial, true))) {
        network.rest();
        for sample in 0..drive.length(trial) {
            drive.write(trial, sample, &mut input)?;
            for _ in 0..of.steps_of_sample {
                network.step_with_input(&input)?;
            }
        }
        all[0].push(is_test, network);
        leave(
            of,
            ensemble.network.step(),
            is_test,
            network,
            &mut all[1..],
            watch,
        )?;
    }
    Ok(all)
}

fn rates(network: &dyn Simulation) -> Vec<f32> {
    let mut rates = Vec::new();
    network.copy_rates(&mut rates);
    rates
}
