"""How far a set of pictures is from another: the Fréchet and the kernel Inception distance, streaming."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

import torch

from ganvas.metrics.fidelity import MetricError
from ganvas.metrics.figure import Figure
from ganvas.metrics.frechet import frechet
from ganvas.metrics.moments import Moments, Statistics

Vectors = Callable[[torch.Tensor], torch.Tensor]
"""Pictures (N, 3, H, W) in [0, 1] to a feature vector each, (N, D)."""

FID_SIZE = 2048
"""The length of the features that FID is defined by, and the count of pictures below which their covariance has not
its full rank."""

SUBSETS, SUBSET = 100, 1000
"""KID's: so many subsets, of so many pictures (Bińkowski et al. 2018, section 4.4)."""

PREPROCESSING = {
    "inception": "rounded to 8 bits, 299 x 299 bilinear without antialiasing as pytorch-fid, then [-1, 1]",
    "lite0": "rounded to 8 bits, 224 x 224 bilinear with antialiasing, then [-1, 1]",
}
"""What happens to a picture before each net sees it. torch-fidelity and clean-fid resize otherwise, and figures of one
cannot be compared with those of another."""


@dataclass(frozen=True)
class Sight:
    """What a figure was taken with; figures of different sights cannot be compared.

    ``features`` names the net, ``size`` is the length of its vectors (or the number of its classes); ``official`` says
    that its weights are those it is known by.
    """

    features: str
    size: int
    official: bool = False
    preprocessing: str = "none"

    def called(self, name: str, official_size: int, what: Literal["features", "classes"]) -> str:
        """What a figure is to be called: ``name`` alone only for Inception with the weights of the definition.

        >>> Sight("inception", 2048, True).called("FID", 2048, "features")
        'FID'
        >>> Sight("lite0", 1280, True).called("FID", 2048, "features")
        'FID (lite0 features)'
        """
        if self.features == "inception" and self.official and self.size == official_size:
            return name
        if self.features != "inception":
            return f"{name} ({self.features} {what})"
        return f"{name} (inception {what} {'of other weights' if not self.official else f'of length {self.size}'})"


@dataclass(frozen=True)
class Fid(Figure):
    """A squared distance with all without which it means nothing; ``counts`` are the pictures of either set, None where
    the statistics were read from a file that does not tell.
    """

    sight: Sight
    counts: tuple[int | None, int | None]

    @property
    def label(self) -> str:
        """What the figure is to be called: FID only with Inception's official weights and 2048 features."""
        return self.sight.called("FID", FID_SIZE, "features")

    @property
    def warning(self) -> str | None:
        """What is to be said of too few pictures.

        >>> Fid(1.5, Sight("lite0", 1280), (100, 5000)).warning
        'only 100 pictures, below 2048: the figure is too high, and only comparable at equal counts'
        """
        fewest = min((count for count in self.counts if count is not None), default=None)
        if fewest is None or (fewest >= FID_SIZE and fewest > self.sight.size):
            return None
        bound = f"below {FID_SIZE}" if fewest < FID_SIZE else f"no more than the {self.sight.size} features"
        return f"only {fewest} pictures, {bound}: the figure is too high, and only comparable at equal counts"

    @property
    def conditions(self) -> str:
        return (
            f"{self.sight.features}, {self.sight.size} features, {_counted(self.counts)}, covariances divided by N - 1;"
            f" pictures {self.sight.preprocessing}"
        )


@dataclass(frozen=True)
class Kid(Figure):
    """The mean and the (population) deviation over ``subsets`` of ``subset`` pictures each."""

    deviation: float
    sight: Sight
    counts: tuple[int, int]
    subsets: int
    subset: int
    seed: int

    @property
    def label(self) -> str:
        """What the figure is to be called: KID only with Inception's official weights and 2048 features."""
        return self.sight.called("KID", FID_SIZE, "features")

    @property
    def warning(self) -> str | None:
        """What is to be said of too few pictures: the estimate is unbiased, so it scatters, about 0 for equal sets."""
        if self.subset >= SUBSET:
            return None
        return f"only {self.subset} pictures a subset, not {SUBSET}: the figure scatters, and may be negative"

    @property
    def conditions(self) -> str:
        subsets = f"{self.subsets} subsets of {self.subset}, seed {self.seed}" if self.subsets > 1 else "all at once"
        return (
            f"{self.sight.features}, {self.sight.size} features, {_counted(self.counts)}, {subsets}, unbiased, kernel"
            f" (x·y/{self.sight.size} + 1)³, not times 1000; pictures {self.sight.preprocessing}"
        )


