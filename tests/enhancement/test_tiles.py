"""Tiled, streamed, resized in windows: always what the whole picture would have given."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from ganvas.enhancement.strips import Strips, Window, resized
from ganvas.enhancement.tiles import blended, shares, tiled
from ganvas.images import resize
from ganvas.nets.compact import Compact
from ganvas.nets.rrdb import RRDBNet


@pytest.fixture
def net() -> Compact:
    torch.manual_seed(0)
    net = Compact(2, width=8, depth=3)
    torch.nn.init.normal_(net.last.weight, std=0.2)
    return net.eval().requires_grad_(False)


def whole(net: torch.nn.Module, pixels: np.ndarray) -> np.ndarray:
    return net(torch.from_numpy(pixels).permute(2, 0, 1)[None]).squeeze(0).permute(1, 2, 0).numpy()


def together(strips: Strips) -> np.ndarray:
    made = np.concatenate(list(strips.strips))
    assert made.shape == (strips.height, strips.width, strips.channels)
    return made


@pytest.mark.parametrize("size", [(1, 1), (3, 200), (200, 3), (17, 16), (33, 31), (65, 49)])
@pytest.mark.parametrize("tile", [16, 32])
def test_tiled_equals_untiled(net: Compact, size: tuple[int, int], tile: int) -> None:
    pixels = np.random.default_rng(0).random((*size, 3), dtype=np.float32)
    margin = net.receptive_field // 2
    made = together(tiled(Strips.of(pixels), lambda window: whole(net, window), 2, margin, tile))
    assert np.abs(made - whole(net, pixels)).max() < 1e-5


@pytest.mark.parametrize("length", [1, 5, 63, 64, 65, 100, 193, 500])
@pytest.mark.parametrize(("tile", "overlap"), [(64, 8), (24, 8), (8, 8), (48, 16)])
def test_shares_make_one_everywhere(length: int, tile: int, overlap: int) -> None:
    total = np.zeros(length, np.float32)
    for first, share in shares(length, tile, overlap):
        assert len(share) <= max(tile, 3 * overlap)
        total[first : first + len(share)] += share
    assert np.allclose(total, 1, atol=1e-6)


@pytest.mark.parametrize("size", [(1, 1), (3, 200), (200, 3), (64, 64), (65, 49), (150, 131)])
def test_blended_is_the_picture_where_tiles_agree(size: tuple[int, int]) -> None:
    pixels = np.random.default_rng(0).random((*size, 3), dtype=np.float32)
    made = together(blended(Strips.of(pixels), lambda window: 2 * window, 64, 8))
    assert np.abs(made - 2 * pixels).max() < 1e-5


def test_blended_fades_where_they_do_not() -> None:
    """Each tile is grey at random: from pixel to pixel it never changes by more than a step of a fade."""
    random = np.random.default_rng(0)
    pixels = np.zeros((150, 131, 1), np.float32)
    made = together(blended(Strips.of(pixels), lambda window: np.full_like(window, random.random()), 64, 8))
    assert np.ptp(made) > 0.5
    assert max(np.abs(np.diff(made, axis=axis)).max() for axis in (0, 1)) < 1 / 8


def test_blended_yields_as_it_goes() -> None:
    seen = list[int]()

    def noted(window: np.ndarray) -> np.ndarray:
        seen.append(len(window))
        return window

    strips = blended(Strips.of(np.zeros((200, 20, 3), np.float32)), noted, 64, 8).strips
    next(strips)
    assert len(seen) == 1


@pytest.fixture
def folding() -> RRDBNet:
    """Reads the picture folded 2x2, so its tiles must begin at even pixels."""
    torch.manual_seed(0)
    net = RRDBNet(2, width=4, growth=2, blocks=1, init_scale=1)
    return net.eval().requires_grad_(False)


@pytest.mark.parametrize("size", [(1, 1), (5, 131), (91, 124)])
@pytest.mark.parametrize("tile", [31, 50])
def test_tiled_equals_untiled_where_the_net_folds(folding: RRDBNet, size: tuple[int, int], tile: int) -> None:
    pixels = np.random.default_rng(0).random((*size, 3), dtype=np.float32)
    margin = folding.receptive_field // 2
    made = together(tiled(Strips.of(pixels), lambda window: whole(folding, window), 2, margin, tile, folding.multiple))
    assert np.abs(made - whole(folding, pixels)).max() < 1e-5


def test_tiles_that_begin_at_odd_pixels_would_be_seen(folding: RRDBNet) -> None:
    pixels = np.random.default_rng(0).random((9, 217, 3), dtype=np.float32)
    margin = folding.receptive_field // 2
    strips = [tiled(Strips.of(pixels), lambda window: whole(folding, window), 2, margin, 31, m) for m in (1, 2)]
    wrong, right = (np.abs(together(each) - whole(folding, pixels)).max() for each in strips)
    assert right < 1e-5
    assert wrong > 1e-3


def test_a_margin_one_pixel_short_would_be_seen() -> None:
    torch.manual_seed(0)
    net = Compact(2, width=8, depth=3, back_projection=False).eval().requires_grad_(False)  # its farthest is too faint
    torch.nn.init.normal_(net.last.weight, std=0.2)
    pixels = np.random.default_rng(0).random((64, 64, 3), dtype=np.float32)
    margin = net.receptive_field // 2 - 1
    made = together(tiled(Strips.of(pixels), lambda window: whole(net, window), 2, margin, 16))
    assert np.abs(made - whole(net, pixels)).max() > 1e-4


def test_no_seam_in_bf16(net: Compact) -> None:
    """The step across the lines where tiles meet is no larger than between any other neighbours."""
    slope = np.linspace(0, 1, 96, dtype=np.float32)
    pixels = np.stack([np.add.outer(slope, slope) / 2] * 3, axis=2)
    half = net.to(torch.bfloat16)

    def run(window: np.ndarray) -> np.ndarray:
        image = torch.from_numpy(window).permute(2, 0, 1)[None].bfloat16()
        return half(image).float().squeeze(0).permute(1, 2, 0).numpy()

    made = together(tiled(Strips.of(pixels), run, 2, net.receptive_field // 2, 32))
    untiled = run(pixels)
    assert np.abs(np.diff(made, axis=1))[:, 63::64].mean() <= 1.05 * np.abs(np.diff(untiled, axis=1))[:, 63::64].mean()


@pytest.mark.parametrize("size", [(30, 44), (90, 70), (61, 45), (1, 1)])
def test_resizing_a_stream_equals_resizing_the_whole(size: tuple[int, int]) -> None:
    pixels = np.random.default_rng(1).random((60, 45, 3), dtype=np.float32)
    strips = Strips(60, 45, 3, iter(np.array_split(pixels, 7)))
    expected = resize(torch.from_numpy(pixels).permute(2, 0, 1)[None], size).squeeze(0).permute(1, 2, 0).numpy()
    assert np.abs(together(resized(strips, *size)) - expected).max() < 1e-5


def test_resizing_in_many_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    pixels = np.random.default_rng(1).random((300, 2000, 3), dtype=np.float32)
    strips = Strips(300, 2000, 3, iter(np.array_split(pixels, 30)))
    made = list(resized(strips, 3000, 1500).strips)
    expected = resize(torch.from_numpy(pixels).permute(2, 0, 1)[None], (3000, 1500)).squeeze(0).permute(1, 2, 0).numpy()
    assert len(made) == 1 or all(len(strip) < 3000 for strip in made)
    assert np.abs(np.concatenate(made) - expected).max() < 1e-5


def test_a_window_lets_rows_go() -> None:
    window = Window(Strips(10, 1, 1, iter(np.arange(10, dtype=np.float32).reshape(5, 2, 1, 1))))
    assert window.rows(0, 3).ravel().tolist() == [0, 1, 2]
    assert window.rows(2, 7).ravel().tolist() == [2, 3, 4, 5, 6]
    with pytest.raises(ValueError, match="let go"):
        window.rows(1, 2)


def test_a_picture_in_one_piece_is_not_copied() -> None:
    pixels = np.zeros((100, 4, 3), np.float32)
    window = Window(Strips.of(pixels))
    for top in (0, 10, 50):
        assert np.shares_memory(window.rows(top, top + 20), pixels)
