"""Generators of points of which it is known what they make, their page, and the verdict on the ring."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest
import torch
from torch import nn

from ganvas.data.synthetic import ring_centres
from ganvas.experiments import EXPERIMENTS, ExperimentError
from ganvas.experiments.experiment import Arm
from ganvas.experiments.play import Place, Played, play_into
from ganvas.experiments.points import MEASURES, PointReading, points_of
from ganvas.experiments.report import examiner_of
from ganvas.game import Round
from ganvas.recipes import RECIPES, Recipe, resolve
from ganvas.runs import Settings, Watch, train_into
from ganvas.weights import describe, store

RING = EXPERIMENTS["ring"]
UNROLLED = "unrolled GAN"


def made(**loose: list[float]) -> dict[str, dict[str, list[float]]]:
    """Five seeds of what the papers claim, but for ``loose`` modes of some arms."""
    claimed = {"GAN": [1.0, 1.0, 2.0, 1.0, 0.0], **{label: [8.0] * 5 for label in (UNROLLED, "WGAN", "WGAN-GP")}}
    return {label: {"loose modes": values} for label, values in {**claimed, **loose}.items()}


def run_of(recipe: Recipe, folder: Path, net: nn.Module | None = None) -> Played:
    """A run of two rounds; its model is ``net`` where one is given."""
    path = train_into(folder, recipe, None, Settings(device="cpu"))
    if net is not None:
        store(path, net, describe(recipe, net))
    return Played("an arm <x>", 0, folder, 1.0)


def test_what_is_measured_is_the_ring_as_if_it_were_not_divided(tmp_path: Path) -> None:
    """A generator that always makes the first centre, divided as its data were."""
    recipe = resolve(RECIPES, "wgan", "smoke", ["rounds=2"])
    net = recipe.generator()
    for parameter in net.parameters():
        nn.init.zeros_(parameter)
    with torch.no_grad():
        list(net.parameters())[-1].copy_(ring_centres()[0] / 1.414)
    run = run_of(recipe, tmp_path / "run", net)
    assert torch.allclose(points_of(run), ring_centres()[:1].repeat(2500, 1), atol=1e-5)
    reading = PointReading()
    figures = reading.figures(run, RING.measures)
    assert figures == {"modes": 1, "high quality": 1.0, "loose modes": 1, "mean radius": pytest.approx(2)}
    assert reading.baseline(run, RING.measures) == {}
    assert all(reading.meaning(name) == MEASURES[name].meaning for name in RING.measures)


def test_only_runs_on_the_ring_are_examined(tmp_path: Path) -> None:
    run = run_of(resolve(RECIPES, "gan", "smoke", ["data=grid", "rounds=2"]), tmp_path / "run")
    with pytest.raises(ExperimentError, match="no run on the ring"):
        points_of(run)


def test_every_arm_is_drawn_at_the_start_and_at_fifteen_times(tmp_path: Path) -> None:
    seen: list[int] = []

    @contextmanager
    def watching(title: str) -> Generator[Watch]:
        def watch(played: Round) -> None:
            seen.append(played.number)

        yield watch

    arm = Arm("unrolled", {"steps": 1, "width": 8, "batch": 16, "rounds": 30})
    play_into(tmp_path / "run", arm, 0, Place(None, tmp_path), "", watching)
    assert seen == list(range(30))
    shown = PointReading().shown([Played("an arm <x>", 0, tmp_path / "run", 1.0)], RING.measures)
    captions = [f"<figcaption>{number} rounds</figcaption>" for number in (1, 6, 12, 18, 24, 30)]
    places = [shown.index(caption) for caption in captions]
    assert places == sorted(places)
    assert shown.count("<img") == 6 + 1, "and they move"
    assert "<h3>an arm &lt;x&gt;</h3>" in shown


def test_the_gan_is_the_game_without_a_step_ahead() -> None:
    for preset, arms in RING.arms.items():
        fields = [arms[label].seeded(1).model_dump() for label in ("GAN", UNROLLED)]
        assert [each.pop("steps") for each in fields] == [0, 2 if preset == "smoke" else 10]
        assert fields[0] == fields[1]
        assert arms["WGAN"].seeded(1).name == "wgan"
    full = RING.arms["full"]
    assert full["GAN"].seeded(0) == resolve(RECIPES, "unrolled", "appendix", ["steps=0"])
    assert full["WGAN"].seeded(0) == resolve(RECIPES, "wgan")
    assert RING.seeds["small"] == 5


def test_the_claim_needs_a_collapse_and_two_cures() -> None:
    verdict = RING.verdict
    assert verdict(made()).agrees == "agree"
    assert verdict(made(GAN=[7.0, 8.0, 8.0, 7.0, 8.0])).agrees == "disagree"
    assert verdict(made(GAN=[1.0, 8.0, 1.0, 1.0, 8.0])).agrees == "undecided"
    assert verdict(made(WGAN=[4.0] * 5)).agrees == "disagree"
    assert verdict(made(WGAN=[8.0, 8.0, 5.0, 8.0, 8.0])).agrees == "undecided"
    assert verdict(made(**{UNROLLED: [1.0] * 5})).agrees == "disagree"
    assert verdict(made(**{"WGAN-GP": [1.0] * 5})).agrees == "agree", "told beside the claim"


def test_it_wants_neither_data_nor_pictures(tmp_path: Path) -> None:
    assert examiner_of(RING, None, None).count == 2500
    for data, test in ((tmp_path, None), (None, tmp_path), (tmp_path, tmp_path)):
        with pytest.raises(ExperimentError, match="the experiment ring needs neither --data nor --test"):
            examiner_of(RING, data, test)
    for name in ("last-rate", "digit-pooling", "pix2pix-loss", "candy-loss"):
        with pytest.raises(ExperimentError, match="needs --data"):
            examiner_of(EXPERIMENTS[name], None, None)
