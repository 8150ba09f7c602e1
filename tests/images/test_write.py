"""Round trips through every format, what a format cannot hold, and files that are whole or not there."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, BinaryIO, cast

import numpy as np
import pytest
import pyvips
from PIL import Image

from ganvas.images import Canvas, Depth, Picture, PictureError, check_target, default_format, encode, read, write

LOSSLESS = ["png", "tiff", "bmp"]


def picture(channels: int = 3, depth: Depth = 8, alpha: bool = False, format: str | None = None) -> Picture:
    """A smooth picture of exact ``depth``-bit values."""
    y, x = np.mgrid[0:45, 0:62]
    slopes = np.stack((x / 61, y / 44, 1 - (x + y) / 105, x * y / (61 * 44)), axis=-1)
    values = (np.rint(slopes * (2**depth - 1)) / (2**depth - 1)).astype(np.float32)
    return Picture(values[..., :channels].copy(), values[..., 3].copy() if alpha else None, depth=depth, format=format)


@pytest.mark.parametrize("depth", [8, 16])
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("alpha", [False, True])
@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".tif", ".bmp"])
def test_round_trip(tmp_path: Path, suffix: str, channels: int, depth: Depth, alpha: bool) -> None:
    original = picture(channels, depth, alpha)
    path = tmp_path / f"a{suffix}"
    remarks = write(original, path)
    result = read(path)
    deep, holds_alpha, exact = (
        suffix in (".png", ".tif"),
        suffix in (".png", ".tif", ".webp"),
        suffix in (".png", ".tif"),
    )
    assert result.depth == (depth if deep else 8)
    assert (result.alpha is not None) == (alpha and holds_alpha)
    # WebP knows no grey.
    assert result.pixels.shape[2] == (3 if suffix == ".webp" else channels)
    shown = original.pixels
    if original.alpha is not None and not holds_alpha:
        shown = shown * original.alpha[..., None] + 1 - original.alpha[..., None]
    visible = 1.0 if result.alpha is None else (result.alpha[..., None] > 0)
    difference = np.abs(result.pixels - shown) * visible
    assert difference.max() <= (1e-7 if exact else 0.51 / 255 if suffix == ".bmp" else 0.12)
    if original.alpha is not None and result.alpha is not None:
        assert np.abs(result.alpha - original.alpha).max() <= (1e-7 if exact else 0.51 / 255)
    assert len(remarks) == (alpha and not holds_alpha) + (depth == 16 and not deep)


@pytest.mark.parametrize("suffix", [".tif", ".bmp", ".png"])
@pytest.mark.parametrize("channels", [1, 3])
def test_other_programs_read_the_same(tmp_path: Path, suffix: str, channels: int) -> None:
    """TIFF and BMP are written by code of this project: Pillow must see in them what we meant."""
    original = picture(channels)
    write(original, tmp_path / f"a{suffix}")
    with Image.open(tmp_path / f"a{suffix}") as image:
        seen = np.asarray(image).reshape(original.pixels.shape)
    assert np.array_equal(seen, np.rint(original.pixels * 255))


@pytest.mark.parametrize("order", ["II", "MM"])
@pytest.mark.parametrize("bands", [1, 2, 3, 4])
def test_libvips_reads_deep_tiffs_of_both_byte_orders(tmp_path: Path, bands: int, order: str) -> None:
    original = picture(3 if bands > 2 else 1, 16, bands in (2, 4))
    tags = Image.Exif()
    tags.endian = "<" if order == "II" else ">"
    tags[0x010F] = "Maker of cameras"
    block = tags.tobytes().removeprefix(b"Exif\0\0")
    path = tmp_path / "a.tif"
    write(Picture(original.pixels, original.alpha, exif=block, depth=16), path)
    assert path.read_bytes()[:2] == order.encode()
    seen = pyvips.Image.new_from_file(str(path))
    colours = original.pixels if original.alpha is None else np.dstack((original.pixels, original.alpha))
    assert np.array_equal(seen.numpy().reshape(colours.shape), np.rint(colours.astype(np.float64) * 65535))


def test_a_big_tiff_is_read_by_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The layout for files beyond 4 GB, on a small picture."""
    monkeypatch.setattr("ganvas.images.encode_plain.LARGEST_TIFF", 0)
    original, path = picture(), tmp_path / "a.tif"
    write(Picture(original.pixels, dpi=(300, 300)), path)
    assert path.read_bytes()[:4] == b"II+\0"
    assert np.array_equal(read(path).pixels, original.pixels)
    with Image.open(path) as image:
        assert np.array_equal(np.asarray(image), np.rint(original.pixels * 255))
        assert image.info["dpi"] == (300, 300)


def test_quality_and_chroma_of_jpeg(tmp_path: Path) -> None:
    sizes: dict[int | None, int] = {}
    for quality, layers in ((None, 0), (95, 0), (90, 0), (89, 2), (40, 2)):
        write(picture(), tmp_path / "a.jpg", quality=quality)
        sizes[quality] = (tmp_path / "a.jpg").stat().st_size
        with Image.open(tmp_path / "a.jpg") as image:
            assert cast(Any, image).layer[0][1] - 1 == layers / 2
    assert sizes[None] == sizes[95] > sizes[90] > sizes[40]
    for quality in (0, 101):
        with pytest.raises(PictureError, match="quality is a number from 1 to 100"):
            write(picture(), tmp_path / "a.jpg", quality=quality)


@pytest.mark.parametrize("format", ["jpeg", "png", "webp", "tiff", "bmp"])
def test_a_stream_gets_the_same_bytes_as_a_file(tmp_path: Path, format: str) -> None:
    stream, path = io.BytesIO(), tmp_path / f"a.{format}"
    write(picture(), stream, format=format)
    write(picture(), str(path))
    assert stream.getvalue() == path.read_bytes()


