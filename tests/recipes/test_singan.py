"""What makes the recipe SinGAN's: its stages, its noise, what a level takes over, and which photos it takes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from ganvas.data.pairs import DataError
from ganvas.game import Round
from ganvas.images import Picture, PictureError, write
from ganvas.nets.pyramid import Pyramid
from ganvas.recipes import RECIPES, SettingsError, resolve
from ganvas.recipes.singan import SinGANRecipe, part
from ganvas.report.preview import preview_of
from ganvas.runs import opened
from ganvas.training import Snapshots, train
from ganvas.weights import describe, load, store


def smoke(*settings: str) -> SinGANRecipe:
    recipe = resolve(RECIPES, "singan", "smoke", settings)
    assert isinstance(recipe, SinGANRecipe)
    return recipe


QUICK = ("rounds=1", "critic_turns=1", "generator_turns=1")


def firsts(played: Iterator[Round]) -> Iterator[tuple[Round, Pyramid]]:
    """The first round of each stage."""
    for each in played:
        if each.number == 0:
            pyramid = each.stage.outcome
            assert isinstance(pyramid, Pyramid)
            yield each, pyramid


def copied(net: torch.nn.Module) -> dict[str, torch.Tensor]:
    return {key: tensor.clone() for key, tensor in net.state_dict().items()}


def same(a: dict[str, torch.Tensor], b: dict[str, torch.Tensor]) -> bool:
    return all(torch.equal(tensor, b[key]) for key, tensor in a.items())


def test_defaults_are_the_authors() -> None:
    recipe = SinGANRecipe()
    assert (recipe.min_size, recipe.max_size, recipe.scale_factor, recipe.margin) == (25, 250, 0.75, 5)
    assert (recipe.rounds, recipe.milestones, recipe.gamma) == (2000, (1600,), 0.1)
    assert (recipe.generator_rate, recipe.critic_rate, recipe.betas) == (5e-4, 5e-4, (0.5, 0.999))
    assert (recipe.generator_turns, recipe.critic_turns, recipe.alpha, recipe.penalty) == (3, 3, 10, 0.1)
    assert (recipe.noise_amplitude, recipe.fix_z_star, recipe.inherit, recipe.penalty_over) == (
        0.1,
        False,
        True,
        "channels",
    )


def test_presets_for_tasks() -> None:
    enlarge, animation = (resolve(RECIPES, "singan", preset) for preset in ("enlarge", "animation"))
    assert isinstance(enlarge, SinGANRecipe)
    assert isinstance(animation, SinGANRecipe)
    assert (enlarge.alpha, enlarge.min_size, round(enlarge.scale_factor, 6)) == (100, 18, 0.793701)
    assert len(enlarge.ladder(120, 80).sizes) == 9
    assert animation.min_size == 20
    assert animation.generator().noise_padding


def test_one_stage_a_level(photo: torch.Tensor) -> None:
    recipe = smoke(*QUICK)
    stages = [(each.stage.name, each.stage.rounds) for each in train(recipe.stages(photo))]
    assert stages == [(f"level {level}", 1) for level in range(len(recipe.ladder(18, 24).sizes))]
    assert len(stages) == 3


def test_amplitudes_come_from_the_reconstruction(photo: torch.Tensor) -> None:
    for played, pyramid in firsts(train(smoke().stages(photo))):
        level = played.index
        below = pyramid.entering(level, "rec")
        error = (2 * (below - pyramid.real(level))).square().mean().sqrt().item()
        assert pyramid.amplitudes[level].item() == pytest.approx(0.1 * error if level else 1.0)
        batch = next(played.stage.data)
        assert torch.equal(batch.image, pyramid.real(level))


def test_finished_levels_stay_as_they_are(photo: torch.Tensor) -> None:
    seen: dict[int, dict[str, torch.Tensor]] = {}
    for played in train(smoke().stages(photo)):
        levels = played.stage.outcome.levels
        for level, net in enumerate(levels[:-1]):
            assert not net.training
            assert same(copied(net), seen[level])
        assert levels[-1].training
        seen[len(levels) - 1] = copied(levels[-1])


@pytest.mark.parametrize("inherit", [True, False])
def test_a_level_begins_where_the_one_below_ended(photo: torch.Tensor, inherit: bool) -> None:
    recipe = smoke(*QUICK, f"inherit={str(inherit).lower()}")
    stages = recipe.stages(photo)
    first = next(stages)
    for _ in train([first]):
        pass
    before = [copied(first.outcome.levels[0]), copied(first.players[0].net)]
    second = next(stages)
    after = [copied(second.outcome.levels[1]), copied(second.players[0].net)]
    assert [same(*pair) for pair in zip(before, after, strict=True)] == [inherit, inherit]


def test_it_widens_every_four_levels_and_begins_anew_there(photo: torch.Tensor) -> None:
    recipe, widths = smoke(*QUICK, "scale_factor=0.9", "max_size=24"), list[set[int]]()
    for each in train(recipe.stages(photo)):
        *hidden, _ = each.stage.outcome.levels[-1].layers
        widths.append({len(block[0].weight) for block in hidden})
    assert widths == [{4}] * 4 + [{8}] * 2


def test_hidden_layers_may_narrow() -> None:
    assert smoke("width=16", "min_width=4")._widths(0) == [16, 8, 4, 4]
    assert smoke("width=16", "min_width=4")._widths(4) == [32, 16, 8, 8]


@pytest.mark.parametrize("fixed", [True, False])
def test_the_noise_of_the_reconstruction(photo: torch.Tensor, fixed: bool) -> None:
    drawn = [
        each.stage.outcome.reconstruction.clone()
        for each in train(smoke(f"fix_z_star={str(fixed).lower()}").stages(photo))
    ]
    assert torch.equal(drawn[0], drawn[1]) == fixed
    assert torch.equal(drawn[1], drawn[2]), "it is the coarsest level's alone"


def test_rates_fall_at_the_milestones(photo: torch.Tensor) -> None:
    rates = [
        tuple(player.optimizer.param_groups[0]["lr"] for player in each.stage.players)
        for each in train([next(smoke("rounds=4", "milestones=[2,3]", "critic_rate=1e-3").stages(photo))])
    ]
    assert np.allclose(rates, [(1e-3, 5e-4), (1e-3, 5e-4), (1e-4, 5e-5), (1e-5, 5e-6)])


def test_windows_reach_every_place_and_have_the_pictures_shape() -> None:
    torch.manual_seed(0)
    seen = torch.zeros(30, 40)
    for _ in range(400):
        window = part((30, 40), 24)
        assert window is not None
        assert seen[window].shape == (18, 24)
        seen[window] += 1 / 400
    assert seen.min() > 0.03, "a corner would be in one of 221"
    assert part((30, 40), None) is part((30, 40), 40) is None


def test_large_levels_are_learnt_in_windows(photo: torch.Tensor) -> None:
    seen = dict[int, set[tuple[int, ...]]]()

    def note(index: int, critic: torch.nn.Module, inputs: tuple[torch.Tensor]) -> None:
        seen.setdefault(index, set()).add(tuple(inputs[0].shape[-2:]))

    recipe = smoke(*QUICK, "blocks=2", "window=16")
    for index, stage in enumerate(recipe.stages(photo)):
        stage.players[0].net.register_forward_pre_hook(partial(note, index))
        list(train([stage]))
    assert recipe.ladder(18, 24).sizes == ((12, 16), (14, 18), (15, 20))
    assert seen == {0: {(12, 16)}, 1: {(12, 16)}, 2: {(12, 16)}}


def test_it_learns_the_photo(photo: torch.Tensor) -> None:
    torch.manual_seed(0)
    recipe = smoke(
        "rounds=40",
        "milestones=[32]",
        "critic_turns=1",
        "generator_turns=1",
        "width=16",
        "min_width=16",
        "fix_z_star=true",
        "generator_rate=2e-3",
    )
    errors: list[float] = []
    for played in train(recipe.stages(photo)):
        if played.last:
            pyramid = played.stage.outcome
            assert isinstance(pyramid, Pyramid)
            pyramid.freeze()
            errors.append((pyramid.draw(noise="rec") - pyramid.real(played.index)).square().mean().sqrt().item())
    blank = (photo - photo.mean()).square().mean().sqrt().item()
    assert errors[-1] < 0.6 * blank
    first, second = pyramid.draw(count=2).split(1)
    assert (first - second).abs().mean().item() > 0.002


def test_a_stopped_run_is_a_model_too(photo: torch.Tensor, tmp_path: Path) -> None:
    recipe = smoke(*QUICK)
    played = next(train(recipe.stages(photo)))
    net = played.stage.outcome
    store(tmp_path / "model.safetensors", net, describe(recipe, net))
    product = load(tmp_path / "model.safetensors")
    assert isinstance(product.net, Pyramid)
    assert (len(product.net.levels), len(product.net.sizes)) == (1, 3)
    assert product.card.receptive_field == 11
    assert product.net.draw(noise="rec").shape[-2:] == product.net.sizes[0]
    assert not any(parameter.requires_grad for parameter in product.net.parameters())


def test_a_run_of_another_photo_is_not_gone_on_with(photo: torch.Tensor, tmp_path: Path) -> None:
    snapshots = Snapshots(tmp_path)
    snapshots.save(next(train(smoke().stages(photo), snapshots)))
    with pytest.raises(DataError, match="another photo"):
        next(train(smoke().stages(photo.flip(-1)), snapshots))
    with pytest.raises(DataError, match="another photo"):
        next(train(smoke().stages(photo[..., :20]), snapshots))


def test_pictures_of_the_progress(photo: torch.Tensor, tmp_path: Path) -> None:
    recipe = smoke(*QUICK)
    preview = preview_of(tmp_path, recipe, None)
    assert preview is not None
    for played in train(recipe.stages(photo)):
        preview(played)
    names = sorted(path.name for path in (tmp_path / "pictures").iterdir())
    assert names == [f"stage-00{i}-round-0000001-{what}.png" for i in range(3) for what in ("reconstruction", "sample")]


def test_any_kind_of_picture_is_read(tmp_path: Path) -> None:
    pixels = np.random.default_rng(0).integers(256, size=(14, 18, 4), dtype=np.uint8)
    Image.fromarray(pixels).save(tmp_path / "alpha.png")
    assert torch.equal((opened(smoke(), tmp_path / "alpha.png") * 255).round()[0, 1], torch.tensor(pixels[..., 1]))
    Image.fromarray(pixels[..., 0]).save(tmp_path / "grey.png")
    grey = opened(smoke(), tmp_path / "grey.png")
    assert grey.shape == (1, 3, 14, 18)
    assert torch.equal(grey[:, 0], grey[:, 2])
    deep = np.random.default_rng(0).random((14, 18, 3), np.float32)
    write(Picture(deep, depth=16), tmp_path / "deep.png")
    assert (opened(smoke(), tmp_path / "deep.png")[0, 0] - torch.from_numpy(deep[..., 0])).abs().max() < 1e-5


def test_what_is_no_photo_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="give --data with its file"):
        opened(smoke(), None)
    with pytest.raises(PictureError, match="is a folder"):
        opened(smoke(), tmp_path)
    with pytest.raises(DataError, match="at least 12"):
        next(smoke().stages(torch.rand(1, 3, 11, 30)))
    with pytest.raises(SettingsError, match="larger than the 11 pixels"):
        smoke("min_size=11")


def test_memory_grows_with_the_picture_and_the_width() -> None:
    recipe = SinGANRecipe()
    small, large = (recipe.memory(recipe.ladder(side, side)) for side in (100, 250))
    assert 0.3e9 < small < large < 20e9
