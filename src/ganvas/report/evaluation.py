"""Evaluation: a model over folders of good pictures or of pairs, or one folder against another."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from ganvas.images import Picture, read
from ganvas.losses.content import Features
from ganvas.metrics import MetricError, Protocol, Scores, compare
from ganvas.report.detail import busiest, square
from ganvas.report.folders import pairs_of, title, titles
from ganvas.report.inputs import beside, cases, cut, made
from ganvas.report.text import write_json

Enhance = Callable[[Picture], Picture]
Watch = Callable[[int, int], None]

CLOSE_UP = 128
"""Side, in pixels of the result, of the detail that is kept of each picture for the page."""


@dataclass(frozen=True)
class Detail:
    """The same square of the truth and of each method, where the truth is busiest."""

    truth: Picture
    methods: dict[str, Picture]


@dataclass(frozen=True)
class Measured:
    """One picture: its scores by method ("bicubic" or "input", the model's name), and a detail to look at."""

    name: str
    scores: dict[str, Scores]
    detail: Detail


@dataclass(frozen=True)
class Row:
    """The means over one folder, of one method; an SSIM is None where it could not be taken of every picture.

    Pictures equal to the truth, whose PSNR is infinite, are left out of ``psnr`` and its (population) deviation
    ``psnr_std`` and counted in ``infinite``.
    """

    folder: str
    method: str
    pictures: int
    psnr: float
    psnr_std: float
    ssim: float | None
    ms_ssim: float | None
    infinite: int
    distance: float | None = None


@dataclass(frozen=True)
class Evaluation:
    """All that was measured, folder by folder, with the protocol it was measured by."""

    protocol: Protocol
    folders: dict[str, list[Measured]]
    arithmetic: str | None = None
    """Device and number format in which a model was run."""

    def conditions(self) -> str:
        """The line that belongs beside the figures."""
        return self.protocol.describe() + (f"; the model was run as {self.arithmetic}" if self.arithmetic else "")

    def rows(self) -> list[Row]:
        """One row for each folder and method."""
        return [
            _row(folder, method, [picture.scores[method] for picture in pictures])
            for folder, pictures in self.folders.items()
            for method in pictures[0].scores
        ]

    def as_json(self) -> dict[str, Any]:
        """Protocol, means and the scores of every picture; an infinite PSNR, which JSON has no number for, is "inf"."""
        pictures = {
            folder: {each.name: {method: _plain(scores) for method, scores in each.scores.items()} for each in measured}
            for folder, measured in self.folders.items()
        }
        means = [_plain(row) for row in self.rows()]
        protocol = {**self.protocol.as_json(), "arithmetic": self.arithmetic}
        return {"protocol": protocol, "means": means, "pictures": pictures}

    def store(self, path: Path) -> None:
        """Writes :meth:`as_json` to ``path``."""
        write_json(path, self.as_json())


def evaluate(
    enhance: Enhance,
    name: str,
    folders: Sequence[Path],
    protocol: Protocol,
    progress: Watch = lambda done, total: None,
    features: Features | None = None,
) -> Evaluation:
    """``enhance`` (called ``name``) over every picture of ``folders``, its inputs as ``protocol`` says, and beside it
    bicubic, or the input itself where nothing is reduced.

    Pictures are cut to a multiple of the scale at the right and below, grey ones become RGB, what is transparent counts
    as it would look opaque. ``progress`` is called with the pictures done and in all; ``features`` are those of the
    network that the protocol names.
    Raises :class:`GanvasError`, which names the file, for what cannot be measured.
    """
    found = {called: cases(folder, protocol) for called, folder in titles(folders).items()}
    total, done = sum(len(each) for each in found.values()), 0
    measured: dict[str, list[Measured]] = {called: [] for called in found}
    for called, each in found.items():
        for case in each:
            input, truth = case.open()
            methods = _methods(name, enhance(input), beside(input, protocol))
            measured[called].append(_measured(case.name, case.path, truth, methods, protocol, features))
            done += 1
            progress(done, total)
    return Evaluation(protocol, measured)


def compare_folders(
    results: Path,
    truths: Path,
    protocol: Protocol,
    progress: Watch = lambda done, total: None,
    features: Features | None = None,
) -> Evaluation:
    """The pictures of ``results`` against those of ``truths`` with the same names (endings may differ).

    If ``protocol`` names a scale, bicubic stands beside them and the truth is cut to a multiple of it. Raises
    :class:`MetricError` for a picture without partner and for sizes that differ.
    """
    pairs = pairs_of(results, truths)
    method = title(results)
    measured: list[Measured] = []
    for done, (name, path, partner) in enumerate(pairs, start=1):
        truth, result = (replace(read(each), alpha=None) for each in (partner, path))
        methods = {method: result}
        if protocol.scale is not None:
            truth = cut(truth, protocol.scale, partner)
            methods = _methods(method, result, beside(made(truth, protocol), protocol))
        measured.append(_measured(name, path, truth, methods, protocol, features))
        progress(done, len(pairs))
    return Evaluation(protocol, {title(truths): measured})


def _methods(name: str, picture: Picture, plain: tuple[str, Picture]) -> dict[str, Picture]:
    """What is measured: ``plain``, and the ``picture`` of a method that is called ``name``, but never as that."""
    return dict([plain, (f"{name} (given)" if name == plain[0] else name, picture)])


def _measured(
    name: str, path: Path, truth: Picture, made: dict[str, Picture], protocol: Protocol, features: Features | None
) -> Measured:
    try:
        scores = {method: compare(picture, truth, protocol, features) for method, picture in made.items()}
    except MetricError as error:
        raise MetricError(f"{path}: {error}") from None
    place = busiest(truth, CLOSE_UP)
    details = {method: square(picture, place, CLOSE_UP) for method, picture in made.items()}
    return Measured(name, scores, Detail(square(truth, place, CLOSE_UP), details))


def _row(folder: str, method: str, scores: list[Scores]) -> Row:
    finite = [each.psnr for each in scores if math.isfinite(each.psnr)]
    return Row(
        folder,
        method,
        pictures=len(scores),
        psnr=float(np.mean(finite)) if finite else math.inf,
        psnr_std=float(np.std(finite)) if finite else 0.0,
        ssim=_mean(each.ssim for each in scores),
        ms_ssim=_mean(each.ms_ssim for each in scores),
        infinite=len(scores) - len(finite),
        distance=_mean(each.distance for each in scores),
    )


def _mean(values: Iterator[float | None]) -> float | None:
    """The mean, where every picture has a value."""
    there = list(values)
    return None if None in there else float(np.mean([value for value in there if value is not None]))


def _plain(record: Scores | Row) -> dict[str, Any]:
    return {name: "inf" if value == math.inf else value for name, value in asdict(record).items()}
