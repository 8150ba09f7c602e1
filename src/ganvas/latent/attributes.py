"""What can be measured of pictures of digits, light on dark: slant, width of the stroke, size, ink, and the class."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import numpy as np
import torch
from scipy.ndimage import distance_transform_edt
from torch import nn
from torch.nn.functional import interpolate, pad

from ganvas.latent.model import Generator, LatentError
from ganvas.nets.digits import DigitClassifier
from ganvas.weights import load

Scores = Callable[[torch.Tensor], torch.Tensor]
"""Pictures (N, C, H, W) in [0, 1] to one figure each, (N,); NaN where there is nothing to be measured."""

INK = 0.5
"""What of the brightest pixel counts as ink."""

FAINT = 0.1
"""Pictures whose brightest pixel is less hold no digit."""

FINE = 2
"""Times that pictures are enlarged before they are made black and white, so that edges of grey count."""


def slant(images: torch.Tensor) -> torch.Tensor:
    """Degrees by which the strokes lean to the right: the shear that the second moments show.

    x shifts by -mu11 / mu02 of what y does (y points down), the angle is the arctangent of that.
    """
    grey = _grey(images)
    _, (mixed, _, vertical) = _moments(grey)
    return _known(torch.atan(-mixed / vertical.clamp(min=1e-9)).rad2deg(), grey)


def stroke(images: torch.Tensor) -> torch.Tensor:
    """Width of the stroke in pixels: four times the ink's mean distance from its edge.

    Across a stroke of width w the distance grows from 0 to w / 2 and falls again, its mean is w / 4; on the grid, where
    the first pixel is 1 away from the last without ink, w = 4 · mean - 2.
    """
    grey = _grey(images)
    fine = interpolate(grey[:, None], scale_factor=FINE, mode="bilinear")[:, 0]
    # One strip of all pictures with a line without ink between them: one call instead of N.
    ink = pad(_inked(fine), [1] * 4)
    distance = torch.from_numpy(distance_transform_edt(ink.flatten(0, 1).numpy())).view(ink.shape)
    mean = distance.sum((1, 2)) / ink.sum((1, 2)).clamp(min=1)
    return _known(((4 * mean - 2) / FINE).float(), grey)


def size(images: torch.Tensor) -> torch.Tensor:
    """The side of the square with the area of the ink's bounding box, in parts of the picture's side."""
    grey = _grey(images)
    ink = _inked(grey)
    height, width = (_extent(ink.any(axis)) for axis in (2, 1))
    return _known((height * width / (grey.shape[1] * grey.shape[2])).sqrt(), grey)


def ink(images: torch.Tensor) -> torch.Tensor:
    """The mean of all pixels."""
    grey = _grey(images)
    return _known(grey.mean((1, 2)), grey)


MEASURED: Mapping[str, Scores] = {"slant": slant, "stroke": stroke, "size": size, "ink": ink}
"""What needs no classifier."""

FORMATS: Mapping[str, str] = {"slant": "{:.0f}°", "stroke": "{:.1f} px", "size": "{:.2f}", "ink": "{:.2f}"}
"""How figures are written."""


def phrase(name: str, value: float) -> str:
    """``value`` of the attribute ``name`` with its unit.

    >>> phrase("stroke", 2.345), phrase("class-3", 0.5)
    ('2.3 px', '0.50')
    """
    return FORMATS.get(name, "{:.2f}").format(value)


def scores_of(images: torch.Tensor, scores: Mapping[str, Scores]) -> dict[str, torch.Tensor]:
    """Every one of ``scores`` measured on ``images``."""
    return {name: score(images) for name, score in scores.items()}


def available(classifier: Path | None = None) -> dict[str, Scores]:
    """What can be measured; with the model of a ``classifier`` (recipe digits) also class-0 to class-9: how sure it is
    of each.
    """
    if classifier is None:
        return dict(MEASURED)
    net = load(classifier).net
    if not isinstance(net, DigitClassifier):
        raise LatentError(f"{classifier} is no classifier of digits: give the model of `ganvas train digits`")
    return {**MEASURED, **{f"class-{label}": partial(_probability, net, label) for label in range(10)}}


def chosen(names: list[str], classifier: Path | None = None) -> dict[str, Scores]:
    """The attributes ``names``, each once; LatentError for one that cannot be measured."""
    every = available(classifier)
    for name in names:
        if name not in every:
            hint = "" if classifier or not name.startswith("class") else " (classes need --classifier)"
            raise LatentError(f"there is no attribute {name!r}{hint}: there are {', '.join(every)}")
    return {name: every[name] for name in dict.fromkeys(names)}


def measured(
    generator: Generator, scores: Mapping[str, Scores], count: int, seed: int
) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
    """``count`` codes of the prior, and every one of ``scores`` of their pictures, (count,) each; no picture stays."""
    codes = generator.sample(count, seed)
    parts = [scores_of(generator(part), scores) for part in codes.split(1024)]
    return codes, {name: torch.cat([part[name] for part in parts]) for name in scores}


def _probability(net: nn.Module, label: int, images: torch.Tensor) -> torch.Tensor:
    """What ``net`` thinks that ``images`` are of class ``label``; pictures of 32 pixels lose their margin."""
    grey = _grey(images)[:, None]
    margin = (grey.shape[-1] - 28) // 2
    small = grey if not margin else pad(grey, [-margin] * 4) if 0 < margin < 5 else interpolate(grey, (28, 28))
    with torch.no_grad():
        return net(small).softmax(1)[:, label]


def _grey(images: torch.Tensor) -> torch.Tensor:
    return images.detach().float().mean(1)


def _inked(grey: torch.Tensor) -> torch.Tensor:
    """(N, H, W) of bool: where there is ink."""
    return grey > INK * grey.amax((1, 2), keepdim=True)


def _known(values: torch.Tensor, grey: torch.Tensor) -> torch.Tensor:
    return values.masked_fill(grey.amax((1, 2)) < FAINT, float("nan"))


def _extent(lines: torch.Tensor) -> torch.Tensor:
    """(N,): from the first to the last line of ``lines`` (N, n) that is True."""
    first = lines.float().argmax(1)
    last = lines.shape[1] - lines.flip(1).float().argmax(1)
    return (last - first).float()


def _moments(grey: torch.Tensor) -> tuple[torch.Tensor, tuple[torch.Tensor, torch.Tensor, torch.Tensor]]:
    """The mass of each picture, and its central second moments: mixed, horizontal, vertical."""
    mass = grey.sum((1, 2)).clamp(min=1e-9)
    y, x = (torch.arange(side, dtype=grey.dtype) for side in grey.shape[1:])
    across, down = grey.sum(1), grey.sum(2)
    dx = x - (across @ x / mass)[:, None]
    dy = y - (down @ y / mass)[:, None]
    mixed = torch.einsum("nhw,nh,nw->n", grey, dy, dx) / mass
    return mass, (mixed, (across * dx.square()).sum(1) / mass, (down * dy.square()).sum(1) / mass)


def summary(values: torch.Tensor) -> tuple[float, float]:
    """Mean and standard deviation of what is known of ``values``."""
    known = np.asarray(values[values.isfinite()])
    return float(known.mean()), float(known.std())
