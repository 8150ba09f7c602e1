"""A picture and all that it carries, so that nothing of a user's photo is lost on the way through a network."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray

from ganvas.errors import GanvasError

Depth = Literal[8, 16]
Floats = NDArray[np.float32]


class PictureError(GanvasError):
    """A picture that cannot be read, understood or written; the message is one sentence for the user."""


@dataclass(frozen=True, eq=False)
class Picture:
    r"""A decoded photograph: upright, in memory, with its metadata.

    ``pixels`` is float32 in [0, 1], shape (H, W, 3) for colour and (H, W, 1) for grey, in the colour space that ``icc``
    describes (sRGB where there is none). ``alpha`` is float32 in [0, 1], shape (H, W), never multiplied into the
    colours. ``exif`` is a TIFF block without the ``Exif\0\0`` prefix whose orientation is 1. ``dpi`` is (horizontal,
    vertical). ``remarks`` are things about the file that its owner should know, one sentence each.
    """

    pixels: Floats
    alpha: Floats | None = None
    icc: bytes | None = None
    exif: bytes | None = None
    depth: Depth = 8
    format: str | None = None
    dpi: tuple[float, float] | None = None
    remarks: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        if self.pixels.dtype != np.float32 or self.pixels.ndim != 3 or self.pixels.shape[2] not in (1, 3):
            raise ValueError(f"pixels must be float32 (H, W, 1 or 3), not {self.pixels.dtype} {self.pixels.shape}")
        if self.alpha is not None and (self.alpha.dtype != np.float32 or self.alpha.shape != self.pixels.shape[:2]):
            raise ValueError(
                f"alpha must be float32 {self.pixels.shape[:2]}, not {self.alpha.dtype} {self.alpha.shape}"
            )

    @property
    def height(self) -> int:
        return self.pixels.shape[0]

    @property
    def width(self) -> int:
        return self.pixels.shape[1]

    @property
    def grey(self) -> bool:
        return self.pixels.shape[2] == 1

    def with_pixels(self, pixels: Floats, alpha: Floats | None = None) -> Picture:
        """The same photograph (profile, EXIF, depth, format, resolution) with other pixels and alpha."""
        return replace(self, pixels=pixels, alpha=alpha)

    def tensor(self) -> torch.Tensor:
        """The colours as a batch of one: (1, 3, H, W) float32 in [0, 1]; a grey picture gives three equal channels."""
        channels = torch.from_numpy(self.pixels).permute(2, 0, 1)[None]
        return channels.expand(1, 3, -1, -1).contiguous()

    @classmethod
    def from_tensor(cls, image: torch.Tensor, depth: Depth = 8) -> Picture:
        """A picture of ``image``, (1 or 3, H, W) or with a leading batch axis of one, clamped to [0, 1]."""
        if image.ndim == 4:
            (image,) = image
        pixels = image.detach().float().clamp(0, 1).permute(1, 2, 0).cpu().numpy()
        return cls(np.ascontiguousarray(pixels), depth=depth)