def test_a_stream_may_be_a_pipe() -> None:
    reader, writer = os.pipe()
    with os.fdopen(writer, "wb") as target:
        write(picture(), target, format="png")
    with os.fdopen(reader, "rb") as source:
        assert read(source.read()).width == 62


def test_format_given_wins_over_the_ending(tmp_path: Path) -> None:
    write(picture(), tmp_path / "a.jpg", format="PNG")
    assert read(tmp_path / "a.jpg").format == "png"


@pytest.mark.parametrize("name", ["a.xyz", "a", "a.gif", "a.heic"])
def test_unknown_endings(tmp_path: Path, name: str) -> None:
    with pytest.raises(PictureError, match=r"does not say a format that can be written.*JPEG, PNG, WebP, TIFF, BMP"):
        write(picture(), tmp_path / name)
    with pytest.raises(PictureError, match="'gif' is not a format that can be written"):
        check_target(tmp_path / "a.png", 1, 1, "gif")


@pytest.mark.parametrize(
    ("name", "width", "height", "sentence"),
    [
        ("a.jpg", 65_536, 10, r"a\.jpg would be 65536 x 10 pixels, but JPEG ends at 65,535 a side: write PNG or TIFF"),
        ("a.webp", 10, 16_384, r"WebP ends at 16,383 a side"),
        ("a.bmp", 40_000, 40_000, r"beyond the 4 GB that a BMP can hold"),
        ("none/a.png", 10, 10, r"there is no folder \S*none$"),
    ],
)
def test_targets_are_checked_before_the_work(tmp_path: Path, name: str, width: int, height: int, sentence: str) -> None:
    with pytest.raises(PictureError, match=sentence):
        check_target(tmp_path / name, width, height)
    check_target(tmp_path / "a.png", width, height)


def test_a_folder_is_no_target(tmp_path: Path) -> None:
    (tmp_path / "a.png").mkdir()
    with pytest.raises(PictureError, match="is a folder"):
        write(picture(), tmp_path / "a.png")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(PictureError, match="permission denied"):
        check_target(tmp_path / "a.png", 1, 1)


@pytest.mark.parametrize(
    ("format", "depth", "alpha", "expected"),
    [
        ("jpeg", 8, False, "jpeg"),
        ("bmp", 8, False, "bmp"),
        ("gif", 8, False, "png"),
        ("heif", 8, False, "jpeg"),
        ("heif", 16, False, "png"),
        ("heif", 8, True, "png"),
        (None, 8, False, "png"),
    ],
)
def test_default_format(format: str | None, depth: Depth, alpha: bool, expected: str) -> None:
    assert default_format(picture(3, depth, alpha, format)) == expected


class Full(io.BytesIO):
    """A disk that is full after the first bytes."""

    def write(self, data: bytes, /) -> int:  # pyright: ignore[reportIncompatibleMethodOverride]
        if self.tell() + memoryview(data).nbytes > 500:
            raise OSError(28, "No space left on device")
        return super().write(data)


@pytest.mark.parametrize("format", ["jpeg", "png", "webp", "tiff", "bmp"])
def test_a_full_disk_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, format: str
) -> None:
    path = tmp_path / f"a.{format}"
    write(picture(), path)
    before = path.read_bytes()

    def full(descriptor: int, mode: str) -> BinaryIO:
        os.close(descriptor)
        return Full()

    monkeypatch.setattr(os, "fdopen", full)
    noise = Picture(np.random.default_rng(0).random((90, 90, 3), dtype=np.float32))
    with pytest.raises(PictureError, match=rf"a\.{format} cannot be written: No space left on device"):
        write(noise, path)
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == [path.name]


def test_a_stopped_write_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setitem(__import__("ganvas.images.encode_libvips", fromlist=["ENCODERS"]).ENCODERS, "png", stop)
    with pytest.raises(KeyboardInterrupt):
        write(picture(), tmp_path / "a.png")
    assert os.listdir(tmp_path) == []


def test_permissions_are_those_of_any_file(tmp_path: Path) -> None:
    (tmp_path / "plain").touch()
    write(picture(), tmp_path / "a.png")
    assert (tmp_path / "a.png").stat().st_mode == (tmp_path / "plain").stat().st_mode
    (tmp_path / "a.png").chmod(0o640)
    write(picture(), tmp_path / "a.png")
    assert (tmp_path / "a.png").stat().st_mode & 0o777 == 0o640


def test_encode_takes_the_size_of_the_canvas(tmp_path: Path) -> None:
    small = picture()
    with Canvas(124, 90, 3) as canvas:
        canvas.put(0, np.full((90, 124, 3), 0.25, np.float32))
        assert encode(canvas, small, tmp_path / "a.png") == ()
    assert read(tmp_path / "a.png").pixels.shape == (90, 124, 3)


MEASURE = """
import resource, sys
import numpy as np
from ganvas.images import Canvas, Picture, encode
width, height = 8000, 5000
rows = np.broadcast_to(np.linspace(0, 0.5, width, dtype=np.float32)[:, None], (10, width, 3))
with Canvas(width, height, 3) as canvas:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for top in range(0, height, 10):
        canvas.put(top, rows + np.float32(top / height))
    for target in sys.argv[1:]:
        encode(canvas, Picture(rows), target)
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_a_large_canvas_is_encoded_in_little_memory(tmp_path: Path) -> None:
    """40 megapixels, 120 MB as integers, in a process of their own."""
    targets = [str(tmp_path / f"a{suffix}") for suffix in (".jpg", ".bmp", ".tif", ".png")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", MEASURE, *targets]
    result = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    grown = [int(line) * 1024 for line in result.stdout.split()]
    assert len(grown) == 4
    assert max(grown) < 90e6, grown
