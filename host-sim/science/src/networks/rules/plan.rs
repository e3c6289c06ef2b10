//! A rule step by step: what holds at which moment.

use freezable_chaos::Dynamics;

use super::{Factor, Mask, PlasticityRule, Values};

/// A checked rule, with its times in steps.
#[derive(Clone, Debug)]
pub struct Plan {
    n: usize,
    dt: f32,
    post: Factor,
    pre: Factor,
    stages: Vec<Stage>,
}

/// What holds from a change on.
#[derive(Clone, Debug)]
struct Stage {
    /// The first step of the change, and how many it takes.
    begin: u32,
    count: u32,
    k: Values,
    p: Values,
    plastic: Option<Mask>,
}

/// What holds in one step of the plasticity.
#[derive(Clone, Copy, Debug)]
pub struct Moment<'a> {
    n: usize,
    dt: f32,
    /// Stages before and after the present change, the same where there is none.
    before: &'a Stage,
    after: &'a Stage,
    /// Share of the change that is done.
    share: f32,
    /// The first step in which something else may hold.
    pub until: u32,
}

impl Plan {
    /// The rule of a network with these constants, which was [checked](PlasticityRule::check) for them.
    pub fn new(rule: &PlasticityRule, dynamics: &Dynamics) -> Self {
        let params = dynamics.params();
        let first = Stage {
            begin: 0,
            count: 0,
            k: rule.k.clone().unwrap_or(Values::Scalar(params.k)),
            p: rule.p.clone().unwrap_or(Values::Scalar(params.p)),
            plastic: rule.plastic.clone(),
        };
        let mut stages = vec![first];
        for change in &rule.changes {
            let last = stages[stages.len() - 1].clone();
            let [begin, count] = change
                .steps(params.dt.into())
                .map(|steps| u32::try_from(steps).unwrap_or(u32::MAX));
            stages.push(Stage {
                begin,
                count,
                k: change.k.clone().unwrap_or(last.k),
                p: change.p.clone().unwrap_or(last.p),
                plastic: change.plastic.clone().or(last.plastic),
            });
        }
        Self {
            n: dynamics.n(),
            dt: params.dt,
            post: rule.post,
            pre: rule.pre,
            stages,
        }
    }

    /// Number of neurons.
    pub fn n(&self) -> usize {
        self.n
    }

    /// Length of a step in time, in the kernel's precision.
    pub fn dt(&self) -> f64 {
        self.dt.into()
    }

    /// f, of the neuron that receives.
    pub fn post(&self) -> Factor {
        self.post
    }

    /// h, of the neuron that sends.
    pub fn pre(&self) -> Factor {
        self.pre
    }

    /// Whether anything changes on the way.
    pub fn changes(&self) -> bool {
        self.stages.len() > 1
    }

    /// What holds in a step of the plasticity, counted from 0.
    pub fn at(&self, step: u32) -> Moment<'_> {
        // The first stage begins at 0.
        let place = self.stages.partition_point(|stage| stage.begin <= step).max(1) - 1;
        let after = &self.stages[place];
        let done = (step - after.begin).saturating_add(1);
        let is_done = place == 0 || done >= after.count;
        let next = self.stages.get(place + 1).map_or(u32::MAX, |stage| stage.begin);
        Moment {
            n: self.n,
            dt: self.dt,
            before: &self.stages[if is_done { place } else { place - 1 }],
            after,
            share: if is_done {
                1.0
            } else {
                done as f32 / after.count as f32
            },
            until: if is_done { next } else { step + 1 },
        }
    }

    /// Which synapses are plastic in a step or in a later one: N x N, row-major.
    pub fn plastic_from(&self, step: u32) -> Vec<bool> {
        let mut plastic = vec![false; self.n * self.n];
        let mut step = step;
        loop {
            let moment = self.at(step);
            for (at, plastic) in plastic.iter_mut().enumerate() {
                *plastic |= moment.double(at / self.n, at % self.n).is_some();
            }
            // Within a change the same synapses are plastic from its first step to the last but one.
            let settled = moment.after.begin.saturating_add(moment.after.count);
            match moment.until {
                u32::MAX => return plastic,
                until if moment.share < 1.0 => step = until.max(settled.saturating_sub(1)),
                until => step = until,
            }
        }
    }
}

impl Moment<'_> {
    /// Whether all synapses onto a neuron have the same k and p, and are plastic.
    pub fn is_by_row(&self) -> bool {
        let by_row = |stage: &Stage| stage.k.are_by_row() && stage.p.are_by_row();
        by_row(self.before) && by_row(self.after) && self.after.plastic.is_none()
    }

    /// Whether all plastic synapses onto a neuron have the same p.
    pub fn has_time_constants_by_row(&self) -> bool {
        self.before.p.are_by_row() && self.after.p.are_by_row()
    }

    fn is_masked(&self, i: usize, j: usize) -> bool {
        let mask = self.after.plastic.as_ref();
        mask.is_some_and(|mask| !mask.get(self.n, i, j))
    }

    /// `dt/p_ij` and `k_ij/N` of the synapse from j on i, each operation rounded in single precision in the order of the
    /// kernel's contract; `None` where it is not plastic.
    pub fn single(&self, i: usize, j: usize) -> Option<[f32; 2]> {
        if self.is_masked(i, j) {
            return None;
        }
        let of = |stage: &Stage| {
            let (k, p) = (stage.k.get(self.n, i, j), stage.p.get(self.n, i, j));
            [self.dt / p, k / self.n as f32]
        };
        let mut values = of(self.after);
        if self.share < 1.0 {
            for (value, before) in values.iter_mut().zip(of(self.before)) {
                *value = before + self.share * (*value - before);
            }
        }
        (values[0] > 0.0).then_some(values)
    }

    /// The same in double precision.
    pub fn double(&self, i: usize, j: usize) -> Option<[f64; 2]> {
        if self.is_masked(i, j) {
            return None;
        }
        let of = |stage: &Stage| {
            let [k, p] = [&stage.k, &stage.p].map(|values| f64::from(values.get(self.n, i, j)));
            [f64::from(self.dt) / p, k / self.n as f64]
        };
        let mut values = of(self.after);
        if self.share < 1.0 {
            for (value, before) in values.iter_mut().zip(of(self.before)) {
                *value = before + f64::from(self.share) * (*value - before);
            }
        }
        (values[0] > 0.0).then_some(values)
    }
}
