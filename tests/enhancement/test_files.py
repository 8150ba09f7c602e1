"""Where results go, what is done already, what cannot be done."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from ganvas.enhancement import SizeError, Target
from ganvas.enhancement.files import FilesError, Job, Options, enhance_file, enhance_files, is_done, jobs
from ganvas.errors import GanvasError
from ganvas.images import Picture, read, write
from ganvas.models import KEEPING


def photo(path: Path, size: tuple[int, int] = (6, 8), **more: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(0).random((*size, 3), dtype=np.float32) * 0.5 + 0.2
    write(Picture(pixels, **more), path)  # type: ignore[arg-type]
    return path


def targets(inputs: list[Path], output: Path | None = None, **options: object) -> list[Path | str]:
    return [job.target for job in jobs(inputs, output, Options(**options))]  # type: ignore[arg-type]


def test_a_file_goes_beside_itself(tmp_path: Path) -> None:
    path = photo(tmp_path / "a.jpg")
    assert targets([path]) == [tmp_path / "a_x4.jpg"]
    assert targets([path], target=Target(scale=2.5)) == [tmp_path / "a_x2.5.jpg"]
    assert targets([path], target=Target(width=80)) == [tmp_path / "a_80x60.jpg"]
    assert targets([path], format="png") == [tmp_path / "a_x4.png"]
    assert targets([path], style="restore") == [tmp_path / "a_x4_restore.jpg"]


def test_a_style_has_places_of_its_own(tmp_path: Path) -> None:
    path = photo(tmp_path / "in" / "a.jpg")
    assert targets([path.parent], style="restore") == [tmp_path / "in-restore" / "a.jpg"]


def test_a_model_and_a_style_are_not_both_asked_for() -> None:
    with pytest.raises(FilesError, match="--model a and --style restore are both given"):
        Options(model="a", style="restore")


def test_output_is_a_file_or_a_folder(tmp_path: Path) -> None:
    one, two = photo(tmp_path / "a.jpg"), photo(tmp_path / "b.png")
    assert targets([one], tmp_path / "out.png") == [tmp_path / "out.png"]
    assert targets([one], tmp_path / "new") == [tmp_path / "new" / "a.jpg"]
    assert targets([one, two], tmp_path / "new") == [tmp_path / "new" / "a.jpg", tmp_path / "new" / "b.png"]


def test_folders_are_mirrored(tmp_path: Path) -> None:
    for name in ("in/a.jpg", "in/sub/deep/b.png", "in/notes.txt.jpg"):
        photo(tmp_path / name)
    (tmp_path / "in" / "readme.txt").write_text("no picture")
    (tmp_path / "in" / ".hidden.jpg").write_text("no picture")
    out = tmp_path / "in-enhanced"
    assert targets([tmp_path / "in"]) == [out / "a.jpg", out / "notes.txt.jpg", out / "sub" / "deep" / "b.png"]


def test_an_output_within_the_input_is_not_walked(tmp_path: Path) -> None:
    photo(tmp_path / "in" / "a.jpg")
    photo(tmp_path / "in" / "out" / "a.jpg")
    assert targets([tmp_path / "in"], tmp_path / "in" / "out") == [tmp_path / "in" / "out" / "a.jpg"]


def test_what_does_not_go_together_is_refused(tmp_path: Path) -> None:
    one, two = photo(tmp_path / "in" / "a.jpg"), photo(tmp_path / "in" / "a.png")
    with pytest.raises(FilesError, match=r"a\.jpg and .*a\.png would both become .*a\.webp"):
        targets([tmp_path / "in"], tmp_path / "out", format="webp")
    with pytest.raises(FilesError, match="would be written over an input"):
        targets([one, two], two.parent)
    (tmp_path / "empty").mkdir()
    with pytest.raises(FilesError, match="there is no picture in"):
        targets([tmp_path / "empty"])
    for inputs in ([tmp_path / "in"], [one, two], [Path("-"), two]):
        with pytest.raises(FilesError, match="only one picture can go to the standard output"):
            targets(inputs, Path("-"))


def test_a_folder_called_by_dots(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    photo(tmp_path / "in" / "sub" / "a.jpg")
    monkeypatch.chdir(tmp_path / "in" / "sub")
    assert targets([Path(".")]) == [tmp_path / "in" / "sub-enhanced" / "a.jpg"]
    assert targets([Path("..")]) == [tmp_path / "in-enhanced" / "sub" / "a.jpg"]


def test_what_no_picture_could_be_made_with_is_said_once(tmp_path: Path) -> None:
    for wrong in ({"format": "gif"}, {"quality": 0}, {"quality": 101}, {"device": "abacus"}):
        with pytest.raises(GanvasError):
            Options(**wrong)  # type: ignore[arg-type]
    job = Job(photo(tmp_path / "a.jpg"), tmp_path / "new" / "a.jpg")
    with pytest.raises(GanvasError, match="there is no model 'nothing'"):
        enhance_files([job], Options(model="nothing"))
    assert not (tmp_path / "new").exists()


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path: Path, bicubic_model: str) -> None:
    source = photo(tmp_path / "a.jpg")
    (tmp_path / "file").touch()
    for target in (tmp_path / "file" / "b.jpg", tmp_path / "file" / "sub" / "b.jpg"):
        (failure,) = enhance_files([Job(source, target)], Options(Target(scale=2), bicubic_model))
        assert "cannot be made: there is a file of that name" in failure.reason


def test_done_is_newer_than_its_source(tmp_path: Path) -> None:
    source, target = photo(tmp_path / "a.jpg"), photo(tmp_path / "b.jpg")
    job = Job(source, target)
    os.utime(source, (100, 100))
    os.utime(target, (200, 200))
    assert is_done(job, Options())
    assert not is_done(job, Options(overwrite=True))
    os.utime(source, (300, 300))
    assert not is_done(job, Options())


def test_one_broken_file_does_not_stop_the_others(tmp_path: Path, bicubic_model: str) -> None:
    for name in ("a.jpg", "sub/c.jpg"):
        photo(tmp_path / "in" / name)
    (tmp_path / "in" / "b.jpg").write_bytes(b"not a picture")
    options = Options(Target(scale=2), bicubic_model)
    failures = enhance_files(jobs([tmp_path / "in"], tmp_path / "out", options), options)
    assert [str(failure.job.source) for failure in failures] == [str(tmp_path / "in" / "b.jpg")]
    assert "b.jpg" in failures[0].reason
    assert sorted(path.name for path in (tmp_path / "out").rglob("*") if path.is_file()) == ["a.jpg", "c.jpg"]


def test_everything_is_kept_from_file_to_file(tmp_path: Path, bicubic_model: str) -> None:
    source = photo(tmp_path / "a.tif", depth=16, dpi=(240.0, 240.0), alpha=np.ones((6, 8), np.float32))
    target = tmp_path / "b.tif"
    enhance_file(Job(source, target), Options(Target(scale=2), bicubic_model))
    before, after = read(source), read(target)
    assert (after.width, after.height, after.depth) == (16, 12, 16)
    assert after.dpi == pytest.approx(before.dpi)
    assert after.alpha is not None
    assert (after.alpha == 1).all()
    assert abs(after.pixels.mean() - before.pixels.mean()) < 0.01


def test_a_result_that_is_refused_is_not_written(
    tmp_path: Path, bicubic_model: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ganvas.enhancement.model import Model

    source = photo(tmp_path / "a.png")
    monkeypatch.setattr(Model, "_run", lambda self, image: image.repeat_interleave(2, 2).repeat_interleave(2, 3) * 0)
    options = Options(Target(scale=2), bicubic_model)
    (failure,) = enhance_files([Job(source, tmp_path / "b.png")], options)
    assert "is black" in failure.reason
    assert "a.png" in failure.reason
    assert list(tmp_path.iterdir()) == [source]
    assert not enhance_files([Job(source, tmp_path / "b.png")], Options(Target(scale=2), bicubic_model, guard=False))


def test_a_target_that_cannot_be_is_said_before_the_work(tmp_path: Path, bicubic_model: str) -> None:
    source = photo(tmp_path / "a.png", (4, 6000))
    (failure,) = enhance_files([Job(source, tmp_path / "b.webp")], Options(Target(scale=4), bicubic_model))
    assert "24000 x 16" in failure.reason
    assert "WebP" in failure.reason


def test_what_is_not_a_number_is_refused_without_a_warning(
    tmp_path: Path, bicubic_model: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ganvas.enhancement.model import Model

    source = photo(tmp_path / "a.png")
    enlarged = Model._run
    monkeypatch.setattr(Model, "_run", lambda self, image: enlarged(self, image) / image.new_zeros(()))
    (failure,) = enhance_files([Job(source, tmp_path / "b.png")], Options(Target(scale=2), bicubic_model))
    assert "holds values that are not numbers" in failure.reason
    assert not enhance_files([Job(source, tmp_path / "b.png")], Options(Target(scale=2), bicubic_model, guard=False))


@pytest.fixture
def bundle(model_of: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Small models stand in for the bundled ones; deblur's changes little, so that the guard lets it pass."""
    monkeypatch.setitem(KEEPING, "deblur", model_of("deblur", spread=0.02))
    monkeypatch.setitem(KEEPING, "dehaze", model_of("dehaze"))


