//! A rule of plasticity as data.

use freezable_chaos::{Dynamics, STRENGTH_LIMIT};
use serde::Serialize;

use super::{Factor, Mask, Values};
use crate::Refusal;
use crate::estimators::steps_in;

/// A rule of plasticity: while the plasticity runs, of every plastic synapse from j on i
///
/// ```text
/// p_ij dA_ij/dt = -A_ij + k_ij f(r_i) h(r_j) / N
/// ```
///
/// with the rates r = phi(x); synapses that are not plastic keep their A, which is 0 from the start. `f = h = r` with one k
/// and one p is the paper's rule.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PlasticityRule {
    /// f, of the neuron that receives.
    pub post: Factor,
    /// h, of the neuron that sends.
    pub pre: Factor,
    /// Strengths; if not given, the network's k.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub k: Option<Values>,
    /// Time constants; if not given, the network's p. With an infinite one a synapse stands still.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p: Option<Values>,
    /// Which synapses are plastic; if not given, all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plastic: Option<Mask>,
    /// What changes on the way, in the order of time.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<Change>,
}

/// A change of a rule on the way. What it does not give stays as it is.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Change {
    /// When: time since the start, counted while the plasticity runs.
    pub at: f64,
    /// Time that it takes, 0 for at once. Until then k and 1/p go in a straight line from the old to the new.
    #[serde(skip_serializing_if = "is_zero")]
    pub over: f64,
    /// Strengths from then on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub k: Option<Values>,
    /// Time constants from then on; an infinite one freezes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p: Option<Values>,
    /// Which synapses are plastic from then on, at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plastic: Option<Mask>,
}

fn is_zero(time: &f64) -> bool {
    *time == 0.0
}

/// Longest time at which anything may change.
const LONGEST: f64 = 1e9;

impl Change {
    /// At that time, at once; of nothing yet.
    pub fn at(time: f64) -> Self {
        Self {
            at: time,
            over: 0.0,
            k: None,
            p: None,
            plastic: None,
        }
    }

    /// The step at which it begins, and how many it takes.
    pub(super) fn steps(&self, dt: f64) -> [u64; 2] {
        [self.at, self.over].map(|time| if time > 0.0 { steps_in(time, dt) } else { 0 })
    }
}

impl PlasticityRule {
    /// `f(r_i) h(r_j)` with the network's k and p, of all synapses, for ever.
    pub fn new(post: Factor, pre: Factor) -> Self {
        Self {
            post,
            pre,
            k: None,
            p: None,
            plastic: None,
            changes: Vec::new(),
        }
    }

    /// Whether it is the paper's rule, whose theory then holds.
    pub fn is_papers(&self) -> bool {
        *self == Self::new(Factor::Rate, Factor::Rate)
    }

    /// Whether all synapses have the network's p, for ever.
    pub fn has_one_time_constant(&self) -> bool {
        self.p.is_none() && self.changes.iter().all(|change| change.p.is_none())
    }

    /// Whether all synapses onto a neuron have one p at a time, so that what it feels of them is one variable.
    pub fn has_time_constants_by_row(&self) -> bool {
        let given = self.changes.iter().map(|change| &change.p).chain([&self.p]);
        given.flatten().all(Values::are_by_row)
    }

    /// Whether all synapses onto a neuron learn alike, for ever.
    pub fn is_by_row(&self) -> bool {
        let strengths = self.changes.iter().map(|change| &change.k).chain([&self.k]);
        let masks = self.changes.iter().map(|change| &change.plastic);
        self.has_time_constants_by_row()
            && strengths.flatten().all(Values::are_by_row)
            && masks.chain([&self.plastic]).all(Option::is_none)
    }

    /// The factors and what is not the same for all, in words: "sign x rate, k per synapse".
    pub fn describe(&self) -> String {
        let mut text = format!("{} x {}", self.post.name(), self.pre.name());
        for (name, values) in [("k", &self.k), ("p", &self.p)] {
            match values {
                Some(Values::PerNeuron(_)) => text += &format!(", {name} per neuron"),
                Some(Values::PerSynapse(_)) => text += &format!(", {name} per synapse"),
                Some(Values::Scalar(value)) => text += &format!(", {name} = {value}"),
                None => {}
            }
        }
        if self.plastic.is_some() {
            text += ", some synapses plastic";
        }
        match self.changes.len() {
            0 => text,
            1 => text + ", 1 change",
            changes => text + &format!(", {changes} changes"),
        }
    }

    /// Checks every bound for a network of these constants.
    pub fn check(&self, dynamics: &Dynamics) -> Result<(), Refusal> {
        let dt = f64::from(dynamics.params().dt);
        for (parameter, factor) in [("post", self.post), ("pre", self.pre)] {
            if let Factor::Threshold(threshold) = factor
                && !threshold.is_finite()
            {
                let words = "of the threshold is not a finite number";
                return Err(Refusal::because(parameter, threshold, words));
            }
        }
        check_values(self.k.as_ref(), self.p.as_ref(), self.plastic.as_ref(), dynamics)?;
        let mut free_from = 0;
        for change in &self.changes {
            Refusal::check("at", change.at, [0.0, LONGEST])?;
            Refusal::check("over", change.over, [0.0, LONGEST])?;
            check_values(
                change.k.as_ref(),
                change.p.as_ref(),
                change.plastic.as_ref(),
                dynamics,
            )?;
            if change.k.is_none() && change.p.is_none() && change.plastic.is_none() {
                return Err(Refusal::because("at", change.at, "changes nothing"));
            }
            let [begin, count] = change.steps(dt);
            if begin < free_from {
                let words = "is before the change before it is over";
                return Err(Refusal::because("at", change.at, words));
            }
            free_from = begin + count;
            if u32::try_from(free_from).is_err() {
                let words = format!("is beyond {} steps", u32::MAX);
                return Err(Refusal::because("at", change.at, words));
            }
        }
        Ok(())
    }
}

fn check_values(
    k: Option<&Values>,
    p: Option<&Values>,
    plastic: Option<&Mask>,
    dynamics: &Dynamics,
) -> Result<(), Refusal> {
    let (n, dt) = (dynamics.n(), dynamics.params().dt);
    if let Some(k) = k {
        k.check("k", n, |value| match value.abs() {
            magnitude if magnitude <= STRENGTH_LIMIT => Ok(()),
            _ => Err(format!(
                "is outside its bounds -{STRENGTH_LIMIT:e} and {STRENGTH_LIMIT:e}"
            )),
        })?;
    }
    if let Some(p) = p {
        p.check("p", n, |value| match value {
            value if value >= dt => Ok(()),
            _ => Err(format!("is below its bound dt {dt}")),
        })?;
    }
    plastic.map_or(Ok(()), |mask| mask.check(n))
}
