"""Pixels come out as they are in the file, whatever its format, depth and colour mode."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import numpy as np
import pytest
import pyvips
from numpy.typing import NDArray
from PIL import Image, ImageCms, ImageOps

from ganvas.images import PictureError, probe, read

Bytes = NDArray[np.uint8]


def saved(image: Image.Image | NDArray[np.generic], format: str, **options: object) -> bytes:
    image = image if isinstance(image, Image.Image) else Image.fromarray(image)
    file = io.BytesIO()
    image.save(file, format, **options)
    return file.getvalue()


def turn(orientation: int) -> bytes:
    tags = Image.Exif()
    tags[0x0112] = orientation
    return tags.tobytes()


def as_bytes(pixels: NDArray[np.float32]) -> NDArray[np.int64]:
    return np.rint(pixels.astype(np.float64) * 255).astype(np.int64)


@pytest.mark.parametrize("format", ["PNG", "TIFF", "BMP"])
@pytest.mark.parametrize("grey", [True, False])
def test_lossless_formats_are_exact(noise: Bytes, format: str, grey: bool) -> None:
    pixels = noise[..., :1] if grey else noise[..., :3]
    picture = read(saved(pixels.squeeze(), format))
    assert np.array_equal(picture.pixels, pixels.astype(np.float32) / 255)
    assert (picture.depth, picture.alpha, picture.format) == (8, None, format.lower())
    assert picture.grey == grey


@pytest.mark.parametrize("format", ["PNG", "TIFF"])
@pytest.mark.parametrize("mode", ["LA", "RGBA"])
def test_alpha_is_apart(noise: Bytes, format: str, mode: str) -> None:
    image = Image.fromarray(noise).convert(mode)
    picture = read(saved(image, format))
    assert picture.alpha is not None
    assert np.array_equal(as_bytes(picture.alpha), noise[..., 3])
    assert np.array_equal(as_bytes(picture.pixels), np.asarray(image)[..., :-1])


def test_webp_with_alpha_is_exact_where_lossless(noise: Bytes) -> None:
    picture = read(saved(noise, "WEBP", lossless=True, exact=True))
    assert picture.alpha is not None
    assert np.array_equal(as_bytes(np.dstack((picture.pixels, picture.alpha))), noise)


@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_jpeg_equals_pillow(smooth: Bytes, mode: str) -> None:
    data = saved(Image.fromarray(smooth).convert(mode), "JPEG", quality=90, subsampling=0)
    expected = np.asarray(Image.open(io.BytesIO(data))).reshape(48, 64, -1)
    assert np.abs(as_bytes(read(data).pixels) - expected).max() <= 1


@pytest.mark.parametrize("bands", [1, 2, 3, 4])
@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_sixteen_bits_are_exact(bands: int, suffix: str) -> None:
    values = np.random.default_rng(1).integers(0, 65536, (9, 13, bands), dtype=np.uint16)
    space = "grey16" if bands < 3 else "rgb16"
    data = pyvips.Image.new_from_array(values).copy(interpretation=space).write_to_buffer(suffix)
    picture = read(data)
    pixels = picture.pixels if picture.alpha is None else np.dstack((picture.pixels, picture.alpha))
    assert picture.depth == 16
    assert np.array_equal(np.rint(pixels.astype(np.float64) * 65535), values)


def test_every_16_bit_value_survives_float32() -> None:
    values = np.arange(65536, dtype=np.uint16).reshape(256, 256)
    assert np.array_equal(np.rint(read(saved(values, "PNG")).pixels * np.float32(65535))[..., 0], values)


@pytest.mark.parametrize("format", ["PNG", "TIFF", "BMP"])
def test_one_bit_comes_out_grey(noise: Bytes, format: str) -> None:
    image = Image.fromarray(noise[..., 0]).convert("1")
    picture = read(saved(image, format))
    assert np.array_equal(picture.pixels[..., 0], np.asarray(image).astype(np.float32))


@pytest.mark.parametrize("format", ["PNG", "TIFF", "BMP"])
def test_palette_comes_out_as_colours(noise: Bytes, format: str) -> None:
    image = Image.fromarray(noise[..., :3]).convert("P", palette=Image.Palette.ADAPTIVE, colors=64)
    picture = read(saved(image, format))
    assert np.array_equal(as_bytes(picture.pixels), np.asarray(image.convert("RGB")))


def test_transparent_palette_entries_become_alpha(noise: Bytes) -> None:
    image = Image.fromarray(noise[..., :3]).convert("P", palette=Image.Palette.ADAPTIVE, colors=64)
    table = bytes(range(0, 256, 4))
    picture = read(saved(image, "PNG", transparency=table))
    assert picture.alpha is not None
    assert np.array_equal(as_bytes(picture.alpha), np.frombuffer(table, np.uint8)[np.asarray(image)])


def test_transparent_colour_becomes_alpha(noise: Bytes) -> None:
    grey = noise[..., 0] // 64
    picture = read(saved(grey, "PNG", transparency=2))
    assert picture.alpha is not None
    assert np.array_equal(picture.alpha == 0, grey == 2)


def test_premultiplied_tiff_is_divided_by_its_alpha() -> None:
    plain = np.array([[[200, 100, 50, 128], [80, 40, 20, 255], [0, 0, 0, 0]]], np.uint8)
    multiplied = plain.copy()
    multiplied[..., :3] = np.rint(plain[..., :3] * (plain[..., 3:] / 255))
    data = bytearray(saved(multiplied, "TIFF"))
    extra_samples = data.index(struct.pack("<HHI", 338, 3, 1)) + 8
    assert data[extra_samples] == 2
    data[extra_samples] = 1
    picture = read(bytes(data))
    assert np.abs(as_bytes(picture.pixels) - plain[..., :3]).max() <= 1
    assert picture.alpha is not None
    assert np.array_equal(as_bytes(picture.alpha), plain[..., 3])


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("format", ["JPEG", "PNG", "TIFF", "WEBP"])
def test_orientation_equals_pillow(smooth: Bytes, orientation: int, format: str) -> None:
    lossless = {"lossless": True} if format == "WEBP" else {}
    data = saved(smooth, format, exif=turn(orientation), **lossless)
    expected = np.asarray(ImageOps.exif_transpose(Image.open(io.BytesIO(data))))
    picture = read(data)
    assert np.abs(as_bytes(picture.pixels) - expected).max() <= (2 if format == "JPEG" else 0)
    assert probe(data) == (picture.width, picture.height) == expected.shape[1::-1]


def test_alpha_turns_along(noise: Bytes) -> None:
    picture = read(saved(noise, "PNG", exif=turn(6)))
    assert picture.alpha is not None
    assert np.array_equal(as_bytes(picture.alpha), np.rot90(noise[..., 3], -1))


@pytest.mark.parametrize("format", ["JPEG", "TIFF"])
def test_cmyk_without_profile_is_converted_plainly(smooth: Bytes, format: str) -> None:
    options = {"quality": 98, "subsampling": 0} if format == "JPEG" else {}
    picture = read(saved(Image.fromarray(smooth).convert("CMYK"), format, **options))
    assert np.abs(as_bytes(picture.pixels) - smooth).max() <= 6
    assert any("CMYK" in remark for remark in picture.remarks)


@pytest.mark.parametrize("format", ["JPEG", "TIFF"])
def test_cmyk_goes_through_its_profile(smooth: Bytes, cmyk: bytes, format: str) -> None:
    image = Image.fromarray(smooth).convert("CMYK")
    picture = read(saved(image, format, icc_profile=cmyk, **({"quality": 98} if format == "JPEG" else {})))
    source, target = ImageCms.ImageCmsProfile(io.BytesIO(cmyk)), ImageCms.createProfile("sRGB")
    expected = ImageCms.profileToProfile(image, source, target, ImageCms.Intent.PERCEPTUAL, "RGB")
    difference = np.abs(as_bytes(picture.pixels) - np.asarray(expected))
    assert difference.mean() < 2
    assert np.abs(as_bytes(picture.pixels) - smooth).mean() > 10  # not the plain conversion
    assert picture.icc is None
    assert not picture.remarks


def test_16_bit_cmyk_stays_deep(cmyk: bytes) -> None:
    values = np.random.default_rng(2).integers(0, 65536, (5, 7, 4), dtype=np.uint16)
    image = pyvips.Image.new_from_array(values).copy(interpretation="cmyk")
    picture = read(image.tiffsave_buffer())
    inks = values.astype(np.float64) / 65535
    assert picture.depth == 16
    assert np.abs(picture.pixels - (1 - inks[..., :3]) * (1 - inks[..., 3:])).max() < 1e-5


def test_lab_comes_out_as_srgb(smooth: Bytes) -> None:
    """The Lab of files is that of ICC, under D50."""
    lab = pyvips.Image.new_from_array(smooth).copy(interpretation="srgb").icc_import(input_profile="srgb")
    for image in (lab, lab.colourspace("labs"), lab.colourspace("labq")):
        picture = read(image.tiffsave_buffer())
        assert np.abs(as_bytes(picture.pixels) - smooth).mean() < (2 if image.interpretation == "labq" else 0.5)


def test_ycbcr_tiff(smooth: Bytes) -> None:
    picture = read(saved(Image.fromarray(smooth).convert("YCbCr"), "TIFF", compression="jpeg", quality=95))
    assert np.abs(as_bytes(picture.pixels) - smooth).max() <= 12


@pytest.mark.parametrize(("largest", "white"), [(200, 255), (60000, 65535), (70000, 2**32 - 1)])
def test_wide_integers_have_a_remarked_white(largest: int, white: int) -> None:
    values = np.array([[0, largest // 2, largest]], np.int32)
    picture = read(saved(values, "TIFF"))
    assert np.abs(picture.pixels[..., 0] - values / white).max() < 1e-5
    assert picture.remarks == (f"Its int samples were read as values from 0 to {white:g}.",)


def test_floats() -> None:
    values = np.array([[0, 0.25, 1]], np.float32)
    picture = read(saved(values, "TIFF"))
    assert np.abs(picture.pixels[..., 0] - values).max() < 1e-5
    assert picture.depth == 16


@pytest.mark.parametrize(
    ("format", "word"), [("GIF", "frames"), ("WEBP", "frames"), ("PNG", "frames"), ("TIFF", "pages")]
)
def test_only_the_first_frame_is_read_and_remarked(format: str, word: str) -> None:
    frames = [Image.new("RGB", (8, 6), colour) for colour in ("red", "green", "blue")]
    options = {"lossless": True} if format == "WEBP" else {}
    picture = read(saved(frames[0], format, save_all=True, append_images=frames[1:], **options))
    assert picture.remarks == (f"Only the first of its 3 {word} was read.",)
    assert np.array_equal(as_bytes(picture.pixels[0, 0]), [255, 0, 0])


def test_a_still_gif_needs_no_remark() -> None:
    picture = read(saved(Image.new("RGB", (8, 6), "lime"), "GIF"))
    assert picture.remarks == ()
    assert picture.format == "gif"
    assert np.array_equal(as_bytes(picture.pixels[3, 3]), [0, 255, 0])


def test_heic(smooth: Bytes) -> None:
    pillow_heif = pytest.importorskip("pillow_heif")
    file = io.BytesIO()
    pillow_heif.from_pillow(Image.fromarray(smooth)).save(file, quality=95)
    picture = read(file.getvalue())
    assert picture.format == "heif"
    assert np.abs(as_bytes(picture.pixels) - smooth).mean() < 3
    assert probe(file.getvalue()) == (64, 48)


def test_heic_is_turned_once(smooth: Bytes) -> None:
    pillow_heif = pytest.importorskip("pillow_heif")
    file = io.BytesIO()
    pillow_heif.from_pillow(Image.fromarray(smooth)).save(file, quality=95, exif=turn(6))
    upright = np.rot90(smooth, -1)
    picture = read(file.getvalue())
    assert picture.pixels.shape == upright.shape
    assert np.abs(as_bytes(picture.pixels) - upright).mean() < 3
    assert picture.exif is not None
    reread = Image.Exif()
    reread.load(picture.exif)
    assert reread[0x0112] == 1


def test_heic_without_its_package_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pillow_heif", None)
    with pytest.raises(PictureError, match=r"the picture is a HEIC picture.*pip install ganvas\[heif\]"):
        read(b"\0\0\0\x18ftypheic" + bytes(100))


def test_content_decides_and_not_the_name(tmp_path: Path, noise: Bytes) -> None:
    path = tmp_path / "really a png.jpg"
    path.write_bytes(saved(noise[..., :3], "PNG"))
    assert read(path).format == "png"
    assert np.array_equal(read(str(path)).pixels, read(path).pixels)


@pytest.mark.parametrize("format", ["PNG", "TIFF", "JPEG", "WEBP", "BMP", "GIF"])
def test_a_file_is_read_like_its_bytes(tmp_path: Path, format: str) -> None:
    """With metadata, and too large for one read: decoder and directories share no place in the file."""
    pixels = np.random.default_rng(3).integers(0, 256, (300, 400, 3), dtype=np.uint8)
    data = saved(pixels, format, **({} if format in ("BMP", "GIF") else {"exif": turn(6)}))
    path = tmp_path / "a"
    path.write_bytes(data)
    from_path, from_bytes = read(path), read(data)
    assert np.array_equal(from_path.pixels, from_bytes.pixels)
    assert from_path.exif == from_bytes.exif


def test_a_file_that_changed_is_read_anew(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    for value in (10, 200):
        path.write_bytes(saved(np.full((4, 4), value, np.uint8), "PNG"))
        assert as_bytes(read(path).pixels)[0, 0, 0] == value


@pytest.mark.parametrize("name", ["ünïcödé 写真.png", "a[1].png", "b.png[page=2]", "-", b"not \xff utf-8.png"])
def test_any_file_name(tmp_path: Path, noise: Bytes, name: str | bytes) -> None:
    path = tmp_path / (name if isinstance(name, str) else name.decode("utf-8", "surrogateescape"))
    path.write_bytes(saved(noise, "PNG"))
    assert read(path).width == 53


@pytest.mark.parametrize("size", [(1, 1), (3, 2000), (2000, 3)])
@pytest.mark.parametrize("format", ["PNG", "JPEG", "TIFF", "WEBP", "BMP", "GIF"])
def test_odd_sizes(size: tuple[int, int], format: str) -> None:
    picture = read(saved(Image.new("RGB", size, "white"), format))
    assert (picture.width, picture.height) == size
    assert np.abs(picture.pixels - 1).max() < 0.02