def test_results_of_one_size_are_called_by_what_was_done(tmp_path: Path, model_of: Callable[..., str]) -> None:
    path, folder = photo(tmp_path / "in" / "photo.jpg"), tmp_path / "in"
    assert targets([path], task="deblur") == [folder / "photo_deblur.jpg"]
    assert targets([path], task="dehaze", format="png") == [folder / "photo_dehaze.png"]
    assert targets([folder], task="dehaze") == [tmp_path / "in-dehaze" / "photo.jpg"]
    model = model_of("cyclegan")
    assert targets([path], model=model) == [folder / "photo_enhanced.jpg"]
    assert targets([folder], model=model) == [tmp_path / "in-enhanced" / "photo.jpg"]
    assert targets([path], model=model, backwards=True) == [folder / "photo_backwards.jpg"]
    assert targets([folder], model=model, backwards=True) == [tmp_path / "in-backwards" / "photo.jpg"]


def test_a_size_does_not_go_with_what_keeps_it(tmp_path: Path, model_of: Callable[..., str]) -> None:
    path, same = photo(tmp_path / "photo.jpg"), model_of("deblur")
    for asked in (Target(scale=2), Target(width=9), Target(height=9), Target(megapixels=1), Target(scale=1)):
        with pytest.raises(SizeError, match="the task dehaze keeps the size of a picture"):
            targets([path], task="dehaze", target=asked)
        with pytest.raises(SizeError, match=r"the model .*model\.safetensors keeps the size of a picture"):
            targets([path], model=same, target=asked)
    with pytest.raises(SizeError, match="the task dehaze has no styles"):
        targets([path], task="dehaze", style="sharp")


