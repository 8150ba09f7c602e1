"""A level that learns anew on pictures of few colours: what it is given, what changes, and what must not."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from ganvas import single
from ganvas.game import Round
from ganvas.images import Picture
from ganvas.nets.pyramid import Pyramid
from ganvas.recipes.improved_singan import ImprovedSinGANRecipe
from ganvas.recipes.singan import SinGANRecipe
from ganvas.single.quantise import palette
from ganvas.single.retraining import check, keep, recipe_of, retrained, stage
from ganvas.single.trained import seeded
from ganvas.training import train

RECIPE = SinGANRecipe(width=4, min_width=4, rounds=10, milestones=(5, 8), critic_turns=1, generator_turns=1)
LEVEL = 1


def same(one: torch.nn.Module, other: torch.nn.Module) -> bool:
    states = one.state_dict(), other.state_dict()
    return all(torch.equal(states[0][key], tensor) for key, tensor in states[1].items())


def test_one_level_is_another_and_the_rest_stays(pyramid: Pyramid) -> None:
    before = {key: tensor.clone() for key, tensor in pyramid.state_dict().items()}
    state, rounds = torch.get_rng_state(), list[Round]()
    taught = retrained(pyramid, RECIPE, LEVEL, 2, watch=rounds.append)
    assert torch.equal(torch.get_rng_state(), state)
    assert all(torch.equal(pyramid.state_dict()[key], tensor) for key, tensor in before.items())
    assert [played.number for played in rounds] == [0, 1]
    changed = [not same(*nets) for nets in zip(taught.levels, pyramid.levels, strict=True)]
    assert changed == [level == LEVEL for level in range(len(pyramid.levels))]
    assert torch.equal(taught.amplitudes, pyramid.amplitudes)
    assert not taught.levels.training
    assert not any(parameter.requires_grad for parameter in taught.parameters())


def test_the_seed_decides(pyramid: Pyramid) -> None:
    first, again, other = (retrained(pyramid, RECIPE, LEVEL, 2, seed=seed) for seed in (1, 1, 2))
    assert same(first, again)
    assert not same(first, other)


@pytest.mark.parametrize(
    "recipe", [RECIPE, ImprovedSinGANRecipe(width=4, min_width=4, first_scales_train_mode="real_train")]
)
def test_what_comes_from_below_has_the_photos_colours(pyramid: Pyramid, recipe: SinGANRecipe) -> None:
    centres = palette(pyramid.real(LEVEL))
    with seeded(pyramid, 0), torch.enable_grad():
        lesson = stage(pyramid, recipe, LEVEL, 1, "rgb")
        seen = list[torch.Tensor]()
        lower = lesson.outcome
        assert isinstance(lower, Pyramid)
        lower.levels[LEVEL].register_forward_pre_hook(lambda net, inputs: seen.append(inputs[1].detach()))
        list(train([lesson]))
    inner = [(y[..., 5:-5, 5:-5] + 1) / 2 for y in seen]
    assert len(inner) >= 3  # the critic's fake, the same for the generator, and the reconstruction
    assert all(image.shape[-2:] == pyramid.sizes[LEVEL] for image in inner)
    for image in inner:
        apart = (image[0].flatten(1).T[:, None] - centres).abs().amax(dim=2).amin(dim=1)
        assert apart.max() < 1e-5
        assert len(image[0].flatten(1).T.unique(dim=0)) > 1


def test_it_learns_to_make_the_photo_of_its_colours(pyramid: Pyramid) -> None:
    errors = list[float]()
    recipe = RECIPE.model_copy(update={"width": 8, "min_width": 8, "milestones": ()})
    retrained(
        pyramid, recipe, LEVEL, 40, watch=lambda played: errors.append(played.result["generator"]["reconstruction"])
    )
    assert errors[-1] < 0.6 * errors[0]


def test_the_rates_fall_in_proportion_to_the_rounds(pyramid: Pyramid) -> None:
    with seeded(pyramid, 0), torch.enable_grad():
        lesson = stage(pyramid, RECIPE, LEVEL, 20, "rgb")
    rates = list[float]()
    for number in (0, 9, 10, 15, 16):
        for schedule in lesson.schedules[:2]:
            schedule(number)
        rates.append(lesson.players[0].optimizer.param_groups[0]["lr"] / RECIPE.critic_rate)
    assert rates == pytest.approx([1, 1, 0.1, 0.1, 0.01])


def test_ctrl_c_leaves_the_photo_as_it_was(pyramid: Pyramid) -> None:
    before, state = pyramid.levels[LEVEL].state_dict(), torch.get_rng_state()
    kept = {key: tensor.clone() for key, tensor in before.items()}

    def stop(played: Round) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        retrained(pyramid, RECIPE, LEVEL, 3, watch=stop)
    assert all(torch.equal(pyramid.levels[LEVEL].state_dict()[key], tensor) for key, tensor in kept.items())
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.is_grad_enabled()


def test_it_is_kept_as_a_model_that_paints_the_same(pyramid: Pyramid, trained: Path, tmp_path: Path) -> None:
    recipe = recipe_of(trained)
    assert type(recipe) is SinGANRecipe
    taught = retrained(pyramid, RECIPE, LEVEL, 1)
    keep(tmp_path / "new.safetensors", taught, trained, LEVEL, 1, "rgb")
    painting = Picture.from_tensor(torch.rand(1, 3, 60, 80))
    pictures = [
        single.paint(photo, painting, LEVEL, quantise="rgb")
        for photo in (taught, single.opened(tmp_path / "new.safetensors"))
    ]
    assert (pictures[0].pixels == pictures[1].pixels).all()
    assert [path.name for path in tmp_path.iterdir()] == ["new.safetensors"]


def test_quantised_paintings_enter_sharp(pyramid: Pyramid) -> None:
    """As the specification has it: resized to the level at once, not by way of the one below."""
    from ganvas.single.quantise import recoloured

    painting = Picture.from_tensor(torch.rand(1, 3, 60, 80, generator=torch.Generator().manual_seed(0)))
    few = recoloured(painting.tensor(), palette(pyramid.real(2)))
    with seeded(pyramid, 3):
        expected = pyramid.draw(2, pyramid.reduced(few, 2))
    assert torch.equal(single.paint(pyramid, painting, 2, 3, quantise="rgb").tensor(), expected)


def test_mistakes_are_one_sentence(pyramid: Pyramid, tmp_path: Path) -> None:
    with pytest.raises(single.SingleError, match="cannot be trained for 0 rounds"):
        retrained(pyramid, RECIPE, LEVEL, 0)
    with pytest.raises(single.SingleError, match="level 0 does not exist here"):
        retrained(pyramid, RECIPE, 0, 1)
    with pytest.raises(single.SingleError, match=r"ends in .safetensors"):
        check(tmp_path / "new.pth")
    with pytest.raises(single.SingleError, match="cannot be written"):
        check(tmp_path / "nowhere" / "new.safetensors")
    with pytest.raises(single.SingleError, match="its recipe is compact"):
        recipe_of("fidelity-x2")
