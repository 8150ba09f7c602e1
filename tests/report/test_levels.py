"""The pictures, lines and times of the notes on Improved SinGAN, and a training that does not notice."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from ganvas.images import Picture, read, write
from ganvas.nets.pyramid import Pyramid
from ganvas.recipes import RECIPES, resolve
from ganvas.recipes.improved_singan import ImprovedSinGANRecipe
from ganvas.recipes.singan import SinGANRecipe
from ganvas.report.levels import LevelDebug, debug_of
from ganvas.report.times import TWIN, read_times
from ganvas.runs import Settings, train_into
from ganvas.training import train

TINY = ("min_size=12", "max_size=20", "width=4", "min_width=4", "milestones=[]", "critic_turns=1", "generator_turns=1")


def tiny(*settings: str) -> ImprovedSinGANRecipe:
    recipe = resolve(RECIPES, "improved-singan", None, (*TINY, *settings))
    assert isinstance(recipe, ImprovedSinGANRecipe)
    return recipe


def test_only_the_notes_recipe_is_watched(tmp_path: Path) -> None:
    assert debug_of(tmp_path, SinGANRecipe()) is None
    assert debug_of(tmp_path, ImprovedSinGANRecipe()) is not None


def test_ten_times_a_level_at_its_last_round_and_where_it_stops(photo: torch.Tensor, tmp_path: Path) -> None:
    stop = ("first_scales_early_stop_type=small_rec_loss", "early_stop_threshold=1e9", "early_stop_min_epoch=4")
    recipe = tiny("rounds=21", *stop)
    debug = LevelDebug(tmp_path, recipe)
    for played in train(recipe.stages(photo)):
        debug(played)
    for level, numbers in enumerate(((0, 2, 4), (0, 2, 4), (*range(0, 21, 2),))):
        names = {f"{what}_{number}.png" for number in numbers for what in ("fake_sample", "G(z_opt)")}
        assert {path.name for path in (tmp_path / f"pictures/level-{level}").iterdir()} == names | {"real_scale.png"}
    assert list(read_times(tmp_path / TWIN).minutes) == [0, 1, 2]


def test_it_shows_what_the_training_sees(photo: torch.Tensor, tmp_path: Path) -> None:
    """The reconstruction in the picture after a round is the one that the next round is the first to improve."""
    recipe = tiny("rounds=2", "fix_z_star=true", "last_scale_train_rec_mode=real_train_rec")
    debug, made = LevelDebug(tmp_path, recipe), list[torch.Tensor]()
    for played in train(recipe.stages(photo)):
        pyramid, place = played.stage.outcome, tmp_path / f"pictures/level-{played.index}"
        assert isinstance(pyramid, Pyramid)
        if played.number == 0:
            debug(played)
            made.clear()
            note = lambda _, __, output: made.append(output.detach() / 2 + 0.5)  # noqa: E731
            hook = pyramid.levels[-1].register_forward_hook(note)
        else:
            hook.remove()
            again, real = (read(place / f"{name}.png").pixels for name in ("G(z_opt)_0", "real_scale"))
            _, expected, _ = made  # between the fakes of the critic's turn and of the generator's
            assert np.abs(again - Picture.from_tensor(expected).pixels).max() < 0.51 / 255
            assert np.abs(real - Picture.from_tensor(pyramid.real(played.index)).pixels).max() < 0.51 / 255


def told(rounds: int, stop: int | None = None) -> list[str]:
    """The lines of a level of so many rounds that ends early after round ``stop``."""
    recipe = tiny(f"rounds={rounds}")
    stage = next(recipe.stages(torch.rand(1, 3, 12, 14)))
    stage.until = lambda number, result: number == stop
    debug, lines = LevelDebug(Path(), recipe), list[str]()
    for played in train([stage]):
        if line := debug.told(played):
            error = played.result["generator"]["reconstruction"]
            assert f"reconstruction {error:.5g}" in line
            lines.append(line)
    return lines


def numbers(lines: list[str]) -> list[int]:
    return [int(line.split(":")[0].split("round ")[1]) for line in lines]


def test_errors_are_told_every_25_rounds_and_with_the_pictures() -> None:
    assert numbers(told(40)) == [0, 4, 8, 12, 16, 20, 24, 25, 28, 32, 36, 39]
    lines = told(60, stop=31)
    assert numbers(lines)[-2:] == [30, 31]
    assert lines[-1].endswith("; good enough, the level ends here")
    assert "ends" not in "".join(lines[:-1])


def test_the_training_does_not_notice_and_a_stopped_run_goes_on(photo: torch.Tensor, tmp_path: Path) -> None:
    write(Picture.from_tensor(photo), tmp_path / "photo.png")
    recipe = tiny("rounds=2", "mix_real_fraction=0.5", "last_scale_upsample_type=sr")

    def run(name: str, watched: bool, kill: int | None = None) -> bytes | None:
        folder, count = tmp_path / name, 0
        debug = LevelDebug(folder, recipe)

        def watch(played: object) -> None:
            nonlocal count
            count += 1
            if watched:
                debug(played)  # pyright: ignore
            if count == kill:
                raise InterruptedError

        settings = Settings(save_every=1, device="cpu")
        if kill is None:
            return train_into(folder, recipe, tmp_path / "photo.png", settings, watch).read_bytes()
        with pytest.raises(InterruptedError):
            train_into(folder, recipe, tmp_path / "photo.png", settings, watch)
        return None

    plain, watched = run("plain", watched=False), run("watched", watched=True)
    run("killed", watched=True, kill=3)
    assert plain == watched == run("killed", watched=True)
    assert len(read_times(tmp_path / "killed" / TWIN).minutes) == 3
    pictures = [
        sorted(path.name for path in (tmp_path / name / "pictures").rglob("*.png")) for name in ("watched", "killed")
    ]
    assert pictures[0] == pictures[1]
    for path in (tmp_path / "watched/pictures").rglob("*.png"):
        assert path.read_bytes() == (tmp_path / "killed" / path.relative_to(tmp_path / "watched")).read_bytes()
