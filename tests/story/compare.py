"""The same network in double precision, independently: are the states that host-sim recorded its states?"""

import sys

import numpy as np

K, P, DT, TIME, STEPS_OF_ROW, BOUND = 1.5, 2.5, 0.05, 10.0, 4, 1e-4
folder, recorded = sys.argv[1:]
# as the program reads them: rounded to single precision
J, x, series, weights = (
    np.load(f"{folder}/{name}.npy").astype(np.float32).astype(float) for name in ("J", "x0", "series", "weights")
)
with np.load(recorded) as arrays:
    time, states = arrays["time"], arrays["x"]
dt = float(np.float32(DT))
A = np.zeros_like(J)
largest, moved = 0.0, 0.0
begin = x.copy()
for step in range(round(TIME / DT) + 1):
    at = np.flatnonzero(np.isclose(time, step * DT, atol=DT / 4))
    assert len(at) == 1, f"no state of time {step * DT}"
    largest = max(largest, np.abs(states[at[0]] - x).max())
    moved = max(moved, np.abs(x - begin).max())
    row = step // STEPS_OF_ROW
    drive = weights @ series[row] if row < len(series) else 0.0
    phi = np.tanh(x)
    x = x + dt * (-x + (J + A) @ phi + drive)
    A = A + dt / P * (-A + K / len(x) * np.outer(phi, phi))
print(f"largest distance {largest:.2e} over {TIME} time units, in which x moved by {moved:.2f}")
assert moved > 1.0, "nothing happened"
assert largest < BOUND, f"above the bound {BOUND}"
