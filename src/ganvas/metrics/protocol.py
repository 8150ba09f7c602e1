"""The protocol of a comparison: without it a figure means nothing (luma is some 2 dB above RGB)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

import torch

from ganvas.degrade import Reduction
from ganvas.degrade.haze import Haze, Uniform
from ganvas.degrade.shaken import Shaken
from ganvas.images import Picture, luma
from ganvas.losses.content import Features
from ganvas.metrics.fidelity import MS_SIDE, WINDOW, MetricError, ms_ssim, psnr, ssim
from ganvas.metrics.perceptual import perceptual_distance

Channel = Literal["y", "rgb", "grey"]
Spoil = Literal["world", "motion", "haze", "given"]

CHANNELS: dict[Channel, str] = {
    # A grey file measured as it is, as MATLAB programs do, has 20 log10(255 / 219) = 1.32 dB less: on Set14, where one
    # of 14 is grey, published means are 0.09 dB below these.
    "y": "Y of BT.601 (16 to 235, not rounded; of grey pictures too)",
    "rgb": "RGB",
    "grey": "grey (0.299 R + 0.587 G + 0.114 B)",
}

REDUCTIONS: dict[Reduction, str] = {
    "bicubic": "antialiased bicubic as MATLAB's imresize",
    "bilinear": "antialiased bilinear as MATLAB's imresize",
    "box": "box filter",
    "linear-box": "box filter in linear light",
    "gaussian": "Gaussian blur and subsampling",
}

MOTION = Shaken(steady=0.0)
DENSITY, AIRLIGHT = Uniform(0.4, 2.0), Uniform(0.7, 1.0)
HAZE = Haze(DENSITY, AIRLIGHT, tint=0.05)

SPOILS: dict[Spoil, str] = {
    # See ganvas.degrade.second_order.SecondOrder.mild.
    "world": "inputs reduced {scale} times with blur, noise and JPEG, twice over, by chance",
    "motion": (
        "inputs blurred along the path of a shaking hand, by chance"
        f" ({MOTION.motion.longest:g} pixels if all is exposed; grain of a deviation up to {MOTION.grain:g} of 255;"
        f" {MOTION.compressed:.0%} with JPEG of quality {MOTION.quality[0]:g} to {MOTION.quality[1]:g})"
        " and rounded to 8 bits"
    ),
    "haze": (
        "inputs put into haze at a random depth, by chance"
        f" (density {DENSITY.low:g} to {DENSITY.high:g}, air-light {AIRLIGHT.low:g} to {AIRLIGHT.high:g}, each channel"
        f" up to {HAZE.tint:.0%} off) and rounded to 8 bits"
    ),
    "given": "inputs given beside the truth",
}
"""How inputs came about, in words, where they were not only reduced."""

MEASURES = {
    "PSNR": "10 log10(255² / MSE) in dB; pictures equal to the truth are counted apart",
    "SSIM": f"mean SSIM (MSSIM) of Wang et al. 2004: {WINDOW} x {WINDOW} Gaussian windows of deviation 1.5, whole ones",
    "MS-SSIM": f"multi-scale SSIM of Wang et al. 2003, five scales; needs {MS_SIDE} pixels a side",
}
"""What each figure is, in words that go beside it."""

PERCEPTUAL = "LPIPS (Zhang et al. 2018) without learnt weights on {}: less is nearer; nets cannot be compared with nets"


@dataclass(frozen=True)
class Protocol:
    """How two pictures are compared.

    ``crop`` pixels of the border do not count; ``rounded`` compares what an 8-bit file would hold. ``scale`` and
    ``reduction``, or ``spoil``, say how inputs were made of the truth, where they were.
    """

    channel: Channel = "y"
    crop: int = 0
    rounded: bool = True
    scale: int | None = None
    reduction: Reduction | None = None
    spoil: Spoil | None = None
    """What was done to inputs beyond reducing them, or instead of it: see :data:`SPOILS`."""
    features: str | None = None
    """The network in whose eyes the perceptual distance is taken, where it is."""

    def describe(self) -> str:
        """One line that belongs beside every figure.

        >>> Protocol("rgb", 4).describe()
        'RGB, 4 border pixels cut, rounded to 8 bits, range 255, means over pictures'
        """
        parts = [CHANNELS[self.channel], f"{self.crop} border pixels cut"]
        parts += ["rounded to 8 bits" if self.rounded else "not rounded", "range 255", "means over pictures"]
        if self.spoil:
            parts.insert(0, SPOILS[self.spoil].format(scale=self.scale))
        elif self.scale and self.reduction:
            parts.insert(0, f"inputs reduced {self.scale} times by {REDUCTIONS[self.reduction]} and rounded to 8 bits")
        return ", ".join(parts)

    def measures(self) -> dict[str, str]:
        """What each figure is that is taken, in words that go beside it."""
        return MEASURES if self.features is None else {**MEASURES, "distance": PERCEPTUAL.format(self.features)}

    def as_json(self) -> dict[str, Any]:
        """The protocol in full, with the description and what each figure is."""
        return {**asdict(self), "data_range": 255, "description": self.describe(), "measures": self.measures()}


@dataclass(frozen=True)
class Scores:
    """What a comparison came to. SSIM is None below 11 pixels a side, MS-SSIM below 161 (both after the crop), the
    perceptual ``distance`` where no network was named.
    """

    psnr: float
    ssim: float | None
    ms_ssim: float | None
    distance: float | None = None


def compare(output: Picture, target: Picture, protocol: Protocol, features: Features | None = None) -> Scores:
    """The scores of ``output`` against ``target``; grey becomes RGB, transparency does not count.

    ``features`` are those that ``protocol`` names; the distance is taken of RGB, whatever the channel.

    Raises :class:`MetricError` where the two are not of one size, the crop leaves nothing, or a value is not a number.

    >>> import numpy as np
    >>> black, grey = (Picture(np.full((8, 8, 3), value / 255, np.float32)) for value in (0, 51))
    >>> round(compare(grey, black, Protocol("rgb")).psnr, 4)  # 20 log10(255 / 51)
    13.9794
    """
    if (output.width, output.height) != (target.width, target.height):
        sizes = f"{output.width} x {output.height} and {target.width} x {target.height}"
        raise MetricError(f"pictures of {sizes} pixels cannot be compared: they must be of one size")
    if min(target.width, target.height) <= 2 * protocol.crop:
        size = f"{target.width} x {target.height}"
        raise MetricError(f"a picture of {size} pixels is gone when {protocol.crop} border pixels are cut")
    images = [_image(picture, protocol) for picture in (output, target)]
    one, other = (_channel(image, protocol.channel) for image in images)
    side = min(one.shape[-2:])
    return Scores(
        psnr(one, other),
        ssim(one, other) if side >= WINDOW else None,
        ms_ssim(one, other) if side >= MS_SIDE else None,
        None if features is None else perceptual_distance(features, *(image.float() for image in images)),
    )


def _image(picture: Picture, protocol: Protocol) -> torch.Tensor:
    """What counts of ``picture``, (1, 3, H, W) float64 in [0, 1]."""
    image = picture.tensor().double().clamp(0, 1)
    if not image.isfinite().all():
        raise MetricError("a picture with values that are not numbers cannot be compared")
    if protocol.rounded:
        image = image.mul(255).round().div(255)
    crop = protocol.crop
    return image[..., crop : image.shape[-2] - crop, crop : image.shape[-1] - crop]


def _channel(image: torch.Tensor, channel: Channel) -> torch.Tensor:
    """What is measured of ``image``, (1, 1 or 3, H, W) on the scale of 0 to 255."""
    if channel == "y":
        return 255 * luma(image)
    if channel == "grey":
        return 255 * (image * image.new_tensor([0.299, 0.587, 0.114]).view(1, 3, 1, 1)).sum(1, keepdim=True)
    return 255 * image
