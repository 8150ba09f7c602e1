"""Figures of classifiers of which it is known what they answer, and the verdict on them."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
import torch

from ganvas.data.digits import open_digits
from ganvas.experiments import EXPERIMENTS
from ganvas.experiments.digits import MEASURES, Answers, DigitReading
from ganvas.experiments.play import Played
from ganvas.recipes.digits import DigitsRecipe
from ganvas.weights import describe, store

ANSWERS = Answers(
    torch.tensor([[2.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 5.0, 0.0], [0.0, 0.0, 3.0]]), torch.tensor([0, 1, 2, 2])
)
"""Right, wrong, surely wrong, right."""

LEVEL = [0.98, 0.981, 0.979, 0.98]
WORSE = [0.97, 0.971, 0.969, 0.97]


def made(accuracies: dict[str, list[float]]) -> dict[str, dict[str, list[float]]]:
    return {
        label: {"test accuracy": accuracies.get(label, LEVEL)} for label in EXPERIMENTS["digit-pooling"].arms["full"]
    }


def test_the_share_of_right_answers_and_what_the_wrong_ones_cost() -> None:
    assert MEASURES["test accuracy"].take(ANSWERS) == 0.5
    costs = [
        math.log(sum(map(math.exp, row))) - row[label]
        for row, label in zip(ANSWERS.logits.tolist(), ANSWERS.labels.tolist(), strict=True)
    ]
    assert MEASURES["test loss"].take(ANSWERS) == pytest.approx(sum(costs) / 4)


def test_the_surest_error_comes_first() -> None:
    assert ANSWERS.misread == [2, 1]


def test_a_run_answers_as_its_net_does_however_many_at_once(
    digit_files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ganvas.experiments.digits.AT_ONCE", 7)
    torch.manual_seed(0)
    recipe = DigitsRecipe(width=2)
    net = recipe.generator().eval()
    store(tmp_path / "model.safetensors", net, describe(recipe, net))
    digits = open_digits(digit_files, "t10k")
    run = Played("an arm <x>", 0, tmp_path, 1.0)
    reading = DigitReading("digits", digits)
    answers = reading.answers(run)
    with torch.no_grad():
        torch.testing.assert_close(answers.logits, net(digits[:].image))
    assert answers.labels.tolist() == digits.labels.tolist()
    first = answers.misread[0]
    shown = reading.shown([run], ("test accuracy",))
    assert f"<figcaption>{answers.labels[first]}, read as {answers.read[first]}</figcaption>" in shown
    assert "an arm &lt;x&gt;" in shown
    assert reading.baseline(run, ("test accuracy",)) == {}


def test_the_claim_needs_level_strides_and_worse_subsampling() -> None:
    verdict = EXPERIMENTS["digit-pooling"].verdict
    assert verdict(made({"subsampling": WORSE})).agrees == "agree"
    assert verdict(made({})).agrees == "undecided"
    assert verdict(made({"max-pooling": WORSE})).agrees == "disagree"
    assert verdict(made({"subsampling": WORSE, "stride 2, kernel 4": [0.995] * 4})).agrees == "disagree"
    # A stride that is worse is no gain either.
    assert verdict(made({"subsampling": WORSE, "stride 2, kernel 4": WORSE})).agrees == "agree"


def test_four_seeds_as_in_the_notes() -> None:
    assert EXPERIMENTS["digit-pooling"].seeds == {"smoke": 1, "small": 4, "full": 4}
