"""The command as a person calls it: one sentence for what is wrong, never a traceback."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms
from typer.testing import CliRunner

from ganvas.cli.main import app
from ganvas.errors import GanvasError
from ganvas.models import KEEPING


def run(*arguments: object) -> tuple[int, str]:
    """Exit code and what stands on stderr (or the error that main() would print)."""
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    if isinstance(result.exception, GanvasError):
        return 1, str(result.exception)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.stderr


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    pixels = np.random.default_rng(0).integers(60, 180, (9, 12, 3), dtype=np.uint8)
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x0110] = "Camera"
    Image.fromarray(pixels).save(tmp_path / "photo.jpg", exif=exif, icc_profile=None, dpi=(300, 300), quality=95)
    return tmp_path / "photo.jpg"


def test_a_photo_beside_itself(photo: Path, bicubic_model: str) -> None:
    assert run("enhance", photo, "--scale", 2, "--model", bicubic_model) == (0, "")
    with Image.open(photo.with_name("photo_x2.jpg")) as made:
        assert made.size == (18, 24)  # turned upright
        assert made.getexif().get(0x0112) == 1
        assert made.getexif().get(0x0110) == "Camera"
        assert made.info["dpi"] == (300, 300)


def test_a_second_call_has_nothing_to_do(photo: Path, bicubic_model: str) -> None:
    run("enhance", photo, "--scale", 2, "--model", bicubic_model)
    made = photo.with_name("photo_x2.jpg")
    before = made.stat().st_mtime_ns
    code, said = run("enhance", photo, "--scale", 2, "--model", bicubic_model)
    assert code == 0
    assert "1 of 1 are done already" in said
    assert made.stat().st_mtime_ns == before
    run("enhance", photo, "--scale", 2, "--model", bicubic_model, "--overwrite")
    assert made.stat().st_mtime_ns > before


@pytest.mark.parametrize("mode", ["L", "CMYK", "P", "1", "RGBA", "LA", "I;16"])
def test_every_mode(mode: str, tmp_path: Path, bicubic_model: str) -> None:
    grey = Image.fromarray(np.random.default_rng(0).integers(60, 180, (9, 12), dtype=np.uint8))
    image = Image.fromarray(np.full((9, 12), 30000, np.uint16)) if mode == "I;16" else grey.convert(mode)
    source = tmp_path / ("a.jpg" if mode == "CMYK" else "a.png")
    image.save(source)
    assert run("enhance", source, "--scale", 2, "--model", bicubic_model, "-o", tmp_path / "b.png")[0] == 0
    with Image.open(tmp_path / "b.png") as made:
        assert made.size == (24, 18)
        assert ("A" in made.mode) == ("A" in mode)
        assert (made.mode in ("L", "LA", "I;16")) == (mode in ("L", "LA", "1", "I;16"))


@pytest.mark.parametrize("size", [(1, 1), (2000, 3)])
def test_small_and_thin(size: tuple[int, int], tmp_path: Path, bicubic_model: str) -> None:
    Image.new("RGB", size, (90, 120, 60)).save(tmp_path / "a.png")
    assert run("enhance", tmp_path / "a.png", "--scale", 3, "--model", bicubic_model, "-o", tmp_path / "b.png") == (
        0,
        "",
    )
    with Image.open(tmp_path / "b.png") as made:
        assert made.size == (size[0] * 3, size[1] * 3)
        assert made.getpixel((0, 0)) == pytest.approx((90, 120, 60), abs=1)


def test_a_folder_with_broken_files(tmp_path: Path, bicubic_model: str, photo: Path) -> None:
    folder = tmp_path / "in"
    (folder / "sub").mkdir(parents=True)
    (folder / "a.jpg").write_bytes(photo.read_bytes())
    (folder / "sub" / "b.jpg").write_bytes(photo.read_bytes())
    (folder / "cut.jpg").write_bytes(photo.read_bytes()[:200])
    (folder / "sub" / "empty.png").touch()
    code, said = run("enhance", folder, "-o", tmp_path / "out", "--scale", 2, "--model", bicubic_model)
    assert code == 1
    lines = said.splitlines()
    assert len(lines) == 3
    assert "cut.jpg" in lines[0]
    assert "empty.png" in lines[1]
    assert lines[2] == "2 of 4 pictures could not be enhanced"
    assert sorted(path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*.*")) == [
        "a.jpg",
        "sub/b.jpg",
    ]


def test_standard_input_and_output(photo: Path, bicubic_model: str) -> None:
    command = [sys.executable, "-m", "ganvas", "enhance", "-", "-o", "-", "--scale", "2", "--model", bicubic_model]
    done = subprocess.run(command, input=photo.read_bytes(), capture_output=True, check=True)
    with Image.open(BytesIO(done.stdout)) as made:
        assert (made.format, made.size) == ("JPEG", (18, 24))
    assert done.stderr == b""


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nowhere.jpg"], "nowhere.jpg"),
        (["{photo}", "--model", "nothing"], "there is no model 'nothing'"),
        (["{photo}", "--format", "gif"], "'gif' is not a format that can be written"),
        (["{photo}", "-o", "{folder}/a.xyz"], "a.xyz"),
        (["{photo}", "--scale", "0"], "--scale must be more than 0"),
        (["{photo}", "--scale", "99"], "the most is 16 times"),
        (["{photo}", "--scale", "2", "--width", "10"], "not several"),
        (["{photo}", "--device", "abacus"], "there is no device 'abacus'"),
        (["{photo}", "--max-pixels", "10"], "--max-pixels"),
        (["{photo}", "--quality", "400"], "quality"),
    ],
)
def test_what_is_wrong_is_one_sentence(arguments: list[str], sentence: str, photo: Path, bicubic_model: str) -> None:
    filled = [argument.format(photo=photo, folder=photo.parent) for argument in arguments]
    model = [] if "--model" in filled else ["--model", bicubic_model]
    code, said = run("enhance", *filled, *model)
    assert code == 1
    assert sentence in said
    assert len(said.strip().splitlines()) == 1
    assert "Traceback" not in said
    assert [path.name for path in photo.parent.iterdir()] == ["photo.jpg"]


@pytest.fixture
def bundle(model_of: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Small models stand in for the bundled ones; deblur's changes little, so that the guard lets it pass."""
    monkeypatch.setitem(KEEPING, "deblur", model_of("deblur", spread=0.02))
    monkeypatch.setitem(KEEPING, "dehaze", model_of("dehaze"))


