"""Tiles by the memory of a net."""

from __future__ import annotations

from ganvas.enhancement.model import TILE
from ganvas.enhancement.window import LAYER_BYTES, SMALLEST, held, side
from ganvas.nets.compact import Compact
from ganvas.nets.rrdb import RRDBNet


def test_the_largest_layer_is_found() -> None:
    net = Compact(2, width=16, depth=2)
    assert held(net, net) == 4 * (16 + 16)  # a slope or a convolution between 16 channels
    assert held(net.bfloat16(), lambda image: net(image.bfloat16())) == 2 * (16 + 16)


def test_layers_behind_an_enlargement_count_by_their_pixels() -> None:
    net = RRDBNet(4, width=8, growth=4, blocks=1)
    assert held(net, net, net.multiple) == 4 * 16 * (8 + 8)
    folding = RRDBNet(1, width=8, growth=4, blocks=1)
    assert held(folding, folding, folding.multiple) == 4 * (8 + 8)


def test_hooks_do_not_stay() -> None:
    net = Compact(2, width=4, depth=1)
    held(net, net)
    assert not any(layer._forward_hooks for layer in net.modules())


def test_the_window_stays_within_the_bound_and_the_tile_within_reason() -> None:
    for bytes_a_pixel in (1, 384, 2_000, 8_192, 16_384, 10**9):
        for margin in (0, 10, 56):
            tile = side(bytes_a_pixel, margin, TILE)
            assert SMALLEST <= tile <= TILE
            assert tile % 32 == 0
            assert tile == SMALLEST or (tile + 2 * margin) ** 2 * bytes_a_pixel <= LAYER_BYTES


def test_a_wide_net_gets_smaller_tiles() -> None:
    net = RRDBNet(4, width=128, growth=4, blocks=1)
    assert side(held(net, net), 56, TILE) < TILE


def test_the_official_nets_keep_the_largest_tiles() -> None:
    net = RRDBNet(4, growth=4, blocks=1)
    assert side(held(net, net), 56, TILE) == TILE
