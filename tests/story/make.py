"""A user's own network, by numpy alone: couplings with two low-rank modes, an initial state, an input of three channels."""

import sys

import numpy as np

N, CHANNELS, ROWS = 96, 3, 60
folder = sys.argv[1]
random = np.random.default_rng(19)
modes = random.standard_normal((2, 2, N))
J = 1.5 * random.standard_normal((N, N)) / np.sqrt(N)
J += 1.2 * sum(np.outer(left, right) for left, right in modes) / N
time = np.arange(ROWS)[:, None]
np.save(f"{folder}/J.npy", J)  # float64
np.save(f"{folder}/x0.npy", random.standard_normal(N).astype(np.float32))
np.save(f"{folder}/series.npy", 0.5 * np.sin(0.3 * time + np.arange(CHANNELS)))
np.save(f"{folder}/weights.npy", random.standard_normal((N, CHANNELS)))
