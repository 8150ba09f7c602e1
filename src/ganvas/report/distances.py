"""How far a set of pictures is from another: FID, KID, the Inception score and SWD in one walk over the pictures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

import torch

from ganvas.metrics import MetricError
from ganvas.metrics.fid import Fid, Kid, fid_of, kid_of
from ganvas.metrics.figure import Figure
from ganvas.metrics.inception_score import SPLITS, InceptionScore, Splits
from ganvas.metrics.moments import Moments, read_statistics
from ganvas.metrics.sliced import LEAST, PICTURES, Patches, swd_of
from ganvas.pretrained import PretrainedError, cache
from ganvas.report.eye import Eye, EyeOrMaker, eye_for
from ganvas.report.references import Reference, Shelf, hash_of
from ganvas.report.sets import PictureSet, picture_set
from ganvas.report.text import write_json

Metric = Literal["fid", "kid", "is", "swd"]
Watch = Callable[[int, int], None]


@dataclass(frozen=True)
class Distances:
    """The figures in the order they were asked for, and what else is to be known, a sentence each in ``remarks``.

    ``counts`` are the pictures of either set, None for statistics that do not tell; ``remembered`` says that the
    statistics of the reals were kept from an earlier time.
    """

    fakes: Path
    reals: Path
    counts: tuple[int, int | None]
    figures: tuple[Figure, ...]
    remarks: tuple[str, ...] = ()
    remembered: bool = False

    def conditions(self) -> list[str]:
        """What belongs beside the figures, a sentence each."""
        told = "an untold number of" if self.counts[1] is None else self.counts[1]
        said = [f"{self.counts[0]} pictures in {self.fakes} against {told} pictures in {self.reals}"]
        said += [f"{figure.label}: {figure.describe()}" for figure in self.figures]
        seen = {figure.sight.features for figure in self.figures if isinstance(figure, Fid | Kid | InceptionScore)}
        said += [
            f"{name} stands in for Inception: its figures are to be compared with figures of {name} alone"
            for name in sorted(seen - {"inception"})
        ]
        if self.remembered:
            said.append("the statistics of the real pictures were kept from an earlier time; the files are the same")
        return [*said, *self.remarks]

    def as_json(self) -> dict[str, Any]:
        """Every figure, with the conditions."""
        return {
            "fakes": {"path": str(self.fakes), "pictures": self.counts[0]},
            "reals": {"path": str(self.reals), "pictures": self.counts[1], "remembered": self.remembered},
            "figures": [figure.as_json() for figure in self.figures],
            "remarks": list(self.remarks),
            "conditions": self.conditions(),
        }

    def store(self, path: Path) -> None:
        """Writes :meth:`as_json` to ``path``."""
        write_json(path, self.as_json())


def distances(
    fakes: Path,
    reals: Path,
    metrics: Sequence[Metric] | None = None,
    *,
    eye: EyeOrMaker = eye_for,
    limit: int | None = None,
    seed: int = 0,
    same_places: bool = False,
    references: Path | None = None,
    progress: Watch = lambda done, total: None,
) -> Distances:
    """The ``metrics`` of the pictures in ``fakes``, against those in ``reals``: folders, with subfolders, or zips.

    ``reals`` may also be an .npz of statistics, ours or pytorch-fid's, for FID. Without ``metrics`` all that can be
    taken are, and it is said why others are not; one that was asked for and cannot be taken raises. At most ``limit``
    pictures of a set are taken, evenly spread over the names. Statistics of the reals are kept in ``references`` (by
    default in the cache) under a hash of their files, the net and the preprocessing. For ``same_places`` see
    :func:`ganvas.metrics.sliced.swd`.

    Raises :class:`GanvasError`, one sentence, for a set of fewer than two, for a picture that cannot be read, by its
    name, and for sizes that differ where SWD needs one.
    """
    made = _enough(picture_set(fakes).cut(limit))
    true = None if reals.suffix.lower() == ".npz" and reals.is_file() else _enough(picture_set(reals).cut(limit))
    wanted, remarks, used = _possible(metrics, made, true, eye)
    shelf = Shelf(references or cache() / "references")
    made_of = None if used is None or true is None else hash_of((*used.conditions(), true.digest()))
    reference = _known(wanted, made_of, reals, shelf)
    remembered = reference is not None and true is not None
    one = _wish(wanted, made, used, seed)
    other = None if true is None else _wish([] if remembered else wanted, true, used, seed)
    if "is" in wanted and used is not None:
        one.splits = Splits(len(made), used.classes.size, min(SPLITS, len(made) // 2))
    if "swd" in wanted and true is not None and other is not None:
        one.patches, other.patches = Patches(seed), Patches(seed, 0 if same_places else 1)
        one.patched = other.patched = min(len(made), len(true), PICTURES)
    _walk([one] if other is None else [one, other], progress)
    if reference is None and other is not None and other.moments is not None:
        reference = other.reference(made_of)
        remarks += [remark] if (remark := shelf.keep(reference)) else []
    figures = tuple(_figure(metric, one, other, reference, seed, same_places) for metric in wanted)
    count = len(true) if true is not None else reference.statistics.count if reference else None
    return Distances(fakes, reals, (len(made), count), figures, tuple(remarks), remembered)


@dataclass
class Gathered:
    """What is gathered of one set, in the order of a ``seed``; None is not wanted."""

    pictures: PictureSet
    eye: Eye | None
    moments: Moments | None = None
    samples: list[torch.Tensor] | None = None
    splits: Splits | None = None
    patches: Patches | None = None
    patched: int = 0
    """How many pictures give patches."""

    @property
    def looks(self) -> bool:
        """Whether the net has to see the pictures."""
        return self.moments is not None or self.splits is not None

    def __len__(self) -> int:
        """How many pictures are to be read."""
        return len(self.pictures) if self.looks else self.patched

    def walk(self, tell: Callable[[int], None]) -> None:
        """Looks at each picture once."""
        for batch in self.pictures.first(len(self)).batches():
            if self.eye is not None and self.looks:
                self._look(*self.eye.see(batch))
            if self.patches is not None and self.patches.count < self.patched:
                self.patches.add(batch[: self.patched - self.patches.count])
            tell(len(batch))

    def reference(self, made_of: str | None = None) -> Reference:
        """The statistics, and the features where they were kept."""
        assert self.moments is not None
        samples = None if self.samples is None else torch.cat(self.samples)
        return Reference(self.moments.statistics(made_of), samples)

    def _look(self, vectors: torch.Tensor, logits: torch.Tensor) -> None:
        if self.moments is not None:
            self.moments.add(vectors)
        if self.samples is not None:
            self.samples.append(vectors.float().cpu())
        if self.splits is not None:
            self.splits.add(logits)


def _enough(pictures: PictureSet) -> PictureSet:
    if len(pictures) < 2:
        raise MetricError(f"there is only one picture in {pictures.place}: sets of two or more can be compared")
    return pictures


def _possible(
    metrics: Sequence[Metric] | None, made: PictureSet, true: PictureSet | None, eye: EyeOrMaker
) -> tuple[list[Metric], list[str], Eye | None]:
    """What is to be taken, why the rest is not, and the net for it."""
    asked = list(dict.fromkeys(metrics or get_args(Metric)))
    obstacles = {metric: obstacle for metric in asked if (obstacle := _obstacle(metric, made, true))}
    if metrics and obstacles:
        raise MetricError(next(iter(obstacles.values())))
    used: Eye | None = None
    if any(metric != "swd" and metric not in obstacles for metric in asked):
        try:
            used = eye() if callable(eye) else eye
        except PretrainedError as error:
            if metrics or "swd" in obstacles:
                raise
            obstacles = {metric: f"{metric.upper()} cannot be taken: {error}" for metric in asked if metric != "swd"}
    return [metric for metric in asked if metric not in obstacles], [*obstacles.values()], used


def _obstacle(metric: Metric, made: PictureSet, true: PictureSet | None) -> str | None:
    """Why ``metric`` cannot be taken of these sets."""
    if metric in ("kid", "swd") and true is None:
        return f"{metric.upper()} needs the real pictures, not their statistics"
    if metric != "swd" or true is None:
        return None
    sizes = sorted(made.sizes() | true.sizes())
    if len(sizes) > 1:
        several = " and ".join(f"{width} x {height}" for width, height in (sizes[0], sizes[-1]))
        return f"SWD needs pictures of one size, and there are {several} in {made.place} and {true.place}"
    return None if min(sizes[0]) >= LEAST else f"SWD needs pictures of at least {LEAST} pixels a side"


def _known(wanted: Sequence[Metric], made_of: str | None, reals: Path, shelf: Shelf) -> Reference | None:
    """The statistics of the reals, where they are given or were kept."""
    if "fid" not in wanted and "kid" not in wanted:
        return None
    return Reference(read_statistics(reals)) if made_of is None else shelf.find(made_of, samples="kid" in wanted)


def _wish(wanted: Sequence[Metric], pictures: PictureSet, eye: Eye | None, seed: int) -> Gathered:
    """What FID and KID need of ``pictures``."""
    gathered = Gathered(pictures.shuffled(seed), eye)
    if eye is not None and ("fid" in wanted or "kid" in wanted):
        gathered.moments = Moments(eye.sight.size)
        gathered.samples = [] if "kid" in wanted else None
    return gathered


def _walk(sets: Sequence[Gathered], progress: Watch) -> None:
    done, total = 0, sum(len(each) for each in sets)

    def tell(count: int) -> None:
        nonlocal done
        done += count
        progress(done, total)

    for each in sets:
        each.walk(tell)


def _figure(
    metric: Metric, one: Gathered, other: Gathered | None, reference: Reference | None, seed: int, same_places: bool
) -> Figure:
    if metric == "swd":
        assert one.patches is not None
        assert other is not None
        assert other.patches is not None
        return swd_of(one.patches, other.patches, seed=seed, same_places=same_places)
    assert one.eye is not None
    if metric == "is":
        assert one.splits is not None
        return one.splits.result(one.eye.classes)
    assert reference is not None
    own = one.reference()
    if metric == "fid":
        return fid_of(own.statistics, reference.statistics, one.eye.sight)
    assert own.samples is not None
    assert reference.samples is not None
    return kid_of(own.samples, reference.samples, one.eye.sight, seed=seed)
