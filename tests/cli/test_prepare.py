"""``ganvas prepare`` as it is typed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import typer
from PIL import Image
from typer.testing import CliRunner

from ganvas.cli.prepare import prepare
from ganvas.data.crops import open_crops
from ganvas.data.prepare import PrepareError

app = typer.Typer()
app.command()(prepare)


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    exif = Image.Exif()
    exif[0x0110] = "Old Phone"
    pixels = np.random.default_rng(0).integers(256, size=(64, 96, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(folder / "a.png", exif=exif)
    (folder / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 and no more")
    return folder


def test_crops_are_made_and_broken_files_mentioned(photos: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    result = CliRunner().invoke(app, [str(photos), str(out), "--size", "32", "--workers", "1"])
    assert result.exit_code == 0
    assert f"{out}: 8 crops of 32 x 32 from 1 photo; 1 skipped, listed in {out / 'skipped.jsonl'}" in result.stdout
    assert "skipped: broken.jpg is a damaged JPEG" in result.stderr
    assert len(open_crops(out)) == 8


def test_every_option_reaches_the_set(photos: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    options = ["--size", "16", "--density", "0.5", "--max-per-scale", "2", "--seed", "4", "--linear-light"]
    options += ["--prefix", "t", "--workers", "1"]
    cameras = ["--camera", "other", "--camera", "OLD*", "--max-pixels", "10000"]
    result = CliRunner().invoke(app, [str(photos / "a.png"), str(photos / "broken.jpg"), str(out), *options, *cameras])
    assert result.exit_code == 0, result.output
    manifest = (out / "manifest.jsonl").read_text()
    assert '"halved": true' in manifest
    assert manifest.count("\n") == 2 + 1  # 32 x 48 once halved: 3 crops capped to 2 there, 0.75 rounded to 1 at half
    assert (out / "0" / "t0.png").exists()
    settings = (out / "settings.json").read_text()
    assert '"seed": 4' in settings
    assert '"linear_light": true' in settings


def test_failures_are_one_sentence(photos: Path, tmp_path: Path) -> None:
    result = CliRunner().invoke(app, [str(photos), str(tmp_path / "out"), "--size", "500", "--workers", "1"])
    assert isinstance(result.exception, PrepareError)
    assert "none of the 2 photos gave a crop" in str(result.exception)
