"""Mean and covariance of features that come batch by batch, and their file."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from ganvas.metrics.fidelity import MetricError
from ganvas.metrics.frechet import Gaussian
from ganvas.replacing import replacing


class Moments:
    """The count, the mean and the summed squares about it, float64 on the CPU, of all samples that were added.

    Batches are merged by the difference of their means (Chan, Golub, LeVeque 1983, equations 2.1), so that a large mean
    costs no digits, and the samples are not kept.

    >>> moments = Moments(2)
    >>> for sample in ([0.0, 1.0], [2.0, 1.0]):
    ...     moments.add(torch.tensor([sample]))
    >>> moments.gaussian().covariance.tolist()
    [[2.0, 0.0], [0.0, 0.0]]
    """

    def __init__(self, size: int) -> None:
        self.count = 0
        self.mean = torch.zeros(size, dtype=torch.float64)
        self.squares = torch.zeros(size, size, dtype=torch.float64)

    def add(self, samples: torch.Tensor) -> None:
        """Takes in ``samples`` (N, D); raises :class:`MetricError` where a value is not a number."""
        if samples.ndim != 2 or samples.shape[1] != len(self.mean):
            raise ValueError(f"samples are (N, {len(self.mean)}), not {[*samples.shape]}")
        if not samples.isfinite().all():
            raise MetricError("features with values that are not numbers cannot be compared")
        if len(samples):
            # On the CPU: not every device has float64.
            values = samples.detach().cpu().double()
            mean = values.mean(dim=0)
            centred = values - mean
            self._join(len(values), mean)
            self.squares.addmm_(centred.mT, centred)

    def merge(self, other: Moments) -> None:
        """Takes in all that was added to ``other``."""
        if other.count:
            self._join(other.count, other.mean)
            self.squares += other.squares

    def gaussian(self) -> Gaussian:
        """The mean and the covariance, divided by N - 1; :class:`MetricError` for fewer than two samples."""
        if self.count < 2:
            raise MetricError("a covariance needs at least two samples")
        return Gaussian(self.mean.clone(), self.squares / (self.count - 1))

    def statistics(self, made_of: str | None = None) -> Statistics:
        """The same with the count; see :class:`Statistics` for ``made_of``."""
        return Statistics(self.gaussian(), self.count, made_of)

    def _join(self, count: int, mean: torch.Tensor) -> None:
        """The mean with ``count`` further samples of this ``mean``, and what their distance adds to the squares."""
        distance = mean - self.mean
        total = self.count + count
        self.squares.addr_(distance, distance, alpha=self.count * count / total)
        self.mean += distance * (count / total)
        self.count = total


@dataclass(frozen=True, eq=False)
class Statistics:
    """The Gaussian of the features of a set of pictures, and what it was made of.

    ``count`` is the number of pictures, None where a file does not tell it. ``made_of`` is a hash of all that the
    figures depend on: pictures, features, preprocessing.
    """

    gaussian: Gaussian
    count: int | None = None
    made_of: str | None = None

    @property
    def size(self) -> int:
        """The length of the features."""
        return len(self.gaussian.mean)

    def store(self, path: Path, samples: torch.Tensor | None = None) -> None:
        """Writes one .npz, whole or not at all: ``mu`` and ``sigma`` as pytorch-fid has them, ``count``, ``made_of``,
        and, where KID is to be taken of them, the ``samples`` (N, D) themselves, in float32.
        """
        arrays: dict[str, NDArray[np.generic]] = {
            "mu": self.gaussian.mean.numpy(),
            "sigma": self.gaussian.covariance.numpy(),
        }
        if self.count is not None:
            arrays["count"] = np.asarray(self.count)
        if self.made_of is not None:
            arrays["made_of"] = np.asarray(self.made_of)
        if samples is not None:
            arrays["samples"] = samples.detach().float().cpu().numpy()
        with replacing(path) as scratch, scratch.open("wb") as file:
            np.savez(file, **arrays)  # pyright: ignore[reportArgumentType]


def read_statistics(path: Path) -> Statistics:
    """What :meth:`Statistics.store`, or pytorch-fid, wrote to ``path``; :class:`MetricError` where it is neither."""
    arrays = _arrays(path, ("mu", "sigma", "count", "made_of"))
    mean, covariance = arrays.get("mu"), arrays.get("sigma")
    if mean is None or covariance is None or mean.ndim != 1 or covariance.shape != (len(mean), len(mean)):
        raise MetricError(f"{path} holds no mean mu (D) and covariance sigma (D, D)")
    if not (np.issubdtype(mean.dtype, np.floating) and np.isfinite(mean).all() and np.isfinite(covariance).all()):
        raise MetricError(f"{path} holds a mean or a covariance with values that are not numbers")
    gaussian = Gaussian(torch.from_numpy(mean).double(), torch.from_numpy(covariance).double())
    count, made_of = arrays.get("count"), arrays.get("made_of")
    return Statistics(gaussian, None if count is None else int(count), None if made_of is None else str(made_of))


def read_samples(path: Path) -> torch.Tensor | None:
    """The features (N, D) that were stored with the statistics in ``path``, if they were."""
    samples = _arrays(path, ("samples",)).get("samples")
    return None if samples is None else torch.from_numpy(samples)


def _arrays(path: Path, names: tuple[str, ...]) -> dict[str, NDArray[np.generic]]:
    """Those of the arrays ``names`` that are in ``path``; nothing that could be code is read."""
    try:
        # Opened here: on a damaged file np.load leaves its own open.
        with path.open("rb") as file, np.load(file, allow_pickle=False) as found:
            if not isinstance(found, np.lib.npyio.NpzFile):
                raise ValueError
            return {name: found[name] for name in names if name in found}
    except FileNotFoundError:
        raise MetricError(f"{path} does not exist") from None
    except (OSError, ValueError, EOFError, zipfile.BadZipFile, AttributeError, TypeError):
        raise MetricError(f"{path} is no .npz of arrays: statistics of pictures are kept in one") from None
