"""``ganvas experiment``: listed, played to a page, refused in one sentence."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import typer
from PIL import Image
from typer.testing import CliRunner

from ganvas.cli.experiment import experiment
from ganvas.data.pairs import DataError
from ganvas.experiments import EXPERIMENTS, ExperimentError
from ganvas.metrics import MetricError

app = typer.Typer()
app.command()(experiment)


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    folder = tmp_path / "pictures"
    folder.mkdir()
    pixels = np.random.default_rng(0).integers(256, size=(14, 13, 3), dtype=np.uint8)
    Image.fromarray(pixels).resize((104, 112), Image.Resampling.BICUBIC).save(folder / "a.png")
    return folder


def words(prepared: Path, pictures: Path, tmp_path: Path) -> list[str]:
    options = {"data": prepared, "test": pictures, "output": tmp_path / "pages", "runs": tmp_path / "runs"}
    return [
        "last-rate",
        "--preset",
        "smoke",
        *(word for key, path in options.items() for word in (f"--{key}", str(path))),
    ]


def test_all_are_listed() -> None:
    result = CliRunner().invoke(app, ["list"], terminal_width=200)
    assert result.exit_code == 0, result.output
    assert all(name in result.output for name in EXPERIMENTS)


def test_an_experiment_ends_in_its_page(prepared: Path, pictures: Path, tmp_path: Path) -> None:
    asked = words(prepared, pictures, tmp_path)
    result = CliRunner().invoke(app, asked)
    assert result.exit_code == 0, result.output
    page = tmp_path / "pages" / "last-rate.html"
    assert result.stdout.splitlines()[-1] == str(page)
    assert result.stdout.startswith("undecided: PSNR is ")
    assert f"ganvas experiment {' '.join(asked)} --device cpu" in page.read_text(encoding="utf-8")
    first = json.loads(page.with_suffix(".json").read_text(encoding="utf-8"))
    assert CliRunner().invoke(app, asked).exit_code == 0
    assert json.loads(page.with_suffix(".json").read_text(encoding="utf-8")) == first


def test_digits_need_no_pictures_to_measure_on(digit_files: Path, pictures: Path, tmp_path: Path) -> None:
    places = [*("--output", str(tmp_path / "pages")), *("--runs", str(tmp_path / "runs"))]
    asked = ["digit-pooling", "--preset", "smoke", "--data", str(digit_files), *places]
    refused = CliRunner().invoke(app, [*asked, "--test", str(pictures)])
    assert isinstance(refused.exception, ExperimentError)
    assert "no --test" in str(refused.exception)
    with_none = CliRunner().invoke(app, asked[:3])
    assert isinstance(with_none.exception, ExperimentError)
    assert "folder of digits" in str(with_none.exception)
    (digit_files / "t10k-labels-idx1-ubyte.gz").rename(digit_files / "elsewhere")
    assert isinstance(CliRunner().invoke(app, asked).exception, DataError)
    assert not (tmp_path / "runs").exists()
    (digit_files / "elsewhere").rename(digit_files / "t10k-labels-idx1-ubyte.gz")
    result = CliRunner().invoke(app, asked)
    assert result.exit_code == 0, result.output
    page = (tmp_path / "pages" / "digit-pooling.html").read_text(encoding="utf-8")
    assert "20 digits of the folder digits" in page
    assert "bicubic" not in page
    assert "--test" not in page


def test_the_ring_needs_no_data_at_all(prepared: Path, tmp_path: Path) -> None:
    asked = ["ring", "--preset", "smoke", "--output", str(tmp_path / "pages"), "--runs", str(tmp_path / "runs")]
    refused = CliRunner().invoke(app, [*asked, "--data", str(prepared)])
    assert isinstance(refused.exception, ExperimentError)
    assert "needs neither --data nor --test" in str(refused.exception)
    assert not (tmp_path / "runs").exists()
    result = CliRunner().invoke(app, asked)
    assert result.exit_code == 0, result.output
    page = (tmp_path / "pages" / "ring.html").read_text(encoding="utf-8")
    assert f"ganvas experiment {' '.join(asked)} --device cpu" in page
    assert "2,500 samples of each generator" in page
    first = json.loads((tmp_path / "pages" / "ring.json").read_text(encoding="utf-8"))
    assert first["test"] == {"samples": 2500}
    assert CliRunner().invoke(app, asked).exit_code == 0
    assert json.loads((tmp_path / "pages" / "ring.json").read_text(encoding="utf-8")) == first


def test_what_is_missing_is_one_sentence_before_any_work(prepared: Path, pictures: Path, tmp_path: Path) -> None:
    asked = words(prepared, pictures, tmp_path)
    assert isinstance(CliRunner().invoke(app, ["last-rat", *asked[1:]]).exception, ExperimentError)
    assert isinstance(CliRunner().invoke(app, asked[:3]).exception, ExperimentError)
    assert isinstance(CliRunner().invoke(app, [*asked[:5], *asked[7:]]).exception, ExperimentError)
    assert not (tmp_path / "pages").exists()
    (pictures / "a.png").unlink()
    assert isinstance(CliRunner().invoke(app, asked).exception, MetricError)
    Image.new("RGB", (200, 60)).save(pictures / "a.png")
    failed = CliRunner().invoke(app, asked)
    assert isinstance(failed.exception, ExperimentError)
    assert "60 pixels: pictures to measure on need 96 a side" in str(failed.exception)
    assert not (tmp_path / "runs").exists()
