"""The guard refuses what is not the picture any more, and nothing else."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from ganvas.enhancement.guard import Guard, GuardError
from ganvas.images import Picture, read, resize


def photo(height: int = 90, width: int = 120) -> Picture:
    """Smooth colours with a sky, a dark corner and some noise."""
    coarse = torch.rand(1, 3, 5, 6, generator=torch.Generator().manual_seed(4))
    fine = resize(coarse, (height, width)).clamp(0, 1) * torch.tensor([0.9, 0.8, 0.6]).view(1, 3, 1, 1)
    return Picture.from_tensor(fine)


def enlarged(picture: Picture, sharpen: float = 0.0) -> np.ndarray:
    planes = torch.from_numpy(picture.pixels).permute(2, 0, 1)[None]
    high = resize(planes, scale=2)
    blurred = resize(resize(high, scale=0.25, kernel="box"), (high.shape[-2], high.shape[-1]))
    return (high + sharpen * (high - blurred)).squeeze(0).permute(1, 2, 0).numpy()


def judge(picture: Picture, result: np.ndarray) -> None:
    guard = Guard(picture, (result.shape[1], result.shape[0]))
    for strip in np.array_split(result, 3 if len(result) >= 3 else 1):
        guard.see(strip)
    guard.verdict()


def with_tile(result: np.ndarray, value: float) -> np.ndarray:
    spoilt = result.copy()
    height, width = result.shape[0] // 6, result.shape[1] // 6
    spoilt[2 * height : 3 * height, 2 * width : 3 * width] = value
    return spoilt


BROKEN = {
    "is black": lambda result: result * 0,
    "is blank": lambda result: np.full_like(result, 0.5),
    "has lost its colours": lambda result: result.mean(axis=2, keepdims=True).repeat(3, axis=2),
    "has changed its colours": lambda result: result * 0.75 + result[..., [1, 2, 0]] * 0.25,
    "is spoilt in places": lambda result: with_tile(result, 0),
    "is not the picture any more": lambda result: result + 0.1,
    "holds values that are not numbers": lambda result: np.where(result > result.max() - 1e-3, np.nan, result),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_broken_results_are_refused(fault: str) -> None:
    with pytest.raises(GuardError, match=f"the result {fault}"):
        judge(photo(), BROKEN[fault](enlarged(photo())))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda result: result[..., ::-1],
        lambda result: np.ones_like(result),
        lambda result: result[::-1],
        lambda result: np.repeat(result.mean(axis=2, keepdims=True), 3, axis=2) * [1, 0.4, 0.4],
    ],
    ids=["swapped channels", "white", "upside down", "red"],
)
def test_other_pictures_are_refused(spoil) -> None:
    with pytest.raises(GuardError):
        judge(photo(), spoil(enlarged(photo())).astype(np.float32))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda result: result.mean(axis=2, keepdims=True).repeat(3, axis=2),
        lambda result: result[..., ::-1],
        lambda result: result[..., [0, 2, 1]],
        lambda result: result[:, ::-1],
        lambda result: with_tile(result, 0),
        lambda result: with_tile(result, 1),
    ],
    ids=["desaturated", "red for blue", "green for blue", "mirrored", "black tile", "white tile"],
)
def test_spoilt_photographs_are_refused(spoil, shared_data: Path) -> None:
    for path in sorted((shared_data / "eval" / "Set5").glob("*.png")):
        with pytest.raises(GuardError):
            judge(read(path), spoil(enlarged(read(path)).clip(0, 1)))


@pytest.mark.parametrize("kind", ["noise", "stripes", "checker"])
@pytest.mark.parametrize("size", [(4, 6), (6, 9), (33, 50)])
def test_patterns_are_kept_at_any_size(kind: str, size: tuple[int, int]) -> None:
    y, x = np.mgrid[: size[0], : size[1]]
    shapes = {"noise": np.random.default_rng(0).random(size) > 0.5, "stripes": x // 3 % 2 == 0, "checker": (x + y) % 2}
    pixels = np.repeat(shapes[kind][..., None], 3, axis=2).astype(np.float32)
    for height, width in ((size[0] * 2, size[1] * 2), (size[0] * 3 // 2, size[1] * 3 // 2)):
        result = resize(torch.from_numpy(pixels).permute(2, 0, 1)[None], (height, width))
        judge(Picture(pixels), result.squeeze(0).permute(1, 2, 0).numpy())


@pytest.mark.parametrize("sharpen", [0.0, 1.0, 3.0])
def test_sharpened_results_are_kept(sharpen: float) -> None:
    judge(photo(), enlarged(photo(), sharpen).clip(0, 1))


@pytest.mark.parametrize(
    "pixels",
    [
        np.zeros((20, 30, 3), np.float32),
        np.full((20, 30, 3), 0.01, np.float32),
        np.ones((20, 30, 1), np.float32),
        np.random.default_rng(0).random((20, 30, 3), dtype=np.float32),
        np.random.default_rng(0).random((1, 1, 3), dtype=np.float32),
        np.random.default_rng(0).random((3, 500, 1), dtype=np.float32),
    ],
    ids=["black", "night", "white grey", "noise", "one pixel", "thin"],
)
def test_extreme_pictures_are_kept(pixels: np.ndarray) -> None:
    judge(Picture(pixels), enlarged(Picture(pixels)).clip(0, 1))


def test_what_is_hidden_does_not_count() -> None:
    picture = photo()
    alpha = np.ones((picture.height, picture.width), np.float32)
    alpha[:, 60:] = 0
    result = np.dstack([enlarged(picture), np.repeat(np.repeat(alpha, 2, 0), 2, 1)]).astype(np.float32)
    result[:, 120:, :3] = 0.5
    judge(Picture(picture.pixels, alpha), result)
    result[:, :100, :3] = 0
    with pytest.raises(GuardError):
        judge(Picture(picture.pixels, alpha), result)


def test_photographs_are_kept(shared_data: Path) -> None:
    for path in sorted((shared_data / "eval" / "Set14").glob("*.png")):
        picture = read(path)
        judge(picture, enlarged(picture, 1.0).clip(0, 1))
