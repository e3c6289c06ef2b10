"""The exact network's plastic Euler step in numpy, as people write it, tuned, and on BLAS; float32 throughout.

Usage: step.py N SECONDS. Prints one JSON object: nanoseconds per synapse and step, the median of several batches.
All do the kernel's arithmetic but for the order of sums, which numpy leaves to BLAS.
"""

import json
import sys
import time

import numpy


def setup(n):
    generator = numpy.random.default_rng(1)
    j = (generator.standard_normal((n, n)) * (2.0 / numpy.sqrt(n))).astype(numpy.float32)
    x = (0.1 * generator.standard_normal(n)).astype(numpy.float32)
    return j, numpy.zeros((n, n), numpy.float32), x


P, K, DT = 2.5, 2.0, 0.05


def idiomatic(n):
    """The equations as one types them."""
    j, a, x = setup(n)
    dt, retention, increment = numpy.float32(DT), numpy.float32(1 - DT / P), numpy.float32(DT / P * K / n)

    def step():
        nonlocal a, x
        phi = numpy.tanh(x)
        x = x + dt * (-x + (j + a) @ phi)
        a = retention * a + increment * numpy.outer(phi, phi)

    return step


def tuned(n):
    """Every array allocated once, every result written in place; W = J + A is never formed."""
    j, a, x = setup(n)
    scratch = numpy.empty((n, n), numpy.float32)
    phi, drive, plastic, scaled = (numpy.empty(n, numpy.float32) for _ in range(4))
    dt, retention, increment = numpy.float32(DT), numpy.float32(1 - DT / P), numpy.float32(DT / P * K / n)

    def step():
        numpy.tanh(x, out=phi)
        numpy.dot(j, phi, out=drive)
        numpy.dot(a, phi, out=plastic)
        numpy.add(drive, plastic, out=drive)
        numpy.subtract(drive, x, out=drive)
        numpy.multiply(drive, dt, out=drive)
        numpy.add(x, drive, out=x)
        numpy.multiply(phi, increment, out=scaled)
        numpy.multiply(a, retention, out=a)
        numpy.multiply(scaled[:, None], phi, out=scratch)
        numpy.add(a, scratch, out=a)

    return step


def blas(n):
    """BLAS called directly through scipy: matrix-vector products and a rank-one update in place."""
    from scipy.linalg.blas import sgemv, sger

    j, a, x = setup(n)
    # BLAS wants its own order of memory.
    a, j = numpy.asfortranarray(a), numpy.asfortranarray(j)
    phi, velocity = numpy.empty(n, numpy.float32), numpy.empty(n, numpy.float32)
    dt, retention, increment = numpy.float32(DT), numpy.float32(1 - DT / P), DT / P * K / n

    def step():
        numpy.tanh(x, out=phi)
        sgemv(1.0, j, phi, y=velocity, overwrite_y=1)
        sgemv(1.0, a, phi, beta=1.0, y=velocity, overwrite_y=1)
        numpy.multiply(a, retention, out=a)
        sger(increment, phi, phi, a=a, overwrite_a=1)
        numpy.subtract(velocity, x, out=velocity)
        numpy.multiply(velocity, dt, out=velocity)
        numpy.add(x, velocity, out=x)

    return step


def nanoseconds(make, n, seconds):
    step = make(n)
    step()
    batches, begin = [], time.perf_counter()
    while time.perf_counter() - begin < seconds or len(batches) < 5:
        count = max(1, 20_000_000 // (n * n) // 10)
        start = time.perf_counter()
        for _ in range(count):
            step()
        batches.append((time.perf_counter() - start) / count)
    return 1e9 * float(numpy.median(batches)) / (n * n)


if __name__ == "__main__":
    size, duration = int(sys.argv[1]), float(sys.argv[2])
    print(
        json.dumps(
            {
                "n": size,
                "numpy": numpy.__version__,
                "idiomatic": nanoseconds(idiomatic, size, duration),
                "tuned": nanoseconds(tuned, size, duration),
                "blas": nanoseconds(blas, size, duration),
            }
        )
    )
