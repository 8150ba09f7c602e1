"""The walk of an animation by hand, its frames, and its files."""

from __future__ import annotations

import sys
from itertools import islice, pairwise
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from ganvas import single
from ganvas.images import Picture
from ganvas.nets.pyramid import Pyramid
from ganvas.single.animation import walk


def test_the_walk_is_the_recurrence_of_the_specification() -> None:
    still, alpha, beta = torch.tensor([1.0, -2.0]), 0.1, 0.8
    u = torch.randn(4, 2, generator=torch.Generator().manual_seed(3))
    z0 = 0.95 * still + 0.05 * u[0]
    z1 = 0.1 * still + 0.9 * (z0 + 0.8 * (z0 - still) + 0.2 * u[1])
    z2 = 0.1 * still + 0.9 * (z1 + 0.8 * (z1 - z0) + 0.2 * u[2])
    z3 = 0.1 * still + 0.9 * (z2 + 0.8 * (z2 - z1) + 0.2 * u[3])
    steps = list(islice(walk(still, alpha, beta, torch.Generator().manual_seed(3)), 3))
    torch.testing.assert_close(torch.stack(steps), torch.stack([z1, z2, z3]))


def test_a_full_pull_never_leaves_the_reconstruction() -> None:
    still = torch.randn(1, 1, 4, 5)
    assert all(torch.equal(z, still) for z in islice(walk(still, 1.0, 0.9, torch.Generator()), 4))


@pytest.mark.parametrize("kind", ["pyramid", "padded"])
def test_frames_have_the_photos_size_and_differ(kind: str, request: pytest.FixtureRequest) -> None:
    pyramid = request.getfixturevalue(kind)
    state = torch.get_rng_state()
    frames = [frame.pixels for frame in single.animate(pyramid, 4, seed=1)]
    assert torch.equal(torch.get_rng_state(), state)
    assert [frame.shape for frame in frames] == [(60, 80, 3)] * 4
    assert all(np.abs(a - b).mean() > 1e-4 for a, b in pairwise(frames))
    again = [frame.pixels for frame in single.animate(pyramid, 4, seed=1)]
    assert all(np.array_equal(a, b) for a, b in zip(frames, again, strict=True))


def test_it_moves_about_the_photo_and_less_from_a_later_level(pyramid: Pyramid) -> None:
    photo = Picture.from_tensor(pyramid.draw(noise="rec")).pixels

    def distance(start_level: int, alpha: float = 0.1) -> float:
        frames = list(single.animate(pyramid, 5, start_level, alpha, seed=2))
        return float(np.mean([np.abs(frame.pixels - photo).mean() for frame in frames]))

    assert distance(0) > distance(1) > distance(len(pyramid.levels) - 1) > 0
    assert distance(0, alpha=1.0) < 1e-6


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ({"start_level": 9}, "level 9 does not exist"),
        ({"alpha": 1.5}, "alpha is 1.5"),
        ({"beta": -0.1}, "beta is -0.1"),
        ({"frames": 0}, "cannot have 0 frames"),
    ],
)
def test_wrong_numbers_are_said_before_the_first_frame(pyramid: Pyramid, words: dict[str, int], message: str) -> None:
    with pytest.raises(single.SingleError, match=message):
        single.animate(pyramid, **words)


def test_a_gif_loops_at_ten_frames_a_second(pyramid: Pyramid, tmp_path: Path) -> None:
    target = tmp_path / "walk.gif"
    single.save(single.animate(pyramid, 3), target)
    with Image.open(target) as image:
        assert (image.size, image.n_frames, image.info["loop"], image.info["duration"]) == ((80, 60), 3, 0, 100)
    assert [path.name for path in tmp_path.iterdir()] == ["walk.gif"]


def test_a_failure_leaves_what_was_there(tmp_path: Path) -> None:
    target = tmp_path / "walk.gif"
    target.write_bytes(b"old")

    def failing():
        yield Picture(np.zeros((4, 4, 3), np.float32))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        single.save(failing(), target)
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("walk.gif", b"old")]


def test_films_that_cannot_be_written_are_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(single.SingleError, match=r"a .gif or an .mp4, not .avi"):
        single.save([], tmp_path / "walk.avi")
    with pytest.raises(single.SingleError, match="does not exist"):
        single.save([], tmp_path / "nowhere" / "walk.gif")
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(single.SingleError, match=r"pip install 'ganvas\[video\]'"):
        single.save([], tmp_path / "walk.mp4")


def test_an_mp4_of_an_odd_size(tmp_path: Path) -> None:
    av = pytest.importorskip("av", reason="the extra video is not installed")
    frames = [Picture(np.full((33, 47, 3), value, np.float32)) for value in (0.2, 0.5, 0.8)]
    single.save(frames, tmp_path / "walk.mp4")
    with av.open(str(tmp_path / "walk.mp4")) as film:
        (stream,) = film.streams.video
        assert (stream.width, stream.height, stream.average_rate) == (48, 34, 10)
        shown = [frame.to_ndarray(format="rgb24").mean() / 255 for frame in film.decode(video=0)]
    assert shown == pytest.approx([0.2, 0.5, 0.8], abs=0.02)
