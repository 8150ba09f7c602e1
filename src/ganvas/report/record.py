"""What a run has left in its folder, as far as it has come: reading never fails for what is missing or cut off."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ganvas.report.text import ReportError

Key = tuple[str, str]
"""Player and term; figures that no player pays, such as a validation PSNR, have the player ""."""

_FRAME = re.compile(r"stage-(\d+)-round-(\d+)-(.+)\.png")
_TIMED = re.compile(r"(.+): (\d+) rounds, (\d+(?:\.\d+)?) s")


@dataclass(frozen=True)
class Line:
    """One line of the log: ``round`` counts from 1 within the stage."""

    stage: int
    name: str
    round: int
    values: dict[Key, float]


@dataclass(frozen=True)
class Played:
    """A stage as far as it was logged: it begins after ``start`` rounds of the run; ``seconds`` if it has ended."""

    index: int
    name: str
    start: int
    rounds: int
    seconds: float | None


@dataclass(frozen=True)
class Frame:
    """A picture that was made after ``at`` rounds of the run, in ``round`` of its stage; ``name`` is its sample."""

    at: int
    round: int
    stage: int
    name: str
    path: Path


@dataclass(frozen=True)
class Record:
    """A run: what was asked for (``recipe`` None where recipe.json is unreadable) and what has come of it so far.

    ``inputs`` and ``targets`` are pictures by sample. ``faults`` are sentences about what could not be read.
    """

    folder: Path
    recipe: str | None
    seed: int | None
    fields: dict[str, Any]
    lines: Sequence[Line]
    stages: Sequence[Played]
    frames: Sequence[Frame]
    inputs: dict[str, Path]
    targets: dict[str, Path]
    evaluation: dict[str, Any] | None
    faults: Sequence[str]

    @property
    def rounds(self) -> int:
        """How many rounds were played in all, by the log."""
        return sum(stage.rounds for stage in self.stages)

    @property
    def keys(self) -> list[Key]:
        """The curves there are, in the order of their first appearance."""
        return list(dict.fromkeys(key for line in self.lines for key in line.values))


def read_record(folder: Path) -> Record:
    """The run in ``folder``; :class:`ReportError` where there is neither a recipe.json nor a log.jsonl."""
    recipe, log = folder / "recipe.json", folder / "log.jsonl"
    if not folder.is_dir():
        raise ReportError(f"there is no folder {folder}")
    if not recipe.is_file() and not log.is_file():
        raise ReportError(f"{folder} is not a run folder: it holds neither recipe.json nor log.jsonl")
    faults: list[str] = []
    asked = _object(recipe, faults) or {}
    lines = _lines(log, faults)
    stages = _stages(lines, _seconds(folder / "timing.txt", faults))
    pictures, fields, name, seed = folder / "pictures", asked.get("fields"), asked.get("recipe"), asked.get("seed")
    evaluation = folder / "evaluation.json"
    return Record(
        folder,
        recipe=name if isinstance(name, str) else None,
        seed=seed if isinstance(seed, int) else None,
        fields=fields if isinstance(fields, dict) else {},
        lines=lines,
        stages=stages,
        frames=_frames(pictures, stages),
        inputs=_references(pictures, "input"),
        targets=_references(pictures, "target"),
        evaluation=_object(evaluation, faults) if evaluation.exists() else None,
        faults=faults,
    )


def _object(path: Path, faults: list[str]) -> dict[str, Any] | None:
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):  # not there, not UTF-8, not JSON
        held = None
    if not isinstance(held, dict):
        faults.append(f"{path.name} is missing or damaged.")
        return None
    return held


def _lines(path: Path, faults: list[str]) -> list[Line]:
    """The lines in the order of play; of a round that was played twice, the later one."""
    read = [_line(text) for text in _texts(path, faults)]
    # The last line is cut off whenever one looks while it is being written: that is no damage.
    damaged = sum(line is None for line in read[:-1])
    if damaged:
        faults.append(f"{damaged} of the {len(read)} lines of {path.name} cannot be read and are left out.")
    found = {(line.stage, line.round): line for line in read if line is not None}
    return [found[place] for place in sorted(found)]


def _line(text: str) -> Line | None:
    try:
        entry = json.loads(text)
        stage, name, number = int(entry.pop("stage")), str(entry.pop("name")), int(entry.pop("round"))
        return Line(stage, name, number, dict(_values(entry)))
    except (ValueError, KeyError, TypeError, AttributeError):  # cut off, or JSON but no line of a log
        return None


def _values(entry: dict[str, Any]) -> Iterator[tuple[Key, float]]:
    for player, terms in entry.items():
        if isinstance(terms, dict):
            yield from (((player, term), float(value)) for term, value in terms.items())
        else:
            yield ("", player), float(terms)


def _texts(path: Path, faults: list[str]) -> list[str]:
    """The lines of ``path``, none where it is not there: a run that has just begun has not logged anything."""
    try:
        return path.read_bytes().decode("utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return []
    except OSError as error:
        faults.append(f"{path.name} cannot be read: {error.strerror or error}.")
        return []


def _seconds(path: Path, faults: list[str]) -> dict[str, float]:
    timed = (_TIMED.fullmatch(line) for line in _texts(path, faults))
    return {match[1]: float(match[3]) for match in timed if match}


def _stages(lines: Sequence[Line], seconds: dict[str, float]) -> list[Played]:
    last = {line.stage: line for line in lines}
    stages, start = list[Played](), 0
    for line in last.values():
        stages.append(Played(line.stage, line.name, start, line.round, seconds.get(line.name)))
        start += line.round
    return stages


def _frames(folder: Path, stages: Sequence[Played]) -> list[Frame]:
    frames: list[Frame] = []
    for path in folder.glob("stage-*-round-*.png"):
        if match := _FRAME.fullmatch(path.name):
            stage, number = int(match[1]), int(match[2])
            start = sum(each.rounds for each in stages if each.index < stage)
            frames.append(Frame(start + number, number, stage, match[3], path))
    return sorted(frames, key=lambda frame: (frame.at, frame.name))


def _references(folder: Path, kind: str) -> dict[str, Path]:
    return {path.stem.removeprefix(f"{kind}-"): path for path in sorted(folder.glob(f"{kind}-*.png"))}
