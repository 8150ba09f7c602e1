"""Trajectories by their speed and reach, kernels against closed forms, blur by what it leaves alone."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from ganvas.degrade.motion import LENGTH, PAPER, POSITIONS, STEP, FrameAverage, Hand, MotionBlur, exposed, motion_kernel
from ganvas.degrade.rows import generators
from ganvas.images import to_linear

LINE = np.linspace(-10, 10, 401) * np.exp(0.3j)


def paths(hand: Hand, count: int, seed: int = 0) -> np.ndarray:
    return hand(generators(np.random.default_rng(seed), count))


def picture(count: int = 1, side: int = 32) -> torch.Tensor:
    coarse = torch.rand(count, 3, 6, 6, generator=torch.Generator().manual_seed(0))
    return torch.nn.functional.interpolate(coarse, size=(side, side), mode="bicubic").clamp(0, 1)


@pytest.mark.parametrize("hand", [Hand(), PAPER])
def test_the_speed_is_constant_and_the_path_sixty_pixels_long(hand: Hand) -> None:
    steps = np.abs(np.diff(paths(hand, 5)))
    assert steps.shape == (5, POSITIONS - 1)
    np.testing.assert_allclose(steps, STEP, rtol=1e-9)
    np.testing.assert_allclose(steps.sum(axis=1), LENGTH)


def reach(path: np.ndarray) -> np.ndarray:
    return np.maximum(np.ptp(path.real, axis=1), np.ptp(path.imag, axis=1))


def test_how_far_paths_reach() -> None:
    reached = reach(paths(Hand(strengths=(0.005,)), 200))
    assert 14 < np.median(reached) < 20
    assert 35 < reached.max() < LENGTH
    assert np.median(reach(paths(PAPER, 50))) > 40


def test_without_tremor_pull_and_impulses_paths_are_straight() -> None:
    straight = paths(Hand(impulses=(0, 0), tremor=(0, 0), pull=(0, 0)), 3)
    np.testing.assert_allclose(np.abs(straight[:, -1]), LENGTH)
    assert len({round(float(angle), 3) for angle in np.angle(straight[:, -1])}) == 3


def test_an_impulse_turns_back() -> None:
    certain = Hand(strengths=(1.0,), impulses=(1.0, 1.0), tremor=(0, 0), pull=(0, 0))
    steps = np.diff(paths(certain, 1))[0]
    # v + 2v·exp(i(π + s)) = -v·(2·exp(is) - 1) with |s| <= 1/2.
    skews = np.abs(np.angle(-steps[1:] / steps[:-1]))
    assert skews.max() == pytest.approx(np.angle(2 * np.exp(0.5j) - 1), abs=0.01)
    assert skews.min() < 0.01


def test_a_pull_keeps_paths_near_the_start() -> None:
    free, pulled = (Hand(strengths=(0.01,), impulses=(0, 0), tremor=(0, 0), pull=(pull, pull)) for pull in (0.0, 0.7))
    assert reach(paths(pulled, 5)).max() < reach(paths(free, 5)).min()


def test_a_row_depends_on_its_own_number_alone() -> None:
    blur = MotionBlur()
    few, many = (blur.kernels(count, np.random.default_rng(3)) for count in (2, 5))
    assert all(torch.equal(one, other) for one, other in zip(few, many, strict=False))
    assert not torch.equal(blur.kernels(1, np.random.default_rng(4))[0], few[0])


def test_the_kernel_of_points_is_bilinear() -> None:
    kernel = motion_kernel(np.array([0.25 + 0.5j, -1.0 + 0j]), 5)
    expected = torch.zeros(5, 5)
    expected[2:4, 2:4] = torch.tensor([[0.375, 0.125], [0.375, 0.125]]) / 2
    expected[2, 1] = 1 / 2
    torch.testing.assert_close(kernel, expected)


@pytest.mark.parametrize("path", [LINE, paths(Hand(), 1)[0] + 7, np.full(9, 3.0 - 3.0j), np.zeros(4, complex)])
def test_a_kernel_has_the_sum_one_and_the_moments_of_its_path(path: np.ndarray) -> None:
    kernel = motion_kernel(path).double()
    assert kernel.min() >= 0
    assert kernel.sum().item() == pytest.approx(1, abs=1e-6)
    offset = torch.arange(len(kernel)).double() - len(kernel) // 2
    centre = (kernel.sum(dim=0) @ offset).item(), (kernel.sum(dim=1) @ offset).item()
    assert centre == pytest.approx((path.mean().real, path.mean().imag), abs=1e-5)


@pytest.mark.parametrize("size", [20, 19])
def test_a_size_that_does_not_hold_the_path_is_refused(size: int) -> None:
    with pytest.raises(ValueError, match="odd size of at least 21"):
        motion_kernel(LINE / math.cos(0.3), size)


def test_exposures_are_parts_of_one_path() -> None:
    (path,) = paths(Hand(), 1)
    least, more = (exposure * motion_kernel(path[: round(exposure * POSITIONS)], 121) for exposure in (0.1, 0.5))
    assert (least <= more + 1e-7).all()
    assert (more <= motion_kernel(path, 121) + 1e-7).all()
    assert len(exposed(path, 0.1)) == POSITIONS // 10
    np.testing.assert_allclose(np.diff(exposed(path, 0.1)), np.diff(path[: POSITIONS // 10]))


def test_kernels_do_not_shift_the_picture() -> None:
    for kernel in MotionBlur().kernels(6, np.random.default_rng(0)):
        offset = torch.arange(len(kernel)) - len(kernel) // 2
        assert torch.stack([kernel.sum(dim=0) @ offset.float(), kernel.sum(dim=1) @ offset.float()]).abs().max() < 1e-4


def test_kernels_scale_with_the_longest_path() -> None:
    blur = MotionBlur(exposures=(1.0,))
    short, long = (replace(blur, longest=longest).kernels(8, np.random.default_rng(0)) for longest in (15.0, 60.0))
    for less, more in zip(short, long, strict=True):
        assert len(less) < len(more) <= 61
        assert len(less) // 2 == pytest.approx(len(more) // 2 / 4, abs=1)
    assert all(len(kernel) == 1 for kernel in replace(blur, longest=0.0).kernels(2, np.random.default_rng(0)))


@pytest.mark.parametrize("linear", [False, True])
@pytest.mark.parametrize("kind", [MotionBlur, FrameAverage])
def test_a_constant_picture_stays(kind: type[MotionBlur] | type[FrameAverage], linear: bool) -> None:
    image = torch.full((2, 3, 24, 17), 0.3)
    torch.testing.assert_close(kind(linear=linear)(image, np.random.default_rng(0)), image, atol=1e-5, rtol=0)


@pytest.mark.parametrize("blur", [MotionBlur(longest=20.0), FrameAverage()])
def test_seeds_reproduce_and_others_differ(blur: MotionBlur | FrameAverage) -> None:
    image = picture(2)
    first, again, other = (blur(image, np.random.default_rng(seed)) for seed in (0, 0, 1))
    assert torch.equal(first, again)
    assert not torch.allclose(first, other, atol=0.01)
    assert not torch.allclose(first, image, atol=0.01)
    torch.testing.assert_close(blur(image[:1], np.random.default_rng(0)), first[:1], atol=1e-5, rtol=0)


def test_a_light_keeps_its_energy_in_linear_light_alone() -> None:
    lamp = torch.zeros(1, 1, 41, 41)
    lamp[..., 20, 20] = 1
    kernel = motion_kernel(LINE)
    streak, dim = (MotionBlur(linear=linear).blurred(lamp, [kernel]) for linear in (True, False))
    assert to_linear(streak).sum().item() == pytest.approx(1, rel=1e-3)
    assert to_linear(dim).sum().item() < 0.2


STILL = FrameAverage(shift=(0.0, 0.0), turn=(0.0, 0.0))


def test_frames_that_do_not_move_are_the_photo() -> None:
    image = picture(2)
    torch.testing.assert_close(STILL(image, np.random.default_rng(0)), image, atol=1e-5, rtol=0)
    assert len(STILL.moves((32, 32), np.random.default_rng(0))) in STILL.frames


def test_the_middle_frame_is_the_photo_and_the_way_is_smooth() -> None:
    average = FrameAverage(frames=(9,), shift=(3.0, 3.0), turn=(0.5, 0.5))
    moves = average.moves((40, 60), np.random.default_rng(0))
    torch.testing.assert_close(moves[len(moves) // 2], torch.eye(2, 3, dtype=torch.float64))
    corners = torch.tensor([[x, y, 1] for x in (-30, 30) for y in (-20, 20)]).double()
    steps = (moves @ corners.T).diff(dim=0).norm(dim=1)
    assert steps.max() <= 1
    assert steps.min() > 0


def test_frames_along_a_line_are_the_blur_by_a_line() -> None:
    average = FrameAverage(frames=(7,), shift=(2.0, 2.0), turn=(0.0, 0.0), bend=0.0, linear=False)
    moves = average.moves((48, 48), np.random.default_rng(0))
    length = (moves[-1] - moves[0])[:, 2].norm().item() * len(moves) / (len(moves) - 1)
    assert length == pytest.approx(14)
    # What is seen at p + m comes to p: the kernel is the way backwards.
    kernel = motion_kernel(-torch.view_as_complex(moves[:, :, 2].contiguous()).numpy())
    image = picture(side=48)
    inner = (..., slice(8, -8), slice(8, -8))
    expected = MotionBlur().blurred(image, [kernel])
    torch.testing.assert_close(average.averaged(image, [moves])[inner], expected[inner], atol=1e-4, rtol=0)


def test_a_turn_leaves_its_pivot_sharp() -> None:
    moves = FrameAverage(shift=(0.0, 0.0), turn=(0.3, 0.3)).moves((100, 100), np.random.default_rng(1))
    first = moves[0] - torch.eye(2, 3, dtype=torch.float64)
    pivot = torch.linalg.solve(first[:, :2], -first[:, 2])
    assert pivot.abs().max() < 50
    torch.testing.assert_close(moves @ torch.cat([pivot, torch.ones(1).double()]), pivot.expand(len(moves), 2))
    angles = torch.atan2(moves[:, 1, 0], moves[:, 0, 0])
    assert (angles.diff().abs() - angles.diff().abs()[0]).abs().max() < 1e-9
