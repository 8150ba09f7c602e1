"""Statistics of real pictures that are kept, so that many sets can be compared with one."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from ganvas.metrics import MetricError
from ganvas.metrics.moments import Statistics, read_samples, read_statistics


@dataclass(frozen=True)
class Reference:
    """The statistics of a set, and its features (N, D) where KID is taken of them."""

    statistics: Statistics
    samples: torch.Tensor | None = None


@dataclass(frozen=True)
class Shelf:
    """The folder that statistics are kept in, one file for each hash of what they were made of."""

    folder: Path

    def find(self, made_of: str, *, samples: bool) -> Reference | None:
        """What was kept under this hash, with its features where ``samples`` are needed."""
        path = self._path(made_of)
        try:
            kept = Reference(read_statistics(path), read_samples(path) if samples else None)
        except MetricError:  # not there, or damaged
            return None
        fits = kept.statistics.made_of == made_of and not (samples and kept.samples is None)
        return kept if fits else None

    def keep(self, reference: Reference) -> str | None:
        """Puts ``reference`` there; where that cannot be, why not."""
        assert reference.statistics.made_of is not None
        path = self._path(reference.statistics.made_of)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            reference.statistics.store(path, reference.samples)
        except OSError as error:
            return f"the statistics of the real pictures were not kept: {path} cannot be written, {error.strerror}"
        return None

    def _path(self, made_of: str) -> Path:
        return self.folder / f"{made_of[:32]}.npz"


def hash_of(parts: Sequence[str]) -> str:
    """One hash of all ``parts``."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
