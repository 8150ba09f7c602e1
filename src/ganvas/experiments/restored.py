"""What is measured of pictures that a net made of others: how near the truth they are, and how sharp and colourful."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from statistics import fmean

import torch

from ganvas.experiments.measures import MEASURES as ENLARGED
from ganvas.experiments.measures import Compared, Measure, Name, detail, perceptual, seen
from ganvas.images import Picture
from ganvas.metrics import Protocol, Scores, compare, frechet, gaussian
from ganvas.metrics.colourfulness import colourfulness

LAYER, CHANNELS = "stage2", 24
"""Of EfficientNet-Lite0, for the Fréchet distance: so few channels that few pictures give a covariance of full rank."""


@dataclass(frozen=True)
class Restored:
    """``pairs``: what was made of each input, and the truth."""

    pairs: Compared

    @cached_property
    def scores(self) -> list[Scores]:
        return [compare(made, truth, Protocol("rgb")) for made, truth in self.pairs]


def psnr(restored: Restored) -> float:
    return fmean(scores.psnr for scores in restored.scores)


def ssim(restored: Restored) -> float | None:
    found = [scores.ssim for scores in restored.scores if scores.ssim is not None]
    return fmean(found) if found else None


def colours(restored: Restored) -> float | None:
    """Of the means, not the mean of each: a truth may be nearly grey."""
    made, true = (fmean(colourfulness(each.tensor()) for each in some) for some in zip(*restored.pairs, strict=True))
    return made / true if true else None


def distribution(restored: Restored) -> float | None:
    """None where there are no more pictures than channels, or no features."""
    if seen() is None or len(restored.pairs) <= CHANNELS:
        return None
    made, true = (gaussian(torch.cat([_pooled(each) for each in some])) for some in zip(*restored.pairs, strict=True))
    return frechet(*made, *true)


@torch.no_grad()
def _pooled(picture: Picture) -> torch.Tensor:
    """The mean of each channel over ``picture``, (1, CHANNELS)."""
    features = seen()
    assert features is not None
    return features(picture.tensor())[LAYER].mean(dim=(2, 3))


MEASURES: Mapping[Name, Measure[Restored]] = {
    "PSNR": Measure("dB on RGB; higher is closer", psnr),
    "SSIM": Measure("mean structural similarity on RGB; 1 is equal", ssim),
    "perceptual distance": Measure(
        ENLARGED["perceptual distance"].meaning, lambda restored: perceptual(restored.pairs)
    ),
    "detail": Measure(ENLARGED["detail"].meaning, lambda restored: detail(restored.pairs)),
    "colourfulness": Measure("of Hasler and Süsstrunk (2003), as a part of the truths'; 1 is as much", colours),
    "Fréchet distance": Measure(
        f"not FID: between the means over each picture of the {CHANNELS} channels of EfficientNet-Lite0's {LAYER};"
        f" needs more than {CHANNELS} pictures, and with few it is too large for all; lower is more alike",
        distribution,
    ),
}