def fid(
    features: Vectors, sight: Sight, fakes: Iterable[torch.Tensor], reals: Iterable[torch.Tensor] | Statistics
) -> Fid:
    """The Fréchet distance of the Gaussians of both sets' features (Heusel et al. 2017, equation 6).

    Sets are batches (N, 3, H, W) in [0, 1], of which none is kept; ``reals`` may be statistics that were kept. Raises
    :class:`MetricError` for a set of fewer than two.
    """
    one = moments_of(features, sight.size, fakes).statistics()
    other = reals if isinstance(reals, Statistics) else moments_of(features, sight.size, reals).statistics()
    return fid_of(one, other, sight)


def fid_of(fakes: Statistics, reals: Statistics, sight: Sight) -> Fid:
    """The same of statistics that are here."""
    for each in (fakes, reals):
        if each.size != sight.size:
            raise MetricError(
                f"statistics of {each.size} features cannot be compared with the {sight.size} of {sight.features}"
            )
    return Fid(frechet(*fakes.gaussian, *reals.gaussian), sight, (fakes.count, reals.count))


@torch.no_grad()
def moments_of(features: Vectors, size: int, batches: Iterable[torch.Tensor]) -> Moments:
    """The moments of the ``features``, ``size`` of them, of all pictures in ``batches``."""
    moments = Moments(size)
    for batch in batches:
        moments.add(features(rounded(batch)))
    return moments


@torch.no_grad()
def kid(
    features: Vectors,
    sight: Sight,
    fakes: Iterable[torch.Tensor],
    reals: Iterable[torch.Tensor],
    *,
    subsets: int = SUBSETS,
    subset: int = SUBSET,
    seed: int = 0,
) -> Kid:
    """The squared maximum mean discrepancy of both sets' features (Bińkowski et al. 2018, section 4): unlike FID it has
    no bias that depends on the count.

    The features of all pictures are kept in float32 (8 KB a picture for 2048), the pictures are not.
    """
    one, other = (torch.cat([features(rounded(batch)).float().cpu() for batch in each]) for each in (fakes, reals))
    return kid_of(one, other, sight, subsets=subsets, subset=subset, seed=seed)


def kid_of(
    fakes: torch.Tensor,
    reals: torch.Tensor,
    sight: Sight,
    *,
    subsets: int = SUBSETS,
    subset: int = SUBSET,
    seed: int = 0,
) -> Kid:
    """The same of features (N, D) and (M, D). Where both sets fit into one subset, there is only that one."""
    least = min(len(fakes), len(reals))
    if least < 2:
        raise MetricError("KID needs at least two pictures in either set")
    size = min(subset, least)
    if max(len(fakes), len(reals)) <= subset:
        values = [mmd(fakes, reals)]
    else:
        random = torch.Generator().manual_seed(seed)
        values = [mmd(*(each[torch.randperm(len(each), generator=random)[:size]] for each in (fakes, reals)))
                  for _ in range(subsets)]  # fmt: skip
    figures = torch.tensor(values, dtype=torch.float64)
    mean, deviation = figures.mean().item(), figures.std(correction=0).item()
    return Kid(mean, deviation, sight, (len(fakes), len(reals)), len(values), size, seed)


def mmd(one: torch.Tensor, other: torch.Tensor) -> float:
    """The unbiased estimate of the squared discrepancy of samples (N, D) and (M, D) under (x·y/D + 1)³, in float64
    (Gretton et al. 2012, equation 3).
    """
    x, y = one.detach().cpu().double(), other.detach().cpu().double()
    within = sum((_kernel(z, z).sum() - _kernel(z, z).trace()) / (len(z) * (len(z) - 1)) for z in (x, y))
    return float(within - 2 * _kernel(x, y).mean())


def rounded(image: torch.Tensor) -> torch.Tensor:
    """What a file of 8 bits holds of ``image`` in [0, 1]: a generator's values are rounded, not cut off."""
    return image.clamp(0, 1).mul(255).round().div(255)


def _kernel(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    return (x @ y.mT / x.shape[1] + 1) ** 3


def _counted(counts: tuple[int | None, int | None]) -> str:
    one, other = ("an untold number of" if count is None else str(count) for count in counts)
    return f"{one} against {other} pictures"
