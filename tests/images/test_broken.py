"""Whatever a file holds, reading it gives a picture or one sentence that names it."""

from __future__ import annotations

import io
import os
import struct
import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from ganvas.images import PictureError, is_picture, probe, read

FORMATS = ("JPEG", "PNG", "WEBP", "TIFF", "BMP", "GIF")


def sample(format: str, mode: str = "RGB") -> bytes:
    tags, file = Image.Exif(), io.BytesIO()
    tags[0x0112], tags[0x010F] = 6, "Maker of cameras"
    tags.get_ifd(0x8825)[1] = "N"
    pixels = np.random.default_rng(0).integers(0, 256, (24, 31, 3), dtype=np.uint8)
    options = {} if format in ("BMP", "GIF") else {"exif": tags.tobytes()}
    Image.fromarray(pixels).convert(mode).save(file, format, **options)
    return file.getvalue()


SAMPLES = {format: sample(format) for format in FORMATS}
RARE = {
    "LAB": sample("TIFF", "LAB"),
    "CMYK": sample("JPEG", "CMYK"),
    "PALETTE": sample("PNG", "P"),
    "BIT": sample("BMP", "1"),
}


def fails(data: bytes | Path, sentence: str) -> None:
    for function in (read, probe):
        with pytest.raises(PictureError, match=sentence) as caught:
            function(data)
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_truncated(tmp_path: Path, format: str, share: float) -> None:
    path = tmp_path / "cut.jpg"
    path.write_bytes(SAMPLES[format][: int(len(SAMPLES[format]) * share)])
    with pytest.raises(PictureError, match=r"^\S*cut\.jpg is (damaged or cut off|a damaged)"):
        read(path)


@pytest.mark.parametrize("format", [*SAMPLES, *RARE])
@given(st.data())
@settings(max_examples=40, deadline=None)
def test_any_cut_or_flipped_bytes_give_a_picture_or_a_sentence(format: str, data: st.DataObject) -> None:
    broken = bytearray((SAMPLES | RARE)[format])
    # Most of a file is pixels; its structure, where damage is interesting, is at the ends.
    edge = st.integers(0, min(200, len(broken) - 1))
    places = st.one_of(edge, edge.map(lambda place: len(broken) - 1 - place), st.integers(0, len(broken) - 1))
    for place, value in data.draw(st.lists(st.tuples(places, st.integers(0, 255)), max_size=6)):
        broken[place] = value
    del broken[data.draw(st.one_of(st.just(len(broken)), st.integers(0, len(broken)))) :]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            picture = read(bytes(broken), max_pixels=1_000_000)
        except PictureError as error:
            sentence = str(error)
        else:
            sentence = "the picture is fine"
            assert np.isfinite(picture.pixels).all()
            assert probe(bytes(broken)) == (picture.width, picture.height)
    assert sentence.startswith("the picture ")
    assert "\n" not in sentence


@given(st.binary(max_size=400))
def test_any_bytes_give_a_sentence(data: bytes) -> None:
    with pytest.raises(PictureError):
        read(data)


def test_empty() -> None:
    fails(b"", r"^the picture is empty \(0 bytes\)$")


def test_text_with_the_name_of_a_picture(tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    path.write_text("This is not a photo. " * 20)
    fails(path, r"photo\.jpg is a text file, not a picture: JPEG, PNG, WebP, TIFF, BMP, GIF, HEIC can be read$")


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (bytes(5000), "is no picture, it starts with nothing but zeros"),
        (b"%PDF-1.7 \xff", "is a PDF"),
        (b"\0\0\0\x20ftypavif" + bytes(40), "is an AVIF"),
        (b"PK\x03\x04\x00\xff\xfe", "is not a picture of a known format"),
        (b"\x89PNG\r\n\x1a\n", "is a damaged PNG: its header makes no sense"),
        (b"\xff\xd8\xff", "is a damaged JPEG: its header makes no sense"),
        (b"II*\0\x08\0\0\0", "is a damaged TIFF: its header makes no sense"),
    ],
)
def test_no_picture(data: bytes, sentence: str) -> None:
    fails(data, sentence)


def test_a_camera_raw_file_is_not_mistaken_for_its_preview() -> None:
    file = io.BytesIO()
    Image.new("RGB", (16, 12)).save(file, "TIFF", tiffinfo={254: 1})
    fails(file.getvalue(), "camera raw")


def test_folder_and_missing_file(tmp_path: Path) -> None:
    fails(tmp_path, r"is a folder, not a picture$")
    fails(tmp_path / "none.jpg", r"none\.jpg does not exist$")


def test_a_pipe_does_not_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    fails(tmp_path / "pipe.jpg", r"pipe\.jpg is not a regular file$")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_no_permission(tmp_path: Path) -> None:
    path = tmp_path / "secret.jpg"
    path.write_bytes(SAMPLES["JPEG"])
    path.chmod(0)
    fails(path, r"secret\.jpg cannot be read: Permission denied$")


def test_null_byte_in_the_name() -> None:
    with pytest.raises(PictureError, match="cannot be read"):
        read("a\0b.png")


def bomb(format: str, width: int, height: int) -> bytes:
    """A small file whose header promises ``width`` x ``height`` pixels."""
    data = bytearray(SAMPLES[format])
    if format == "PNG":
        data[16:24] = struct.pack(">II", width, height)
        data[29:33] = struct.pack(">I", __import__("zlib").crc32(data[12:29]))
    elif format == "BMP":
        data[18:26] = struct.pack("<ii", width, height)
    else:
        at = data.index(b"\xff\xc0")
        data[at + 5 : at + 9] = struct.pack(">HH", height, width)
    return bytes(data)


@pytest.mark.parametrize("format", ["PNG", "BMP", "JPEG"])
def test_too_large_is_known_from_the_header(format: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fails(bomb(format, 30_000, 30_000), r"is 900 megapixels, more than the limit of 200: raise --max-pixels$")


@pytest.mark.parametrize("format", FORMATS)
def test_the_limit_is_inclusive(format: str) -> None:
    assert sorted(probe(SAMPLES[format], max_pixels=24 * 31)) == [24, 31]
    with pytest.raises(PictureError, match=r"^the picture is 0.0007 megapixels, more than the limit of 0.0007"):
        read(SAMPLES[format], max_pixels=24 * 31 - 1)


def test_more_pixels_than_pillow_likes_are_no_bomb() -> None:
    """Pillow warns beyond 89 megapixels and fails beyond 179, by a limit that is not ours."""
    assert probe(bomb("BMP", 19_000, 10_000)) == (19_000, 10_000)
    with pytest.raises(PictureError, match="damaged or cut off"):
        read(bomb("PNG", 10_000, 1_000))


def test_is_picture() -> None:
    assert is_picture(Path("a/B.JPeG"))
    assert not is_picture(Path("a/.hidden.jpg"))
    assert not is_picture(Path("a/jpg"))
