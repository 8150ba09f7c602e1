"""The tasks of ``ganvas single`` as they are typed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from typer.testing import CliRunner, Result

from ganvas.cli.main import app
from ganvas.images import Picture, PictureError, read, write
from ganvas.recipes.singan import SinGANRecipe
from ganvas.single import SingleError
from ganvas.training import train
from ganvas.weights import describe, store


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
    run("enlarge", model, "-o", "large.png", "--scale", "2.5")
    assert size("large.png") == (50, 37)


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


def test_failures_are_one_sentence(model: str, pasted: str) -> None:
    def failure(*words: str) -> BaseException | None:
        return CliRunner().invoke(app, ["single", *words]).exception

    refused = failure("paint", model, pasted, "-o", "x.png", "--level", "3")
    assert isinstance(refused, SingleError)
    assert str(refused) == "level 3 does not exist here: give one from 1 (coarsest) to 2 (finest)"
    assert isinstance(failure("sample", "fidelity-x2", "-o", "x"), SingleError)
    assert isinstance(failure("animate", model, "-o", "x.avi"), SingleError)
    assert isinstance(failure("edit", model, "nowhere.png", "-o", "x.png"), PictureError)
    assert not Path("x.png").exists()
    assert not Path("x").exists()
