"""What makes the recipe the notes': their tables, which level gets what, and when a level ends."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from ganvas.data.pyramid import ladder
from ganvas.game import Round
from ganvas.nets.pyramid import Noise, Pyramid
from ganvas.recipes import RECIPES, SettingsError, resolve
from ganvas.recipes.entrance import Entrance
from ganvas.recipes.improved_singan import ImprovedSinGANRecipe, reconstruction_error
from ganvas.recipes.singan import SinGANRecipe
from ganvas.training import Snapshots, train

QUICK = ("critic_turns=1", "generator_turns=1", "rounds=1")


def recipe_of(preset: str | None, *settings: str, name: str = "improved-singan") -> SinGANRecipe:
    recipe = resolve(RECIPES, name, preset, settings)
    assert isinstance(recipe, SinGANRecipe)
    return recipe


def plain(*settings: str) -> ImprovedSinGANRecipe:
    """All options off, on tiny nets."""
    small = ("min_size=12", "max_size=20", "width=4", "min_width=4", "milestones=[]", *QUICK)
    recipe = recipe_of(None, *small, *settings)
    assert isinstance(recipe, ImprovedSinGANRecipe)
    return recipe


def pyramid_of(played: Round) -> Pyramid:
    assert isinstance(played.stage.outcome, Pyramid)
    return played.stage.outcome


TABLE = """
original    none           rand rand rec rec  regular regular regular regular
early-stop  small_rec_loss rand rand rec rec  regular regular regular regular
plateau     plateau        rand rand rec rec  regular regular regular regular
real-a      dont_train     rand real rec rec  regular regular regular regular
real-b      none           real real rec rec  regular regular regular regular
real-c      none           rand real rec rec  regular regular regular regular
real-d      dont_train     rand real rec real regular regular regular regular
real-e      none           real real real real regular regular regular regular
real-f      none           rand real rec real regular regular regular regular
real-g      none           rand rand real real regular regular regular regular
up-a        none           rand rand real real sr sr regular regular
up-b        none           rand rand rec rec  sr sr sr sr
up-c        none           rand rand rec rec  regular sr regular regular
up-d        none           rand real rec real regular sr regular sr
up-e        none           rand real rec rec  regular sr regular sr
up-f        none           real real real real sr sr regular regular
up-g        none           real real real real regular sr regular sr
up-h        none           real real real real regular sr regular regular
up-i        none           real real rec rec  regular sr regular regular
"""
"""How the lower levels end; the normal loss of the lower levels and of the last, the reconstruction of both; the
up-sampling in the same order.
"""


@pytest.mark.parametrize("row", TABLE.strip().splitlines())
def test_presets_are_the_tables_of_the_notes(row: str) -> None:
    preset, stop, *rest = row.split()
    recipe = recipe_of(preset)
    assert isinstance(recipe, ImprovedSinGANRecipe)
    assert recipe.first_scales_early_stop_type == stop
    short = {"real_train": "real", "real_train_rec": "real"}
    modes = (
        recipe.first_scales_train_mode,
        recipe.last_scale_train_mode,
        recipe.first_scales_train_rec_mode,
        recipe.last_scale_train_rec_mode,
    )
    upsamples = (
        recipe.first_scales_upsample_type,
        recipe.last_scale_upsample_type,
        recipe.first_scales_rec_upsample_type,
        recipe.last_scale_rec_upsample_type,
    )
    assert [*(short.get(mode, mode) for mode in modes), *upsamples] == rest
    assert (recipe.alpha, recipe.min_size, recipe.rounds, recipe.fix_z_star) == (100, 18, 2000, False)


def test_the_notes_photos_have_the_notes_levels() -> None:
    recipe = recipe_of("original")
    assert [len(recipe.ladder(*size).sizes) for size in ((120, 80), (73, 163), (55, 123))] == [9, 8, 6]
    assert len(ladder(120, 80, 18, 250, recipe.scale_factor).sizes) == 8 + 1


@pytest.mark.parametrize("preset", [None, "early-stop"])
def test_defaults_are_singan_bit_for_bit(photo: torch.Tensor, preset: str | None) -> None:
    settings = ("min_size=12", "max_size=20", "width=4", "min_width=4", "rounds=2", "milestones=[1]", "alpha=10")

    def trained(recipe: SinGANRecipe) -> dict[str, torch.Tensor]:
        torch.manual_seed(5)
        *_, last = train(recipe.stages(photo))
        return last.stage.outcome.state_dict()

    base = trained(recipe_of(None if preset is None else "enlarge", "fix_z_star=false", *settings, name="singan"))
    own = trained(recipe_of(preset, *settings))
    assert base.keys() == own.keys()
    assert all(torch.equal(tensor, own[key]) for key, tensor in base.items())


FLAGS = {
    ("first", "rand"): ("first_scales_train_mode=real_train", "first_scales_upsample_type=sr"),
    ("last", "rand"): ("last_scale_train_mode=real_train", "last_scale_upsample_type=sr"),
    ("first", "rec"): ("first_scales_train_rec_mode=real_train_rec", "first_scales_rec_upsample_type=sr"),
    ("last", "rec"): ("last_scale_train_rec_mode=real_train_rec", "last_scale_rec_upsample_type=sr"),
}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, Noise, Entrance]]:
    """Who is asked for what enters which level."""
    calls: list[tuple[int, Noise, Entrance]] = []
    own = Entrance.__call__

    def noted(self: Entrance, pyramid: Pyramid, level: int, noise: Noise) -> torch.Tensor:
        calls.append((level, noise, self))
        return own(self, pyramid, level, noise)

    monkeypatch.setattr(Entrance, "__call__", noted)
    return calls


@pytest.mark.parametrize(("place", "flags"), FLAGS.items())
def test_each_option_is_for_its_levels_and_its_loss(
    photo: torch.Tensor,
    place: tuple[str, str],
    flags: tuple[str, str],
    asked: list[tuple[int, Noise, Entrance]],
) -> None:
    for _ in train(plain(*flags).stages(photo)):
        pass
    changed = {(level, noise) for level, noise, way in asked if way != Entrance()}
    levels = (2,) if place[0] == "last" else (0, 1)
    assert changed == {(level, place[1]) for level in levels}
    assert {way for level, noise, way in asked if (level, noise) in changed} == {
        Entrance("through_prev_generator", sharpened=True)
    }


def test_the_other_path_and_the_first_level_of_sr(
    photo: torch.Tensor, asked: list[tuple[int, Noise, Entrance]]
) -> None:
    flags = ("real_path=direct", "first_scales_train_mode=real_train", "sr_start_scale=2", "noise_after_sr=true")
    up = ("first_scales_upsample_type=sr", "last_scale_upsample_type=sr", "last_scale_rec_upsample_type=sr")
    for _ in train(plain(*flags, *up).stages(photo)):
        pass
    ways = {(level, noise): (way.photo, way.sharpened) for level, noise, way in asked}
    assert ways == {
        (0, "rand"): ("direct", False),
        (0, "rec"): (None, False),
        (1, "rand"): ("direct", False),
        (1, "rec"): (None, False),
        (2, "rand"): (None, True),
        (2, "rec"): (None, True),
    }
    assert all(way.noise_after for _, _, way in asked)


def test_a_part_of_the_fakes_is_made_of_the_photo(
    photo: torch.Tensor, asked: list[tuple[int, Noise, Entrance]]
) -> None:
    torch.manual_seed(0)
    stages = plain("mix_real_fraction=0.25", "rounds=1").stages(photo)
    first = next(stages)
    pyramid = first.outcome
    assert isinstance(pyramid, Pyramid)
    asked.clear()
    recipe = plain("mix_real_fraction=0.25")
    for _ in range(200):
        recipe.entering(pyramid, 0)
        recipe.entering(pyramid, 0, "rec")
    fed = [way.photo is not None for _, noise, way in asked if noise == "rand"]
    assert 30 <= sum(fed) <= 70
    assert not any(way.photo for _, noise, way in asked if noise == "rec")
    state = torch.get_rng_state()
    plain().entering(pyramid, 0)
    assert torch.equal(torch.get_rng_state(), state), "nothing is drawn for a choice that there is not"


def test_noise_is_as_strong_as_the_chosen_reconstruction_asks(photo: torch.Tensor) -> None:
    flags = ("first_scales_train_rec_mode=real_train_rec", "last_scale_train_rec_mode=real_train_rec")
    recipe = plain(*flags, "last_scale_rec_upsample_type=sr")
    for played in train(recipe.stages(photo)):
        pyramid, level = pyramid_of(played), played.index
        if level:
            way = Entrance("through_prev_generator", sharpened=level == 2)
            error = (2 * (way(pyramid, level, "rec") - pyramid.real(level))).square().mean().sqrt().item()
            other = (2 * (pyramid.entering(level, "rec") - pyramid.real(level))).square().mean().sqrt().item()
            assert pyramid.amplitudes[level].item() == pytest.approx(0.1 * error)
            assert level == 1 or error != pytest.approx(other)


def rounds_of(played: Iterator[Round]) -> list[int]:
    """How many rounds each level took."""
    counts: dict[int, int] = {}
    for each in played:
        counts[each.index] = each.number + 1
        assert each.last == (each.number + 1 == each.stage.rounds or each.stage.until(each.number, each.result))
    return list(counts.values())


def test_untrained_lower_levels(photo: torch.Tensor) -> None:
    dont = "first_scales_early_stop_type=dont_train"
    assert rounds_of(train(plain(dont, "rounds=5").stages(photo))) == [3, 3, 5]
    assert rounds_of(train(plain(dont, "rounds=5", "dont_train_epochs=2").stages(photo))) == [2, 2, 5]
    assert rounds_of(train(plain(dont, "rounds=2").stages(photo))) == [2, 2, 2]


def test_lower_levels_end_when_they_are_good_enough_and_the_last_never(photo: torch.Tensor) -> None:
    stop = ("first_scales_early_stop_type=small_rec_loss", "rounds=6")
    assert rounds_of(train(plain(*stop, "early_stop_threshold=1e9", "early_stop_min_epoch=3").stages(photo))) == [
        4,
        4,
        6,
    ]
    assert rounds_of(train(plain(*stop, "early_stop_threshold=0", "early_stop_min_epoch=3").stages(photo))) == [6] * 3
    assert rounds_of(train(plain(*stop, "early_stop_threshold=1e9").stages(photo))) == [6] * 3, "200 by default"


@pytest.mark.parametrize(("unit", "counted"), [("weighted", 1.0), ("mse", 0.1)])
def test_the_error_is_weighted_or_not(photo: torch.Tensor, unit: str, counted: float) -> None:
    stop = ("first_scales_early_stop_type=small_rec_loss", f"early_stop_unit={unit}", "early_stop_min_epoch=0")

    def first(threshold: float) -> Round:
        torch.manual_seed(0)
        return next(train(plain(*stop, "rounds=2", f"early_stop_threshold={threshold}").stages(photo)))

    error = reconstruction_error(first(0.0).result) * counted
    assert not first(error * 0.999).last
    assert first(error * 1.001).last


STOPS = {
    "small_rec_loss": ("early_stop_threshold=1e9", "early_stop_min_epoch=2"),
    "plateau": ("early_stop_threshold=0", "early_stop_min_epoch=2", "plateau_window=2", "plateau_change=100"),
}


@pytest.mark.parametrize(("kind", "numbers"), STOPS.items())
@pytest.mark.parametrize("lost", [0, 1, 2])
def test_killed_around_a_stop_it_ends_in_the_same_bits(
    photo: torch.Tensor, tmp_path: Path, kind: str, numbers: tuple[str, ...], lost: int
) -> None:
    """``lost`` rounds before the stop are in no snapshot when the kill comes, just after the stop."""
    recipe = plain(f"first_scales_early_stop_type={kind}", "rounds=5", *numbers)

    def through(folder: Path, kill: bool) -> tuple[dict[str, torch.Tensor], list[tuple[int, int]]]:
        torch.manual_seed(3)
        snapshots, places, last = Snapshots(folder), list[tuple[int, int]](), None
        for last in train(recipe.stages(photo), snapshots):
            places.append((last.index, last.number))
            stop = 2 if kind == "small_rec_loss" else 3
            if not kill or last.index == 0 or last.number <= stop - lost:
                snapshots.save(last)
            if kill and last.index == 1 and last.last:
                assert last.number == stop
                break
        assert last is not None
        return {key: tensor.clone() for key, tensor in last.stage.outcome.state_dict().items()}, places

    whole, places = through(tmp_path / "whole", kill=False)
    through(tmp_path / "broken", kill=True)
    torch.manual_seed(99)
    again, rest = through(tmp_path / "broken", kill=False)
    assert rest == places[len(places) - 5 - lost :], "only what was lost is played again"
    assert all(torch.equal(tensor, again[key]) for key, tensor in whole.items())


def test_what_does_not_fit_together_is_said() -> None:
    with pytest.raises(SettingsError, match="animations"):
        plain("noise_padding=true")
    with pytest.raises(SettingsError, match="no level knows when to stop"):
        plain("alpha=0", "first_scales_early_stop_type=plateau")
    with pytest.raises(SettingsError, match="last_scale_upsample_type"):
        plain("last_scale_upsample_type=cubic")
