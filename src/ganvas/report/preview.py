"""Pictures of a training as it goes: what the net makes of the same few inputs, every so many rounds."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from ganvas.data.batches import Images, Pairs
from ganvas.data.noise import Prior, draw_noise
from ganvas.data.pairs import detail
from ganvas.data.stream import Stream
from ganvas.data.unpaired import UnpairedPhotos
from ganvas.degrade import reduce
from ganvas.game import Round
from ganvas.images import Picture, read, write
from ganvas.nets.pyramid import Noise, Pyramid
from ganvas.recipes import Recipe
from ganvas.recipes.bigan import BiGANRecipe
from ganvas.recipes.candy import CANDYRecipe
from ganvas.recipes.cgan import CGANRecipe
from ganvas.recipes.cycle_dehaze import CycleDehazeRecipe
from ganvas.recipes.cyclegan import CycleGANRecipe
from ganvas.recipes.dcgan import DCGANRecipe
from ganvas.recipes.deblur import DeblurRecipe
from ganvas.recipes.deblurgan import DeblurGANRecipe
from ganvas.recipes.dehaze import DehazeRecipe
from ganvas.recipes.gan import GANRecipe
from ganvas.recipes.pix2pix import Pix2PixRecipe
from ganvas.recipes.progan import ProGANRecipe
from ganvas.recipes.real_esrgan import RealESRGANRecipe
from ganvas.recipes.sharp import SharpRecipe
from ganvas.recipes.singan import SinGANRecipe
from ganvas.recipes.unrolled import UnrolledRecipe
from ganvas.recipes.unshaken import UnshakenRecipe
from ganvas.recipes.wgan import WGANRecipe
from ganvas.recipes.wgan_gp import WGANGPRecipe
from ganvas.report.histogram import histogram
from ganvas.report.scatter import scatter

Draw = Callable[[nn.Module], Mapping[str, Picture]]
"""Pictures by sample of what a net can do; a name has no slash."""

Judged = Callable[[nn.Module, nn.Module, Round], Mapping[str, Picture]]
"""Given a generator, its discriminator and the round, pictures by name."""

PATHS: Mapping[str, Noise] = {"sample": "rand", "reconstruction": "rec"}

PLANE = (GANRecipe, UnrolledRecipe, WGANRecipe, WGANGPRecipe)
"""Recipes whose models make points of the plane."""

PICTURES = (DCGANRecipe, ProGANRecipe, BiGANRecipe)
"""Recipes whose models make pictures of noise alone."""

SHOWN = 32
"""How many of those are shown."""

MAKING_PAIRS = (Pix2PixRecipe, DeblurGANRecipe, CANDYRecipe, DeblurRecipe, UnshakenRecipe, DehazeRecipe)

SAMPLES = 3
POINTS = 512
CLASSES = 10
CANDIDATES = 12
"""So few because of each a whole photo may have to be decoded."""


class Crops(Protocol):
    """Square RGB crops, uint8: ``crops[indices]`` is (n, size, size, 3)."""

    def __len__(self) -> int: ...

    def __getitem__(self, index: NDArray[np.int64]) -> NDArray[np.uint8]: ...


@dataclass
class Preview:
    """Shown every round, it writes the pictures that ``draw`` makes of the stage's outcome into ``folder``/pictures.

    That is after the first round of a stage, after every ``every``-th and after the last, as
    ``stage-000-round-0000500-NAME.png``, and beside them, once, ``inputs`` and ``targets`` as ``input-NAME.png`` and
    ``target-NAME.png``. Each file is whole or not there. The training does not notice: weights, modes and random states
    are as they were. With several processes only the first one writes.
    """

    folder: Path
    draw: Draw
    every: int = 500
    inputs: Mapping[str, Picture] = field(default_factory=dict[str, Picture])
    targets: Mapping[str, Picture] = field(default_factory=dict[str, Picture])
    judged: Judged | None = None

    def __call__(self, played: Round) -> None:
        number = played.number + 1
        if not _first_process() or not (number == 1 or number % self.every == 0 or played.last):
            return
        with _undisturbed(played.stage.outcome) as net:
            pictures = {**self.draw(net)}
            if self.judged is not None:
                for judge in (player.net for player in played.stage.players if player.name == "discriminator"):
                    with _undisturbed(judge):
                        pictures |= self.judged(net, judge, played)
        place = self.folder / "pictures"
        if not place.is_dir():
            place.mkdir(parents=True)
        for kind, references in (("input", self.inputs), ("target", self.targets)):
            for name, picture in references.items():
                if not (path := place / f"{kind}-{name}.png").exists():
                    write(picture, path)
        for name, picture in pictures.items():
            write(picture, place / f"stage-{played.index:03}-round-{number:07}-{name}.png")


def preview_of(folder: Path, recipe: Recipe, data: Any, every: int = 500) -> Preview | None:
    """The preview that suits ``recipe``, or None where there is nothing to see; ``data`` are what it learns from."""
    if isinstance(recipe, PLANE):
        points, noise = recipe.points(POINTS).batch(0).image, fixed_noise(POINTS, recipe.noise)
        return Preview(folder, scattered(noise, points), every, judged=answers(noise))
    if isinstance(recipe, CGANRecipe):
        return Preview(folder, of_classes(fixed_noise(CLASSES, recipe.noise, uniform=True), CLASSES), every)
    if isinstance(recipe, PICTURES):
        prior: Prior = getattr(recipe, "prior", "normal")
        noise = draw_noise(prior, SHOWN, recipe.noise, generator=torch.Generator().manual_seed(0))
        judged = answers(noise) if isinstance(recipe, DCGANRecipe) else None
        return Preview(folder, generated(noise, columns=8), every, judged=judged)
    if isinstance(recipe, SinGANRecipe):
        return Preview(folder, drawn, every)
    if isinstance(recipe, MAKING_PAIRS) and data is not None:
        inputs, targets = samples(recipe.pairs(data))
        return Preview(folder, enlarged(inputs, recipe.deployed), every, inputs, targets)
    if isinstance(data, UnpairedPhotos) and isinstance(recipe, CycleGANRecipe | CycleDehazeRecipe):
        inputs = {str(number): read(path) for number, path in enumerate(data.a[:SAMPLES], start=1)}
        return Preview(folder, enlarged(inputs, recipe.deployed), every, inputs)
    if recipe.task == "enlarge" and data is not None:
        crops = cast("Crops", data)
        scale: int = getattr(recipe, "scale", 1)
        targets = {name: Picture.from_tensor(_cut(each, scale)) for name, each in truths(crops).items()}
        inputs = {name: Picture.from_tensor(_low(recipe, each.tensor(), scale)) for name, each in targets.items()}
        return Preview(folder, enlarged(inputs, recipe.deployed), every, inputs, targets)
    return None


def samples(pairs: Stream[Pairs]) -> tuple[dict[str, Picture], dict[str, Picture]]:
    """A few inputs and their targets, the same in every run, called "1", "2" and so on."""
    found: list[tuple[torch.Tensor, torch.Tensor]] = []
    while len(found) < SAMPLES:
        found += zip(*pairs.batch(len(found)), strict=True)
    inputs, targets = zip(*found[:SAMPLES], strict=True)
    named = (
        {str(n): Picture.from_tensor(image) for n, image in enumerate(each, start=1)} for each in (inputs, targets)
    )
    first, second = named
    return first, second


def _low(recipe: Recipe, high: torch.Tensor, scale: int) -> torch.Tensor:
    """``high`` as ``recipe`` spoils its pictures, the same in every run."""
    if isinstance(recipe, RealESRGANRecipe) or (isinstance(recipe, SharpRecipe) and recipe.world):
        return recipe.degradation(high, scale, np.random.default_rng(0))
    return reduce(high, scale, getattr(recipe, "reduction", "bicubic"))


def enlarged(inputs: Mapping[str, Picture], deployed: Callable[[nn.Module], nn.Module] = lambda net: net) -> Draw:
    """Draws what the net makes of ``inputs``; ``deployed`` turns it into one from RGB to RGB."""

    def draw(net: nn.Module) -> dict[str, Picture]:
        device = _device(net)
        ready = deployed(net).to(device)
        return {name: Picture.from_tensor(ready(low.tensor().to(device))) for name, low in inputs.items()}

    return draw


def scattered(noise: torch.Tensor, data: torch.Tensor) -> Draw:
    """Draws the points, (N, 2), that the net makes of ``noise`` (N, n), over ``data``."""
    return lambda net: {"points": scatter(net(noise.to(_device(net))), data)}


def drawn(net: nn.Module) -> dict[str, Picture]:
    """Draws a picture of random noise, the same at each time, and the reconstruction, as large as the levels go."""
    assert isinstance(net, Pyramid)
    torch.manual_seed(0)
    return {name: Picture.from_tensor(net.draw(noise=noise)) for name, noise in PATHS.items()}


def generated(noise: torch.Tensor, columns: int = 4) -> Draw:
    """Draws the pictures that the net makes of ``noise`` (N, ...), beside and below each other in one."""

    def draw(net: nn.Module) -> dict[str, Picture]:
        return {"generated": _in_rows(net(noise.to(_device(net))), columns)}

    return draw


def answers(noise: torch.Tensor) -> Judged:
    """Draws what the discriminator says of a batch of its data and of what the net makes of ``noise`` (N, n)."""

    def draw(net: nn.Module, judge: nn.Module, played: Round) -> dict[str, Picture]:
        if not isinstance(played.stage.data, Stream):
            return {}
        device = _device(net)
        real = cast("Images", played.stage.data.batch(0)).image.to(device)
        said = (judge(each).flatten().cpu() for each in (net(noise.to(device)), real))
        return {"answers": histogram(*said)}

    return draw


def of_classes(noise: torch.Tensor, classes: int) -> Draw:
    """Draws a row for each class, in it the pictures that the net makes of the class and of each ``noise`` (N, n)."""
    label = torch.arange(classes).repeat_interleave(len(noise))

    def draw(net: nn.Module) -> dict[str, Picture]:
        device = _device(net)
        return {"classes": _in_rows(net(noise.repeat(classes, 1).to(device), label.to(device)), len(noise))}

    return draw


def _in_rows(images: torch.Tensor, columns: int) -> Picture:
    """``images`` (N, C, H, W), ``columns`` beside each other, white where the last row has none."""
    rows = [torch.cat(list(row), dim=-1) for row in images.float().clamp(0, 1).cpu().split(columns)]
    short = rows[0].shape[-1] - rows[-1].shape[-1]
    rows[-1] = nn.functional.pad(rows[-1], (0, short), value=1)
    return Picture.from_tensor(torch.cat(rows, dim=-2))


def fixed_noise(count: int, size: int, uniform: bool = False) -> torch.Tensor:
    """The same standard normal numbers, or ``uniform`` ones in [0, 1), (count, size), in every run."""
    draw = torch.rand if uniform else torch.randn
    return draw(count, size, generator=torch.Generator().manual_seed(0))


def truths(crops: Crops, count: int = SAMPLES) -> dict[str, Picture]:
    """``count`` crops with much detail, from all over ``crops``, called "1", "2" and so on."""
    total = len(crops)
    groups = np.array_split(np.unique(np.linspace(0, total - 1, CANDIDATES).astype(np.int64)), count)
    chosen: dict[str, Picture] = {}
    for group in groups:
        if len(group):
            windows = torch.from_numpy(crops[group]).permute(0, 3, 1, 2)
            chosen[str(len(chosen) + 1)] = Picture.from_tensor(max(windows, key=detail).float() / 255)
    return chosen


def _cut(picture: Picture, scale: int) -> torch.Tensor:
    """``picture`` as a tensor, less what is over at the right and below."""
    return picture.tensor()[..., : picture.height // scale * scale, : picture.width // scale * scale]


@contextmanager
def _undisturbed(net: nn.Module) -> Generator[nn.Module]:
    """``net`` ready to be used; afterwards it and every random state are as before."""
    modes = {module: module.training for module in net.modules()}
    device = _device(net)
    with torch.random.fork_rng([device] if device.type == "cuda" else []), torch.no_grad():
        net.eval()
        try:
            yield net
        finally:
            for module, mode in modes.items():
                module.training = mode


def _device(net: nn.Module) -> torch.device:
    return next(net.parameters()).device


def _first_process() -> bool:
    distributed = torch.distributed.is_available() and torch.distributed.is_initialized()
    return not distributed or torch.distributed.get_rank() == 0
