"""Playing arms: into their folders, once, and on from where it was stopped."""

from __future__ import annotations

import signal
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ganvas.experiments import EXPERIMENTS, Arm, ExperimentError, play
from ganvas.experiments.experiment import Experiment, arms
from ganvas.experiments.play import Place
from ganvas.experiments.verdict import Verdict
from ganvas.game import Round
from ganvas.runs import RunError, Watch

SETTINGS = {"scale": 2, "width": 4, "depth": 1, "batch": 1, "patch": 4, "rounds": 3, "warmup": 0}
CHANGES = {"one": {"rate": 0.01}, "other, way": {"rate": 0.02}}


def made(**changed: object) -> Experiment:
    both = arms("compact", {**SETTINGS, **changed}, CHANGES)
    return Experiment(
        "made", "One.", "test", {"smoke": both, "small": both, "full": both}, ("PSNR",), lambda _: Verdict("agree", "")
    )


class Watching:
    """Remembers titles and counts rounds; sends Ctrl-C in round ``stop``."""

    def __init__(self, stop: int | None = None) -> None:
        self.titles: list[str] = []
        self.rounds = 0
        self.stop = stop

    @contextmanager
    def __call__(self, title: str) -> Generator[Watch]:
        self.titles.append(title)

        def watch(played: Round) -> None:
            self.rounds += 1
            if self.rounds == self.stop:
                signal.raise_signal(signal.SIGINT)

        yield watch


@pytest.fixture
def place(prepared: Path, tmp_path: Path) -> Place:
    return Place(prepared, tmp_path / "runs")


def test_every_arm_is_played_once_with_every_seed(place: Place) -> None:
    watching = Watching()
    played = play.play(made(), "small", place, watching)
    assert [(run.arm, run.seed) for run in played] == [("one", 0), ("one", 1), ("other, way", 0), ("other, way", 1)]
    assert played[3].folder == place.runs / "made-small" / "other-way-seed1"
    assert all(run.model.is_file() and run.seconds > 0 for run in played)
    assert watching.rounds == 4 * 3
    assert watching.titles[1] == "2 of 4: one, seed 1"
    again = Watching()
    assert play.play(made(), "small", place, again) == played
    assert again.titles == []


def test_a_stopped_experiment_goes_on(place: Place) -> None:
    first = Watching(stop=4)
    with pytest.raises(RunError, match="the same command goes on"):
        play.play(made(), "smoke", place, first)
    second = Watching()
    played = play.play(made(), "smoke", place, second)
    assert second.titles == ["2 of 2: other, way, seed 0"]
    assert first.rounds == 4
    assert second.rounds <= 3
    assert all(run.seconds > 0 for run in played)


def test_other_settings_and_other_data_are_refused(place: Place, tmp_path: Path) -> None:
    play.play(made(), "smoke", place, Watching())
    with pytest.raises(ExperimentError, match="with other settings"):
        play.play(made(rounds=4), "smoke", place, Watching())
    with pytest.raises(ExperimentError, match="give that --data"):
        play.play(made(), "smoke", Place(tmp_path / "elsewhere", place.runs), Watching())


def test_the_seed_reaches_the_data_where_the_recipe_lets_it() -> None:
    assert Arm("compact", SETTINGS).seeded(3).model_dump()["seed"] == 3
    assert "seed" not in EXPERIMENTS["last-rate"].arms["smoke"]["ReLU, one rate"].seeded(3).model_dump()
