"""A dense matrix-vector product in single precision, BLAS called through scipy: what signed sums are compared with.

Usage: product.py N TURNS. Prints one JSON object: seconds of the fastest product, in the better order of memory.
"""

import json
import sys
import time

import numpy
import scipy
from scipy.linalg.blas import sgemv


def fastest(matrix, trans, turns):
    rates, drive = numpy.full(len(matrix), 0.5, numpy.float32), numpy.empty(len(matrix), numpy.float32)
    times = []
    for _ in range(turns + 1):
        start = time.perf_counter()
        sgemv(1.0, matrix, rates, y=drive, overwrite_y=1, trans=trans)
        times.append(time.perf_counter() - start)
    return min(times[1:])


if __name__ == "__main__":
    n, turns = int(sys.argv[1]), int(sys.argv[2])
    couplings = numpy.random.default_rng(1).random((n, n), dtype=numpy.float32)
    # The transpose is in BLAS's own order of memory: no copy is made, row by row or column by column.
    seconds = min(fastest(couplings.T, trans, turns) for trans in (0, 1))
    print(json.dumps({"seconds": seconds, "numpy": numpy.__version__, "scipy": scipy.__version__}))
