"""What is measured of a trained enlarger: how close it comes, and what it adds that is not there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from statistics import fmean
from typing import Generic, Literal, TypeVar

import torch

from ganvas.degrade import Reduction, reduce
from ganvas.degrade.kernels import blurred, gaussian
from ganvas.images import Picture, luma, resize
from ganvas.losses.content import Features
from ganvas.metrics import Protocol, compare
from ganvas.metrics.perceptual import perceptual_distance
from ganvas.pretrained import PretrainedError, features
from ganvas.report.record import Record

Name = Literal[
    "PSNR",
    "PSNR on bicubic",
    "PSNR on box in linear light",
    "SSIM",
    "perceptual distance",
    "Fréchet distance",
    "detail",
    "colourfulness",
    "error at black and white",
    "texture on grey",
    "texture on a gradient",
    "texture on defocus",
    "discriminator's loss",
    "test accuracy",
    "test loss",
    "modes",
    "high quality",
    "loose modes",
    "mean radius",
]
Enlarge = Callable[[Picture], Picture]
Compared = Sequence[tuple[Picture, Picture]]
"""Pictures that were made, each with the truth."""

Tried = TypeVar("Tried")

SIDE = 64
"""Side, in input pixels, of the made pictures."""

BORDER = 10
"""Input pixels that do not count at each border, which is where zero padding shows, not what was learnt."""

GREYS = (0.2, 0.5, 0.8)


@dataclass(frozen=True)
class Trial:
    """An enlarger, ``scale`` times, before the pictures ``truths``, reduced by ``reduction``; ``record`` of its run."""

    enlarge: Enlarge
    scale: int
    reduction: Reduction
    truths: Sequence[Picture]
    record: Record | None = None

    @cached_property
    def pairs(self) -> list[tuple[Picture, Picture]]:
        """What the enlarger makes of each picture, and the truth, cut to a multiple of the scale."""
        truths = [whole(truth, self.scale) for truth in self.truths]
        return [(self.enlarge(reduced(truth, self.scale, self.reduction)), truth) for truth in truths]

    def added(self, low: torch.Tensor) -> float:
        """The deviation, in levels of 255, of the fine texture that the result for ``low`` (1, 3, h, w) has and its
        bicubic enlargement has not.
        """
        low = low.clamp(0, 1).mul(255).round().div(255)
        made = self.enlarge(Picture.from_tensor(low)).tensor()
        surplus = high_pass(luma(made) - luma(resize(low, scale=self.scale).clamp(0, 1)))
        cut = BORDER * self.scale
        return 255 * surplus[..., cut:-cut, cut:-cut].std(correction=0).item()


@dataclass(frozen=True)
class Measure(Generic[Tried]):
    """``take`` gives the figure, None where it cannot be had; ``meaning`` is what it is, with its unit."""

    meaning: str
    take: Callable[[Tried], float | None]


def whole(truth: Picture, scale: int) -> Picture:
    """``truth`` in RGB, cut at the right and below to a multiple of ``scale``."""
    height, width = truth.height // scale * scale, truth.width // scale * scale
    return Picture.from_tensor(truth.tensor()[..., :height, :width])


def reduced(truth: Picture, scale: int, reduction: Reduction) -> Picture:
    """As an 8-bit file would hold it."""
    return Picture.from_tensor(reduce(truth.tensor().double(), scale, reduction))


def bicubic(low: Picture, scale: int) -> Picture:
    """What everything is to be seen against."""
    return Picture.from_tensor(resize(low.tensor().double(), scale=scale))


def high_pass(image: torch.Tensor) -> torch.Tensor:
    """``image`` (N, C, H, W) less its Gaussian mean of deviation 2: texture of up to some ten pixels' period."""
    return image - blurred(image, [gaussian(13, (2.0, 2.0))] * len(image))


def defocused(truth: Picture, trial: Trial) -> torch.Tensor:
    """``truth`` small, (1, 3, h, w), as a lens out of focus would show it: a Gaussian of deviation 3 pixels."""
    low = reduced(whole(truth, trial.scale), trial.scale, trial.reduction).tensor()
    return blurred(low, [gaussian(19, (3.0, 3.0))])


