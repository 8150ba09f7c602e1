"""How likely data are by a generator's samples: the Parzen window of Goodfellow et al. 2014, section 5."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import torch

from ganvas.metrics.fidelity import MetricError

WIDTHS = tuple(10 ** (k / 9 - 1) for k in range(10))
"""From 0.1 to 1, as in the authors' program, for values in [0, 1]."""

ROWS = 500
"""As many of the data are compared with all samples at once."""


class Parzen(NamedTuple):
    """The mean log-likelihood in nats, its standard error, and the width of the window."""

    mean: float
    error: float
    width: float


def parzen(
    samples: torch.Tensor, validation: torch.Tensor, test: torch.Tensor, widths: Sequence[float] = WIDTHS
) -> Parzen:
    """The log-likelihood of ``test`` under a Gaussian window around each of the ``samples``, all (N, ...) in [0, 1].

    The width is that of ``widths`` which makes ``validation`` likeliest: a figure whose width was chosen on the test
    data is too good. It depends on how many samples there are (the papers take 10,000) and says little of how they
    look.
    """
    likely = log_likelihood(samples, validation, widths).mean(1)
    width = widths[int(likely.argmax())]
    (values,) = log_likelihood(samples, test, [width])
    error = values.std().item() / math.sqrt(len(values)) if len(values) > 1 else math.nan
    return Parzen(values.mean().item(), error, width)


def log_likelihood(samples: torch.Tensor, data: torch.Tensor, widths: Sequence[float]) -> torch.Tensor:
    """The logarithm of 1/N Σ N(x; sample, width² I) for each of ``data``, by each of the ``widths``: float64 (widths,
    data).

    >>> round(log_likelihood(torch.zeros(3, 2), torch.zeros(1, 2), [1.0]).exp().item() * 2 * math.pi, 9)
    1.0
    """
    if not len(samples) or not len(data):
        raise MetricError("a likelihood needs at least one sample and one picture")
    # On the CPU: not every device has float64, in which differences of large squares are exact enough.
    centres, places = (images.detach().cpu().double().flatten(1) for images in (samples, data))
    if centres.shape[1] != places.shape[1]:
        raise ValueError(f"samples of {centres.shape[1]} values and pictures of {places.shape[1]} cannot be compared")
    normal = math.log(len(centres)) + centres.shape[1] / 2 * math.log(2 * math.pi)
    found: list[torch.Tensor] = []
    for part in places.split(ROWS):
        squares = torch.cdist(part, centres, compute_mode="use_mm_for_euclid_dist").square()
        windows = [(squares / (-2 * width**2)).logsumexp(1) - centres.shape[1] * math.log(width) for width in widths]
        found.append(torch.stack(windows) - normal)
    return torch.cat(found, dim=1)
