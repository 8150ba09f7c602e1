"""How good what is made of a photo is: near to it in texture, various, and able to make the photo itself."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import Any, Literal, get_args

import torch
from torch import nn

from ganvas.data.pyramid import quantised
from ganvas.metrics import Sifid, diversity, psnr, sifid
from ganvas.metrics.sifid import Layer
from ganvas.pretrained import SOURCES, Fetched, PretrainedError, cache, eyes
from ganvas.single.patched import Patched, Photo
from ganvas.single.samples import Progress, sample
from ganvas.single.trained import SingleError, seeded

Net = Literal["inception", "lite0", "vgg16-hed"]
"""Whose features SIFID is taken of; all but the first stand in for it where its weights are not to be had."""


@dataclass(frozen=True)
class Judge:
    """The net ``name`` with the layers that SIFID needs."""

    name: Net
    net: nn.Module


@dataclass(frozen=True)
class Evaluation:
    """What the samples of one photo came to. ``sifid`` has one figure a sample; ``seconds`` is the mean for one.

    ``psnr`` (dB) and ``rmse`` (of 255 grey values) compare the reconstruction with the photo, RGB rounded to 8 bits; a
    photo that is not learnt has none.
    """

    engine: Literal["trained", "patches"]
    size: tuple[int, int]
    start_level: int
    seed: int
    sifid: tuple[Sifid, ...]
    diversity: float
    seconds: float
    psnr: float | None = None
    rmse: float | None = None

    @property
    def mean(self) -> float:
        """The mean SIFID."""
        return sum(one.value for one in self.sifid) / len(self.sifid)

    @property
    def deviation(self) -> float:
        """The standard deviation of a sample's SIFID."""
        squares = sum((one.value - self.mean) ** 2 for one in self.sifid)
        return (squares / (len(self.sifid) - 1)) ** 0.5

    def conditions(self) -> list[str]:
        """What belongs beside the figures, a sentence each."""
        first, size = self.sifid[0], f"{self.size[1]} x {self.size[0]} pixels"
        said = [f"{len(self.sifid)} samples of {size} from level {self.start_level}, seed {self.seed}, 8 bits"]
        said.append(f"{first.label}: {first.describe()}; less is nearer to the photo")
        if first.features != "inception":
            said.append(
                f"{first.features} stands in for Inception: the figure is not SIFID, and is to be compared with figures"
                f" of {first.features} alone"
            )
        said.append("diversity: deviation of a pixel over the samples, over that of the photo's pixels; 0 is all equal")
        if self.psnr is not None:
            said.append("reconstruction: RGB against the photo at the finest level, range 255")
        return said

    def as_json(self) -> dict[str, Any]:
        """Every figure, with the conditions."""
        first = self.sifid[0]
        distance = {"label": first.label, "mean": self.mean, "deviation": self.deviation, "features": first.features}
        distance |= {"layer": first.layer, "official": first.features == "inception"}
        return {
            "engine": self.engine,
            "height": self.size[0],
            "width": self.size[1],
            "start_level": self.start_level,
            "seed": self.seed,
            "samples": len(self.sifid),
            "sifid": {**distance, "values": [one.value for one in self.sifid]},
            "diversity": self.diversity,
            "reconstruction": None if self.psnr is None else {"psnr": _finite(self.psnr), "rmse": self.rmse},
            "seconds_per_sample": self.seconds,
            "conditions": self.conditions(),
        }


def judge(name: Net | None = None) -> Judge:
    """The net ``name``; by default Inception where its weights are here already, else one that comes as a package."""
    if name is not None:
        return Judge(name, eyes(name))
    official = SOURCES["inception"]
    if isinstance(official, Fetched) and (cache() / official.url.rsplit("/", 1)[-1]).is_file():
        return Judge("inception", eyes("inception"))
    for stand_in in get_args(Net)[1:]:
        try:
            return Judge(stand_in, eyes(stand_in))
        except PretrainedError:
            continue
    raise SingleError("SIFID needs the features of a net, and there is none: pip install 'ganvas[features]'")


def evaluate(
    photo: Photo,
    judge: Judge,
    samples: int = 50,
    start_level: int = 0,
    seed: int = 0,
    layer: Layer = "code",
    progress: Progress = lambda done, total: None,
) -> Evaluation:
    """SIFID and diversity of ``samples`` random pictures of ``photo``, and the error of the reconstruction.

    They are those that :func:`ganvas.single.sample` makes of the same seed.
    """
    if samples < 2:
        raise SingleError(f"{samples} samples cannot be told apart: give 2 or more")
    real = _rounded(photo.real(len(photo.levels) - 1))
    begun = time.perf_counter()
    pictures = sample(photo, samples, start_level, seed, progress=progress)
    seconds = (time.perf_counter() - begun) / samples
    made = torch.cat([_rounded(picture.tensor()) for picture in pictures])
    distances = [sifid(judge.net, judge.name, one, real.cpu(), layer) for one in made.split(1)]
    engine = "patches" if isinstance(photo, Patched) else "trained"
    size = made.shape[-2], made.shape[-1]
    figures = tuple(distances), diversity(made, real.cpu()), seconds
    return Evaluation(engine, size, start_level, seed, *figures, *_reconstruction(photo, real))


def _finite(value: float) -> float | None:
    """JSON has no infinity, which is the PSNR of equal pictures."""
    return value if math.isfinite(value) else None


def _reconstruction(photo: Photo, real: torch.Tensor) -> tuple[float | None, float | None]:
    """PSNR and root mean squared error, of 255, of what ``photo`` was learnt to make of the noise of ``real``."""
    if isinstance(photo, Patched):
        return None, None
    with seeded(photo, 0):
        again = _rounded(photo.draw(noise="rec"))
    return psnr(255 * again, 255 * real), 255 * (again - real).square().mean().sqrt().item()


def _rounded(image: torch.Tensor) -> torch.Tensor:
    """What a file of 8 bits holds of it."""
    return quantised(image, "round8")
