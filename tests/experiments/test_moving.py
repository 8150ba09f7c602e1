"""The animation beside a page: every run from its start to its end, whatever its rounds, and small."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from ganvas.experiments.moving import LASTING, LINGERING, animation, film_of, store_film
from ganvas.experiments.play import MOMENTS, Played
from ganvas.images import Picture, write
from ganvas.report.scatter import scatter
from ganvas.report.text import ReportError


def run_with(folder: Path, label: str, pictures: dict[int, Picture]) -> Played:
    """A run folder with ``pictures`` of points by round, and nothing else that a film asks for."""
    (folder / "pictures").mkdir(parents=True)
    (folder / "recipe.json").write_text("{}", encoding="utf-8")
    for number, picture in pictures.items():
        write(picture, folder / "pictures" / f"stage-000-round-{number:07}-points.png")
    return Played(label, 0, folder, 1.0)


def plain(grey: float) -> Picture:
    return Picture(np.full((64, 64, 3), grey, np.float32))


def frames_of(gif: bytes) -> list[tuple[np.ndarray, int]]:
    with Image.open(io.BytesIO(gif)) as held:
        found: list[tuple[np.ndarray, int]] = []
        for place in range(getattr(held, "n_frames", 1)):
            held.seek(place)
            found.append((np.asarray(held.convert("L"), np.float32), int(held.info["duration"])))
        return found


def test_runs_of_different_lengths_begin_and_end_together(tmp_path: Path) -> None:
    short = run_with(tmp_path / "short", "short", {1: plain(0.0), 10: plain(1.0)})
    long = run_with(tmp_path / "long", "long", {1: plain(0.0), 50: plain(0.5), 100: plain(1.0)})
    frames = frames_of(animation([short, long], "points"))
    assert [duration for _, duration in frames] == [LASTING, LASTING, LINGERING]
    middle = frames[0][0].shape[1] // 2
    for place, grey in ((0, 0), (-1, 255)):
        picture = frames[place][0]
        assert abs(picture[75, 60] - grey) < 8
        assert abs(picture[75, middle + 60] - grey) < 8
    # Every frame has few colours, and grey is not one of them.
    assert abs(frames[1][0][75, middle + 60] - 127) < 45


def test_frames_are_of_one_size_however_long_their_lines_are(tmp_path: Path) -> None:
    arms = [f"an arm of a long name {number}" for number in range(2)]
    runs = [run_with(tmp_path / arm, arm, {1: plain(0.0), 1_000_000: plain(1.0)}) for arm in arms]
    frames = frames_of(animation(runs, "points"))
    assert len({picture.shape for picture, _ in frames}) == 1
    assert all((picture[:, -5:] == 255).all() for picture, _ in frames)


def test_a_film_of_four_arms_stays_below_400_kilobytes(tmp_path: Path) -> None:
    random = torch.Generator().manual_seed(0)
    data = 2 * torch.nn.functional.normalize(torch.randn(512, 2, generator=random))
    drawn = [scatter(torch.randn(512, 2, generator=random), data) for _ in range(2)]
    pictures = {number: drawn[number % 2] for number in range(4)}
    runs = [run_with(tmp_path / str(arm), f"unrolled GAN {arm}", pictures) for arm in range(4)]
    gif = animation(runs, "points")
    assert len(frames_of(gif)) == 4
    assert len(gif) < 400_000 * 4 / (MOMENTS + 1), "points all over the plane, which change all at once, are the worst"


def test_nothing_drawn_is_no_film(tmp_path: Path) -> None:
    run = run_with(tmp_path / "run", "run", {})
    assert animation([run], "points") == b""
    drawn = run_with(tmp_path / "drawn", "drawn", {1: plain(0.0)})
    assert len(frames_of(animation([run, drawn], "points"))) == 1
    assert film_of(b"", "alt") == ""
    store_film(b"", tmp_path / "film.gif")
    assert not (tmp_path / "film.gif").exists()


def test_a_film_is_whole_or_not_there(tmp_path: Path) -> None:
    run = run_with(tmp_path / "run", "run", {1: plain(0.0), 2: plain(1.0)})
    gif = animation([run], "points")
    store_film(gif, tmp_path / "film.gif")
    assert (tmp_path / "film.gif").read_bytes() == gif
    with pytest.raises(ReportError, match="there is no folder"):
        store_film(gif, tmp_path / "missing" / "film.gif")
