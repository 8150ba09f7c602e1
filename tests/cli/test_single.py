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


def test_what_cannot_be_learnt_is_one_sentence_and_leaves_nothing(file: Path) -> None:
    run = CliRunner().invoke
    small = run(app, ["single", "train", str(file)])
    assert isinstance(small.exception, DataError)
    assert "24 x 18 pixels, and its shorter side must have at least 25" in str(small.exception)
    assert isinstance(run(app, ["single", "train", "nowhere.png"]).exception, PictureError)
    assert not Path("runs").exists()
