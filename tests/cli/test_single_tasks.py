"""The tasks of ``ganvas single`` as they are typed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from typer.testing import CliRunner, Result

from ganvas import single
from ganvas.cli.main import app
from ganvas.enhancement.guard import GuardError
from ganvas.game import Round
from ganvas.images import Picture, PictureError, read, resize, write
from ganvas.metrics import MetricError
from ganvas.recipes.singan import SinGANRecipe
from ganvas.single import SingleError
from ganvas.training import train
from ganvas.weights import card_of, describe, store


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A photo of 20 x 15 pixels that was learnt for one round a level."""
    torch.manual_seed(0)
    recipe = SinGANRecipe(
        min_size=12, max_size=20, width=4, min_width=4, rounds=1, milestones=(), critic_turns=1, generator_turns=1
    )
    *_, last = train(recipe.stages(torch.rand(1, 3, 15, 20)))
    pyramid, path = last.stage.outcome, tmp_path_factory.mktemp("run") / "model.safetensors"
    for kernel in (p for p in pyramid.parameters() if p.ndim == 4):
        torch.nn.init.normal_(kernel, 0, 0.3)  # after one round noise is worth less than one of 8 bits
    pyramid.amplitudes[1:] = 0.2
    store(path, pyramid, describe(recipe, pyramid))
    return str(path)


@pytest.fixture
def pasted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    write(Picture(np.random.default_rng(0).random((30, 40, 1), np.float32), depth=16), "pasted.png")
    return "pasted.png"


@pytest.fixture
def photo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    smooth = resize(torch.rand(1, 3, 6, 8, generator=torch.Generator().manual_seed(0)), (33, 44))
    write(Picture.from_tensor(smooth), "photo.png")
    return "photo.png"


class Colours(torch.nn.Module):
    """The colours at every fourth pixel, as if they were features."""

    def forward(self, image: torch.Tensor) -> dict[str, torch.Tensor]:
        return {"stage2": image[..., ::4, ::4]}


def run(*words: str) -> Result:
    result = CliRunner().invoke(app, ["single", *words])
    assert result.exit_code == 0, result.output
    return result


def size(path: str) -> tuple[int, int]:
    picture = read(Path(path))
    return picture.width, picture.height


