//! The joint Jacobian of a rule as data, reduced to what the neurons feel.
//!
//! A neuron feels `a_i = sum over plastic j of dA_ij phi_j`. Where all synapses onto a neuron share one p_i, a_i is a variable
//! by itself, and with F and H the derivatives of the factors with respect to x
//!
//! ```text
//! [ -I + W D                                                                    I        ]
//! [ (1/p_i) ( S_i F_i. + f_i sum over j of w_ij H_j. )                      -1/p_i       ]
//!
//! w_ij = k_ij phi_j / N,  S_i = sum over j of w_ij h_j
//! ```
//!
//! With several p onto one neuron there is no such variable, and the matrix is refused.

use super::{Factor, Plan};
use crate::Refusal;
use crate::spectra::State;

/// The reduced joint matrix in a state, at a step of the plasticity: 2N x 2N, row-major. A neuron without plastic synapses
/// has an eigenvalue -1/p, of the network's p, for the synapses that it lacks.
pub(in crate::networks) fn joint_jacobian(
    plan: &Plan,
    step: u32,
    state: &State<'_>,
) -> Result<Vec<f64>, Refusal> {
    let (n, moment) = (plan.n(), plan.at(step));
    if !moment.has_time_constants_by_row() {
        let words = "has several p onto one neuron, and so no joint Jacobian of 2N rows";
        return Err(Refusal::because("rule", "of the plasticity", words));
    }
    let [rates, slopes] = [state.rates, state.slopes];
    let (post, pre) = (plan.post().of_double(rates), plan.pre().of_double(rates));
    let mut matrix = vec![0.0; 4 * n * n];
    let (upper, lower) = matrix.split_at_mut(2 * n * n);
    let rows = upper.chunks_exact_mut(2 * n).zip(lower.chunks_exact_mut(2 * n));
    for (i, ((upper, lower), frozen)) in rows.zip(state.frozen.chunks_exact(n)).enumerate() {
        upper[..n].copy_from_slice(frozen);
        upper[n + i] = 1.0;
        // dt/p, of which only the ratio to dt counts.
        let mut decay = 1.0 / state.p;
        let mut weights = vec![0.0; n];
        for (j, weight) in weights.iter_mut().enumerate() {
            if let Some([rate, strength]) = moment.double(i, j) {
                decay = rate / plan.dt();
                *weight = strength * rates[j];
            }
        }
        let felt: f64 = weights.iter().zip(&pre).map(|(weight, pre)| weight * pre).sum();
        let mut unit = vec![0.0; n];
        unit[i] = felt;
        let entries = &mut lower[..n];
        add_derivative(entries, plan.post(), &unit, rates, slopes);
        let sent: Vec<f64> = weights.iter().map(|weight| post[i] * weight).collect();
        add_derivative(entries, plan.pre(), &sent, rates, slopes);
        entries.iter_mut().for_each(|entry| *entry *= decay);
        lower[n + i] = -decay;
    }
    Ok(matrix)
}

/// Adds the derivative of `sum over j of w_j factor(r_j)` with respect to every x.
fn add_derivative(row: &mut [f64], factor: Factor, weights: &[f64], rates: &[f64], slopes: &[f64]) {
    let mean = match factor {
        Factor::CentredRate => weights.iter().sum::<f64>() / weights.len() as f64,
        _ => 0.0,
    };
    let neurons = weights.iter().zip(rates).zip(slopes);
    for (entry, ((weight, rate), slope)) in row.iter_mut().zip(neurons) {
        *entry += (weight * factor.slope(*rate) - mean) * slope;
    }
}
