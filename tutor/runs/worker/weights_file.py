"""The parameters of a model as a file of NumPy's, ``.npz``."""

from __future__ import annotations

import os
import tempfile
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

_PIECE = 1 << 16
"""So many numbers are written at once."""


def write_weights(path: Path, named: Mapping[str, NDArray[Any]]) -> None:
    """Write arrays, aside and then in place.

    `numpy.savez` would do, but has two copies of an array in memory meanwhile, which is more than a large network has
    to spare; here it is written piece by piece.

    Args:
        path: The file.
        named: The arrays by name.

    Raises:
        OSError: there is no room.
    """
    descriptor, temporary = tempfile.mkstemp(prefix=".weights.", suffix=".npz", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file, zipfile.ZipFile(file, "w") as archive:
            for name, array in named.items():
                with archive.open(f"{name}.npy", "w", force_zip64=True) as entry:
                    _write(entry, array)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def read_weights(path: Path) -> dict[str, NDArray[Any]]:
    """Read what `write_weights` wrote: arrays by name.

    Raises:
        OSError: There is no such file, or it cannot be read.
        ValueError: It is damaged.
    """
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    except (zipfile.BadZipFile, EOFError, zlib.error, NotImplementedError, RuntimeError) as error:
        raise ValueError(str(error)) from error


def _write(file: IO[bytes], array: NDArray[Any]) -> None:
    descr = np.lib.format.dtype_to_descr(array.dtype)
    np.lib.format.write_array_header_1_0(file, {"descr": descr, "fortran_order": False, "shape": array.shape})
    flat = array.reshape(-1)
    for start in range(0, flat.size, _PIECE):
        file.write(np.ascontiguousarray(flat[start : start + _PIECE]).data)
