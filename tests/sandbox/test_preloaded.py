"""What NumPy loads only when it is used is there beforehand: an account without rights may not be able to read it."""

from __future__ import annotations

import subprocess
import sys

USES = """
import sys
import tutor.sandbox.child
import numpy as np

before = set(sys.modules)
rows = np.array([3, 1, 3, 2])
np.unique(rows, return_inverse=True), np.isin(rows, [1]), np.intersect1d(rows, [3]), np.setdiff1d(rows, [3])
np.nanmedian([1.0, np.nan]), np.median(rows), np.cov(rows, rows), np.quantile(rows, 0.5), np.histogram(rows)
np.array_split(rows, 3), np.apply_along_axis(np.sum, 0, rows), np.einsum("i,i", rows, rows), np.polyfit(rows, rows, 1)
np.linalg.eigvalsh(np.eye(2)), np.linalg.svd(np.eye(2)), np.fft.fft(rows), np.random.default_rng(1).permutation(4)
np.ma.masked_array(rows), np.char.upper(["a"]), np.rec.array(rows), np.dtypes.Float64DType(), np.interp(1.5, rows, rows)
np.lib.stride_tricks.sliding_window_view(rows, 2), np.array2string(rows), repr(rows), np.gradient(rows), np.pad(rows, 1)
print(sorted(name for name in set(sys.modules) - before))
"""


def test_no_function_of_numpy_has_to_be_read_from_the_disk() -> None:
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", USES], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
