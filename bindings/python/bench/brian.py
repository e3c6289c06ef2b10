"""Processor time of the same plastic step in Brian2, in an environment of its own: Brian2 wants an older numpy than jax.

``python bench/brian.py < problem.json``: ``{"J": ..., "x": ..., "k", "p", "dt", "compared", "steps", "rounds"}``; prints
``{"version", "x", "microseconds"}``, the states after the first ``compared`` steps and the least time of a step.
"""

from __future__ import annotations

import json
import sys
import time

import brian2 as b
import numpy as np


def main() -> None:
    asked = json.load(sys.stdin)
    # not by the names that the equations have, which Brian2 would warn of
    matrix, initial = np.float32(asked["J"]), np.float32(asked["x"])
    n = len(initial)
    b.prefs.codegen.target = "cython"
    b.prefs.core.default_float_dtype = np.float32
    interval = asked["dt"] * b.second
    b.defaultclock.dt = interval
    constants = {"tau": 1 * b.second, "p": asked["p"], "growth": asked["k"] / n}
    neurons = b.NeuronGroup(
        n, "dx/dt = (-x + drive)/tau : 1\ndrive : 1\nphi : 1", method="euler", namespace=constants
    )
    # Once per neuron: as a part of the equations it would be computed for each synapse.
    neurons.run_regularly("phi = tanh(x)", when="start")
    synapses = b.Synapses(
        neurons,
        neurons,
        "dA/dt = (-A + growth*phi_pre*phi_post)/(p*tau) : 1 (clock-driven)\nJ : 1\ndrive_post = (J + A)*phi_pre : 1 (summed)",
        method="euler",
        namespace=constants,
    )
    synapses.connect()
    synapses.J[:] = matrix[np.asarray(synapses.j[:]), np.asarray(synapses.i[:])]
    neurons.x[:] = initial
    # A step of the Euler map takes everything from before: first the drive, then A, then x.
    for updater in synapses.summed_updaters.values():
        updater.order = -2
    synapses.state_updater.order = -1
    network = b.Network(neurons, synapses)
    network.run(asked["compared"] * interval)
    states = np.asarray(neurons.x[:]).tolist()
    # a run of one step tells what a call takes by itself
    steps = asked["steps"]
    long, short = (min(timed(network, count, interval) for _ in range(asked["rounds"])) for count in (steps, 1))
    print(json.dumps({"version": b.__version__, "x": states, "microseconds": 1e6 * (long - short) / (steps - 1)}))


def timed(network: b.Network, steps: int, interval: b.Quantity) -> float:
    begin = time.process_time()
    network.run(steps * interval)
    return time.process_time() - begin


if __name__ == "__main__":
    main()
