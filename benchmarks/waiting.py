"""How long training waits for its data: of a round's wall time, the part spent in the stream, recipe by recipe.

    python benchmarks/waiting.py PREPARED [RECIPE[:PRESET] ...] [--rounds 30] [--data DATA]

Streams prepare batches ahead in threads, so what is measured is what the trainer notices. DATA is for recipes that do
not read crops: a folder with two folders A and B of pictures serves those that read pairs and those that do not.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from ganvas.game import Stage, Stream
from ganvas.recipes import RECIPES, resolve
from ganvas.runs import opened
from ganvas.training import train

WARM_UP = 3

USUAL = (
    "compact:x4",
    "srresnet:paper",
    "srgan:small",
    "esrgan:small",
    "real-esrgan:small",
    "sharp:x4",
    "deblur",
    "dehaze",
)


@dataclass
class Timed:
    """A stream that keeps the seconds that were spent in it; it is never resumed."""

    stream: Stream[Any]
    seconds: float = 0.0
    position: int = 0

    def __next__(self) -> Any:
        start = time.perf_counter()
        batch = next(self.stream)
        self.seconds += time.perf_counter() - start
        return batch

    def share(self, rank: int, world: int) -> None:
        self.stream.share(rank, world)


def waiting(stage: Stage[Any], rounds: int) -> tuple[float, float]:
    """Milliseconds a round, and the share of them that was waiting, after some rounds to warm up."""
    stage.data = timed = Timed(stage.data)
    stage.rounds = rounds + WARM_UP
    play = train([stage])
    list(islice(play, WARM_UP))
    timed.seconds, start = 0.0, time.perf_counter()
    list(islice(play, rounds))
    whole = time.perf_counter() - start
    return 1000 * whole / rounds, timed.seconds / whole


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("prepared", type=Path)
    parser.add_argument("recipes", nargs="*", default=USUAL)
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--data", type=Path)
    chosen = parser.parse_args(arguments)
    sys.stdout.write("recipe                stage          batch   ms a round   waiting\n")
    for word in chosen.recipes:
        name, _, preset = word.partition(":")
        recipe = resolve(RECIPES, name, preset or None, [])
        for stage in recipe.stages(opened(recipe, chosen.prepared if recipe.reading == "crops" else chosen.data)):
            if stage.rounds:
                milliseconds, share = waiting(stage, chosen.rounds)
                batch = getattr(recipe, "batch", 1)
                sys.stdout.write(f"{word:21} {stage.name:14} {batch:5} {milliseconds:12.0f} {share:9.2%}\n")
                sys.stdout.flush()


if __name__ == "__main__":
    main()
