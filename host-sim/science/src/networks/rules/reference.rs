//! The rule of the reference simulator, in double precision: plain loops in the order of the equation.

use std::sync::Arc;

use super::Plan;

/// A rule, and how many of its steps were done.
#[derive(Clone, Debug)]
pub struct ReferenceRule {
    plan: Arc<Plan>,
    clock: u32,
}

impl ReferenceRule {
    /// The rule from its first step on.
    pub fn new(plan: Plan) -> Self {
        Self {
            plan: Arc::new(plan),
            clock: 0,
        }
    }

    /// The rule after so many steps, as the plan counts them.
    pub fn after(self, clock: u32) -> Self {
        Self { clock, ..self }
    }

    pub(in crate::networks) fn plan(&self) -> (&Arc<Plan>, u32) {
        (&self.plan, self.clock)
    }

    pub(in crate::networks) fn begin(&mut self) {
        self.clock = 0;
    }

    /// Where A settles if the rates stay: N x N, row-major.
    pub(in crate::networks) fn imprint(&self, rates: &[f64]) -> Vec<f64> {
        let n = rates.len();
        let (post, pre) = (
            self.plan.post().of_double(rates),
            self.plan.pre().of_double(rates),
        );
        let moment = self.plan.at(0);
        let entry = |at: usize| match moment.double(at / n, at % n) {
            Some([_, strength]) => strength * (post[at / n] * pre[at % n]),
            None => 0.0,
        };
        (0..n * n).map(entry).collect()
    }

    /// One step of A, N x N, row-major.
    pub(in crate::networks) fn learn(&mut self, rates: &[f64], a: &mut [f64]) {
        let n = rates.len();
        let (post, pre) = (
            self.plan.post().of_double(rates),
            self.plan.pre().of_double(rates),
        );
        let moment = self.plan.at(self.clock);
        for i in 0..n {
            for j in 0..n {
                if let Some([rate, strength]) = moment.double(i, j) {
                    a[i * n + j] += rate * (strength * (post[i] * pre[j]) - a[i * n + j]);
                }
            }
        }
        self.clock = self.clock.saturating_add(1);
    }
}
