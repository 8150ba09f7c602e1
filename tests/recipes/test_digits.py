"""The recipe of digits: how long it plays, that it learns, and that a stopped run goes on exactly."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
import torch

from ganvas.data.digits import Digits, open_digits
from ganvas.data.pairs import DataError
from ganvas.enhancement import Model
from ganvas.game import Round
from ganvas.recipes import RECIPES, resolve
from ganvas.recipes.digits import DigitsRecipe
from ganvas.runs import RunError, Settings, train_into
from ganvas.training import train
from ganvas.weights import WeightsError, load


def test_epochs_are_passes_over_the_digits(readable: dict[str, object]) -> None:
    digits = readable["digits"]
    assert isinstance(digits, Digits)
    assert len(digits) == 48
    rounds = [next(DigitsRecipe(batch=batch, epochs=3).stages(digits)).rounds for batch in (48, 20, 512)]
    assert rounds == [3, 8, 1]  # 144 digits by 48, by 20 and by 512


def test_the_rate_stays_unless_it_is_to_fall(readable: dict[str, object]) -> None:
    def rates(*settings: str) -> list[float]:
        recipe = resolve(RECIPES, "digits", "smoke", ["rate=0.5", *settings])
        played = train(recipe.stages(readable["digits"]))
        return [each.stage.players[0].optimizer.param_groups[0]["lr"] for each in played]

    assert rates() == [0.5, 0.5, 0.5]
    assert rates("falling=true") == pytest.approx([0.5, 0.25, 0])


@pytest.mark.parametrize("changes", [[], ["pooling=stride", "kernel=3"], ["pooling=subsampling"]])
def test_it_learns(changes: list[str], readable: dict[str, object]) -> None:
    torch.manual_seed(0)
    recipe = resolve(RECIPES, "digits", "smoke", ["width=4", "epochs=12", "rate=0.01", *changes])
    digits = readable["digits"]
    assert isinstance(digits, Digits)
    paid = [played.result["classifier"]["cross_entropy"] for played in train(recipe.stages(digits))]
    assert paid[0] > 2  # ln 10 = 2.3 is what one pays for knowing nothing
    assert paid[-1] < 0.7


def test_a_stopped_run_goes_on_exactly_and_its_model_does_not_enlarge(digit_files: Path, tmp_path: Path) -> None:
    recipe, settings = resolve(RECIPES, "digits", "smoke", ["epochs=3"]), Settings(seed=1, device="cpu")

    def stop(played: Round) -> None:
        if played.number == 4:
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(RunError, match="round 5"):
        train_into(tmp_path / "stopped", recipe, digit_files, settings, stop)
    paths = [train_into(tmp_path / name, recipe, digit_files, settings) for name in ("stopped", "whole")]
    stopped, whole = (load(path) for path in paths)
    for key, tensor in whole.net.state_dict().items():
        assert torch.equal(tensor, stopped.net.state_dict()[key]), key
    assert whole.net(open_digits(digit_files, "t10k")[:].image).shape == (20, 10)
    with pytest.raises(WeightsError, match="made to classify"):
        Model(whole, device="cpu")


def test_what_it_reads_is_asked_for(tmp_path: Path) -> None:
    recipe = resolve(RECIPES, "digits", "smoke")
    with pytest.raises(DataError, match="reads digits"):
        train_into(tmp_path / "run", recipe, None, Settings())
    with pytest.raises(DataError, match="the four files of MNIST"):
        train_into(tmp_path / "run", recipe, tmp_path, Settings())
    assert not (tmp_path / "run").exists()