def psnr(trial: Trial) -> float:
    protocol = Protocol("y", crop=trial.scale)
    return fmean(compare(made, truth, protocol).psnr for made, truth in trial.pairs)


def psnr_after(reduction: Reduction) -> Callable[[Trial], float]:
    return lambda trial: psnr(replace(trial, reduction=reduction))


def perceptual(pairs: Compared) -> float | None:
    eyes = seen()
    if eyes is None:
        return None
    return fmean(perceptual_distance(eyes, made.tensor(), truth.tensor()) for made, truth in pairs)


def detail(pairs: Compared) -> float:
    return fmean((texture(made) / texture(truth)) for made, truth in pairs)


def extremes(trial: Trial) -> float:
    card = (torch.arange(SIDE) // (SIDE // 2)).float().expand(1, 3, SIDE, SIDE)
    error = (trial.enlarge(Picture.from_tensor(card)).tensor() - resize(card, scale=trial.scale).round()).abs()
    cut, half = BORDER * trial.scale, SIDE // 2 * trial.scale
    fields = [error[..., cut:-cut, start + cut : start + half - cut] for start in (0, half)]
    return 255 * torch.cat(fields, dim=-1).mean().item()


def flat(trial: Trial) -> float:
    return fmean(trial.added(torch.full((1, 3, SIDE, SIDE), grey)) for grey in GREYS)


def gradient(trial: Trial) -> float:
    slope = torch.linspace(0.1, 0.9, SIDE)
    return trial.added(((slope + slope[:, None]) / 2).expand(1, 3, SIDE, SIDE))


def defocus(trial: Trial) -> float:
    return fmean(trial.added(defocused(truth, trial)) for truth in trial.truths)


def contest(trial: Trial) -> float | None:
    """The mean over the last fifth of the log."""
    record = trial.record
    key = ("discriminator", "adversarial")
    paid = [] if record is None else [line.values[key] for line in record.lines if key in line.values]
    return fmean(paid[-max(1, len(paid) // 5) :]) if paid else None


MEASURES: Mapping[Name, Measure[Trial]] = {
    "PSNR": Measure("dB on the luma, pictures reduced as in training; higher is closer", psnr),
    "PSNR on bicubic": Measure("dB on the luma, pictures reduced by antialiased bicubic", psnr_after("bicubic")),
    "PSNR on box in linear light": Measure(
        "dB on the luma, pictures reduced by the mean in linear light", psnr_after("linear-box")
    ),
    "perceptual distance": Measure(
        "in the eyes of EfficientNet-Lite0; lower is more alike", lambda trial: perceptual(trial.pairs)
    ),
    "detail": Measure(
        "deviation of the fine texture as a part of the truth's; 1 is as much as there was",
        lambda trial: detail(trial.pairs),
    ),
    "error at black and white": Measure("mean error, of 255, within a black and a white field", extremes),
    "texture on grey": Measure("deviation, of 255, of fine texture made on flat grey", flat),
    "texture on a gradient": Measure("the same on a smooth gradient, beyond bicubic's", gradient),
    "texture on defocus": Measure("the same on strongly blurred pictures, beyond bicubic's", defocus),
    "discriminator's loss": Measure("mean over the last fifth of the rounds; 0: it always tells", contest),
}


def measured(
    measures: Mapping[Name, Measure[Tried]], tried: Tried, names: Sequence[Name]
) -> Iterator[tuple[Name, float]]:
    """The figures that can be had of ``tried``, one after another."""
    for name in names:
        figure = measures[name].take(tried)
        if figure is not None:
            yield name, figure


def texture(picture: Picture) -> float:
    """The deviation of the fine texture, of [0, 1]."""
    return high_pass(luma(picture.tensor())).std().item()


@cache
def seen() -> Features | None:
    """EfficientNet-Lite0, with the layers of a perceptual distance; None where its weights are not installed."""
    try:
        return features("lite0", ["stem", "stage1", "stage2", "stage3", "stage5"])
    except PretrainedError:
        return None
