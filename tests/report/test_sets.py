"""Sets of pictures: folders and zips, their order, their hash, and sentences that name what cannot be read."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from ganvas.metrics import MetricError
from ganvas.report.sets import BATCH, PictureSet, picture_set


def picture(path: Path, seed: int, size: tuple[int, int] = (12, 9)) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(seed).integers(256, size=(size[1], size[0], 3), dtype=np.uint8)
    Image.fromarray(pixels).save(path)
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for seed, name in enumerate(("b.png", "cats/a.png", "cats/deep/c.bmp", "dogs/a.png")):
        picture(tmp_path / "set" / name, seed)
    (tmp_path / "set" / "notes.txt").write_text("no picture")
    return tmp_path / "set"


@pytest.fixture
def archive(folder: Path) -> Path:
    path = folder.with_name("set.zip")
    with zipfile.ZipFile(path, "w") as file:
        for each in sorted(folder.rglob("*"), reverse=True):
            file.write(each, each.relative_to(folder).as_posix())
        file.writestr("__MACOSX/b.png", b"a shadow")
        file.writestr(".trash/b.png", b"gone")
    return path


def test_a_folder_and_its_zip_are_the_same_set(folder: Path, archive: Path) -> None:
    one, other = picture_set(folder), picture_set(archive)
    assert one.names == other.names == ("b.png", "cats/a.png", "cats/deep/c.bmp", "dogs/a.png")
    assert one.digest() == other.digest()
    assert one.sizes() == other.sizes() == {(12, 9)}
    for a, b in zip(one.batches(), other.batches(), strict=True):
        assert a.shape == (4, 3, 9, 12)
        assert torch.equal(a, b)


def test_neighbours_of_one_size_come_together(tmp_path: Path) -> None:
    for number, side in enumerate((20, 20, 16, 20)):
        picture(tmp_path / f"{number}.png", number, (side, 10))
    assert [batch.shape[0] for batch in picture_set(tmp_path).batches()] == [2, 1, 1]
    assert picture_set(tmp_path).sizes() == {(20, 10), (16, 10)}


def test_batches_have_an_end(tmp_path: Path) -> None:
    first = picture(tmp_path / "000.png", 0, (4, 4))
    for number in range(1, BATCH + 3):
        shutil.copy(first, tmp_path / f"{number:03}.png")
    assert [len(batch) for batch in picture_set(tmp_path).batches()] == [BATCH, 3]


def test_a_limit_takes_from_everywhere() -> None:
    pictures = PictureSet(Path("set"), tuple(f"{number:02}" for number in range(10)))
    assert pictures.cut(5).names == ("00", "02", "04", "06", "08")
    assert len(pictures.cut(3)) == 3
    assert pictures.cut(10) is pictures.cut(None) is pictures.cut(99) is pictures


def test_the_order_is_drawn_by_the_seed() -> None:
    pictures = PictureSet(Path("set"), tuple(f"{number:02}" for number in range(30)))
    assert pictures.shuffled(1) == pictures.shuffled(1)
    assert pictures.shuffled(1) != pictures.shuffled(2)
    assert sorted(pictures.shuffled(1).names) == list(pictures.names)
    assert pictures.first(2).names == ("00", "01")


def test_the_digest_sees_names_and_contents(folder: Path) -> None:
    before = picture_set(folder).digest()
    assert picture_set(folder).digest() == before
    renamed = (folder / "b.png").rename(folder / "bb.png")
    assert picture_set(folder).digest() != before
    renamed.rename(folder / "b.png")
    content = bytearray((folder / "cats/deep/c.bmp").read_bytes())
    content[-1] ^= 1
    (folder / "cats/deep/c.bmp").write_bytes(bytes(content))
    assert picture_set(folder).digest() != before


def test_what_cannot_be_read_is_named(folder: Path, archive: Path, tmp_path: Path) -> None:
    broken = folder / "cats" / "a.png"
    broken.write_bytes(broken.read_bytes()[:60])
    with pytest.raises(MetricError, match=f"{broken} is damaged"):
        list(picture_set(folder).batches())
    (folder / "cats" / "a.png").write_bytes(b"words")
    with zipfile.ZipFile(tmp_path / "bad.zip", "w") as file:
        file.write(broken, "in/a.png")
    with pytest.raises(MetricError, match=r"in/a\.png in .*bad\.zip is"):
        list(picture_set(tmp_path / "bad.zip").batches())
    content = bytearray(archive.read_bytes())
    content[content.index(b"IDAT") + 20] ^= 255
    archive.write_bytes(bytes(content))
    with pytest.raises(MetricError, match=r"set\.zip"):
        list(picture_set(archive).batches())


def test_what_is_no_set_is_named(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "words.zip").write_text("words")
    with zipfile.ZipFile(tmp_path / "none.zip", "w") as file:
        file.writestr("notes.txt", "words")
    for name, said in (
        ("nowhere", "there is no folder or zip"),
        ("empty", "there is no picture in"),
        ("words.zip", "neither a folder nor a zip"),
        ("none.zip", "there is no picture in"),
    ):
        with pytest.raises(MetricError, match=f"{said} .*{name}|{name} is {said}"):
            picture_set(tmp_path / name)