def test_a_model_and_a_task_are_not_both_asked_for() -> None:
    with pytest.raises(FilesError, match="--model a and --task dehaze are both given"):
        Options(model="a", task="dehaze")


def test_a_model_that_a_task_lacks_is_said_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(KEEPING, "deblur", "not-there")
    for name in ("a.jpg", "b.jpg"):
        photo(tmp_path / "in" / name)
    options = Options(task="deblur")
    with pytest.raises(GanvasError, match="there is no model 'not-there'"):
        enhance_files(jobs([tmp_path / "in"], None, options), options)
    assert [path.name for path in tmp_path.iterdir()] == ["in"]


def test_backwards_needs_a_model_of_two_directions(tmp_path: Path, model_of: Callable[..., str]) -> None:
    with pytest.raises(FilesError, match="--backwards needs a --model that has two directions"):
        Options(backwards=True)
    with pytest.raises(FilesError, match="--backwards needs a --model that has two directions"):
        Options(backwards=True, task="dehaze")
    options = Options(model=model_of("deblur"), backwards=True)
    job = Job(photo(tmp_path / "a.jpg"), tmp_path / "new" / "a.jpg")
    with pytest.raises(GanvasError, match="has one direction only: leave out --backwards"):
        enhance_files([job], options)
    assert not (tmp_path / "new").exists()


@pytest.mark.usefixtures("bundle")
@pytest.mark.parametrize("task", ["deblur", "dehaze"])
@pytest.mark.parametrize("depth", [8, 16])
@pytest.mark.parametrize("channels", [1, 3])
def test_everything_is_kept_at_one_size(task: str, depth: int, channels: int, tmp_path: Path) -> None:
    levels = 255 if depth == 8 else 65535
    random = np.random.default_rng(0)
    alpha = (random.integers(0, levels + 1, (13, 18)) / levels).astype(np.float32)
    pixels = random.random((13, 18, channels), dtype=np.float32) * 0.5 + 0.2
    source, target = tmp_path / "a.tif", tmp_path / "b.tif"
    write(Picture(pixels, alpha, depth=depth, dpi=(240.0, 240.0)), source)  # type: ignore[arg-type]
    enhance_file(Job(source, target), Options(task=task))  # type: ignore[arg-type]
    before, after = read(source), read(target)
    assert (after.width, after.height, after.depth, after.grey) == (18, 13, depth, channels == 1)
    assert before.alpha is not None
    assert after.alpha is not None
    assert np.array_equal(after.alpha, before.alpha)
    assert after.dpi == pytest.approx(before.dpi)
    assert not np.array_equal(after.pixels, before.pixels)
    steps = after.pixels.astype(np.float64) * 255
    assert (np.abs(steps - steps.round()).max() > 0.1) == (depth == 16)


def test_chance_is_switched_off_where_that_is_asked_for(tmp_path: Path, model_of: Callable[..., str]) -> None:
    source, model = photo(tmp_path / "a.png", (12, 16)), model_of("pix2pix")
    made: dict[bool, list[bytes]] = {False: [], True: []}
    for steady in (False, False, True, True):
        options = Options(model=model, steady=steady)
        assert not enhance_files([Job(source, tmp_path / "b.png")], options)
        made[steady].append((tmp_path / "b.png").read_bytes())
    assert made[False][0] != made[False][1]
    assert made[True][0] == made[True][1]


def test_grey_becomes_colour_where_it_is_translated(tmp_path: Path, model_of: Callable[..., str]) -> None:
    pixels = np.random.default_rng(0).random((12, 16, 1), dtype=np.float32)
    write(Picture(pixels, np.full((12, 16), 0.6, np.float32)), tmp_path / "a.png")
    enhance_file(Job(tmp_path / "a.png", tmp_path / "b.png"), Options(model=model_of("cyclegan", spread=0.2)))
    before, after = read(tmp_path / "a.png"), read(tmp_path / "b.png")
    assert before.grey
    assert np.ptp(after.pixels, axis=2).max() > 0.01
    assert np.array_equal(after.alpha, before.alpha)  # type: ignore[arg-type]
