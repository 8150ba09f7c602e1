"""libvips as this package uses it: pictures flow through it in strips, so that no whole copy is ever held."""

from __future__ import annotations

import atexit
from collections.abc import Iterator
from typing import Any

import numpy as np
import pyvips
from numpy.typing import NDArray

vips: Any = pyvips
"""The module, without its types: they call every enumeration an integer, and do not know ``keep="icc"``."""

Image = Any
"""A ``pyvips.Image``."""

Source = Any
"""A ``pyvips.Source``, which must be kept as long as an image that reads from it: the image does not keep it alive."""

Integers = NDArray[np.uint8 | np.uint16]

STRIP = 1 << 20
"""Bytes of a strip: large enough that Python costs nothing beside the work, small enough to stay in the cache."""

Failures = (pyvips.Error, UnicodeDecodeError)
"""What libvips raises: its messages may quote the bytes of a damaged file, and pyvips takes them to be UTF-8."""

# For the same reason the warnings of libvips, which pyvips would log, end here: errors come as exceptions anyway.
_discarded = vips.ffi.callback("GLogFunc", lambda domain, level, message, data: None)
_handler = vips.glib_lib.g_log_set_handler(b"VIPS", 0xFF, _discarded, vips.ffi.NULL)
atexit.register(vips.glib_lib.g_log_remove_handler, b"VIPS", _handler)

# libvips remembers its last operations by file name and arguments, and would show an overwritten file as it was before.
pyvips.cache_set_max(0)


def strips(image: Image) -> Iterator[tuple[int, Integers]]:
    """The rows of an 8- or 16-bit ``image`` from the top: (number of the first row, rows of shape (h, W, bands)).

    Raises ``pyvips.Error`` where the picture behind the image turns out to be damaged.
    """
    region = pyvips.Region.new(image)
    dtype = np.uint8 if image.format == "uchar" else np.uint16
    step = max(1, STRIP // (image.width * image.bands * np.dtype(dtype).itemsize))
    for top in range(0, image.height, step):
        height = min(step, image.height - top)
        rows = np.frombuffer(region.fetch(0, top, image.width, height), dtype)
        yield top, rows.reshape(height, image.width, image.bands)
