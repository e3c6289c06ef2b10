//! The equations, and the parameters of everything that follows.

use crate::failure::Failure;
use crate::repro::{Effort, Job, Report, Results, Section};

pub(super) const SECTION: Section = Section {
    name: "model",
    title: "The model",
    source: "Clark and Abbott, the equations of motion of neurons and synapses",
    text: &[
        "N neurons with inputs x and rates φ(x) are coupled by quenched random couplings J and by plastic couplings A, \
         which follow the product of the rates of the neurons that they join. Time is in units of the neuronal time \
         constant; g is the gain of J, k the strength of the plasticity (Hebbian above zero, anti-Hebbian below), p the \
         time constant of the synapses. Freezing halts the plasticity: dA/dt = 0.",
        "All that follows has φ = tanh, p = 2.5 and the Euler step dt = 0.05; every entry of J, the diagonal too, is \
         drawn from a Gaussian of variance g²/N. Networks start small (x = 0.1 z, A = 0), run for 200 before anything is \
         measured, and are averaged where they stayed active; errors are standard errors over networks, never over \
         time. Simulations run the kernel of the microcontroller, in single precision.",
        "In the limit of many neurons each one is driven by a Gaussian field of covariance g² C_φ(τ), and by itself \
         through the trace that it left in its synapses. C_φ is found self-consistently: exactly at k = 0, by sampled \
         paths elsewhere, with an error from the spread of several starts.",
    ],
    equations: &[
        "dxᵢ/dt = −xᵢ + Σⱼ (Jᵢⱼ + Aᵢⱼ) φ(xⱼ)",
        "p dAᵢⱼ/dt = −Aᵢⱼ + (k/N) φ(xᵢ) φ(xⱼ)",
        "(1 + d/dt) x(t) = η(t) + (k/p) ∫₀^∞ exp(−s/p) C_φ(s) φ(x(t − s)) ds,   ⟨η(t) η(t + τ)⟩ = g² C_φ(τ)",
        "C_φ(τ) = ⟨φ(x(t)) φ(x(t + τ))⟩",
    ],
    jobs: |_: Effort| -> Vec<Job> { Vec::new() },
    report: |_: Effort, _: &Results| -> Result<Report, Failure> { Ok(Report::default()) },
};
