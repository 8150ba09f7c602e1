"""Losses on the colours of a picture as a whole, whatever stands where; proposed by the slides, the formulas are ours.

Pictures are (N, C, H, W) in [0, 1], and every value is the mean over pictures and channels.
"""

from __future__ import annotations

import torch


def colour_balance(output: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """|mean - mean| + |deviation - deviation| over the pixels of a channel.

    >>> round(colour_balance(torch.full((1, 3, 2, 2), 0.6), torch.full((1, 3, 2, 2), 0.5)).item(), 6)
    0.1
    """
    one, other = output.flatten(2), target.flatten(2)
    means = (one.mean(2) - other.mean(2)).abs()
    deviations = (one.std(2, correction=0) - other.std(2, correction=0)).abs()
    return (means + deviations).mean()


def histogram(output: torch.Tensor, target: torch.Tensor, bins: int = 64) -> torch.Tensor:
    """The earth mover's distance of the soft histograms: sum over the bins of |CDF - CDF| / bins.

    Unlike a difference bin by bin it has a gradient where the histograms are disjoint. A constant offset costs itself.
    """
    one, other = soft_histogram(output, bins).cumsum(2), soft_histogram(target, bins).cumsum(2)
    return (one - other).abs().sum(2).mean() / bins


def sorted_values(output: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """Mean |sorted output - sorted target|: the earth mover's distance without bins, for pictures of one size."""
    return (output.flatten(2).sort(2).values - target.flatten(2).sort(2).values).abs().mean()


def soft_histogram(image: torch.Tensor, bins: int = 64) -> torch.Tensor:
    """The share of each bin, (N, C, bins): a value counts for the two bins whose centres are next to it, the nearer the
    more.

    Bin k has its centre at (k + 1/2) / bins. A value beyond the outer centres counts wholly for the outer bin, so that
    the shares sum to 1; it has no gradient there.
    """
    place = (image.flatten(2) * bins - 0.5).clamp(0, bins - 1)
    below = place.detach().floor().clamp(max=bins - 2)
    nearer = place - below
    counts = place.new_zeros(*place.shape[:2], bins)
    counts = counts.scatter_add(2, below.long(), 1 - nearer).scatter_add(2, below.long() + 1, nearer)
    return counts / place.shape[2]
