"""The bars of a training: what they say of a stage that may end early, and lines beside them."""

from __future__ import annotations

from typing import Any

import pytest
import rich.progress

from ganvas.cli.progress import watching
from ganvas.game import Result, Round, Stage, never


def stage(name: str, stop: int | None) -> Stage[Any]:
    def until(number: int, result: Result) -> bool:
        return number == stop

    return Stage(name, 10, None, [], until=never if stop is None else until)  # pyright: ignore


def test_a_stage_that_ends_early_is_done(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    bars: list[rich.progress.Progress] = []

    class Kept(rich.progress.Progress):
        def __init__(self, *columns: Any, **options: Any) -> None:
            super().__init__(*columns, **options)
            bars.append(self)

    monkeypatch.setattr(rich.progress, "Progress", Kept)
    first, second = stage("level 0", stop=3), stage("level 1", stop=None)
    with watching(lambda played: f"[round] {played.number}" if played.last else None) as watch:
        for index, each, rounds in ((0, first, 4), (1, second, 2)):
            for number in range(rounds):
                watch(Round(index, each, number, {"generator": {"reconstruction": 0.5}}))
    shown = [(task.description, task.completed, task.total, task.finished) for task in bars[0].tasks]
    assert shown == [("level 0, at most", 4, 4, True), ("level 1", 2, 10, False)]
    assert capsys.readouterr().err == "[round] 3\n"
