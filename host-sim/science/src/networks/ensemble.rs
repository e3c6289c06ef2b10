//! What describes an ensemble of networks: how many, from where, under which input, for how long.

use serde::Serialize;

use super::description::Network;
use super::{InitialState, Input, Model, Origin};
use crate::Refusal;
use crate::estimators::steps_in;

/// Networks of one description, each with couplings and initial state of its own, and how long they run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Ensemble {
    /// What each of them is.
    #[serde(flatten)]
    pub network: Network,
    /// Number of networks.
    pub networks: u32,
    /// Initial state.
    pub start: InitialState,
    /// A state of one's own to begin from in place of that, the same for every network.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
    /// External input.
    #[serde(skip_serializing_if = "Input::is_none")]
    pub input: Input,
    /// Time before anything is measured, in units of the neuronal time constant.
    pub burn_in: f64,
    /// Time over which statistics are taken.
    pub duration: f64,
}

/// Longest time that is run.
pub(super) const LONGEST: f64 = 1e9;
/// Most steps of an ensemble: what no machine finishes is a mistyped step.
const MOST_STEPS: f64 = 1e12;

impl Ensemble {
    /// So many networks from the small start, with a burn-in of 200 and a duration of 1000.
    pub fn of(network: Network, networks: u32) -> Result<Self, Refusal> {
        Self {
            network,
            networks,
            start: InitialState::Small,
            origin: None,
            input: Input::default(),
            burn_in: 200.0,
            duration: 1000.0,
        }
        .check()
    }

    /// The same ensemble over other times.
    pub fn over(self, burn_in: f64, duration: f64) -> Result<Self, Refusal> {
        Self {
            burn_in,
            duration,
            ..self
        }
        .check()
    }

    /// The same ensemble from other initial states.
    pub fn starting(self, start: InitialState) -> Self {
        Self { start, ..self }
    }

    /// The same ensemble from a state of one's own.
    pub fn beginning_at(self, origin: Origin) -> Result<Self, Refusal> {
        Self {
            origin: Some(origin),
            ..self
        }
        .check()
    }

    /// The same ensemble with an external input.
    pub fn driven_by(self, input: Input) -> Result<Self, Refusal> {
        Self { input, ..self }.check()
    }

    /// Refuses an input or a state of one's own, where that cannot be had for this reason.
    pub fn undriven(&self, reason: &'static str) -> Result<(), Refusal> {
        let (series, _) = self.input.tables();
        let given = match &self.origin {
            _ if series.is_some() => "input",
            _ if !self.input.is_none() => "noise",
            Some(Origin::State(_)) => "x0",
            Some(Origin::Snapshot(_)) => "snapshot",
            None => return Ok(()),
        };
        Err(Refusal::because(given, "of one's own", "cannot be had here").reason(reason))
    }

    /// Checks every bound.
    pub fn check(self) -> Result<Self, Refusal> {
        if self.networks == 0 {
            return Err(Refusal::below("networks", 0, 1));
        }
        self.input.check(self.network.n)?;
        if let Some(origin) = &self.origin {
            origin.check(self.network.n)?;
        }
        Refusal::check("burn_in", self.burn_in, [0.0, LONGEST])?;
        Refusal::check("duration", self.duration, [1.0, LONGEST])?;
        if self.network.model == Model::Compact && !self.network.transfer.is_bounded() {
            let words = "has no bound, and model compact takes rates up to 1";
            return Err(Refusal::because("transfer", self.network.transfer.name(), words));
        }
        let steps = (self.burn_in + self.duration) / self.network.step() * f64::from(self.networks);
        if steps > MOST_STEPS {
            let words = format!(
                "with burn_in {}, duration {} and networks {} makes {steps:.3e} steps, above the bound {MOST_STEPS:e}",
                self.burn_in, self.duration, self.networks
            );
            return Err(Refusal::because("dt", self.network.dt, words));
        }
        Ok(self)
    }

    /// Steps before anything is measured, which may be none.
    pub fn burn_in_steps(&self) -> u64 {
        if self.burn_in > 0.0 {
            steps_in(self.burn_in, self.network.step())
        } else {
            0
        }
    }

    /// Steps over which statistics are taken.
    pub fn window_steps(&self) -> u64 {
        steps_in(self.duration, self.network.step())
    }

    /// One line for people: "exact network, gaussian couplings, N = 200, g = 2, k = 2, p = 2.5, dt = 0.05, tanh, f32, 4
    /// networks".
    pub fn describe(&self) -> String {
        let Network { model, couplings, .. } = &self.network;
        format!(
            "{} network, {} couplings, {}",
            model.name(),
            couplings.name(),
            self.describe_parameters()
        )
    }

    /// The same without the kind of network.
    pub fn describe_parameters(&self) -> String {
        let Network {
            n,
            g,
            k,
            p,
            dt,
            transfer,
            bias,
            rule,
            precision,
            ..
        } = &self.network;
        let bias = if bias.is_some() { " with biases" } else { "" };
        let rule = rule
            .as_ref()
            .map_or(String::new(), |rule| format!("rule {}, ", rule.describe()));
        format!(
            "N = {n}, g = {g}, k = {k}, p = {p}, dt = {dt}, {}{bias}, {rule}{}, {} networks",
            transfer.name(),
            precision.name(),
            self.networks
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use freezable_chaos::Params;

    const PARAMS: Params = Params {
        g: 2.0,
        k: 2.0,
        p: 2.5,
        dt: 0.05,
    };

    #[test]
    fn what_no_machine_finishes_is_refused_with_the_true_number() {
        let tiny = Params { dt: 1e-30, ..PARAMS };
        let refused = Ensemble::of(Network::exact(2, tiny).unwrap(), 1).unwrap_err();
        assert!(refused.to_string().contains("1.200e33 steps"), "{refused}");
        let network = Network::exact(2, PARAMS).unwrap();
        let none = Ensemble::of(network.clone(), 0).unwrap_err();
        assert_eq!(none.to_string(), "networks 0 is below its bound 1");
        let short = Ensemble::of(network, 1).unwrap().over(0.0, 0.5).unwrap_err();
        assert_eq!(short.to_string(), "duration 0.5 is outside its bounds 1 and 1e9");
    }
}
