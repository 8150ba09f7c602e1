"""Profile, EXIF and resolution survive reading and writing, byte for byte."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageCms

from ganvas.images import Picture, read, write

Bytes = NDArray[np.uint8]
MAKER_NOTE = b"NOTE\x00\x01" + bytes(range(200))


def exif_block(orientation: int, endian: str = "<") -> bytes:
    """An EXIF block with maker, copyright, place, exposure and maker note, with the prefix that JPEG wants."""
    tags = Image.Exif()
    tags.endian = endian
    tags[0x0112] = orientation
    tags[0x010F] = "Maker of cameras"
    tags[0x8298] = "Copyright of the photographer"
    tags.get_ifd(0x8769)[0x927C] = MAKER_NOTE
    tags.get_ifd(0x8769)[0x829A] = 1 / 250
    tags.get_ifd(0x8825)[1] = "N"
    tags.get_ifd(0x8825)[2] = (52.0, 31.0, 12.5)
    return tags.tobytes()


def bare(block: bytes) -> bytes:
    return block.removeprefix(b"Exif\0\0")


def saved(array: Bytes, format: str, **options: object) -> bytes:
    file = io.BytesIO()
    Image.fromarray(array).save(file, format, **options)
    return file.getvalue()


def facts(block: bytes) -> tuple[object, ...]:
    """What :func:`exif_block` put in, as Pillow reads it."""
    tags = Image.Exif()
    tags.load(block)
    inner, place = tags.get_ifd(0x8769), tags.get_ifd(0x8825)
    return tags[0x010F], tags[0x8298], inner[0x927C], float(inner[0x829A]), place[1], place[2], tags.get(0x0112, 1)


KEPT = ("Maker of cameras", "Copyright of the photographer", MAKER_NOTE, 1 / 250, "N", (52.0, 31.0, 12.5), 1)


@pytest.mark.parametrize("endian", ["<", ">"])
@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_only_the_orientation_changes_in_the_exif(smooth: Bytes, format: str, endian: str) -> None:
    before, upright = exif_block(6, endian), exif_block(1, endian)
    picture = read(saved(smooth, format, exif=before))
    assert picture.exif == bare(upright)
    assert sum(a != b for a, b in zip(before, upright, strict=True)) == 1


def test_tiff_tells_the_same(smooth: Bytes) -> None:
    picture = read(saved(smooth, "TIFF", exif=exif_block(8), dpi=(300, 300)))
    assert picture.exif is not None
    assert facts(picture.exif) == KEPT
    assert picture.pixels.shape == (64, 48, 3)
    assert 256 not in Image.open(io.BytesIO(saved(smooth, "JPEG", exif=picture.exif))).getexif()


@pytest.mark.parametrize("endian", ["<", ">"])
@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".tif"])
@pytest.mark.parametrize("alpha", [False, True])
def test_written_exif(tmp_path: Path, smooth: Bytes, suffix: str, endian: str, alpha: bool) -> None:
    colours = smooth.astype(np.float32) / np.float32(255)
    picture = Picture(colours, colours[..., 0].copy() if alpha else None, exif=bare(exif_block(1, endian)))
    path = tmp_path / f"a{suffix}"
    write(picture, path)
    with Image.open(path) as image:
        assert facts(image.getexif().tobytes()) == KEPT
        if suffix != ".tif":
            assert bare(image.info["exif"]) == picture.exif
    block = read(path).exif
    assert block is not None
    assert facts(block) == KEPT
    assert (read(path).alpha is not None) == (alpha and suffix != ".jpg")


def test_offsets_inside_a_maker_note_stay_valid_in_a_tiff(tmp_path: Path, smooth: Bytes) -> None:
    block = bare(exif_block(1))
    path = tmp_path / "a.tif"
    write(Picture(smooth.astype(np.float32) / np.float32(255), exif=block), path)
    at = block.index(MAKER_NOTE)
    assert path.read_bytes()[at : at + len(MAKER_NOTE)] == MAKER_NOTE


def test_an_exif_too_long_for_jpeg_is_left_out_and_told(tmp_path: Path, smooth: Bytes) -> None:
    tags = Image.Exif()
    tags.get_ifd(0x8769)[0x927C] = bytes(70_000)
    picture = Picture(smooth.astype(np.float32) / np.float32(255), exif=bare(tags.tobytes()))
    (remark,) = write(picture, tmp_path / "a.jpg")
    assert "too long for a JPEG" in remark
    assert write(picture, tmp_path / "a.png") == ()
    assert read(tmp_path / "a.png").exif == picture.exif


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".tif"])
def test_a_damaged_exif_is_not_written(tmp_path: Path, smooth: Bytes, suffix: str) -> None:
    picture = Picture(smooth.astype(np.float32) / np.float32(255), exif=b"rubbish")
    assert write(picture, tmp_path / f"a{suffix}") == ("Its EXIF is damaged: it was left out.",)
    assert read(tmp_path / f"a{suffix}").exif is None


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_profile_is_kept_byte_for_byte(tmp_path: Path, smooth: Bytes, srgb: bytes, format: str) -> None:
    picture = read(saved(smooth, format, icc_profile=srgb))
    assert picture.icc == srgb
    path = tmp_path / f"a.{format.lower()}"
    write(picture, path)
    with Image.open(path) as image:
        assert image.info["icc_profile"] == srgb


def test_grey_profile_stays_with_grey_pixels(tmp_path: Path, smooth: Bytes, srgb: bytes) -> None:
    grey = srgb[:16] + b"GRAY" + srgb[20:]
    picture = read(saved(smooth[..., 0], "JPEG", icc_profile=srgb))
    assert picture.icc is None
    assert picture.remarks == ("Its colour profile is for RGB pixels, which these are not; it was left out.",)
    assert read(saved(smooth[..., 0], "JPEG", icc_profile=grey)).icc == grey
    mismatched = Picture(smooth.astype(np.float32) / np.float32(255), icc=grey)
    assert "profile" in " ".join(write(mismatched, tmp_path / "a.png"))
    assert read(tmp_path / "a.png").icc is None


def test_cmyk_profile_on_rgb_pixels_is_dropped(smooth: Bytes, cmyk: bytes) -> None:
    picture = read(saved(smooth, "JPEG", icc_profile=cmyk))
    assert picture.icc is None
    assert picture.remarks == ("Its colour profile is for CMYK pixels, which these are not; it was left out.",)


@pytest.mark.parametrize("damage", [b"", b"x" * 10, b"x" * 600, "cut", "zeros"])
def test_damaged_profile_is_dropped_with_a_remark(smooth: Bytes, srgb: bytes, damage: bytes | str) -> None:
    profile = {"cut": srgb[:60], "zeros": bytes(len(srgb))}[damage] if isinstance(damage, str) else damage
    picture = read(saved(smooth, "JPEG", icc_profile=profile))
    assert picture.icc is None
    assert picture.pixels.shape == (48, 64, 3)
    assert picture.remarks == (("Its colour profile is damaged; it was left out.",) if profile else ())


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_damage_within_a_profile_never_fails_the_picture(smooth: Bytes, format: str) -> None:
    picture = read(saved(smooth, format, icc_profile=b"rubbish" * 60))
    assert picture.icc is None
    assert picture.remarks == ("Its colour profile is damaged; it was left out.",)


@pytest.mark.parametrize(
    "block",
    [
        b"rubbish" * 10,
        b"II*\0" + struct.pack("<I", 10_000),
        b"II*\0" + struct.pack("<IH", 8, 500),
        b"MM\0*" + struct.pack(">IHHHII", 8, 1, 0x010F, 2, 1000, 5000) + bytes(4),
        b"II*\0",
    ],
)
def test_damaged_exif_is_dropped_with_a_remark(smooth: Bytes, block: bytes) -> None:
    picture = read(saved(smooth, "JPEG", exif=b"Exif\0\0" + block))
    assert picture.exif is None
    assert picture.remarks == ("Its EXIF is damaged and was left out.",)
    assert picture.pixels.shape == (48, 64, 3)


@pytest.mark.parametrize("value", [0, 9, 77, 65535])
def test_an_impossible_orientation_is_no_turn(smooth: Bytes, value: int) -> None:
    tags = Image.Exif()
    tags[0x0112] = value
    assert read(saved(smooth, "JPEG", exif=tags.tobytes())).pixels.shape == (48, 64, 3)


@pytest.mark.parametrize("format", ["JPEG", "PNG", "TIFF", "BMP"])
def test_resolution_is_kept(tmp_path: Path, smooth: Bytes, format: str) -> None:
    picture = read(saved(smooth, format, dpi=(300, 150)))
    assert picture.dpi == pytest.approx((300, 150), abs=0.02)
    path = tmp_path / f"a.{format.lower()}"
    write(picture, path)
    with Image.open(path) as image:
        assert image.info["dpi"] == pytest.approx((300, 150), abs=0.02)


def test_resolution_in_the_exif_alone(smooth: Bytes) -> None:
    tags = Image.Exif()
    tags[0x011A], tags[0x011B], tags[0x0128] = 100.0, 100.0, 3
    for format in ("PNG", "WEBP"):
        assert read(saved(smooth, format, exif=tags.tobytes())).dpi == pytest.approx((254, 254))


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".tif", ".bmp"])
def test_an_unknown_resolution_stays_unknown(tmp_path: Path, smooth: Bytes, suffix: str) -> None:
    write(Picture(smooth.astype(np.float32) / np.float32(255)), tmp_path / f"a{suffix}")
    assert read(tmp_path / f"a{suffix}").dpi is None
    with Image.open(tmp_path / f"a{suffix}") as image:
        assert image.info.get("dpi", (1, 1)) in ((1, 1), (0.0, 0.0))


def test_profile_of_a_wide_gamut_is_not_applied(smooth: Bytes) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    with_profile, without = (read(saved(smooth, "PNG", **options)) for options in ({"icc_profile": profile}, {}))
    assert np.array_equal(with_profile.pixels, without.pixels)
