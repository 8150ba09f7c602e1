"""What is cut out of photos, and how it lies on the disk."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from ganvas.data.prepare import PrepareError, Settings, prepare
from ganvas.data.prepare.collection import shard_path
from ganvas.data.prepare.cut import Cut, Skipped, camera, cut_photo, matches, open_photo, reduce
from ganvas.data.prepare.photos import Photo, find_photos

SMALL = Settings(size=32)


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def contents(folder: Path) -> dict[str, bytes]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).digest() for path in files}


def save(path: Path, pixels: NDArray[np.uint8], exif: Image.Exif | None = None) -> Photo:
    Image.fromarray(pixels).save(path, exif=exif or Image.Exif())
    return Photo(path.name, path)


def cut(photo: Photo, settings: Settings = SMALL) -> Cut:
    result = cut_photo(photo, settings)
    assert isinstance(result, Cut)
    return result


def test_manifest_pngs_and_array_hold_the_same_crops(photos: Path, tmp_path: Path) -> None:
    prepared = prepare([photos], tmp_path / "out", SMALL)
    crops = np.load(tmp_path / "out" / "crops.npy", mmap_mode="r")
    manifest = lines(tmp_path / "out" / "manifest.jsonl")
    assert prepared.crops == len(crops) == len(manifest) > 40
    for index, entry in enumerate(manifest):
        assert entry["index"] == index
        assert entry["sha256"] == hashlib.sha256(crops[index].tobytes()).hexdigest()
        png = Image.open(tmp_path / "out" / entry["file"])
        assert png.mode == "RGB"
        assert np.array_equal(np.asarray(png), crops[index])
    sources = [entry["source"] for entry in manifest]
    assert sources == sorted(sources)
    assert set(sources) == {"a.png", "b.jpg", "sub/alpha.PNG", "sub/grey.tif", "sub/print.jpeg", "turned.jpg"}
    assert len(contents(tmp_path / "out")) == len(manifest) + 4


def test_photos_at_full_size_can_be_left_out(photos: Path, tmp_path: Path) -> None:
    prepare([photos], tmp_path / "out", Settings(size=32, least_reduction=2))
    assert {entry["reduction"] for entry in lines(tmp_path / "out" / "manifest.jsonl")} == {2}
    with pytest.raises(PrepareError, match="least_reduction"):
        prepare([photos], tmp_path / "out", SMALL)


def test_manifest_tells_where_each_crop_was_cut(photos: Path, tmp_path: Path) -> None:
    prepare([photos], tmp_path / "out", SMALL)
    crops = np.load(tmp_path / "out" / "crops.npy", mmap_mode="r")
    pixels = open_photo(photos / "a.png", SMALL).pixels
    own = [entry for entry in lines(tmp_path / "out" / "manifest.jsonl") if entry["source"] == "a.png"]
    assert {entry["reduction"] for entry in own} == {1, 2}
    for entry in own:
        left, top, right, bottom = entry["box"]
        whole = reduce(pixels, entry["reduction"], linear_light=False)
        assert np.array_equal(whole[top:bottom, left:right], crops[entry["index"]])
        assert entry["size"] == [70, 100]


def test_broken_and_small_files_are_skipped_and_listed(photos: Path, tmp_path: Path) -> None:
    prepared = prepare([photos], tmp_path / "out", SMALL)
    listed = {entry["source"]: entry["reason"] for entry in lines(tmp_path / "out" / "skipped.jsonl")}
    assert listed == {skipped.name: skipped.reason for skipped in prepared.skipped}
    assert listed.keys() == {"cut off.jpg", "empty.png", "thin.png"}
    assert "cut off" in listed["cut off.jpg"]
    assert listed["thin.png"] == "is too small at 31 x 200 for a crop of 32 x 32"
    assert str(tmp_path) not in json.dumps(listed)


def test_several_dozen_tiles_from_an_ordinary_photo(tmp_path: Path) -> None:
    slope = np.linspace(0, 255, 2000, dtype=np.uint8)[:, None, None] * np.ones((1, 1500, 3), np.uint8)
    result = cut(save(tmp_path / "photo.jpg", slope), Settings())
    assert [place.reduction for place in result.places] == [1] * 46 + [2] * 11 + [4] * 3
    assert result.pixels.shape == (60, 256, 256, 3)
    assert len({place.box for place in result.places}) > 50


def test_density_and_the_cap_set_the_number_of_crops(tmp_path: Path) -> None:
    photo = save(tmp_path / "photo.png", np.zeros((128, 128, 3), np.uint8))
    assert len(cut(photo).places) == 16 + 4 + 1
    assert len(cut(photo, Settings(size=32, density=2)).places) == 32 + 8 + 2
    assert len(cut(photo, Settings(size=32, max_per_scale=3)).places) == 3 + 3 + 1


def test_crops_depend_on_seed_and_name_alone(photos: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.png"
    elsewhere.write_bytes((photos / "a.png").read_bytes())
    first = cut(Photo("a.png", photos / "a.png"))
    assert first.hashes == cut(Photo("a.png", elsewhere)).hashes
    assert first.hashes != cut(Photo("b.png", elsewhere)).hashes
    assert first.hashes != cut(Photo("a.png", elsewhere), Settings(size=32, seed=1)).hashes


def test_reduction_in_linear_light_averages_light() -> None:
    board = np.stack([np.indices((200, 64)).sum(0) % 2 * 255] * 3, axis=-1).astype(np.uint8)
    for factor in (2, 4):
        assert (reduce(board, factor, linear_light=True) == round(255 * 0.5 ** (1 / 2.2))).all()
    assert set(np.unique(reduce(board, 2, linear_light=False)[2:-2, 2:-2])) <= {127, 128}


@pytest.mark.parametrize("linear_light", [False, True])
def test_reduction_keeps_flat_colours_and_the_whole_factor(linear_light: bool) -> None:
    colours = np.arange(1, 247, 5, dtype=np.uint8)
    flat = np.broadcast_to(colours[:, None, None, None], (50, 67, 35, 3))
    for picture in flat:
        small = reduce(np.ascontiguousarray(picture), 4, linear_light)
        assert small.shape == (16, 8, 3)
        assert (small == picture[0, 0, 0]).all()


def test_camera_rule_halves_the_photo_first(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0110] = "Redmi Note 4"
    pixels = np.random.default_rng(0).integers(256, size=(120, 80, 3), dtype=np.uint8)
    photo = save(tmp_path / "photo.png", pixels, exif=exif)
    whole, halved = cut(photo), cut(photo, Settings(size=32, cameras=("other", "redmi note 4")))
    assert (whole.halved, halved.halved) == (False, True)
    assert halved.size == (80, 120)
    assert [place.reduction for place in halved.places] == [1, 1]
    (left, top, right, bottom) = halved.places[0].box
    small = np.asarray(Image.fromarray(pixels).resize((40, 60), Image.Resampling.BICUBIC))
    assert np.array_equal(halved.pixels[0], small[top:bottom, left:right])


def test_camera_is_matched_by_name_or_pattern() -> None:
    assert matches("sm-g900f", ("SM-G900F",))
    assert matches("sm-g900f", ("x", "sm-*"))
    assert matches("odd [name]", ("Odd [name]",))
    assert not matches("sm-g900f", ("g900",))
    assert not matches("sm-g900f", ())
    assert camera(b"not an exif block") == camera(None) == ""


def test_grey_transparent_and_turned_photos_become_rgb(photos: Path, tmp_path: Path) -> None:
    grey = open_photo(photos / "sub" / "grey.tif", SMALL).pixels
    assert np.array_equal(grey[..., 0], np.asarray(Image.open(photos / "sub" / "grey.tif")))
    assert (grey == grey[..., :1]).all()
    rgba = np.asarray(Image.open(photos / "sub" / "alpha.PNG")).astype(float)
    over_white = rgba[..., :3] * rgba[..., 3:] / 255 + 255 - rgba[..., 3:]
    assert np.abs(open_photo(photos / "sub" / "alpha.PNG", SMALL).pixels - over_white).max() <= 0.51
    turned = open_photo(photos / "turned.jpg", SMALL)
    assert turned.size == (50, 100)
    stored = np.asarray(Image.open(photos / "turned.jpg")).astype(int)
    assert np.abs(turned.pixels - np.rot90(stored, -1)).mean() < 2
    cmyk = open_photo(photos / "sub" / "print.jpeg", SMALL).pixels
    assert cmyk.shape == (80, 64, 3)


def test_sixteen_bits_are_rounded_not_truncated(tmp_path: Path) -> None:
    Image.fromarray(np.full((32, 32), 256 * 128 + 255, np.uint16)).save(tmp_path / "deep.png")
    assert (open_photo(tmp_path / "deep.png", SMALL).pixels == round((256 * 128 + 255) / 257)).all()


def test_shards_of_a_thousand(photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert shard_path(12678) == "12/12678.png"
    assert shard_path(999, "x") == "0/x999.png"
    monkeypatch.setattr("ganvas.data.prepare.collection.SHARD", 10)
    prepared = prepare([photos], tmp_path / "out", Settings(size=32, prefix="tile-"))
    assert len(list((tmp_path / "out" / "1").iterdir())) == 10
    assert (tmp_path / "out" / "2" / "tile-23.png").exists()
    assert len(list((tmp_path / "out").glob("*/tile-*.png"))) == prepared.crops


def test_photos_are_found_sorted_and_named_from_their_folder(photos: Path) -> None:
    (photos / ".hidden").mkdir()
    (photos / ".hidden" / "x.jpg").touch()
    names = [photo.name for photo in find_photos([photos], apart_from=photos / "sub")]
    assert names == ["a.png", "b.jpg", "cut off.jpg", "empty.png", "thin.png", "turned.jpg"]
    several = [photo.name for photo in find_photos([photos / "sub", photos / "a.png"])]
    assert several == ["a.png", "sub/alpha.PNG", "sub/grey.tif", "sub/print.jpeg"]
    with pytest.raises(PrepareError, match=r"would both be called sub/alpha\.PNG"):
        find_photos([photos / "sub", photos / "sub"])


def test_the_folder_of_crops_may_lie_among_the_photos(photos: Path) -> None:
    first = prepare([photos], photos / "crops", SMALL)
    assert prepare([photos], photos / "crops", SMALL) == first


def test_a_finished_set_is_left_alone(photos: Path, tmp_path: Path) -> None:
    first = prepare([photos], tmp_path / "out", SMALL)
    times = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*")}
    assert prepare([photos], tmp_path / "out", SMALL) == first
    assert times == {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*")}


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        (Settings(size=16), "size = 32, not 16"),
        (Settings(size=32, seed=3), "seed = 0, not 3"),
        (Settings(size=32, linear_light=True), "linear_light = False, not True"),
        (Settings(size=32, cameras=("x",)), r"cameras = \[\], not \['x'\]"),
    ],
)
def test_other_settings_are_refused_by_name(photos: Path, tmp_path: Path, changed: Settings, named: str) -> None:
    prepare([photos], tmp_path / "out", SMALL)
    before = contents(tmp_path / "out")
    with pytest.raises(PrepareError, match=named):
        prepare([photos], tmp_path / "out", changed)
    assert contents(tmp_path / "out") == before


def test_other_photos_are_refused(photos: Path, tmp_path: Path) -> None:
    prepare([photos], tmp_path / "out", SMALL)
    (photos / "a.png").unlink()
    with pytest.raises(PrepareError, match="9 of them, now there are 8"):
        prepare([photos], tmp_path / "out", SMALL)


def test_a_folder_of_something_else_is_refused(photos: Path, tmp_path: Path) -> None:
    before = contents(photos)
    with pytest.raises(PrepareError, match="holds something else"):
        prepare([photos], photos, SMALL)
    assert contents(photos) == before
    (tmp_path / "foreign").mkdir()
    (tmp_path / "foreign" / "settings.json").write_text("[1]")
    with pytest.raises(PrepareError, match="of another program"):
        prepare([photos], tmp_path / "foreign", SMALL)


def test_nothing_to_prepare_is_an_error(photos: Path, tmp_path: Path) -> None:
    with pytest.raises(PrepareError, match="does not exist"):
        prepare([tmp_path / "nowhere"], tmp_path / "out", SMALL)
    (tmp_path / "bare").mkdir()
    with pytest.raises(PrepareError, match="no picture in"):
        prepare([tmp_path / "bare"], tmp_path / "out", SMALL)
    with pytest.raises(PrepareError, match=r"none of the 2 photos gave a crop; the first: empty\.png is empty"):
        prepare([photos / "empty.png", photos / "thin.png"], tmp_path / "out", SMALL)
    assert list((tmp_path / "out").iterdir()) == []


def test_an_unwritable_folder_is_one_sentence(photos: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(PrepareError, match="cannot be written"):
        prepare([photos], tmp_path / "file" / "out", SMALL)


@pytest.mark.parametrize(
    "values",
    [{"size": 0}, {"density": 0.0}, {"density": float("nan")}, {"max_per_scale": 0}, {"seed": -1}, {"prefix": "a/b"}],
)
def test_senseless_settings_are_refused(values: dict[str, Any]) -> None:
    with pytest.raises(PrepareError, match=next(iter(values))):
        Settings(**values)


def test_a_photo_too_sparse_for_a_crop_is_skipped(tmp_path: Path) -> None:
    photo = save(tmp_path / "photo.png", np.zeros((40, 40, 3), np.uint8))
    assert isinstance(cut_photo(photo, Settings(size=32, density=0.1)), Skipped)
