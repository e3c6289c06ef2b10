//! How neurons answer a field of a given power: the power of their rates, from sampled paths.

use std::sync::{Mutex, MutexGuard, PoisonError};

use rayon::prelude::*;

use super::draws::{Draws, LANES};
use super::paths::{Field, Lanes, Neuron};
use super::settings::Settings;
use super::transforms::Transforms;

/// Room for paths of one length, shared by all who sample them: as much as is used at a time.
#[derive(Debug)]
pub(super) struct Rooms {
    transforms: Transforms,
    idle: Mutex<Vec<Lanes>>,
}

impl Rooms {
    /// For paths of an even `length`.
    pub(super) fn new(length: usize) -> Self {
        Self {
            transforms: Transforms::new(length),
            idle: Mutex::new(Vec::new()),
        }
    }

    pub(super) fn transforms(&self) -> &Transforms {
        &self.transforms
    }

    /// What another thread left when it panicked is as good.
    fn idle(&self) -> MutexGuard<'_, Vec<Lanes>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self) -> Lanes {
        let idle = self.idle().pop();
        idle.unwrap_or_else(|| Lanes::new(&self.transforms))
    }
}

/// Neurons that answer fields, each time new ones.
pub(super) struct Neurons<'a> {
    settings: &'a Settings,
    rooms: &'a Rooms,
    draws: Draws,
    /// Of each group of paths: power of its rates, and variance of x.
    groups: Vec<(Vec<f64>, f64)>,
}

impl<'a> Neurons<'a> {
    /// So many groups of them, of one stream of random numbers.
    pub(super) fn new(settings: &'a Settings, rooms: &'a Rooms, stream: u32, groups: usize) -> Self {
        Self {
            settings,
            rooms,
            draws: Draws::new(settings.seed, stream, groups),
            groups: vec![(vec![0.0; rooms.transforms.frequencies()], 0.0); groups],
        }
    }

    /// The power of the rates in a field of that power, and the variance of x.
    pub(super) fn respond(&mut self, neuron: &Neuron, power: &[f64]) -> (Vec<f64>, f64) {
        let Self { settings, rooms, .. } = *self;
        let transforms = &rooms.transforms;
        let covariance = transforms.covariance(power);
        let field = Field::new(neuron, power, &covariance, settings.length);
        let noise = self.draws.noise(field.frequencies(), transforms.frequencies());
        let groups = self.groups.par_iter_mut().zip(noise);
        groups.for_each(|((power, variance), noise)| {
            let mut lanes = rooms.take();
            power.fill(0.0);
            *variance = lanes.add_power(neuron, transforms, &field, settings.burn_in, noise, power);
            rooms.idle().push(lanes);
        });
        // In the order of the groups, whatever the threads.
        let mut found = vec![0.0; transforms.frequencies()];
        let share = 1.0 / (self.groups.len() * LANES) as f64;
        for (power, _) in &self.groups {
            found
                .iter_mut()
                .zip(power)
                .for_each(|(sum, value)| *sum += share * value);
        }
        let variances = self.groups.iter().map(|(_, variance)| variance);
        (found, variances.sum::<f64>() / self.groups.len() as f64)
    }
}
