"""A claim about what GANs can learn at all, tried with small nets on distributions that are known to the last digit."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import torch

from ganvas.data.collection import Collection
from ganvas.experiments.experiment import ExperimentError, Preset
from ganvas.experiments.play import Watching
from ganvas.experiments.verdict import Figures, Verdict
from ganvas.game import Stage
from ganvas.report.curves import Curve, legend
from ganvas.report.text import write_text
from ganvas.training import train

SEEDS: Mapping[Preset, int] = {"smoke": 1, "small": 3, "full": 5}


class Seen(NamedTuple):
    """What one seed came to: ``figures`` of each case, by measure, and the ``charts`` of it, as HTML."""

    figures: Mapping[str, Mapping[str, float]]
    charts: str


def beside(labels: Sequence[str], charts: str) -> str:
    """``charts`` whose lines are called by ``labels``, as a part of :attr:`Seen.charts`."""
    return f'{legend(labels)}<div class="charts">{charts}</div>'


def function(label: str, places: torch.Tensor, values: torch.Tensor) -> Curve:
    """The curve of ``values`` (N,) over ``places`` (N,)."""
    return Curve(label, [[(float(x), float(y)) for x, y in zip(places, values, strict=True)]])


Demonstrated = Generator[Stage[Any], None, Seen]
"""The stages of a demonstration, each built once the one before was played, and at the end what was seen."""


@dataclass(frozen=True)
class Demonstration:
    """A ``claim`` of the ``source``; ``told`` is for somebody who has not read it: what is played, and what to look at
    in the charts. ``play`` is given the preset and, where it ``reads`` them, pictures; it draws from torch's generator.
    ``measures`` say what the figures are.
    """

    name: str
    claim: str
    source: str
    told: Sequence[str]
    measures: Mapping[str, str]
    play: Callable[[Preset, Any], Demonstrated]
    verdict: Callable[[Figures], Verdict]
    reads: bool = False
    seeds: Mapping[Preset, int] = field(default_factory=lambda: SEEDS)


@dataclass(frozen=True)
class Shown:
    """All seeds of a ``demonstration``; the ``charts`` are the first one's."""

    demonstration: Demonstration
    preset: Preset
    seeds: int
    figures: Figures
    charts: str

    @property
    def verdict(self) -> Verdict:
        return self.demonstration.verdict(self.figures)

    def store(self, path: Path) -> None:
        held = {"experiment": self.demonstration.name, "preset": self.preset, "seeds": self.seeds}
        write_text(
            path, json.dumps({**held, "figures": self.figures, "verdict": asdict(self.verdict)}, indent=2) + "\n"
        )


def demonstrate(demonstration: Demonstration, preset: Preset, watching: Watching, data: Path | None = None) -> Shown:
    """Plays all seeds of ``demonstration``, on the processor, each from its own state of torch's generator.

    ``data`` holds pictures for one that ``reads`` them; ExperimentError where they are missing or not wanted.
    """
    if demonstration.reads and data is None:
        raise ExperimentError(
            f"the experiment {demonstration.name} needs --data with a folder or a zip of pictures, or MNIST's files"
        )
    if data is not None and not demonstration.reads:
        raise ExperimentError(f"the experiment {demonstration.name} makes its own data: leave out --data")
    pictures = None if data is None else Collection(data)
    count = demonstration.seeds[preset]
    seen = [_played(demonstration, preset, pictures, seed, watching) for seed in range(count)]
    cases = {case: dict.fromkeys(measured) for case, measured in seen[0].figures.items()}
    figures = {
        case: {name: [each.figures[case][name] for each in seen] for name in names} for case, names in cases.items()
    }
    return Shown(demonstration, preset, count, figures, seen[0].charts)


def _played(
    demonstration: Demonstration, preset: Preset, pictures: Collection | None, seed: int, watching: Watching
) -> Seen:
    found: list[Seen] = []
    title = f"{demonstration.name}, seed {seed + 1} of {demonstration.seeds[preset]}"

    def stages() -> Generator[Stage[Any]]:
        found.append((yield from demonstration.play(preset, pictures)))

    with torch.random.fork_rng(devices=[]), watching(title) as watch:
        torch.manual_seed(seed)
        for played in train(stages()):
            watch(played)
    return found[0]
