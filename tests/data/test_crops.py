"""Crops as training reads them."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ganvas.data import crops as crops_module
from ganvas.data.crops import open_crops, photo_crops
from ganvas.data.prepare import PrepareError, Settings, prepare

SMALL = Settings(size=32)


def test_prepared_crops_are_those_of_the_pngs(photos: Path, tmp_path: Path) -> None:
    prepared = prepare([photos], tmp_path / "out", SMALL)
    crops = open_crops(tmp_path / "out")
    assert (len(crops), crops.size) == (prepared.crops, 32)
    index = np.array([5, 0, 5, len(crops) - 1])
    taken = crops[index]
    assert (taken.shape, taken.dtype) == ((4, 32, 32, 3), np.uint8)
    for crop, number in zip(taken, index, strict=True):
        assert np.array_equal(crop, np.asarray(Image.open(tmp_path / "out" / "0" / f"{number}.png")))
    taken[:] = 0  # a copy, which nothing keeps from being changed
    assert crops[index].any()


def test_missing_unfinished_and_damaged_crops_are_refused(photos: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    with pytest.raises(PrepareError, match=r"there are no crops in .*: make them with `ganvas prepare"):
        open_crops(out)

    def stop(done: int, total: int) -> None:
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(PrepareError, match="stopped after 3 of 9 photos"):
        prepare([photos], out, SMALL, watch=stop)
    with pytest.raises(PrepareError, match="not finished"):
        open_crops(out)
    prepare([photos], out, SMALL)
    whole = (out / "crops.npy").read_bytes()
    (out / "crops.npy").write_bytes(whole[:-1])
    with pytest.raises(PrepareError, match="damaged or cut off"):
        open_crops(out)
    np.save(out / "crops.npy", np.zeros((3, 32, 32)))
    with pytest.raises(PrepareError, match="not crops of uint8"):
        open_crops(out)


def test_a_step_depends_on_the_seed_and_its_number_alone(photos: Path) -> None:
    walk = photo_crops(photos, 32, 4, seed=1, pool=3)
    in_order = walk[range(200)]
    assert (in_order.shape, in_order.dtype) == ((200, 32, 32, 3), np.uint8)
    backwards = photo_crops(photos, 32, 4, seed=1, pool=3)[range(199, -1, -1)]
    assert np.array_equal(in_order, backwards[::-1])
    late = photo_crops(photos, 32, 4, seed=1, pool=3)[[150, 7]]
    assert np.array_equal(late, in_order[[150, 7]])
    assert not np.array_equal(photo_crops(photos, 32, 4, seed=2, pool=3)[range(20)], in_order[:20])


def test_threads_see_the_same_walk(photos: Path) -> None:
    alone = photo_crops(photos, 32, 4, pool=3)[range(96)]
    shared = photo_crops(photos, 32, 4, pool=3)
    with ThreadPoolExecutor(4) as threads:
        parts = list(threads.map(lambda start: shared[range(start, start + 8)], range(0, 96, 8)))
    assert np.array_equal(np.concatenate(parts), alone)


def test_a_photo_is_decoded_once_for_all_its_crops(photos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    decoded = Counter[str]()
    plain = crops_module.open_photo

    def counting(path: Path, settings: Settings) -> object:
        decoded[path.name] += 1
        return plain(path, settings)

    monkeypatch.setattr(crops_module, "open_photo", counting)
    for name in ("cut off.jpg", "empty.png", "thin.png"):
        (photos / name).unlink()
    walk = photo_crops(photos, 32, 8, pool=3)
    assert len(walk) == 6 * 8
    for start in range(0, len(walk), 4):
        assert walk[range(start, start + 4)].shape == (4, 32, 32, 3)
    assert set(decoded.values()) == {1}
    assert len(decoded) == 6


def test_photos_of_no_use_are_replaced_and_logged_once(photos: Path, caplog: pytest.LogCaptureFixture) -> None:
    walk = photo_crops(photos, 32, 2, pool=4)
    first = walk[range(3 * len(walk))]
    assert np.array_equal(walk[range(3 * len(walk))], first)
    messages = [record.message for record in caplog.records if record.name == "ganvas.data.crops"]
    assert len(messages) == 3
    assert sum("thin.png is too small at 31 x 200" in message for message in messages) == 1


def test_no_photo_of_use_is_an_error(photos: Path, tmp_path: Path) -> None:
    with pytest.raises(PrepareError, match="none of the 9 photos gives a crop of 500 x 500"):
        photo_crops(photos, 500)[[0]]
    with pytest.raises(PrepareError, match="does not exist"):
        photo_crops(tmp_path / "nowhere")
