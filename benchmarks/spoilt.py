"""How many pairs a second can be made of good crops, by each way of spoiling them.

    python benchmarks/spoilt.py [--patch 128] [--batch 8] [--batches 9]

The crops are noise, held in memory. The ways take turns, and each figure is the median of one thread's CPU time. A way
with a margin spoils so many pixels around each patch too.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time

import numpy as np
import torch

from ganvas.data.crops import Crops
from ganvas.data.spoilt import Spoil, spoilt_pairs
from ganvas.degrade.haze import Haze
from ganvas.degrade.motion import FrameAverage, MotionBlur
from ganvas.degrade.removal import without_centre, without_colour
from ganvas.degrade.shaken import Shaken

COUNT, SIZE = 64, 256


def untouched(image: torch.Tensor, random: np.random.Generator) -> torch.Tensor:
    return image


WAYS: dict[str, tuple[Spoil, int]] = {
    "untouched": (untouched, 0),
    "colour": (without_colour, 0),
    "centre": (without_centre, 0),
    "haze": (Haze(), 0),
    "linear haze": (Haze(linear=True), 0),
    "motion blur": (MotionBlur(), 24),
    "linear motion blur": (MotionBlur(linear=True), 24),
    "shaken": (Shaken(), 24),
    "frame average": (FrameAverage(), 24),
}
"""Each with its margin; the first is what reading and cutting alone cost."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--patch", type=int, default=128)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--batches", type=int, default=9)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    crops = Crops(np.random.default_rng(0).integers(256, size=(COUNT, SIZE, SIZE, 3), dtype=np.uint8))
    streams = {
        way: spoilt_pairs(crops, spoil, arguments.batch, arguments.patch, margin=margin)
        for way, (spoil, margin) in WAYS.items()
    }
    seconds: dict[str, list[float]] = {way: [] for way in streams}
    for position in range(arguments.batches + 1):
        for way, stream in streams.items():
            start = time.process_time()
            stream.batch(position)
            seconds[way].append(time.process_time() - start)
    sys.stdout.write(
        f"{arguments.patch} x {arguments.patch:<20} margin   pairs a second   CPU ms a batch of {arguments.batch}\n"
    )
    for way, (_, *times) in seconds.items():  # the first warms up
        middle = statistics.median(times)
        sys.stdout.write(f"{way:26} {WAYS[way][1]:6} {arguments.batch / middle:16,.0f} {1000 * middle:16.1f}\n")


if __name__ == "__main__":
    main()
