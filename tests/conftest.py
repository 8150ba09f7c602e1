"""What several tests share."""

from __future__ import annotations

import gzip
import struct
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from ganvas.data.collection import Collection
from ganvas.data.digits import Digits
from ganvas.data.paired import PairedPhotos
from ganvas.data.unpaired import UnpairedPhotos
from ganvas.images import Picture, write

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


class MadeCrops:
    """Smooth random colour crops, 32 pixels a side, in memory."""

    size = 32

    def __init__(self, count: int = 12) -> None:
        coarse = torch.rand(count, 3, 6, 6, generator=torch.Generator().manual_seed(0))
        fine = torch.nn.functional.interpolate(coarse, size=self.size, mode="bicubic").clamp(0, 1)
        self.pixels: NDArray[np.uint8] = (fine * 255).byte().permute(0, 2, 3, 1).numpy()

    def __len__(self) -> int:
        return len(self.pixels)

    def choose(self, random: np.random.Generator, position: int, batch: int) -> NDArray[np.int64]:
        return random.integers(len(self), size=batch)

    def __getitem__(self, index: NDArray[np.int64]) -> NDArray[np.uint8]:
        return self.pixels[index]


def made_digits(count: int, seed: int = 0) -> Digits:
    """Noise with a bar as high up as the digit says."""
    random = np.random.default_rng(seed)
    images = random.integers(100, size=(count, 28, 28), dtype=np.uint8)
    labels = (np.arange(count) % 10).astype(np.uint8)
    for image, label in zip(images, labels, strict=True):
        image[4 + 2 * int(label), 4:24] = 255
    return Digits(images, labels)


def write_idx(path: Path, values: NDArray[np.uint8]) -> None:
    lengths = struct.pack(f">{values.ndim}I", *values.shape)
    path.write_bytes(gzip.compress(bytes([0, 0, 8, values.ndim]) + lengths + values.tobytes()))


@pytest.fixture
def digit_files(tmp_path: Path) -> Path:
    """A folder of 48 digits to learn from and 20 to be tested on, as MNIST comes."""
    folder = tmp_path / "digits"
    folder.mkdir()
    for part, digits in (("train", made_digits(48)), ("t10k", made_digits(20, seed=1))):
        write_idx(folder / f"{part}-images-idx3-ubyte.gz", digits.images)
        write_idx(folder / f"{part}-labels-idx1-ubyte.gz", digits.labels)
    return folder


@pytest.fixture
def crops() -> MadeCrops:
    return MadeCrops()


@pytest.fixture
def photo(crops: MadeCrops) -> torch.Tensor:
    """A smooth colour photo of 24 x 18 pixels with 8 bits, (1, 3, 18, 24) in [0, 1]."""
    return torch.from_numpy(crops.pixels[0, :18, :24]).permute(2, 0, 1)[None].float() / 255


def write_album(folder: Path, crops: MadeCrops, first: int, second: int, names: tuple[str, str]) -> Path:
    """Two folders of three smooth pictures of 40 x 36 pixels, called ``names``: crops from ``first`` on and from
    ``second`` on.
    """
    for name, start in zip(names, (first, second), strict=True):
        (folder / name).mkdir(parents=True)
        for k in range(3):
            image = torch.from_numpy(crops.pixels[start + k]).permute(2, 0, 1)[None].float() / 255
            large = torch.nn.functional.interpolate(image, size=(36, 40), mode="bilinear")
            write(Picture.from_tensor(large), folder / name / f"{k}.png")
    return folder


@pytest.fixture
def pairs_folder(tmp_path: Path, crops: MadeCrops) -> Path:
    """Three pairs, in two folders."""
    return write_album(tmp_path / "pairs", crops, 0, 3, ("input", "target"))


@pytest.fixture
def unpaired_folder(tmp_path: Path, crops: MadeCrops) -> Path:
    """Two collections of three pictures each."""
    return write_album(tmp_path / "unpaired", crops, 6, 9, ("A", "B"))


@pytest.fixture
def readable(crops: MadeCrops, photo: torch.Tensor, pairs_folder: Path, unpaired_folder: Path) -> dict[str, object]:
    """What the stages of a recipe are given, by what it is ``reading``."""
    return {
        "crops": crops,
        "pairs": PairedPhotos(pairs_folder),
        "unpaired": UnpairedPhotos(unpaired_folder),
        "photo": photo,
        "collection": Collection(pairs_folder),
        "digits": made_digits(48),
        "nothing": None,
    }


@pytest.fixture
def shared_data() -> Path:
    """The folder of evaluation sets and photographs beside the project; tests that need it are skipped elsewhere."""
    if not SHARED.is_dir():
        pytest.skip("the evaluation sets are not here")
    return SHARED


@pytest.fixture
def prepared(tmp_path: Path, crops: MadeCrops) -> Path:
    """A folder of crops as `ganvas prepare` leaves it, as far as training reads it."""
    folder = tmp_path / "prepared"
    folder.mkdir()
    np.save(folder / "crops.npy", crops.pixels)
    return folder
