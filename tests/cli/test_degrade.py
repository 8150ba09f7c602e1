"""``ganvas degrade``: a sheet of every kind, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import numpy as np
import pytest
import torch
from typer.testing import CliRunner

from ganvas.cli.degrade import Kinds
from ganvas.cli.main import app
from ganvas.errors import GanvasError
from ganvas.images import Picture, read, write
from ganvas.report.spoilt import KINDS


def made(path: Path, width: int = 60, height: int = 40) -> Path:
    coarse = torch.rand(1, 3, 6, 6, generator=torch.Generator().manual_seed(0))
    write(Picture.from_tensor(torch.nn.functional.interpolate(coarse, size=(height, width), mode="bicubic")), path)
    return path


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return made(tmp_path / "photo.png")


def run(*words: str | Path) -> str:
    """What stands on the output, or the sentence that main() would print."""
    result = CliRunner().invoke(app, ["degrade", *map(str, words)])
    if result.exit_code == 0:
        return result.output.strip()
    return str(result.exception) if isinstance(result.exception, GanvasError) else result.output


def test_the_command_knows_every_kind() -> None:
    assert get_args(Kinds) == tuple(KINDS)


@pytest.mark.parametrize("kind", get_args(Kinds))
def test_a_sheet_shows_the_photo_beside_spoilt_versions(source: Path, kind: str) -> None:
    target = source.with_name(f"photo-{kind}.png")
    assert run(source, "--with", kind, "--count", "2") == str(target)
    sheet, photo = read(target), read(source)
    assert sheet.width > 3 * photo.width
    np.testing.assert_allclose(sheet.pixels[12:52, 12:72], photo.pixels, atol=1e-6)
    across = (sheet.width - 12) // 3
    tiles = [sheet.pixels[12:52, left : left + 60] for left in (12 + across, 12 + 2 * across)]
    assert all(np.abs(tile - photo.pixels).max() > 0.005 for tile in tiles)
    assert np.abs(tiles[0] - tiles[1]).max() > 0.005


def test_seeds(source: Path, tmp_path: Path) -> None:
    sheets: list[np.ndarray] = []
    for seed in ("0", "0", "1"):
        run(source, "--with", "motion", "--seed", seed, "-o", tmp_path / "sheet.png")
        sheets.append(read(tmp_path / "sheet.png").pixels)
    assert np.array_equal(sheets[0], sheets[1])
    assert sheets[0].shape != sheets[2].shape or not np.array_equal(sheets[0], sheets[2])


def test_a_large_photo_is_reduced(tmp_path: Path) -> None:
    run(made(tmp_path / "large.png", 1000, 500), "--with", "jpeg", "--count", "1", "-o", tmp_path / "sheet.png")
    sheet = read(tmp_path / "sheet.png")
    assert (sheet.width, sheet.height) == (2 * 492 + 12, 240 + 24 + 24)


def test_haze_grows_with_the_depth_given(source: Path, tmp_path: Path) -> None:
    far = np.zeros((40, 60, 1), np.float32)
    far[:, 30:] = 1
    write(Picture(far), tmp_path / "depth.png")
    run(source, "--with", "haze", "--count", "1", "--depth", tmp_path / "depth.png", "-o", tmp_path / "sheet.png")
    sheet, photo = read(tmp_path / "sheet.png"), read(source)
    left = (sheet.width - 12) // 2 + 12
    change = np.abs(sheet.pixels[12:52, left : left + 60] - photo.pixels)
    assert change[:, :30].max() < 0.005
    assert change[:, 30:].mean() > 0.1


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("no.png", "--with", "jpeg"), "no.png does not exist"),
        (("text.png", "--with", "jpeg"), "text.png is a text file, not a picture"),
        (("photo.png", "--with", "fog"), "'fog' is not one of"),
        (("photo.png", "--with", "haze", "--depth", "other.png"), "30 x 40 pixels, but the photo 60 x 40"),
        (("photo.png", "--with", "motion", "--depth", "photo.png"), "motion makes no use of it"),
        (("photo.png", "--with", "motion", "-o", "no/sheet.png"), "there is no folder no"),
        (("photo.png", "--with", "motion", "-o", "photo.png"), "photo.png is what was read"),
        (("thin.png", "--with", "low-resolution"), "a photo of 60 x 3 pixels has too little"),
        ((".", "--with", "motion"), "is a folder, not a picture"),
    ],
)
def test_what_cannot_be_done_is_one_sentence_and_leaves_nothing(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], sentence: str
) -> None:
    made(tmp_path / "other.png", 30, 40)
    made(tmp_path / "thin.png", 60, 3)
    (tmp_path / "text.png").write_text("no picture at all", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    assert sentence in run(*words)
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_sheet_that_cannot_be_finished_is_not_there(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", fail)
    run(source, "--with", "jpeg", "--count", "1")
    assert [path.name for path in source.parent.iterdir()] == ["photo.png"]
