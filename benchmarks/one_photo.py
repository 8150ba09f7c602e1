"""Whether a faster preset of SinGAN is as good as a slower one: each learns the same photos, with the same seeds.

    python benchmarks/one_photo.py PHOTO ... [--presets official fast] [--seeds 3] [--max-size 250] [--runs runs]

It takes days with the authors' sizes. Ctrl-C saves, the same command goes on; more seeds are added to those there are.
A figure is the mean over the photos of the mean over the seeds; ± is the 95 % interval of the difference from the
first preset that the seeds alone explain.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path
from statistics import fmean
from typing import NamedTuple

from ganvas.experiments.verdict import noise
from ganvas.report.record import read_record
from ganvas.single import evaluate, judge, opened
from ganvas.single.evaluating import Judge

LABELS = ("samples", "from level 1", "diversity", "PSNR", "minutes")


class Figures(NamedTuple):
    """Of a training: the distance (SIFID where its net is here) of samples from the coarsest level and the next."""

    samples: float
    one_up: float
    diversity: float
    psnr: float
    minutes: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("photos", type=Path, nargs="+")
    parser.add_argument("--presets", nargs="+", default=["official", "fast"])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--max-size", type=int, default=250)
    parser.add_argument("--runs", type=Path, default=Path("runs"))
    arguments = parser.parse_args()
    net, seeds = judge(), range(arguments.seeds)
    learnt = {
        preset: [[figures(photo, preset, seed, arguments, net) for seed in seeds] for photo in arguments.photos]
        for preset in arguments.presets
    }
    sys.stdout.write(f"distance: {net.name}\n{'':12}" + "".join(f"{label:>20}" for label in LABELS) + "\n")
    first = learnt[arguments.presets[0]]
    for preset, photos in learnt.items():
        cells = [f"{cell(first, photos, place):>20}" for place in range(len(LABELS))]
        sys.stdout.write(f"{preset:12}{''.join(cells)}\n")


def figures(photo: Path, preset: str, seed: int, arguments: argparse.Namespace, net: Judge) -> Figures:
    run = arguments.runs / f"{photo.stem}-{preset}-{arguments.max_size}-{seed}"
    words = ["single", "train", photo, "--preset", preset, "--run", run, "--seed", seed]
    words += ["--max-size", arguments.max_size]
    done = subprocess.run([sys.executable, "-m", "ganvas", *map(str, words)], check=False)
    if done.returncode:
        raise SystemExit(done.returncode)
    model = opened(run / "model.safetensors")
    whole, part = (evaluate(model, net, start_level=level) for level in (0, 1))
    seconds = sum(stage.seconds or 0.0 for stage in read_record(run).stages)
    assert whole.psnr is not None
    return Figures(whole.mean, part.mean, whole.diversity, whole.psnr, seconds / 60)


def cell(first: list[list[Figures]], photos: list[list[Figures]], place: int) -> str:
    """The mean of a figure, and how far chance may bring it from that of the ``first`` preset."""
    mean = fmean(fmean(each[place] for each in seeds) for seeds in photos)
    if photos is first:
        return f"{mean:.3g}"
    chances = [noise(*([each[place] for each in seeds] for seeds in pair)) for pair in zip(first, photos, strict=True)]
    return f"{mean:.3g} ± {sum(chance**2 for chance in chances) ** 0.5 / len(chances):.2g}"


if __name__ == "__main__":
    main()
