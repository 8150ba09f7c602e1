"""How fast training can read its crops: PNG files against the memory-mapped array, in random order, one thread.

    python benchmarks/crops.py PHOTOS [--crops 2000]

prepares crops of 256 x 256 into a temporary folder and prints crops per second of CPU time, files in the page cache.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ganvas.data.crops import open_crops
from ganvas.data.prepare import prepare
from ganvas.data.prepare.collection import shard_path

BATCH = 16


def crops_a_second(read: Callable[[NDArray[np.int64]], object], length: int, crops: int) -> float:
    order = np.random.default_rng(0).integers(length, size=(-(-crops // BATCH), BATCH))
    for batch in order[:8]:
        read(batch)
    start = time.process_time()
    for batch in order:
        read(batch)
    return order.size / (time.process_time() - start)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("photos", type=Path)
    parser.add_argument("--crops", type=int, default=2000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "crops"
        start = time.process_time()
        prepared = prepare([arguments.photos], out)
        making = prepared.crops / (time.process_time() - start)
        crops = open_crops(out)

        def from_pngs(batch: NDArray[np.int64]) -> object:
            return np.stack([np.asarray(Image.open(out / shard_path(int(index)))) for index in batch])

        pngs = crops_a_second(from_pngs, len(crops), arguments.crops)
        array = crops_a_second(lambda batch: crops[batch], len(crops), 20 * arguments.crops)
    sys.stdout.write(
        f"{prepared.crops:,} crops from {prepared.photos} photos, prepared at {making:,.0f} a second\n"
        f"PNG files    {pngs:10,.0f} crops a second\n"
        f"mapped array {array:10,.0f} crops a second, {array / pngs:,.0f} times as many\n"
    )


if __name__ == "__main__":
    main()
