"""That the games are worth playing: minutes of training, so marked slow (`make slow`)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from ganvas.data.crops import Crops
from ganvas.data.synthetic import DIVISORS, ring_centres
from ganvas.degrade import reduce
from ganvas.images import Picture, read, resize
from ganvas.metrics import Protocol, compare
from ganvas.metrics.modes import SAMPLES, coverage
from ganvas.recipes import RECIPES, resolve
from ganvas.training import train

SAMPLE = Path(__file__).resolve().parents[2] / "examples" / "photos" / "osprey.jpg"


@pytest.mark.slow
def test_an_enlarger_learns_more_than_bicubic_knows() -> None:
    """Trained on the left half of the sample photo, measured on the right half."""
    pixels = (read(SAMPLE).pixels * 255).round().astype(np.uint8)
    left = [pixels[top : top + 64, edge : edge + 64] for top in range(0, 224, 32) for edge in range(0, 192, 32)]
    settings = [
        "scale=2",
        "width=16",
        "depth=3",
        "rounds=300",
        "batch=4",
        "patch=24",
    ]
    torch.manual_seed(0)
    net = None
    for played in train(resolve(RECIPES, "compact", None, settings).stages(Crops(np.stack(left)))):
        net = played.stage.outcome
    assert net is not None
    truth = Picture((pixels[:, 256:] / np.float32(255)).astype(np.float32))
    low = reduce(truth.tensor(), 2)
    with torch.inference_mode():
        made = Picture.from_tensor(net(low))
    bicubic = Picture.from_tensor(resize(low, scale=2))
    one, other = (compare(picture, truth, Protocol("y", 2)).psnr for picture in (made, bicubic))
    assert one > other + 0.5


@pytest.mark.slow
def test_the_generator_finds_the_ring() -> None:
    """Most points of the trained generator lie near a mode, and nearly all modes are covered."""
    torch.manual_seed(0)
    net = None
    for played in train(resolve(RECIPES, "wgan-gp", "small", ["rounds=2000"]).stages(None)):
        net = played.stage.outcome
    assert net is not None
    with torch.inference_mode():
        points = net(torch.randn(SAMPLES, 2)) * DIVISORS["ring"]
    found = coverage(points, ring_centres(), 0.02)
    assert found.loose >= 7
    assert found.radius == pytest.approx(2, abs=0.1)
