"""What a set of crops is made with; the same settings and photos give the same set."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ganvas.errors import GanvasError


class PrepareError(GanvasError):
    """Photos that cannot be prepared, or prepared ones not be used; the message is one sentence for the user."""


@dataclass(frozen=True)
class Settings:
    """What is cut out of every photo.

    ``density`` 1 cuts as many pixels as a reduced photo has, up to ``max_per_scale`` crops. A photo whose EXIF names a
    model that matches one of ``cameras`` (whole names or patterns like ``redmi*``, in any case) is halved before
    anything else, so that a network learns detail and not the noise of a small sensor. With ``linear_light`` photos are
    reduced by averaging blocks of light instead of by Pillow's bicubic. ``least_reduction`` 2 leaves photos at full
    size out: reduced, they are sharp and free of noise and JPEG traces. ``prefix`` starts the name of every PNG. Raises
    PrepareError for a value that makes no sense.
    """

    size: int = 256
    density: float = 1.0
    max_per_scale: int = 64
    seed: int = 0
    linear_light: bool = False
    cameras: tuple[str, ...] = ()
    prefix: str = ""
    max_pixels: int = 200_000_000
    least_reduction: int = 1

    def __post_init__(self) -> None:
        for name in ("size", "max_per_scale", "max_pixels", "least_reduction"):
            if getattr(self, name) < 1:
                raise PrepareError(f"{name} must be at least 1, not {getattr(self, name)}")
        if not (self.density > 0 and math.isfinite(self.density)):
            raise PrepareError(f"density must be a number above 0, not {self.density}")
        if self.seed < 0:
            raise PrepareError(f"seed must not be negative, as {self.seed} is")
        if self.prefix.startswith(".") or any(mark in self.prefix for mark in '/\\\0:*?"<>|'):
            raise PrepareError(f"prefix {self.prefix!r} cannot start the name of a file")
