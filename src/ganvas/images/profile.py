"""ICC profiles: which of them can be kept with which pixels."""

from __future__ import annotations

import io

from PIL import ImageCms

_SPACES = {1: b"GRAY", 3: b"RGB ", 4: b"CMYK"}


def fault(icc: bytes, channels: int) -> str | None:
    """What keeps the profile ``icc`` from describing pixels of ``channels`` (4 = CMYK) channels; None where it fits.

    The header is ICC.1:2022 section 7.2: signature ``acsp`` at byte 36, colour space at byte 16.
    """
    try:
        if icc[36:40] != b"acsp":
            return "is damaged"
        ImageCms.ImageCmsProfile(io.BytesIO(icc))
    except (OSError, ValueError, ImageCms.PyCMSError):
        return "is damaged"
    if icc[16:20] != _SPACES[channels]:
        space = icc[16:20].decode("ascii", "replace").strip()
        return f"is for {space} pixels, which these are not"
    return None
