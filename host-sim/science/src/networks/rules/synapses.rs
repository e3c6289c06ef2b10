//! The network with a rule as data, in single precision: the kernel's network over another connectivity.

use std::sync::Arc;

use freezable_chaos::{
    BuildError, Connectivity, Dynamics, Network, Neurons, SizeError, SnapshotError, Transfer,
};

use super::panels::{self, Panels};
use super::{Plan, PlasticityRule, RuleTangent, joint_jacobian};
use crate::networks::couplings::digest_of;
use crate::networks::kernel::Rule;
use crate::networks::tangents::TangentMap;
use crate::spectra::State;
use crate::{Refusal, Stopped};

/// Quenched couplings of any kind, and a full matrix A that follows a rule as data. Where the rule is the paper's, the bits
/// are those of the kernel's exact network.
#[derive(Clone, Debug)]
pub struct RuleSynapses {
    plan: Arc<Plan>,
    digest: u64,
    quenched: Panels,
    plastic: Panels,
    /// Steps of the plasticity since the start.
    clock: u32,
    constants: Constants,
    /// No plastic coupling exceeds it.
    bound: f32,
}

/// What a step of the plasticity multiplies with, until a moment.
#[derive(Clone, Debug)]
struct Constants {
    /// `d = 1 - dt/p`.
    retention: Panels,
    /// `c = (dt/p) (k/N)`.
    increment: Panels,
    /// Largest of either.
    largest: [f32; 2],
    until: u32,
}

impl Constants {
    fn at(plan: &Plan, step: u32) -> Self {
        let (n, moment) = (plan.n(), plan.at(step));
        let retention = |i: usize, j: usize| moment.single(i, j).map_or(1.0, |[rate, _]| 1.0 - rate);
        let increment = |i: usize, j: usize| {
            let values = moment.single(i, j);
            values.map_or(0.0, |[rate, strength]| rate * strength)
        };
        let [retention, increment] = if moment.is_by_row() {
            [
                Panels::of_rows(n, |i| retention(i, 0)),
                Panels::of_rows(n, |i| increment(i, 0)),
            ]
        } else {
            [Panels::of(n, retention), Panels::of(n, increment)]
        };
        Self {
            largest: [retention.largest(), increment.largest()],
            retention,
            increment,
            until: moment.until,
        }
    }
}

impl RuleSynapses {
    /// Synapses at rest, A = 0, with couplings `J_ij = coupling(i, j)`, asked for in row-major order.
    pub fn new(plan: Plan, coupling: impl FnMut(usize, usize) -> f32) -> Self {
        let (n, mut coupling) = (plan.n(), coupling);
        let mut rows = Vec::with_capacity(n * n);
        let quenched = Panels::of(n, |i, j| {
            rows.push(coupling(i, j));
            rows[i * n + j]
        });
        Self {
            digest: digest_of(&rows),
            quenched,
            plastic: Panels::of(n, |_, _| 0.0),
            clock: 0,
            constants: Constants::at(&plan, 0),
            plan: Arc::new(plan),
            bound: 0.0,
        }
    }

    /// Bytes of the couplings, the synapses and, where these differ one by one, what is multiplied with.
    pub fn bytes(n: usize, rule: &PlasticityRule) -> u64 {
        let matrices = if rule.is_by_row() { 2 } else { 4 };
        let panel = (n.div_ceil(panels::LANES) * panels::LANES * size_of::<f32>()) as u64;
        panel.saturating_mul(n as u64).saturating_mul(matrices)
    }

    /// The rule, and how many of its steps were done.
    pub(super) fn plan(&self) -> (&Arc<Plan>, u32) {
        (&self.plan, self.clock)
    }

    fn set_clock(&mut self, clock: u32) {
        let is_past = clock < self.clock || clock >= self.constants.until;
        self.clock = clock;
        if is_past {
            self.constants = Constants::at(&self.plan, clock);
        }
    }

    /// No plastic coupling exceeds the first after a step with these rates, nor the others on the way: the same operations
    /// on the largest magnitudes, because rounding keeps the order of numbers.
    fn bounds_after(&self, phi: &[f32]) -> [f32; 3] {
        let largest = |values: Vec<f32>| {
            // A factor that is not a number must not get lost, as it would in a maximum.
            let magnitudes = values.into_iter().map(f32::abs);
            magnitudes.fold(0.0, |most, value| if value <= most { most } else { value })
        };
        let [post, pre] = [self.plan.post(), self.plan.pre()].map(|factor| largest(factor.of(phi)));
        let [retention, increment] = self.constants.largest;
        let growths = [(increment * post) * pre, (increment * pre) * post];
        let growth = if growths[0] < growths[1] {
            growths[1]
        } else {
            growths[0]
        };
        // Zero times infinity is not a number: each factor counts by itself too.
        [
            self.bound * retention + growth,
            growths[0] + growths[1],
            post + pre,
        ]
    }
}

impl Connectivity for RuleSynapses {
    /// Between the kernel's own and those from 128 on, which are a user's.
    const MODEL: u8 = 3;

