"""What a net that others trained finds in pictures: as they are, spoilt, and restored."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, Literal, TypeVar

from ganvas.images import Picture, read
from ganvas.metrics import MetricError, Protocol
from ganvas.metrics.detection import DetectionScore
from ganvas.metrics.protocol import SPOILS
from ganvas.metrics.segmentation import FCNScore
from ganvas.report.folders import by_name, titles
from ganvas.report.inputs import made
from ganvas.report.text import write_json

Spoil = Literal["motion", "haze"]
Watch = Callable[[int, int], None]
Score = TypeVar("Score", DetectionScore, FCNScore)
Found = TypeVar("Found")

PLAIN = "as it is"
"""What a picture is called that nothing was done to."""


@dataclass(frozen=True)
class Treatment:
    """What is done to each picture before it is looked at: perhaps spoilt, then perhaps restored by ``restore``, which
    is called ``name`` and runs in an ``arithmetic``.
    """

    spoil: Spoil | None = None
    restore: Callable[[Picture], Picture] | None = None
    name: str = "restored"
    arithmetic: str = ""

    @property
    def steps(self) -> list[str]:
        """What the versions of a picture are called, in their order."""
        spoilt = [PLAIN, self.spoil] if self.spoil else [PLAIN]
        return [*spoilt, f"{self.spoil}, {self.name}" if self.spoil else self.name] if self.restore else spoilt

    def versions(self, picture: Picture) -> dict[str, Picture]:
        """``picture`` as it is, spoilt if it is, and restored if it is: by chance, the same for the same picture."""
        shown = [picture]
        if self.spoil:
            shown.append(made(picture, Protocol(spoil=self.spoil)))
        if self.restore:
            shown.append(self.restore(shown[-1]))
        return dict(zip(self.steps, shown, strict=True))

    def conditions(self) -> list[str]:
        """What belongs beside the figures."""
        said = [f"{self.spoil}: {SPOILS[self.spoil]}"] if self.spoil else []
        if self.restore:
            run = f", run as {self.arithmetic}" if self.arithmetic else ""
            said.append(f"{self.name}: what the model makes of them{run}")
        return said


@dataclass(frozen=True)
class Row(Generic[Score]):
    """What was found in the pictures of one folder, treated by one method."""

    folder: str
    method: str
    pictures: int
    score: Score


@dataclass(frozen=True)
class Recognition(Generic[Score]):
    """One row for each folder and method, the ``names`` of the classes, and what is to be known, a sentence each."""

    rows: tuple[Row[Score], ...]
    names: Mapping[int, str]
    conditions: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Every figure, with the conditions."""
        rows = [
            {"folder": row.folder, "method": row.method, "pictures": row.pictures, **row.score.as_json()}
            for row in self.rows
        ]
        names = {str(number): name for number, name in self.names.items()}
        return {"rows": rows, "names": names, "conditions": list(self.conditions)}

    def store(self, path: Path) -> None:
        """Writes :meth:`as_json` to ``path``."""
        write_json(path, self.as_json())


def compared(folders: Sequence[Path]) -> dict[str, dict[str, Path]]:
    """The files of each folder by their names without endings, the folders by what they are called.

    Raises :class:`MetricError` where they do not hold pictures of the same names: their figures would not compare.
    """
    called = titles(folders)
    found = {name: by_name(folder) for name, folder in called.items()}
    first, reference = next(iter(found.items()))
    for name, files in found.items():
        for odd in sorted(files.keys() ^ reference.keys()):
            lacking = called[name if odd in reference else first]
            raise MetricError(f"{lacking} has no picture called {odd}: the folders must hold the same pictures")
    return found


def partners(files: Mapping[str, Path], truth: Mapping[str, Any], where: Path) -> None:
    """Raises :class:`MetricError` if the ``truth`` does not tell of one of ``files``."""
    for name, path in files.items():
        if name not in truth:
            raise MetricError(f"{path} has no truth: {where} tells of no picture called {name}")


def found_in(
    files: Mapping[str, Mapping[str, Path]],
    treatment: Treatment,
    look: Callable[[str, Path, Picture], Found],
    progress: Watch,
) -> Iterator[tuple[str, str, list[Found]]]:
    """Folder, method, and what ``look`` found in each picture of them, given its name, its file and itself."""
    done, total = 0, sum(len(each) for each in files.values())
    for folder, each in files.items():
        found: dict[str, list[Found]] = {step: [] for step in treatment.steps}
        for name, path in each.items():
            for step, picture in treatment.versions(read(path)).items():
                found[step].append(look(name, path, picture))
            done += 1
            progress(done, total)
        for step, seen in found.items():
            yield folder, step, seen


def truth_said(where: Path, against: bool) -> str:
    """What the truth is, in words."""
    if not against:
        return f"truth: {where}"
    return f"truth: what the same net finds in {where}, its mistakes included; nobody checked it"
