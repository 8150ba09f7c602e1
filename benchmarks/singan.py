"""A SinGAN training, level by level, in the authors' code and in ours: CPU time of a round, and of all rounds.

    python benchmarks/singan.py OFFICIAL PHOTO [--rounds 3] [--max-size 250]

OFFICIAL is a checkout of https://github.com/tamarott/SinGAN, which no PyTorch since 1.5 runs; it is copied and mended
(``MENDS``). All train the same levels of the photo in turns, a few rounds each, from which the whole is reckoned; none
writes pictures.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import io
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

import torch
from lightning_fabric import Fabric

from ganvas.recipes import RECIPES, resolve
from ganvas.recipes.singan import SinGANRecipe
from ganvas.runs import opened
from ganvas.training import train

MENDS = {
    # The nets' weights have changed in place since the fake was made: PyTorch has refused its gradient since 1.5.
    ("SinGAN/training.py", "            output = netD(fake)\n            #D_fake_map"): (
        "            fake = netG(noise.detach(),prev)\n            output = netD(fake)\n            #D_fake_map"
    ),
    ("SinGAN/imresize.py", "np.int("): "int(",
    ("SinGAN/imresize.py", "from scipy.ndimage import filters, measurements, interpolation"): (
        "import scipy.ndimage as filters, scipy.ndimage as measurements, scipy.ndimage as interpolation"
    ),
}

ONCE = "adversarial_gradient=single_backward"
OURS: dict[str, tuple[str, tuple[str, ...], Literal["32-true", "bf16-mixed"]]] = {
    "ours": ("official", (), "32-true"),
    "one gradient": ("official", (ONCE,), "32-true"),
    "bf16": ("official", (ONCE,), "bf16-mixed"),
    "fast": ("fast", (), "32-true"),
    "fast bf16": ("fast", (), "bf16-mixed"),
}
"""Our ways, each a preset with settings and arithmetic: the authors' rounds; the same with the fake judged once; and
fewer rounds.
"""


def stand_in(name: str, **contents: Any) -> ModuleType:
    module = ModuleType(name)
    module.__dict__.update(contents)
    return module


UNUSED = {
    "matplotlib": stand_in("matplotlib"),
    "matplotlib.patches": stand_in("patches"),
    "matplotlib.pyplot": stand_in("pyplot", imsave=lambda *_, **__: None),
    "sklearn": stand_in("sklearn"),
    "sklearn.cluster": stand_in("cluster", KMeans=None),
}
"""What the authors' code draws its pictures with, which are left out in the name of fairness, and paints with."""

Seconds = Iterator[float]
"""CPU seconds of a round of each level."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("official", type=Path)
    parser.add_argument("photo", type=lambda name: Path(name).resolve())
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--max-size", type=int, default=250)
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    recipes = {way: ours(preset, settings, arguments) for way, (preset, settings, _) in OURS.items()}
    runs = {way: rounds_of(recipe, OURS[way][2], arguments) for way, recipe in recipes.items()}
    whole = {"official": 2000, **{way: recipe.rounds for way, recipe in recipes.items()}}
    sums = dict.fromkeys(whole, 0.0)
    sys.stdout.write(f"{'CPU seconds a round':20}" + "".join(f"{way:>14}" for way in whole) + "\n")

    def level(height: int, width: int, official: float) -> None:
        seconds = {"official": official, **{way: next(run) for way, run in runs.items()}}
        for way, each in seconds.items():
            sums[way] += each * whole[way]
        sys.stdout.write(f"{width:4} x {height:<13}" + "".join(f"{each:14.3f}" for each in seconds.values()) + "\n")
        sys.stdout.flush()

    play_official(arguments, level)
    sys.stdout.write(f"{'rounds a level':20}" + "".join(f"{count:14}" for count in whole.values()) + "\n")
    sys.stdout.write(f"{'CPU hours in all':20}" + "".join(f"{each / 3600:14.2f}" for each in sums.values()) + "\n")
    ratios = "".join(f"{sums['official'] / each:14.2f}" for each in sums.values())
    sys.stdout.write(f"{'times as fast':20}{ratios}\n")


def ours(preset: str, settings: tuple[str, ...], arguments: argparse.Namespace) -> SinGANRecipe:
    recipe = resolve(RECIPES, "singan", preset, [*settings, f"max_size={arguments.max_size}"])
    assert isinstance(recipe, SinGANRecipe)
    return recipe


def rounds_of(
    recipe: SinGANRecipe, precision: Literal["32-true", "bf16-mixed"], arguments: argparse.Namespace
) -> Seconds:
    """What a round of ours costs at each level; the first one warms up."""
    torch.manual_seed(0)
    short = recipe.model_copy(update={"rounds": arguments.rounds + 1})
    start, first = 0.0, -1
    fabric = Fabric(accelerator="cpu", devices=1, precision=precision)
    for played in train(short.stages(opened(short, arguments.photo)), fabric=fabric):
        if played.index != first:
            first, start = played.index, time.process_time()
        elif played.last:
            yield (time.process_time() - start) / arguments.rounds


def play_official(arguments: argparse.Namespace, level: Callable[[int, int, float], None]) -> None:
    """Trains in a mended copy of the authors' code, and tells ``level`` its size and what a round of it has cost."""
    with tempfile.TemporaryDirectory() as scratch, contextlib.chdir(scratch):
        copy_mended(arguments.official, Path(scratch))
        sys.path.insert(0, scratch)
        sys.modules.update(UNUSED)
        training, functions = (importlib.import_module(f"SinGAN.{name}") for name in ("training", "functions"))
        opt = options(arguments)
        training.__dict__["train_single_scale"] = timed(training.train_single_scale, arguments.rounds, level)
        with contextlib.redirect_stdout(io.StringIO()):
            opt = functions.post_config(opt)
            functions.adjust_scales2image(functions.read_image(opt), opt)
            training.train(opt, [], [], [], [])


def options(arguments: argparse.Namespace) -> Any:
    photo: Path = arguments.photo
    parser = importlib.import_module("config").get_arguments()
    parser.add_argument("--input_dir")
    parser.add_argument("--input_name")
    parser.add_argument("--mode", default="train")
    chosen = ["--not_cuda", "1"] if "store_true" not in Path("config.py").read_text() else ["--not_cuda"]
    chosen += ["--input_dir", str(photo.parent), "--input_name", photo.name, "--max_size", str(arguments.max_size)]
    return parser.parse_args([*chosen, "--niter", str(arguments.rounds), "--manualSeed", "0"])


def timed(play: Callable[..., Any], rounds: int, level: Callable[[int, int, float], None]) -> Callable[..., Any]:
    """``play``, the training of one level, which takes the pyramid of the photo third and the levels so far fourth."""

    def timed_play(*arguments: Any, **named: Any) -> Any:
        start = time.process_time()
        result = play(*arguments, **named)
        spent = (time.process_time() - start) / rounds
        height, width = arguments[2][len(arguments[3])].shape[-2:]
        with contextlib.redirect_stdout(sys.__stdout__):
            level(height, width, spent)
        return result

    return timed_play


def copy_mended(official: Path, scratch: Path) -> None:
    shutil.copytree(official / "SinGAN", scratch / "SinGAN")
    shutil.copy(official / "config.py", scratch)
    for (name, old), new in MENDS.items():
        path = scratch / name
        text = path.read_text()
        if old not in text:
            raise SystemExit(f"{official / name} is not the authors' code: {old.strip()!r} is not in it")
        path.write_text(text.replace(old, new))


if __name__ == "__main__":
    main()
