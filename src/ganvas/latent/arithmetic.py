"""Arithmetic on codes: what several codes of one kind have in common can be added to others and taken away
(Radford et al. 2016, section 6.3.2).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch

from ganvas.latent.model import Generator, LatentError

EXEMPLARS = 3
"""Codes a mean is taken of: single ones are not steady, three are."""

WAYS = "high", "low"

Wanted = Mapping[str, str]
"""What exemplars are to be: for each attribute "high" or "low"."""


def mean_code(codes: torch.Tensor) -> torch.Tensor:
    """(d,): the mean of ``codes`` (n, d)."""
    return codes.mean(0)


def arithmetic(
    generator: Generator,
    plus: Sequence[torch.Tensor],
    minus: Sequence[torch.Tensor] = (),
    *,
    noise: float = 0.25,
    count: int = 9,
    seed: int = 0,
) -> torch.Tensor:
    """(count, d): Y, the sum of the means of ``plus`` less those of ``minus``, and Y with noise about it.

    Y stands in the middle, as in the paper's 3 x 3 figure; the others are Y + U(-``noise``, ``noise``) in each
    component. All are kept within the prior's support.
    """
    if not plus:
        raise LatentError("arithmetic begins with something: give at least one term to be added")
    result = sum((mean_code(codes) for codes in plus), torch.zeros(generator.dims))
    result = result - sum((mean_code(codes) for codes in minus), torch.zeros(generator.dims))
    scatter = 2 * torch.rand(count, generator.dims, generator=torch.Generator().manual_seed(seed)) - 1
    scatter[count // 2] = 0
    return generator.kept(result + noise * scatter)


def direction(to: torch.Tensor, away: torch.Tensor) -> torch.Tensor:
    """(d,): mean(``to``) - mean(``away``), the paper's "turn" vector; multiples of it are added to any code."""
    return mean_code(to) - mean_code(away)


def exemplars(
    codes: torch.Tensor, scores: Mapping[str, torch.Tensor], wanted: Wanted, count: int = EXEMPLARS
) -> torch.Tensor:
    """(count, d): those of ``codes`` (N, d) that are most of all that is ``wanted``.

    Each attribute's ``scores`` (N,) count by their rank, turned round where "low" is wanted; a code is as good as the
    worst of its ranks. Codes without a score (NaN) are left out.
    """
    unknown = [name for name in wanted if name not in scores]
    if unknown:
        raise LatentError(f"there is no attribute {unknown[0]!r}: there are {', '.join(scores)}")
    fit = torch.stack([_ranks(scores[name], way) for name, way in wanted.items()]).amin(0)
    return codes[fit.topk(min(count, len(codes))).indices]


def parsed(text: str) -> dict[str, str]:
    """What "stroke=high,slant=low" asks for.

    >>> parsed("stroke=high, slant=low")
    {'stroke': 'high', 'slant': 'low'}
    """
    wanted: dict[str, str] = {}
    for word in text.split(","):
        name, equals, way = (part.strip() for part in word.partition("="))
        if not equals or way not in WAYS:
            raise LatentError(f"{word.strip()!r} says not what is wanted: write for example stroke=high,slant=low")
        wanted[name] = way
    return wanted


def named(wanted: Wanted) -> str:
    """``wanted`` in words.

    >>> named({"stroke": "high", "slant": "low"})
    'high stroke, low slant'
    """
    return ", ".join(f"{way} {name}" for name, way in wanted.items())


def _ranks(scores: torch.Tensor, way: str) -> torch.Tensor:
    """(N,) in (0, 1]: the share of codes that are no more of it than each; 0 for those without a score."""
    signed = scores if way == "high" else -scores
    known = signed.isfinite()
    order = signed.masked_fill(~known, float("-inf")).argsort().argsort()
    return (order + 1).float() / len(scores) * known
