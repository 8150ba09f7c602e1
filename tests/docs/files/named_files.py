"""The files that the documentation names, made small."""

from __future__ import annotations

import gzip
import struct
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from typer.testing import CliRunner

from ganvas.cli.main import app
from ganvas.nets.foreign import LAYOUTS
from ganvas.nets.rrdb import RRDBNet
from ganvas.recipes import RECIPES, build
from ganvas.recipes.compact import CompactRecipe
from ganvas.weights import describe, store

ROOT = Path(__file__).resolve().parents[3]
PHOTOS = ROOT / "examples" / "photos"


def cut(photo: str, size: tuple[int, int], place: tuple[int, int] = (180, 60)) -> Image.Image:
    """A part of a photo that comes along, whole pixels."""
    with Image.open(PHOTOS / f"{photo}.jpg") as opened:
        return opened.convert("RGB").crop((*place, place[0] + size[0], place[1] + size[1]))


def one(path: Path) -> None:
    cut("osprey", (48, 36)).save(path)


def several(path: Path) -> None:
    """Photos from which crops of the usual side can be cut."""
    path.mkdir(parents=True)
    for name in ("lake", "osprey", "tea"):
        cut(name, (272, 264), (100, 10)).save(path / f"{name}.png")


def few(path: Path, light: float = 1.0) -> None:
    """Small pictures, but large enough to be measured on, with so much of their ``light``."""
    path.mkdir(parents=True)
    for name in ("lake", "tea"):
        cut(name, (112, 96)).point(lambda level: round(level * light)).save(path / f"{name}.png")


def two_folders(*names: str) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        for number, name in enumerate(names):
            few(path / name, 1 - 0.2 * number)

    return make


def digits(path: Path) -> None:
    """Sixty bars for digits, in files as MNIST comes."""
    path.mkdir(parents=True)
    images = np.random.default_rng(0).integers(100, size=(60, 28, 28), dtype=np.uint8)
    labels = (np.arange(60) % 10).astype(np.uint8)
    for image, label in zip(images, labels, strict=True):
        image[4 + 2 * int(label), 4:24] = 255
    for part in ("train", "t10k"):
        for kind, values in (("images-idx3", images), ("labels-idx1", labels)):
            header = bytes([0, 0, 8, values.ndim]) + struct.pack(f">{values.ndim}I", *values.shape)
            (path / f"{part}-{kind}-ubyte.gz").write_bytes(gzip.compress(header + values.tobytes()))


def digit(path: Path) -> None:
    image = np.zeros((28, 28), np.uint8)
    image[5:23, 12:16] = 255
    Image.fromarray(image).save(path)


def brush(path: Path) -> None:
    """A stroke of white on nothing."""
    painting = Image.new("RGBA", (28, 28))
    painting.paste((255, 255, 255, 255), (12, 4, 16, 12))
    painting.save(path)


def small_model(path: Path) -> None:
    recipe = CompactRecipe(scale=2, width=4, depth=1)
    net = recipe.generator()
    store(path, net, describe(recipe, net))


def snapshot(path: Path) -> None:
    """What a shortened training of the bundled models can start from."""
    recipe = build(RECIPES["compact"], RECIPES["compact"].presets["smoke"])
    net = recipe.generator()
    store(path, net, describe(recipe, net))


def official(path: Path) -> None:
    """A small ESRGAN as its authors keep it."""
    net = RRDBNet(4, 4, 2, 2)
    theirs = {ours: name for name, ours in LAYOUTS[-1].names(len(net.trunk) - 1).items()}
    parts = ((key.rpartition("."), value) for key, value in net.state_dict().items())
    torch.save({f"{theirs[name]}.{kind}": value for (name, _, kind), value in parts}, path)


def prepared(path: Path) -> None:
    path.mkdir(parents=True)
    crops = [np.asarray(cut(name, (64, 64))) for name in ("lake", "osprey", "tea")]
    np.save(path / "crops.npy", np.stack(crops))


def pasted(path: Path) -> None:
    photo = cut("osprey", (48, 36))
    photo.paste((250, 40, 40), (10, 10, 20, 20))
    photo.save(path)


def white(path: Path) -> None:
    mask = Image.new("L", (48, 36))
    mask.paste(255, (10, 10, 20, 20))
    mask.save(path)


def boundaries(path: Path) -> None:
    words = ["latent", "boundary", "--count", "300", "-o", str(path.with_suffix(".png")), "--save", str(path)]
    assert CliRunner().invoke(app, words).exit_code == 0


def trained(path: Path) -> None:
    data = path.parent / "crops of another run"
    prepared(data)
    words = ["train", "compact", "--preset", "smoke", "--data", str(data), "--run", str(path), "--device", "cpu"]
    assert CliRunner().invoke(app, words).exit_code == 0


def keys(path: Path) -> None:
    path.write_text("0123456789abcdef\n")


def empty(path: Path) -> None:
    path.mkdir(parents=True)


def repository(name: str) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.symlink_to(ROOT / name)

    return make


MADE: Mapping[str, Callable[[Path], None]] = {
    **dict.fromkeys(("photo.jpg", "photo.png", "misty.jpg", "shaken.jpg", "old.jpg", "a.png"), one),
    **dict.fromkeys(("labels.png", "summer.jpg", "b.jpg", "grey.jpg"), one),
    **dict.fromkeys(("holiday", "Set5", "Set14", "BSD100", "RESULTS", "TRUTH", "PHOTOS", "SAMPLES"), few),
    **dict.fromkeys(("photos", "Photos"), several),
    "PAIRS": two_folders("input", "target"),
    "HAZY": two_folders("hazy", "clear"),
    "SEASONS": two_folders("A", "B"),
    "MNIST": digits,
    "digit.png": digit,
    "brush.png": brush,
    "prepared": prepared,
    "CROPS": prepared,
    "SNAPSHOT": snapshot,
    "fidelity-x4.safetensors": snapshot,
    "pasted.png": pasted,
    "mask.png": white,
    "painting.png": pasted,
    "faithful.safetensors": small_model,
    "vivid.safetensors": small_model,
    "RealESRGAN_x4plus.pth": official,
    "kept.safetensors": boundaries,
    "runs/other": trained,
    "keys.txt": keys,
    "runs": empty,
    "examples": repository("examples"),
    "benchmarks": repository("benchmarks"),
}
"""What the documentation names and nothing before it made, by the first part of its path."""