def test_samples_fill_a_folder(model: str, tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    made = run("sample", model, "-o", str(folder), "--count", "2", "--width", "31", "--height", "17", "--seed", "3")
    paths = [folder / "sample-001.png", folder / "sample-002.png"]
    assert made.stdout.split() == [str(path) for path in paths]
    assert [size(str(path)) for path in paths] == [(31, 17)] * 2
    assert paths[0].read_bytes() != paths[1].read_bytes()


def test_enlarge(model: str, pasted: str) -> None:
    run("enlarge", model, "-o", "large.png", "--scale", "2.5", "--no-guard")
    assert size("large.png") == (50, 37)


def test_what_is_not_the_photo_any_more_is_not_written(model: str, pasted: str) -> None:
    result = CliRunner().invoke(app, ["single", "enlarge", model, "-o", "large.png", "--scale", "4"])
    assert isinstance(result.exception, GuardError)
    assert "train with --preset enlarge" in str(result.exception)
    assert not Path("large.png").exists()


def test_enlarge_by_region(model: str, pasted: str) -> None:
    run("enlarge", model, "-o", "plain.png", "--scale", "2.5", "--no-guard")
    run("enlarge", model, "-o", "regions.png", "--scale", "2.5", "--regions", "--no-guard")
    assert size("regions.png") == (50, 37)
    assert Path("regions.png").read_bytes() != Path("plain.png").read_bytes()


def test_animate(model: str, pasted: str) -> None:
    path = ["--start-level", "1", "--alpha", "0.2", "--beta", "0.8"]
    assert run("animate", model, "-o", "walk.gif", "--frames", "3", *path).stdout == "walk.gif\n"
    with Image.open("walk.gif") as image:
        assert (image.size, image.n_frames) == ((20, 15), 3)


def test_edit_and_harmonise(model: str, pasted: str) -> None:
    write(Picture(np.eye(15, 20, dtype=np.float32)[..., None]), "mask.png")
    made = run("edit", model, pasted, "-o", "edited.png", "--mask", "mask.png", "--level", "2")
    assert made.stdout.split() == ["edited.png", "edited-raw.png"]
    assert made.stderr == "The picture of 40 x 30 pixels was resized to the learnt photo's 20 x 15.\n"
    assert size("edited.png") == size("edited-raw.png") == (20, 15)
    run("harmonise", model, pasted, "-o", "harmonised.png")
    assert size("harmonised.png") == (20, 15)


def test_paint(model: str, pasted: str) -> None:
    run("paint", model, pasted, "-o", "painted.png", "--level", "2", "--quantise", "official")
    assert size("painted.png") == (20, 15)


def test_scales_stand_for_pixels(model: str, tmp_path: Path) -> None:
    run("sample", model, "-o", str(tmp_path), "--count", "1", "--scale-v", "2", "--scale-h", "1.5")
    assert size(str(tmp_path / "sample-001.png")) == (30, 30)
    twice = CliRunner().invoke(app, ["single", "sample", model, "-o", "x", "--scale-v", "2", "--height", "20"])
    assert str(twice.exception) == "the height is asked for twice, as a scale and in pixels: give one of them"


def test_a_level_is_trained_for_a_painting_and_kept(model: str, pasted: str) -> None:
    made = run("paint", model, pasted, "-o", "a.png", "--level", "2", "--retrain", "2", "--save", "new.safetensors")
    assert made.stdout.split() == ["new.safetensors", "a.png"]
    run("paint", "new.safetensors", pasted, "-o", "b.png", "--level", "2", "--quantise", "rgb")
    run("paint", model, pasted, "-o", "c.png", "--level", "2", "--quantise", "rgb")
    assert Path("a.png").read_bytes() == Path("b.png").read_bytes() != Path("c.png").read_bytes()
    assert card_of("new.safetensors").figures == {"retrained": {"level": 2, "rounds": 2, "quantise": "rgb"}}


def test_a_training_that_cannot_end_well_does_not_begin(
    model: str, pasted: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(single, "retrained", lambda *rest: pytest.fail("it began"))
    paint = ["single", "paint", model, pasted, "--retrain", "9"]
    for words, message in (
        (["-o", "nowhere/a.png"], "no folder nowhere"),
        (["-o", "a.png", "--save", "new.pth"], "ends in .safetensors"),
        (["-o", "a.png", "--save", "nowhere/new.safetensors"], "nowhere does not exist"),
    ):
        assert message in str(CliRunner().invoke(app, [*paint, *words]).exception)


def test_ctrl_c_in_a_training_writes_nothing(model: str, pasted: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(stages: object) -> Iterator[Round]:
        yield next(train(stages))
        raise KeyboardInterrupt

    monkeypatch.setattr("ganvas.single.retraining.train", stopped)
    words = ["paint", model, pasted, "-o", "a.png", "--retrain", "2", "--save", "new.safetensors"]
    assert CliRunner().invoke(app, ["single", *words]).exit_code != 0
    assert [path.name for path in Path().iterdir()] == [pasted]


def test_patches_take_the_photo(photo: str) -> None:
    run("sample", photo, "--engine", "patches", "-o", "made", "--count", "1", "--width", "21", "--start-level", "1")
    assert size("made/sample-001.png") == (21, 33)
    write(Picture(np.eye(24, 32, dtype=np.float32)[..., None]), "edited.png")
    made = run("edit", photo, "edited.png", "-o", "e.png", "--engine", "patches", "--level", "0", "--max-size", "32")
    assert made.stderr == "The photo of 44 x 33 pixels was reduced to 32 x 24 (max_size).\n"
    run("harmonise", photo, "edited.png", "-o", "h.png", "--engine", "patches")
    run("paint", photo, "edited.png", "-o", "p.png", "--engine", "patches", "--level", "0", "--quantise", "rgb")
    assert [size(name) for name in ("e.png", "e-raw.png", "h.png", "p.png")] == [(32, 24), (32, 24), (44, 33), (44, 33)]


def test_evaluate(model: str, photo: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ganvas.single.evaluating.eyes", lambda name: Colours())
    words = ["--engine", "patches", "--samples", "2", "--features", "lite0", "--layer", "paper"]
    made = run("evaluate", photo, *words, "--start", "1", "--seed", "4", "--json", "figures.json")
    said = json.loads(Path("figures.json").read_text())
    assert (said["engine"], said["samples"], said["start_level"], said["seed"]) == ("patches", 2, 1, 4)
    assert f"{said['sifid']['mean']:.4g}" in made.stdout
    assert f"{said['diversity']:.3f}" in made.stdout
    assert "the figure is not SIFID" in made.stdout
    small = CliRunner().invoke(app, ["single", "evaluate", model, "--samples", "2", "--features", "lite0"])
    assert isinstance(small.exception, MetricError)
    assert isinstance(CliRunner().invoke(app, ["single", "evaluate", photo]).exception, SingleError)


def test_failures_are_one_sentence(model: str, pasted: str) -> None:
    def failure(*words: str) -> BaseException | None:
        return CliRunner().invoke(app, ["single", *words]).exception

    refused = failure("paint", model, pasted, "-o", "x.png", "--level", "3")
    assert isinstance(refused, SingleError)
    assert str(refused) == "level 3 does not exist here: give one from 1 (coarsest) to 2 (finest)"
    assert isinstance(failure("sample", "fidelity-x2", "-o", "x"), SingleError)
    assert "is not a picture" in str(failure("sample", model, "-o", "x", "--engine", "patches"))
    assert "is a picture, not a trained photo" in str(failure("sample", pasted, "-o", "x"))
    assert "--save keeps what --retrain made" in str(failure("paint", model, pasted, "-o", "x.png", "--save", "x"))
    taught = failure("paint", pasted, pasted, "-o", "x.png", "--engine", "patches", "--retrain", "1")
    assert "the engine patches learns nothing" in str(taught)
    assert isinstance(failure("animate", model, "-o", "x.avi"), SingleError)
    assert isinstance(failure("edit", model, "nowhere.png", "-o", "x.png"), PictureError)
    assert not Path("x.png").exists()
    assert not Path("x").exists()
