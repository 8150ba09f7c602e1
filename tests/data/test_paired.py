"""Pairs of pictures: both layouts, windows that fit each other, and what is wrong with a folder."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image

from ganvas.data.paired import FOLDERS, PairedPhotos
from ganvas.data.pairs import DataError

HEIGHT, WIDTH = 20, 24


def coded(number: int, target: bool) -> NDArray[np.uint8]:
    """Row, column and number of the pair in the three colours; the target has them in another order."""
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    pixels = np.stack([rows, columns, np.full_like(rows, 10 * number)], axis=2).astype(np.uint8)
    return pixels[..., ::-1] + np.uint8(100) if target else pixels


def write_pairs(folder: Path, names: tuple[str, str] = ("input", "target"), count: int = 3) -> Path:
    for name, target in zip(names, (False, True), strict=True):
        (folder / name).mkdir(parents=True)
        for number in range(count):
            Image.fromarray(coded(number, target)).save(folder / name / f"{number}.{'bmp' if target else 'png'}")
    return folder


def write_halves(folder: Path, count: int = 3) -> Path:
    folder.mkdir()
    for number in range(count):
        both = np.concatenate([coded(number, target) for target in (False, True)], axis=1)
        Image.fromarray(both).save(folder / f"{number}.png")
    return folder


def seen(image: torch.Tensor) -> torch.Tensor:
    return (image * 255).round().int()


@pytest.mark.parametrize("names", FOLDERS)
def test_two_folders_by_any_of_their_names(names: tuple[str, str], tmp_path: Path) -> None:
    photos = PairedPhotos(write_pairs(tmp_path, names))
    assert len(photos) == 3
    assert np.array_equal(photos.pair(1), np.concatenate([coded(1, False), coded(1, True)], axis=2))


def test_both_layouts_give_the_same_pairs(tmp_path: Path) -> None:
    folders, halves = PairedPhotos(write_pairs(tmp_path / "a")), PairedPhotos(write_halves(tmp_path / "b"))
    assert len(folders) == len(halves) == 3
    for number in range(3):
        assert np.array_equal(folders.pair(number), halves.pair(number))
        assert np.array_equal(folders.pair(number, side=16), halves.pair(number, side=16)), "no half sees the other"
    one, other = (photos.stream(4, 8, seed=3).batch(2) for photos in (folders, halves))
    assert torch.equal(one.input, other.input)
    assert torch.equal(one.target, other.target)


def test_partners_are_cut_and_mirrored_alike(tmp_path: Path) -> None:
    stream = PairedPhotos(write_pairs(tmp_path)).stream(16, 8)
    mirrored, tops, lefts = 0, set[int](), set[int]()
    for position in range(20):
        batch = stream.batch(position)
        assert batch.input.shape == batch.target.shape == (16, 3, 8, 8)
        given, wanted = seen(batch.input), seen(batch.target) - 100
        assert torch.equal(given, wanted.flip(1)), "row, column and number are those of the partner"
        rows, columns = given[:, 0], given[:, 1]
        assert (rows.diff(dim=1) == 1).all()
        steps = columns.diff(dim=2)
        assert ((steps == 1).all((1, 2)) | (steps == -1).all((1, 2))).all()
        mirrored += int((steps[:, 0, 0] == -1).sum())
        tops |= set(rows[:, 0, 0].tolist())
        lefts |= set(columns.amin((1, 2)).tolist())
    assert 120 < mirrored < 200
    assert tops == set(range(HEIGHT - 8 + 1))
    assert lefts == set(range(WIDTH - 8 + 1))


def test_not_mirrored_and_swapped(tmp_path: Path) -> None:
    photos = PairedPhotos(write_pairs(tmp_path))
    plain, swapped = (photos.stream(16, 8, swapped=each).batch(0) for each in (False, True))
    assert torch.equal(plain.input, swapped.target)
    assert torch.equal(plain.target, swapped.input)
    upright = photos.stream(64, 8, mirrored=False).batch(0)
    assert (seen(upright.input)[:, 1].diff(dim=2) == 1).all()


def test_pairs_are_resized_before_they_are_cut(tmp_path: Path) -> None:
    stream = PairedPhotos(write_pairs(tmp_path)).stream(8, 10, side=10, mirrored=False)
    batch = stream.batch(0)
    rows, columns = seen(batch.input)[:, 0], seen(batch.input)[:, 1]
    assert (rows[:, -1] >= 17).all(), "all of the picture is there"
    assert (rows[:, 0] <= 2).all()
    assert (columns[:, :, -1] >= 20).all()


def test_each_pass_takes_every_pair_once_and_in_another_order(tmp_path: Path) -> None:
    stream = PairedPhotos(write_pairs(tmp_path, count=5)).stream(5, 8)
    passes = [seen(stream.batch(position).input)[:, 2, 0, 0].tolist() for position in range(8)]
    assert all(sorted(each) == [0, 10, 20, 30, 40] for each in passes)
    assert len({tuple(each) for each in passes}) > 4


def test_a_batch_may_end_one_pass_and_begin_the_next(tmp_path: Path) -> None:
    stream = PairedPhotos(write_pairs(tmp_path)).stream(2, 8)
    walk = [number for position in range(3) for number in seen(stream.batch(position).input)[:, 2, 0, 0].tolist()]
    assert sorted(walk[:3]) == sorted(walk[3:]) == [0, 10, 20]


def test_a_batch_depends_on_seed_and_number_alone_and_is_shared_by_rows(tmp_path: Path) -> None:
    photos = PairedPhotos(write_pairs(tmp_path))
    walked = photos.stream(6, 8, seed=1)
    later = [next(walked) for _ in range(4)][3]
    alone, other = (photos.stream(6, 8, seed=seed).batch(3) for seed in (1, 2))
    assert torch.equal(later.input, alone.input)
    assert not torch.equal(alone.input, other.input)
    shares = []
    for rank in range(3):
        stream = photos.stream(6, 8, seed=1)
        stream.share(rank, 3)
        shares.append(stream.batch(3))
    assert torch.equal(torch.cat([share.input for share in shares]), alone.input)
    assert torch.equal(torch.cat([share.target for share in shares]), alone.target)


def test_one_without_a_partner_is_named(tmp_path: Path) -> None:
    folder = write_pairs(tmp_path)
    (folder / "target" / "1.bmp").unlink()
    with pytest.raises(DataError, match=r"input.1\.png has no partner in .*target"):
        PairedPhotos(folder)
    (folder / "input" / "1.png").unlink()
    Image.new("RGB", (8, 8)).save(folder / "target" / "lonely.png")
    with pytest.raises(DataError, match=r"target.lonely\.png has no partner in .*input"):
        PairedPhotos(folder)


def test_one_name_twice(tmp_path: Path) -> None:
    folder = write_pairs(tmp_path)
    Image.new("RGB", (WIDTH, HEIGHT)).save(folder / "input" / "1.jpg")
    with pytest.raises(DataError, match=r"1\.jpg and .*1\.png have one name"):
        PairedPhotos(folder)


def test_two_halves_of_an_odd_width(tmp_path: Path) -> None:
    folder = write_halves(tmp_path / "halves")
    Image.new("RGB", (2 * WIDTH + 1, HEIGHT)).save(folder / "odd.png")
    photos = PairedPhotos(folder)
    with pytest.raises(DataError, match=r"odd\.png is 49 pixels wide"):
        photos.pair(3)


def test_partners_of_different_sizes(tmp_path: Path) -> None:
    folder = write_pairs(tmp_path)
    Image.new("RGB", (WIDTH, HEIGHT - 2)).save(folder / "target" / "0.bmp")
    photos = PairedPhotos(folder)
    with pytest.raises(DataError, match=r"input.0\.png and .*target.0\.bmp have 24 x 20 and 24 x 18 pixels"):
        photos.pair(0)
    assert photos.pair(0, side=16).shape == (16, 16, 6), "resized they fit"


def test_too_small_for_a_patch(tmp_path: Path) -> None:
    photos = PairedPhotos(write_pairs(tmp_path / "two"))
    with pytest.raises(DataError, match=r"\.png has 24 x 20 pixels, too few for patches of 21"):
        next(photos.stream(1, 21))
    halves = PairedPhotos(write_halves(tmp_path / "halves"))
    with pytest.raises(DataError, match=r"\.png has 24 x 20 pixels"):
        next(halves.stream(1, 21))


def test_a_folder_that_is_not_there_or_empty(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="there is no folder"):
        PairedPhotos(tmp_path / "nowhere")
    with pytest.raises(DataError, match="no picture"):
        PairedPhotos(tmp_path)
