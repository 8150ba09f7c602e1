"""The guided filter against closed forms."""

from __future__ import annotations

import pytest
import torch

from ganvas.degrade.guided_filter import box_mean, guided_filter


def noise(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.rand(shape, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("radius", [0, 1, 3, 20])
def test_the_box_mean_is_that_of_the_part_inside(radius: int) -> None:
    image = noise(1, 1, 9, 12)
    expected = torch.empty_like(image)
    for row in range(9):
        for column in range(12):
            part = image[..., max(row - radius, 0) : row + radius + 1, max(column - radius, 0) : column + radius + 1]
            expected[..., row, column] = part.mean()
    torch.testing.assert_close(box_mean(image, radius), expected)


def test_a_constant_guide_gives_the_box_mean_of_the_box_mean() -> None:
    input = noise(2, 1, 15, 20)
    filtered = guided_filter(torch.full((2, 1, 15, 20), 0.4), input, 2, 1e-2)
    torch.testing.assert_close(filtered, box_mean(box_mean(input, 2), 2), atol=1e-4, rtol=0)


def test_a_line_of_the_guide_comes_back() -> None:
    guide = noise(1, 1, 20, 20)
    torch.testing.assert_close(guided_filter(guide, 0.7 - 2 * guide, 4, 1e-8), 0.7 - 2 * guide, atol=1e-3, rtol=0)


def test_a_checkerboard_guiding_itself_is_flattened_by_epsilon() -> None:
    board = (torch.arange(41)[:, None] + torch.arange(41)).remainder(2).float()[None, None]
    inner = guided_filter(board, board, 2, 0.1)[0, 0, 10:30, 10:30]
    # Of 25 pixels those of the middle's colour are 13: a = v/(v + ε) with v = 12·13/25² everywhere, and
    # b = (1 - a)·13/25 or (1 - a)·12/25, of which the box means differ by (1 - a)/25².
    slope = 156 / 625 / (156 / 625 + 0.1)
    assert (inner.max() - inner.min()).item() == pytest.approx(slope + (1 - slope) / 625, abs=1e-5)


def test_edges_come_from_the_guide() -> None:
    guide = torch.zeros(1, 1, 32, 32)
    guide[..., 16:] = 1
    rough = torch.sigmoid((torch.arange(32.0) - 14) / 3).expand(1, 1, 32, 32)
    step = guided_filter(guide, rough, 8, 1e-3)[0, 0, 16]
    assert (step[16] - step[15]).item() > 0.45 > 5 * rough.diff(dim=-1).max().item()
    assert step.diff()[[14, 16]].abs().max().item() < 0.05
