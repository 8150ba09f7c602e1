"""Whole pictures from a folder, an archive or MNIST's files: what is found, how it comes out, and in which order."""

from __future__ import annotations

import zipfile
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from ganvas.data.collection import Collection, Pictures, memory, squared
from ganvas.data.digits import open_digits
from ganvas.data.pairs import DataError
from ganvas.images import Picture, read


def numbered(count: int, side: int = 4) -> Pictures:
    """Pictures whose left half is of their number."""
    pixels = np.zeros((count, 3, side, side), np.uint8)
    pixels[..., : side // 2] = np.arange(count)[:, None, None, None]
    return Pictures(pixels)


def numbers(image: torch.Tensor) -> list[int]:
    return [round(255 * value) for value in image.amax((1, 2, 3)).tolist()]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three flat pictures, two of them further down, and what is none."""
    place = tmp_path / "pictures"
    (place / "a" / "deep").mkdir(parents=True)
    (place / "b").mkdir()
    Image.new("RGB", (9, 9), (10, 20, 30)).save(place / "a" / "deep" / "1.png")
    Image.new("RGB", (20, 12), (40, 50, 60)).save(place / "b" / "1.png")
    Image.new("L", (8, 16), 70).save(place / "2.webp", lossless=True)
    (place / "b" / "notes.txt").write_text("no picture")
    (place / ".hidden.png").write_bytes(b"")
    return place


def packed(folder: Path) -> Path:
    target = folder.with_suffix(".zip")
    with zipfile.ZipFile(target, "w") as archive:
        for path in folder.rglob("*"):
            archive.write(path, path.relative_to(folder))
    return target


def test_a_folder_and_an_archive_of_it_are_one_collection(folder: Path) -> None:
    for collection in (Collection(folder), Collection(packed(folder))):
        assert collection.names == ["2.webp", "a/deep/1.png", "b/1.png"]
        assert len(collection) == 3
        pictures = collection.at(8)
        assert pictures.pixels.shape == (3, 3, 8, 8)
        assert pictures.pixels.dtype == np.uint8
        for made, colour in zip(pictures.pixels, ((70, 70, 70), (10, 20, 30), (40, 50, 60)), strict=True):
            assert (made == np.array(colour)[:, None, None]).all()


def test_the_middle_of_a_picture_is_taken_at_the_size_asked_for(tmp_path: Path) -> None:
    pixels = np.random.default_rng(0).integers(256, size=(8, 14, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(tmp_path / "wide.png")
    Image.fromarray(pixels.transpose(1, 0, 2)).save(tmp_path / "upright.png")
    upright, wide = Collection(tmp_path).at(8).pixels
    assert np.array_equal(wide, pixels[:, 3:11].transpose(2, 0, 1))
    assert np.array_equal(upright, wide.transpose(0, 2, 1))
    steps = Picture.from_tensor(torch.linspace(0, 1, 32).expand(3, 32, 32))
    halved = squared(steps, 16)[0, 5].astype(float)
    assert halved.shape == (16,)
    assert np.abs(halved[2:-2] - 255 * (np.arange(16) + 0.25)[2:-2] / 15.5).max() < 1


def test_one_channel_is_the_luma_from_black_to_white(tmp_path: Path) -> None:
    for name, colour in (("0", (0, 0, 0)), ("1", (255, 255, 255)), ("2", (0, 255, 0))):
        Image.new("RGB", (4, 4), colour).save(tmp_path / f"{name}.png")
    pixels = Collection(tmp_path).at(4, 1).pixels
    assert pixels.shape == (3, 1, 4, 4)
    assert pixels[:, 0, 0, 0].tolist() == [0, 255, 150]  # 0.587 of 255


def test_digits_are_padded_to_32(digit_files: Path) -> None:
    images, collection = open_digits(digit_files).images, Collection(digit_files)
    assert len(collection) == 48
    pixels = collection.at(32, 1).pixels
    assert pixels.shape == (48, 1, 32, 32)
    assert np.array_equal(pixels[:, 0, 2:30, 2:30], images)
    assert pixels.astype(int).sum() == images.astype(int).sum(), "nothing in the margin"
    assert np.array_equal(collection.at(28, 1).pixels[:, 0], images)
    assert np.array_equal(collection.at(32, 3).pixels, pixels.repeat(3, axis=1))
    small = collection.at(16, 1).pixels
    assert small.shape == (48, 1, 16, 16)
    assert abs(small.mean() - pixels.mean()) < 1


def test_what_is_no_collection_is_refused_in_a_sentence(tmp_path: Path, folder: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match=f"there is no picture in {tmp_path / 'empty'}"):
        Collection(tmp_path / "empty")
    with pytest.raises(DataError, match=r"nowhere does not exist: give a folder of pictures, or a \.zip"):
        Collection(tmp_path / "nowhere")
    with pytest.raises(DataError, match=r"notes\.txt is not a whole \.zip"):
        Collection(folder / "b" / "notes.txt")
    archive = packed(folder)
    archive.write_bytes(archive.read_bytes()[:-30])
    with pytest.raises(DataError, match=r"pictures\.zip is not a whole \.zip"):
        Collection(archive)


def test_a_picture_that_cannot_be_read_is_named(folder: Path) -> None:
    (folder / "a" / "cut.png").write_bytes((folder / "b" / "1.png").read_bytes()[:-20])
    with pytest.raises(DataError, match=r"a/cut\.png is damaged or cut off"):
        Collection(folder).at(8)
    archive = packed(folder)
    with pytest.raises(DataError, match=r"^a/cut\.png in .*pictures\.zip is damaged or cut off"):
        Collection(archive).at(8)
    (folder / "a" / "cut.png").unlink()
    archive = packed(folder)
    content = bytearray(archive.read_bytes())
    place = content.index((folder / "2.webp").read_bytes()) + 4
    content[place] ^= 255
    archive.write_bytes(bytes(content))
    with pytest.raises(DataError, match=r"^2\.webp in .*pictures\.zip cannot be unpacked: .*CRC"):
        Collection(archive).at(8)


def test_too_many_are_refused_before_any_is_read(folder: Path) -> None:
    (folder / "b" / "1.png").write_bytes(b"")
    message = (
        r"the 3 pictures in .* take 1\.12 GB of memory at 11585 x 11585, and there is room for 1\.00: give a smaller"
    )
    with pytest.raises(DataError, match=message):
        Collection(folder).at(11585, room=2**30)
    assert memory() > 2**28


def test_reduced_pictures_are_means_of_squares() -> None:
    pictures = Pictures(np.random.default_rng(0).integers(256, size=(1030, 3, 8, 8), dtype=np.uint8))
    halved = pictures.reduced(4)
    expected = pictures.pixels.reshape(1030, 3, 4, 2, 4, 2).mean((3, 5))
    assert np.abs(halved.pixels - expected).max() <= 0.5
    assert halved.side == 4
    assert pictures.reduced(8) is pictures
    with pytest.raises(ValueError, match="do not divide into 3"):
        pictures.reduced(3)


def test_every_pass_shows_each_picture_once_in_a_new_order() -> None:
    stream = numbered(25).stream(10)
    image = next(stream).image
    assert image.shape == (10, 3, 4, 4)
    assert image.dtype == torch.float32
    seen = numbers(image) + [number for _ in range(4) for number in numbers(next(stream).image)]
    first, second = seen[:25], seen[25:]
    assert Counter(first) == Counter(second) == Counter(range(25))
    assert first != second != sorted(second)


def test_half_of_the_pictures_are_turned_where_that_is_asked_for() -> None:
    pictures = numbered(200)
    plain, mirrored = (pictures.stream(400, mirror=mirror, seed=1).batch(0).image for mirror in (False, True))
    assert numbers(plain) == numbers(mirrored)
    assert plain[..., -1].max() == 0
    turned = [not torch.equal(one, other) for one, other in zip(plain, mirrored, strict=True)]
    assert 150 < sum(turned) < 250
    assert torch.equal(plain[turned], mirrored[turned].flip(-1))


def test_batch_k_depends_on_the_seed_and_k_alone_and_is_shared_by_rows() -> None:
    stream, again = (numbered(25).stream(10, mirror=True) for _ in range(2))
    later = [next(stream).image for _ in range(4)][3]
    halves = []
    for rank in (0, 1):
        again.share(rank, 2)
        halves.append(again.batch(3).image)
    assert torch.equal(torch.cat(halves), later)


def test_cifar_is_read_from_its_archive(shared_data: Path) -> None:
    archive = shared_data / "classic" / "cifar10" / "cifar10_test.zip"
    collection = Collection(archive)
    collection.names = collection.names[::1000]
    pixels = collection.at(32).pixels
    assert pixels.shape == (len(collection), 3, 32, 32)
    with zipfile.ZipFile(archive) as opened:
        own = read(opened.read(collection.names[1])).pixels
    assert np.array_equal(pixels[1], np.round(255 * own).astype(np.uint8).transpose(2, 0, 1))
