"""Two collections that have nothing to do with each other."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from ganvas.data.pairs import DataError
from ganvas.data.unpaired import FOLDERS, UnpairedPhotos


def write_domains(folder: Path, counts: tuple[int, int] = (2, 5), names: tuple[str, str] = ("A", "B")) -> Path:
    """Each picture has its domain in red (0, 200), its number in green and its columns in blue."""
    for domain, (name, count) in enumerate(zip(names, counts, strict=True)):
        (folder / name).mkdir(parents=True)
        for number in range(count):
            columns = np.broadcast_to(np.arange(16, dtype=np.uint8), (12, 16))
            flat = [np.full((12, 16), value, np.uint8) for value in (200 * domain, 10 * number)]
            Image.fromarray(np.stack([*flat, columns], axis=2)).save(folder / name / f"{number}.png")
    return folder


def seen(image: torch.Tensor) -> torch.Tensor:
    return (image * 255).round().int()


@pytest.mark.parametrize("names", FOLDERS)
def test_a_pass_is_as_long_as_the_larger_collection(names: tuple[str, str], tmp_path: Path) -> None:
    photos = UnpairedPhotos(write_domains(tmp_path, names=names))
    assert (len(photos.a), len(photos.b), len(photos)) == (2, 5, 5)
    batch = photos.stream(2, 8).batch(0)
    assert seen(batch.a)[:, 0].unique().tolist() == [0]
    assert seen(batch.b)[:, 0].unique().tolist() == [200]


def test_every_picture_comes_with_every_other_and_each_is_mirrored_for_itself(tmp_path: Path) -> None:
    stream = UnpairedPhotos(write_domains(tmp_path)).stream(20, 8)
    met, mirrored = set[tuple[int, int]](), []
    for position in range(10):
        batch = stream.batch(position)
        assert batch.a.shape == batch.b.shape == (20, 3, 8, 8)
        a, b = seen(batch.a), seen(batch.b)
        met |= set(zip(a[:, 1, 0, 0].tolist(), b[:, 1, 0, 0].tolist(), strict=True))
        mirrored += [(image[:, 2, 0, 1] < image[:, 2, 0, 0]) for image in (a, b)]
    assert met == {(10 * a, 10 * b) for a in range(2) for b in range(5)}
    of_a, of_b = torch.cat(mirrored[::2]), torch.cat(mirrored[1::2])
    assert 0.4 < of_a.float().mean() < 0.6
    assert 0.4 < (of_a == of_b).float().mean() < 0.6


def test_resized_to_squares(tmp_path: Path) -> None:
    batch = UnpairedPhotos(write_domains(tmp_path)).stream(4, 10, side=10).batch(0)
    columns = seen(batch.b)[:, 2]
    assert (columns.amax((1, 2)) >= 14).all(), "all of the 16 columns are there"
    assert (columns.amin((1, 2)) <= 1).all()


def test_a_batch_depends_on_seed_and_number_alone_and_is_shared_by_rows(tmp_path: Path) -> None:
    photos = UnpairedPhotos(write_domains(tmp_path))
    walked = photos.stream(4, 8, seed=1)
    later = [next(walked) for _ in range(3)][2]
    alone, other = (photos.stream(4, 8, seed=seed).batch(2) for seed in (1, 2))
    assert torch.equal(later.a, alone.a)
    assert torch.equal(later.b, alone.b)
    assert not torch.equal(alone.b, other.b)
    shares = []
    for rank in range(2):
        stream = photos.stream(4, 8, seed=1)
        stream.share(rank, 2)
        shares.append(stream.batch(2))
    assert torch.equal(torch.cat([share.a for share in shares]), alone.a)
    assert torch.equal(torch.cat([share.b for share in shares]), alone.b)


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="must hold two folders of pictures, called A and B"):
        UnpairedPhotos(tmp_path)
    (tmp_path / "A").mkdir()
    with pytest.raises(DataError, match="called A and B"):
        UnpairedPhotos(tmp_path)
    (tmp_path / "B").mkdir()
    with pytest.raises(DataError, match=r"no picture in .*A"):
        UnpairedPhotos(tmp_path)


def test_one_name_twice_and_too_small(tmp_path: Path) -> None:
    folder = write_domains(tmp_path)
    with pytest.raises(DataError, match=r"\d\.png has 16 x 12 pixels, too few for patches of 13"):
        next(UnpairedPhotos(folder).stream(1, 13))
    Image.new("RGB", (16, 12)).save(folder / "B" / "3.bmp")
    with pytest.raises(DataError, match=r"3\.bmp and .*3\.png"):
        UnpairedPhotos(folder)
