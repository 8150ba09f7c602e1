"""How large a result shall be."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ganvas.errors import GanvasError

LARGEST_FACTOR = 16


class SizeError(GanvasError):
    """A size that cannot be made; the message is one sentence for the user."""


@dataclass(frozen=True)
class Target:
    """What was asked for: a factor of enlargement, or a size in pixels; the other side follows from the aspect.

    With both ``width`` and ``height`` the result fits into them. Without anything the factor is ``otherwise``.
    """

    scale: float | None = None
    width: int | None = None
    height: int | None = None
    megapixels: float | None = None
    otherwise: float = 4.0

    @property
    def open(self) -> bool:
        """Whether nothing was asked for."""
        return self.scale is self.width is self.height is self.megapixels is None

    def __post_init__(self) -> None:
        ways = (self.scale is not None, self.width is not None or self.height is not None, self.megapixels is not None)
        if sum(ways) > 1:
            raise SizeError("give one of --scale, --width/--height and --megapixels, not several")
        for name in ("scale", "width", "height", "megapixels"):
            value = getattr(self, name)
            if value is not None and not (0 < value < math.inf):
                raise SizeError(f"--{name} must be more than 0, not {value}")

    def size(self, width: int, height: int) -> tuple[int, int]:
        """The (width, height) asked for of a picture of ``width`` x ``height`` pixels, at least 1 x 1.

        >>> Target(width=3000).size(1500, 1001)
        (3000, 2002)
        """
        factor = self.factor(width, height)
        if factor > LARGEST_FACTOR * 1.001:
            raise SizeError(f"an enlargement of {factor:.3g} times is asked for: the most is {LARGEST_FACTOR} times")
        return max(1, round(width * factor)), max(1, round(height * factor))

    def factor(self, width: int, height: int) -> float:
        """By how much the sides of a picture of ``width`` x ``height`` pixels grow."""
        if self.megapixels is not None:
            return math.sqrt(self.megapixels * 1e6 / (width * height))
        sides = [wanted / side for wanted, side in ((self.width, width), (self.height, height)) if wanted is not None]
        return min(sides) if sides else self.scale if self.scale is not None else self.otherwise