    fn check(&self, dynamics: &Dynamics) -> Result<(), BuildError> {
        if dynamics.n() == self.plan.n() {
            return Ok(());
        }
        Err(BuildError::Size(SizeError {
            what: "the couplings, in neurons,",
            expected: dynamics.n(),
            found: self.plan.n(),
        }))
    }

    fn clear(&mut self) {
        self.plastic.fill(0.0);
        self.bound = 0.0;
        self.set_clock(0);
    }

    fn imprint(&mut self, _dynamics: &Dynamics, phi: &[f32]) {
        self.clear();
        let (post, pre) = (self.plan.post().of(phi), self.plan.pre().of(phi));
        let moment = self.plan.at(0);
        for (i, &post) in post.iter().enumerate() {
            for (j, &pre) in pre.iter().enumerate() {
                if let Some([_, strength]) = moment.single(i, j) {
                    let (lower, higher) = if i <= j { (post, pre) } else { (pre, post) };
                    // Added to 0, which has a sign.
                    *self.plastic.get_mut(i, j) = 0.0 + (strength * lower) * higher;
                }
            }
        }
        self.bound = self.plastic.largest();
    }

    fn drive(&mut self, _dynamics: &Dynamics, phi: &[f32], drive: &mut [f32]) {
        panels::drive(&self.quenched, &self.plastic, phi, drive);
    }

    fn learn(&mut self, _dynamics: &Dynamics, phi: &[f32]) {
        [self.bound, ..] = self.bounds_after(phi);
        let (post, pre) = (self.plan.post().of(phi), self.plan.pre().of(phi));
        let Constants {
            retention, increment, ..
        } = &self.constants;
        panels::learn(&mut self.plastic, [retention, increment], &post, &pre);
        self.set_clock(self.clock.saturating_add(1));
    }

    fn stays_finite(&self, _dynamics: &Dynamics, phi: &[f32]) -> bool {
        self.bounds_after(phi).iter().all(|bound| bound.is_finite())
    }

    fn couplings_digest(&self) -> u64 {
        self.digest
    }

    fn plastic_len(&self) -> usize {
        self.plan.n() * self.plan.n() * size_of::<f32>()
    }

    fn write_plastic(&self, offset: usize, piece: &mut [u8]) {
        let (n, first) = (self.plan.n(), offset / size_of::<f32>());
        for (at, bytes) in piece.as_chunks_mut().0.iter_mut().enumerate() {
            let place = first + at;
            *bytes = self.plastic.get(place / n, place % n).to_le_bytes();
        }
    }

    /// The steps of the plasticity, of a rule that changes on the way.
    fn phase(&self) -> u32 {
        if self.plan.changes() { self.clock } else { 0 }
    }

    fn check_plastic(&self, phase: u32, _offset: usize, piece: &[u8]) -> Result<(), SnapshotError> {
        if phase != 0 && !self.plan.changes() {
            let (expected, found) = (0, phase);
            return Err(SnapshotError::Phase { expected, found });
        }
        let mut values = piece.as_chunks().0.iter().map(|&bytes| f32::from_le_bytes(bytes));
        if values.all(f32::is_finite) {
            Ok(())
        } else {
            Err(SnapshotError::NonFinite)
        }
    }

    fn read_plastic(&mut self, phase: u32, offset: usize, piece: &[u8]) {
        let (n, first) = (self.plan.n(), offset / size_of::<f32>());
        for (at, &bytes) in piece.as_chunks().0.iter().enumerate() {
            let (place, value) = (first + at, f32::from_le_bytes(bytes));
            *self.plastic.get_mut(place / n, place % n) = value;
            self.bound = self.bound.max(value.abs());
        }
        self.set_clock(phase);
    }
}

impl Rule for RuleSynapses {
    fn coupling(&self, _dynamics: &Dynamics, i: usize, j: usize) -> (f64, f64) {
        (self.quenched.get(i, j).into(), self.plastic.get(i, j).into())
    }

    fn tangent<'a, T: Transfer>(
        network: &'a mut Network<'_, Self, T>,
    ) -> Result<Box<dyn TangentMap + 'a>, Refusal> {
        let (plan, clock) = network.connectivity().plan();
        let (plan, clock) = (Arc::clone(plan), clock);
        Ok(Box::new(RuleTangent::new(network, plan, clock)))
    }

    fn joint_jacobian(&self, state: &State<'_>) -> Result<Vec<f64>, Refusal> {
        joint_jacobian(&self.plan, self.clock, state)
    }
}

/// Heap storage of the neurons of a network with a rule; the kernel borrows it.
#[derive(Debug)]
pub struct RuleStorage([Vec<f32>; 3]);

impl RuleStorage {
    /// Room for `n` neurons.
    pub fn new(n: usize) -> Self {
        Self([vec![0.0; n], vec![0.0; n], vec![0.0; n]])
    }

    /// A network at rest.
    pub fn network<T: Transfer>(
        &mut self,
        dynamics: Dynamics,
        synapses: RuleSynapses,
        transfer: T,
    ) -> Result<Network<'_, RuleSynapses, T>, Stopped> {
        let [x, phi, velocity] = &mut self.0;
        Ok(Network::new(
            dynamics,
            transfer,
            Neurons::new(x, phi, velocity)?,
            synapses,
        )?)
    }
}
