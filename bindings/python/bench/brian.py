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
    J, x = np.float32(asked["J"]), np.float32(asked["x"])
    n = len(x)
    b.prefs.codegen.target = "cython"
    b.prefs.core.default_float_dtype = np.float32
    dt = asked["dt"] * b.second
    b.defaultclock.dt = dt
    constants = {"tau": 1 * b.second, "p": asked["p"], "growth": asked["k"] / n}
    neurons = b.NeuronGroup(
        n, "dx/dt = (-x + drive)/tau : 1\ndrive : 1\nphi = tanh(x) : 1", method="euler", namespace=constants
    )
    synapses = b.Synapses(
        neurons,
        neurons,
        "dA/dt = (-A + growth*phi_pre*phi_post)/(p*tau) : 1 (clock-driven)\nJ : 1\ndrive_post = (J + A)*phi_pre : 1 (summed)",
        method="euler",
        namespace=constants,
    )
    synapses.connect()
    synapses.J[:] = J[np.asarray(synapses.j[:]), np.asarray(synapses.i[:])]
    neurons.x[:] = x
    # A step of the Euler map takes everything from before: first the drive, then A, then x.
    for updater in synapses.summed_updaters.values():
        updater.order = -2
    synapses.state_updater.order = -1
    network = b.Network(neurons, synapses)
    network.run(asked["compared"] * dt)
    states = np.asarray(neurons.x[:]).tolist()
    times = []
    for _ in range(asked["rounds"]):
        # a run of one step tells what a call takes by itself
        times.append(timed(network, asked["steps"], dt) - timed(network, 1, dt))
    print(json.dumps({"version": b.__version__, "x": states, "microseconds": 1e6 * min(times) / (asked["steps"] - 1)}))


def timed(network: b.Network, steps: int, dt: b.Quantity) -> float:
    begin = time.process_time()
    network.run(steps * dt)
    return time.process_time() - begin


if __name__ == "__main__":
    main()
