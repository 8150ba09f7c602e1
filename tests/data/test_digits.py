"""Digits from the files of MNIST, and the walk through them."""

from __future__ import annotations

import gzip
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import torch

from ganvas.data.digits import Digits, labelled, open_digits, read_idx
from ganvas.data.pairs import DataError

HEADER = bytes([0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3])


def numbered(count: int) -> Digits:
    """Digits of which the first pixel is the number."""
    images = np.zeros((count, 28, 28), np.uint8)
    images[:, 0, 0] = np.arange(count)
    return Digits(images, (np.arange(count) % 10).astype(np.uint8))


def numbers(image: torch.Tensor) -> list[int]:
    return [round(255 * value) for value in image[:, 0, 0, 0].tolist()]


def test_an_idx_file_is_read_by_its_header(tmp_path: Path) -> None:
    for name, content in (("plain", HEADER + bytes(range(6))), ("packed.gz", gzip.compress(HEADER + bytes(range(6))))):
        (tmp_path / name).write_bytes(content)
        assert read_idx(tmp_path / name).tolist() == [[0, 1, 2], [3, 4, 5]]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0\0\x08",
        bytes([0, 0, 8, 0]),
        HEADER[:9],
        HEADER + bytes(5),
        HEADER + bytes(7),
        bytes([0, 0, 13]) + HEADER[3:] + bytes(6),  # floats
        bytes([1]) + HEADER[1:] + bytes(6),
    ],
)
def test_what_is_no_whole_file_of_bytes_is_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(content)
    with pytest.raises(DataError, match="not a whole IDX file"):
        read_idx(tmp_path / "file")
    (tmp_path / "file.gz").write_bytes(gzip.compress(HEADER + bytes(6))[:-9])
    with pytest.raises(DataError, match="cannot be read"):
        read_idx(tmp_path / "file.gz")


def test_a_folder_has_digits_to_learn_from_and_others(digit_files: Path) -> None:
    train, test = open_digits(digit_files), open_digits(digit_files, "t10k")
    assert (len(train), len(test)) == (48, 20)
    image, label = test[np.array([3, 19])]
    assert image.shape == (2, 1, 28, 28)
    assert image.dtype == torch.float32
    assert image.max() == 1
    assert image.min() >= 0
    assert label.tolist() == [3, 9]
    assert label.dtype == torch.int64
    assert len(test[:].image) == 20
    path = digit_files / "train-labels-idx1-ubyte.gz"
    (digit_files / path.stem).write_bytes(gzip.decompress(path.read_bytes()))
    path.unlink()
    assert np.array_equal(open_digits(digit_files).labels, train.labels)


def test_a_folder_of_something_else_is_refused_in_a_sentence(digit_files: Path) -> None:
    labels, fewer = (digit_files / f"{part}-labels-idx1-ubyte.gz" for part in ("train", "t10k"))
    labels.write_bytes(fewer.read_bytes())
    with pytest.raises(DataError, match=r"images \(48, 28, 28\) and labels \(20,\)"):
        open_digits(digit_files)
    labels.write_bytes(gzip.compress(bytes([0, 0, 8, 1, 0, 0, 0, 48]) + bytes([10] * 48)))
    with pytest.raises(DataError, match="from 0 to 9"):
        open_digits(digit_files)
    labels.unlink()
    with pytest.raises(DataError, match=r"there is no train-labels-idx1-ubyte\.gz"):
        open_digits(digit_files)


def test_every_pass_sees_every_digit_once_in_a_new_order() -> None:
    stream = labelled(numbered(25), 10)
    seen = [number for _ in range(5) for number in numbers(next(stream).image)]
    first, second = seen[:25], seen[25:]
    assert Counter(first) == Counter(second) == Counter(range(25))
    assert first != second != sorted(second)


def test_labels_stay_with_their_images() -> None:
    batch = labelled(numbered(25), 60).batch(2)
    assert [number % 10 for number in numbers(batch.image)] == batch.label.tolist()


def test_batch_k_depends_on_the_seed_and_k_alone_and_is_shared_by_rows() -> None:
    stream, again, other = (labelled(numbered(25), 10, seed) for seed in (0, 0, 1))
    later = [numbers(next(stream).image) for _ in range(4)][3]
    again.position = 3
    assert numbers(next(again).image) == later
    assert numbers(other.batch(3).image) != later
    halves = []
    for rank in (0, 1):
        again.share(rank, 2)
        halves += numbers(again.batch(3).image)
    assert halves == later
