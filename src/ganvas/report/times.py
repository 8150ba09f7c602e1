"""How long the levels of a photo took to learn, in the file of the notes on Improved SinGAN and in JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from ganvas.game import Round
from ganvas.report.text import ReportError, write_text

TEXT, TWIN = "train times.txt", "train times.json"

_LEVEL = re.compile(r"level (\d+) time: ([\d.]+) minuets")
_TOTAL = re.compile(r"total time: ([\d.]+) minuets")


class LevelTime(NamedTuple):
    """A level that has ended, after so many rounds."""

    level: int
    rounds: int
    seconds: float

    @property
    def minutes(self) -> float:
        return round(self.seconds / 60, 2)


class Times(NamedTuple):
    """Minutes by level, and those of all together as the file has them."""

    minutes: dict[int, float]
    total: float


def note_time(folder: Path, played: Round) -> None:
    """Writes the files anew, with the level that ends with ``played`` in place of what they held of it and of later
    ones.
    """
    before = [each for each in _noted(folder / TWIN) if each.level < played.index]
    times = [*before, LevelTime(played.index, played.number + 1, played.stage.seconds)]
    levels = [{**each._asdict(), "minutes": each.minutes} for each in times]
    write_text(folder / TWIN, json.dumps({"levels": levels, "total": _total(times)}, indent=2) + "\n")
    write_text(folder / TEXT, listing(times))


def listing(times: Sequence[LevelTime]) -> str:
    r"""The notes' file, their spelling included.

    >>> listing([LevelTime(0, 2000, 126.0), LevelTime(1, 300, 99.5)])
    '\nlevel 0 time: 2.1 minuets\nlevel 1 time: 1.66 minuets\ntotal time: 3.76 minuets'
    """
    rows = [f"level {each.level} time: {_short(each.minutes)} minuets" for each in times]
    return "\n".join(["", *rows, f"total time: {_short(_total(times))} minuets"])


def read_times(path: Path) -> Times:
    """The times in ``path``, the text or its JSON twin; in the text lines may have numbers before them."""
    try:
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".json":
            held = json.loads(text)
            return Times({each["level"]: each["minutes"] for each in held["levels"]}, held["total"])
        return Times({int(level): float(minutes) for level, minutes in _LEVEL.findall(text)}, _sum_in(text))
    except (OSError, ValueError, KeyError, TypeError):
        raise ReportError(f"{path} does not hold the times of the levels of a training") from None


def _sum_in(text: str) -> float:
    found = _TOTAL.search(text)
    if found is None:
        raise ValueError("no total")
    return float(found[1])


def _noted(twin: Path) -> list[LevelTime]:
    if not twin.exists():
        return []
    held: list[dict[str, Any]] = json.loads(twin.read_text(encoding="utf-8"))["levels"]
    return [LevelTime(each["level"], each["rounds"], each["seconds"]) for each in held]


def _total(times: Sequence[LevelTime]) -> float:
    """The sum of the rounded, as the notes have it."""
    return round(sum(each.minutes for each in times), 2)


def _short(minutes: float) -> str:
    return f"{minutes:.2f}".rstrip("0").rstrip(".")
