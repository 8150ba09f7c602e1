"""``ganvas single train`` as it is typed."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from typer.testing import CliRunner

from ganvas.cli.main import app
from ganvas.data.pairs import DataError
from ganvas.images import Picture, PictureError, read, write
from ganvas.nets.pyramid import Pyramid
from ganvas.recipes import SettingsError
from ganvas.weights import load


@pytest.fixture
def file(photo: torch.Tensor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write(Picture.from_tensor(photo), tmp_path / "lake.png")
    return tmp_path / "lake.png"


def test_a_photo_becomes_a_model_in_a_folder_of_its_name(file: Path) -> None:
    words = ["single", "train", str(file), "--preset", "smoke", "--max-size", "20", "--set", "rounds=1"]
    result = CliRunner().invoke(app, [*words, "--device", "cpu"])
    assert result.exit_code == 0, result.output
    assert result.stdout.strip() == str(Path("runs/lake/model.safetensors"))
    assert "20 x 15 pixels in 3 levels, about 0.4 GB of memory" in result.stderr
    pyramid = load("runs/lake/model.safetensors").net
    assert isinstance(pyramid, Pyramid)
    assert pyramid.photo.shape == (1, 3, 15, 20)
    folder = Path("runs/lake")
    assert (folder / "report.html").is_file()
    last = read(folder / "pictures/stage-002-round-0000001-sample.png")
    assert (last.width, last.height) == (20, 15)


def test_it_is_the_same_as_train(file: Path) -> None:
    run = CliRunner().invoke
    common = ["--preset", "smoke", "--set", "rounds=1", "--device", "cpu"]
    assert run(app, ["single", "train", str(file), "--run", "a", *common]).exit_code == 0
    assert run(app, ["train", "singan", "--data", str(file), "--run", "b", *common]).exit_code == 0
    assert Path("a/model.safetensors").read_bytes() == Path("b/model.safetensors").read_bytes()


def test_the_recipe_of_the_notes_leaves_what_they_look_at(file: Path) -> None:
    words = ["single", "train", str(file), "--recipe", "improved-singan", "--preset", "smoke", "--device", "cpu"]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 0, result.output
    folder = Path("runs/lake")
    lines = [line for line in result.stderr.splitlines() if ": reconstruction " in line]
    assert [line.split(":")[0] for line in lines] == [
        f"level {level}, round {number}" for level, rounds in enumerate((3, 3, 5)) for number in range(rounds)
    ]
    assert "minuets\ntotal time: " in (folder / "train times.txt").read_text()
    assert (folder / "pictures/level-1/G(z_opt)_2.png").is_file()
    assert (folder / "pictures/stage-002-round-0000005-sample.png").is_file()
    assert load(folder / "model.safetensors").card.recipe == "improved-singan"


def test_only_recipes_for_one_photo_are_taken(file: Path) -> None:
    refused = CliRunner().invoke(app, ["single", "train", str(file), "--recipe", "srgan"]).exception
    assert isinstance(refused, SettingsError)
    assert str(refused) == "there is no recipe 'srgan': did you mean 'singan'?"
    refused = CliRunner().invoke(
        app, ["single", "train", str(file), "--recipe", "improved-singan", "--preset", "real-h"]
    )
    assert "did you mean 'real-" in str(refused.exception)


def test_what_cannot_be_learnt_is_one_sentence_and_leaves_nothing(file: Path) -> None:
    run = CliRunner().invoke
    small = run(app, ["single", "train", str(file)])
    assert isinstance(small.exception, DataError)
    assert "24 x 18 pixels, and its shorter side must have at least 25" in str(small.exception)
    assert isinstance(run(app, ["single", "train", "nowhere.png"]).exception, PictureError)
    assert not Path("runs").exists()
