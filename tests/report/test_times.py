"""The file of times, byte for byte as in the notes on Improved SinGAN, its twin, and reading both."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ganvas.game import Round, Stage
from ganvas.report.text import ReportError
from ganvas.report.times import TEXT, TWIN, LevelTime, listing, note_time, read_times

COWS = (2.1, 1.66, 0.69, 0.49, 0.54, 0.39, 0.53, 7.38)
NOTES = """
level 0 time: 2.1 minuets
level 1 time: 1.66 minuets
level 2 time: 0.69 minuets
level 3 time: 0.49 minuets
level 4 time: 0.54 minuets
level 5 time: 0.39 minuets
level 6 time: 0.53 minuets
level 7 time: 7.38 minuets
total time: 13.78 minuets"""


def ended(level: int, seconds: float, rounds: int = 3) -> Round:
    stage = Stage(f"level {level}", 10, None, [], seconds=seconds)  # pyright: ignore
    return Round(level, stage, rounds - 1, {})


def test_the_listing_is_that_of_the_notes(tmp_path: Path) -> None:
    for level, minutes in enumerate(COWS):
        note_time(tmp_path, ended(level, minutes * 60 + 0.2))
    assert (tmp_path / TEXT).read_bytes() == NOTES.encode()
    assert TEXT == "train times.txt"


def test_the_total_is_the_sum_of_the_rounded() -> None:
    times = [LevelTime(level, 1, 60 * 1.004) for level in range(3)]
    assert listing(times).endswith("level 2 time: 1 minuets\ntotal time: 3 minuets")
    assert listing([LevelTime(0, 1, 6.0), LevelTime(1, 1, 12.0)]).endswith("total time: 0.3 minuets")


def test_both_forms_are_there_as_soon_as_a_level_has_ended(tmp_path: Path) -> None:
    note_time(tmp_path, ended(0, 90.0, rounds=1608))
    assert read_times(tmp_path / TEXT) == read_times(tmp_path / TWIN) == ({0: 1.5}, 1.5)
    note_time(tmp_path, ended(1, 30.0))
    assert read_times(tmp_path / TEXT) == read_times(tmp_path / TWIN) == ({0: 1.5, 1: 0.5}, 2.0)
    first = json.loads((tmp_path / TWIN).read_text())["levels"][0]
    assert first == {"level": 0, "rounds": 1608, "seconds": 90.0, "minutes": 1.5}


def test_a_level_that_is_played_again_is_not_counted_twice(tmp_path: Path) -> None:
    for level, seconds in ((0, 60.0), (1, 60.0), (2, 60.0), (1, 120.0)):
        note_time(tmp_path, ended(level, seconds))
    assert read_times(tmp_path / TEXT) == ({0: 1.0, 1: 2.0}, 3.0)


def test_numbers_of_lines_are_no_content(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("\n".join(f"{number} {line}" for number, line in enumerate(NOTES.splitlines(), 1)))
    assert read_times(path) == (dict(enumerate(COWS)), 13.78)
    path.write_text(NOTES)
    assert read_times(path) == (dict(enumerate(COWS)), 13.78)


@pytest.mark.parametrize(
    ("name", "text"), [("a.txt", ""), ("a.txt", "level 0 time: 2.1 minuets"), ("a.json", "[]"), ("a.json", "{")]
)
def test_what_holds_no_times_is_said(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(ReportError, match="does not hold the times"):
        read_times(tmp_path / name)
    with pytest.raises(ReportError):
        read_times(tmp_path / "nowhere.txt")
