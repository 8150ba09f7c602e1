"""How well models undo the shakes of real hands: photos blurred by kernels that were recorded of them.

    python benchmarks/camera_shake.py KERNELS PHOTOS [--model deblur] [--count 10]

KERNELS is an .npz of kernels, such as the eight of Levin et al. 2009 (Understanding and Evaluating Blind Deconvolution
Algorithms); PHOTOS is a folder, of which the first are taken. The figures are PSNR of RGB, of the blurred and of the
restored picture. As in their protocol each is taken at the shift, of up to five pixels, that suits it best: where a
kernel lies is not to be seen in what it has blurred, and theirs lie up to four pixels beside their middle.
"""

from __future__ import annotations

import argparse
import itertools
import statistics
import sys
from pathlib import Path

import numpy as np
import torch

import ganvas
from ganvas.degrade.kernels import blurred
from ganvas.images import Picture, read

SHIFT, SIDES = 5, 10


def psnr(made: torch.Tensor, truth: torch.Tensor) -> float:
    """At the best shift, without the sides."""
    inner = (..., slice(SIDES, -SIDES), slice(SIDES, -SIDES))
    shifts = itertools.product(range(-SHIFT, SHIFT + 1), repeat=2)
    least = min((made.roll(shift, (-2, -1)) - truth)[inner].square().mean().item() for shift in shifts)
    return -10 * float(np.log10(least))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kernels", type=Path)
    parser.add_argument("photos", type=Path)
    parser.add_argument("--model", default="deblur")
    parser.add_argument("--count", type=int, default=10)
    arguments = parser.parse_args()
    model = ganvas.load(arguments.model)
    photos = [read(path) for path in sorted(arguments.photos.glob("*.*"))[: arguments.count]]
    sys.stdout.write("kernel    blurred  restored\n")
    means = list[tuple[float, float]]()
    for name, kernel in np.load(arguments.kernels).items():
        figures = list[tuple[float, float]]()
        for photo in photos:
            truth = photo.tensor()
            given = blurred(truth, [torch.from_numpy(kernel / kernel.sum()).float()]).mul(255).round() / 255
            made = model(Picture.from_tensor(given)).tensor().mul(255).round() / 255
            figures.append((psnr(given, truth), psnr(made, truth)))
        means.append(tuple(map(statistics.mean, zip(*figures, strict=True))))  # pyright: ignore[reportArgumentType]
        sys.stdout.write(f"{name:8} {means[-1][0]:8.2f} {means[-1][1]:9.2f}\n")
        sys.stdout.flush()
    before, after = map(statistics.mean, zip(*means, strict=True))
    sys.stdout.write(f"{'mean':8} {before:8.2f} {after:9.2f}\n")


if __name__ == "__main__":
    main()
