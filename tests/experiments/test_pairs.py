"""Pairs that nets are examined on: how they come about, and what is made of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from ganvas.data.pairs import DataError
from ganvas.experiments import EXPERIMENTS, ExperimentError
from ganvas.experiments.experiment import MeasuredOn
from ganvas.experiments.pairs import SPOILS, Pair, PairReading, open_pairs, open_spoilt, side_of
from ganvas.experiments.play import Played
from ganvas.experiments.report import examiner_of
from ganvas.images import Picture, read, write
from ganvas.recipes import Recipe, build
from ganvas.recipes.candy import CANDYRecipe
from ganvas.recipes.deblurgan import DeblurGANRecipe
from ganvas.recipes.pix2pix import Pix2PixRecipe
from ganvas.weights import describe, store

PIX2PIX = build(Pix2PixRecipe, {**Pix2PixRecipe.presets["smoke"], "levels": 2})
SPOILT: tuple[MeasuredOn, ...] = ("shaken pictures", "hazy pictures")


def ran(folder: Path, recipe: Recipe) -> Played:
    """A run of ``recipe`` with the weights it began with."""
    torch.manual_seed(0)
    net = recipe.generator()
    folder.mkdir()
    store(folder / "model.safetensors", net, describe(recipe, net))
    fields = {"recipe": recipe.name, "seed": 0, "fields": recipe.model_dump(mode="json")}
    (folder / "recipe.json").write_text(json.dumps(fields), encoding="utf-8")
    return Played("an arm <x>", 0, folder, 1.0)


def test_given_pairs_in_either_layout(pairs_folder: Path, tmp_path: Path) -> None:
    reading = open_pairs(pairs_folder)
    both = [read(pairs_folder / part / "1.png") for part in ("input", "target")]
    halves = tmp_path / "halves"
    halves.mkdir()
    write(Picture.from_tensor(torch.cat([each.tensor() for each in both], dim=-1)), halves / "1.png")
    for pair in (reading.pair(1, None), open_pairs(halves).pair(0, None)):
        for found, expected in zip(pair, both, strict=True):
            assert torch.equal(found.tensor(), expected.tensor())
    assert reading.count == 3
    assert (reading.pair(2, 24).input.width, reading.pair(2, 24).truth.height) == (24, 24)


def test_pairs_that_do_not_fit_are_found_out_before_the_work(pairs_folder: Path) -> None:
    write(Picture.from_tensor(torch.zeros(3, 20, 20)), pairs_folder / "target" / "2.png")
    with pytest.raises(DataError, match="must be of one size"):
        open_pairs(pairs_folder)


def test_a_pair_of_one_picture_twice_is_refused(pairs_folder: Path) -> None:
    same = (pairs_folder / "target" / "2.png").read_bytes()
    (pairs_folder / "input" / "2.png").write_bytes(same)
    with pytest.raises(ExperimentError, match=r"2\.png is the same as its target"):
        open_pairs(pairs_folder)


@pytest.mark.parametrize("kind", SPOILT)
def test_pictures_are_spoilt_the_same_way_every_time(kind: MeasuredOn, test_set: Path) -> None:
    reading = open_spoilt(test_set, kind)
    margin = SPOILS[kind].margin
    truth = read(test_set / "1.png").tensor()
    inner = truth[..., margin : truth.shape[-2] - margin, margin : truth.shape[-1] - margin]
    pair, again = reading.pair(1, None), open_spoilt(test_set, kind).pair(1, None)
    assert torch.equal(pair.truth.tensor(), inner)
    assert torch.equal(pair.input.tensor(), again.input.tensor())
    assert (pair.input.tensor() - inner).abs().mean() > 0.01
    levels = 255 * pair.input.tensor()
    torch.testing.assert_close(levels, levels.round(), atol=1e-3, rtol=0)


def test_every_picture_is_spoilt_in_its_own_way(tmp_path: Path) -> None:
    folder = tmp_path / "same"
    folder.mkdir()
    picture = Picture.from_tensor(torch.rand(3, 80, 80, generator=torch.Generator().manual_seed(0)))
    for name in ("a", "b"):
        write(picture, folder / f"{name}.png")
    for kind in SPOILT:
        reading = open_spoilt(folder, kind)
        first, second = (reading.pair(number, None) for number in (0, 1))
        assert torch.equal(first.truth.tensor(), second.truth.tensor())
        assert not torch.equal(first.input.tensor(), second.input.tensor())


def test_small_pictures_are_refused_where_borders_are_cut(tmp_path: Path) -> None:
    folder = tmp_path / "small"
    folder.mkdir()
    write(Picture.from_tensor(torch.zeros(3, 70, 90)), folder / "a.png")
    assert open_spoilt(folder, "hazy pictures").count == 1
    with pytest.raises(ExperimentError, match=r"90 x 70 pixels: pictures to measure on need 71 a side"):
        open_spoilt(folder, "shaken pictures")


def test_squares_where_they_are_learnt_from() -> None:
    assert side_of(Pix2PixRecipe()) == 256
    assert side_of(Pix2PixRecipe(side=None)) is None
    assert side_of(CANDYRecipe(spoil="nothing", side=143, patch=128)) == 128
    assert side_of(CANDYRecipe(side=143, patch=128)) is None
    assert side_of(DeblurGANRecipe()) is None


def test_chance_is_that_of_the_picture(pairs_folder: Path, tmp_path: Path) -> None:
    """Dropout at test time, but the same figures whenever and however many pictures are measured."""
    reading, run = open_pairs(pairs_folder), ran(tmp_path / "run", PIX2PIX)
    first = reading.restored(run, 3)
    torch.manual_seed(9)
    again = reading.restored(run, 2)
    for (one, _), (other, _) in zip(first, again, strict=False):
        assert torch.equal(one.tensor(), other.tensor())
    same = PairReading("same", "pairs", 2, lambda number, side: reading.pair(0, side))
    (one, _), (other, _) = same.restored(run, 2)
    assert not torch.equal(one.tensor(), other.tensor())


def test_the_input_stands_beside_the_arms(pairs_folder: Path, tmp_path: Path) -> None:
    reading, run = open_pairs(pairs_folder), ran(tmp_path / "run", PIX2PIX.model_copy(update={"side": 18}))
    names = ("SSIM", "detail", "colourfulness")

    def equal(number: int, side: int | None) -> Pair:
        truth = reading.pair(number, side).truth
        return Pair(truth, truth)

    same = PairReading("same", "pairs", 3, equal)
    assert same.baseline(run, names) == pytest.approx(dict.fromkeys(names, 1.0))
    assert reading.figures(run, names).keys() == set(names)
    page = reading.shown([run], names)
    assert page.count("<figcaption>an arm &lt;x&gt;</figcaption>") == 3
    assert page.count("<figcaption>input</figcaption>") == page.count("<figcaption>truth</figcaption>") == 3


@pytest.mark.parametrize(("name", "measured_on"), [("pix2pix-loss", "pairs"), ("candy-loss", "hazy pictures")])
def test_the_examiner_is_that_of_the_experiment(
    name: str, measured_on: str, prepared: Path, pairs_folder: Path, test_set: Path
) -> None:
    test = pairs_folder if measured_on == "pairs" else test_set
    assert examiner_of(EXPERIMENTS[name], prepared, test).measured_on == measured_on
    with pytest.raises(ExperimentError, match=f"{name} needs --data"):
        examiner_of(EXPERIMENTS[name], prepared, None)