@pytest.mark.usefixtures("bundle")
@pytest.mark.parametrize("task", ["deblur", "dehaze"])
def test_a_task_at_the_size_of_the_photo(task: str, photo: Path) -> None:
    assert run("enhance", photo, "--task", task) == (0, "")
    with Image.open(photo.with_name(f"photo_{task}.jpg")) as made:
        assert made.size == (9, 12)  # turned upright
        assert made.getexif().get(0x0112) == 1
        assert made.getexif().get(0x0110) == "Camera"
        assert made.info["dpi"] == (300, 300)


@pytest.mark.usefixtures("bundle")
def test_a_folder_has_its_partner(photo: Path, tmp_path: Path) -> None:
    for name in ("trip/a.jpg", "trip/sub/b.jpg"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(photo.read_bytes())
    assert run("enhance", tmp_path / "trip", "--task", "dehaze") == (0, "")
    made = tmp_path / "trip-dehaze"
    assert sorted(path.relative_to(made).as_posix() for path in made.rglob("*.*")) == ["a.jpg", "sub/b.jpg"]
    assert "2 of 2 are done already" in run("enhance", tmp_path / "trip", "--task", "dehaze")[1]


@pytest.mark.usefixtures("bundle")
@pytest.mark.parametrize("task", ["deblur", "dehaze"])
def test_transparency_and_profile_stay_byte_for_byte(task: str, tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    pixels = np.dstack([random.integers(60, 180, (9, 12, 3)), random.integers(0, 256, (9, 12))]).astype(np.uint8)
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    Image.fromarray(pixels).save(tmp_path / "a.png", icc_profile=profile)
    assert run("enhance", tmp_path / "a.png", "--task", task) == (0, "")
    with Image.open(tmp_path / f"a_{task}.png") as made:
        assert made.mode == "RGBA"
        assert made.getchannel("A").tobytes() == pixels[..., 3].tobytes()
        assert made.info["icc_profile"] == profile
        assert made.convert("RGB").tobytes() != pixels[..., :3].tobytes()


def test_both_directions_of_a_model(photo: Path, model_of: Callable[..., str]) -> None:
    model = model_of("cyclegan")
    assert run("enhance", photo, "--model", model) == (0, "")
    assert run("enhance", photo, "--model", model, "--backwards") == (0, "")
    made = []
    for name in ("photo_enhanced.jpg", "photo_backwards.jpg"):
        with Image.open(photo.with_name(name)) as image:
            assert image.size == (9, 12)
            made.append(image.tobytes())
    assert made[0] != made[1]


def test_chance_and_steadiness(photo: Path, model_of: Callable[..., str], tmp_path: Path) -> None:
    arguments = ("enhance", photo, "--model", model_of("pix2pix"), "-o", tmp_path / "b.png", "--overwrite")
    made: list[bytes] = []
    for more in ((), (), ("--steady",), ("--steady",)):
        assert run(*arguments, *more) == (0, "")
        made.append((tmp_path / "b.png").read_bytes())
    assert made[0] != made[1]
    assert made[2] == made[3]


@pytest.mark.usefixtures("bundle")
@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--task", "dehaze", "--scale", "2"], "the task dehaze keeps the size of a picture: leave out the size"),
        (["--task", "dehaze", "--width", "80"], "the task dehaze keeps the size of a picture: leave out the size"),
        (["--task", "deblur", "--style", "sharp"], "the task deblur has no styles: leave out --style sharp"),
        (["--task", "deblur", "--model", "{same}"], "and --task deblur are both given: give one of them"),
        (["--model", "{same}", "--megapixels", "1"], "keeps the size of a picture: leave out the size"),
        (["--model", "{same}", "--style", "sharp"], "and --style sharp are both given: give one of them"),
        (["--model", "{same}", "--backwards"], "has one direction only: leave out --backwards"),
        (["--backwards"], "--backwards needs a --model that has two directions"),
        (["--task", "dehaze", "--backwards"], "--backwards needs a --model that has two directions"),
    ],
)
def test_what_does_not_go_with_a_task_is_one_sentence(
    arguments: list[str], sentence: str, photo: Path, model_of: Callable[..., str]
) -> None:
    filled = [argument.format(same=model_of("deblur")) for argument in arguments]
    code, said = run("enhance", photo, *filled)
    assert code == 1
    assert sentence in said
    assert len(said.strip().splitlines()) == 1
    assert [path.name for path in photo.parent.iterdir()] == ["photo.jpg"]


def test_a_task_whose_model_is_missing_is_one_sentence(photo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(KEEPING, "dehaze", "not-there")
    code, said = run("enhance", photo, "--task", "dehaze")
    assert code == 1
    assert "there is no model 'not-there': give a file, or one of" in said
    assert len(said.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("imported", "heavy"),
    [
        ("ganvas.cli.main", ("torch", "numpy", "PIL", "pydantic")),  # no heavy library until a command runs
        (
            "ganvas.enhancement, ganvas.runs",
            ("lightning_fabric", "torch._dynamo"),
        ),  # and none of training's before that
    ],
)
def test_the_start_is_quick(imported: str, heavy: Sequence[str]) -> None:
    code = f"import sys, {imported}; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
