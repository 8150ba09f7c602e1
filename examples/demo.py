"""Enlarges the sample photo (or one of yours) and shows before and after: `make demo`.

python examples/demo.py [PHOTO] [--scale 4]
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import torch

import ganvas
from ganvas.enhancement import model_for
from ganvas.errors import GanvasError
from ganvas.images import Picture, read, resize, write
from ganvas.report.page import before_after, write_page

SAMPLE = Path(__file__).parent / "photos" / "osprey.jpg"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("photo", nargs="?", type=Path, default=SAMPLE)
    parser.add_argument("--scale", type=float, default=4)
    options = parser.parse_args()
    before, model = read(options.photo), model_for(options.scale).name
    start = time.perf_counter()
    after = ganvas.enhance(before, options.scale, model=model)
    seconds = time.perf_counter() - start
    planes = torch.from_numpy(before.pixels).permute(2, 0, 1)[None]
    bicubic = Picture.from_tensor(resize(planes, (after.height, after.width)))
    out = Path("demo")
    out.mkdir(exist_ok=True)
    result, page = out / f"{options.photo.stem}_x{options.scale:g}.png", out / "before-after.html"
    write(after, result)
    facts = {
        "photo": f"{options.photo.name}, {before.width} x {before.height} pixels",
        "before": "enlarged by bicubic interpolation",
        "after": f"enlarged by {model} of Ganvas to {after.width} x {after.height} pixels",
        "time": f"{seconds:.1f} s, the model's loading included",
    }
    write_page(page, before_after(bicubic, after, f"{options.photo.name}, {options.scale:g} times as large", facts))
    sys.stdout.write(f"result: {result}\nbefore and after: {page}\n")


if __name__ == "__main__":
    try:
        main()
    except GanvasError as error:
        raise SystemExit(f"demo: {error}") from None
