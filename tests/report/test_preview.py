"""Previews: which rounds, which names, and a training that does not notice."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from ganvas.degrade import reduce
from ganvas.game import Player, Round, Stage
from ganvas.images import Picture, read
from ganvas.nets.interpolation import interpolation
from ganvas.recipes.cgan import CGANRecipe
from ganvas.recipes.compact import CompactRecipe
from ganvas.recipes.espcn import ESPCNRecipe
from ganvas.recipes.gan import GANRecipe
from ganvas.report.preview import Preview, enlarged, fixed_noise, generated, of_classes, preview_of, scattered
from ganvas.report.scatter import DATA, MARGIN, SIDE, scatter
from ganvas.runs import Settings, train_into

Make = Callable[..., Picture]


def played(net: nn.Module, number: int, rounds: int = 10, index: int = 0) -> Round:
    player = Player("generator", net, lambda batch: None, torch.optim.SGD(net.parameters(), 0.1))  # pyright: ignore
    return Round(index, Stage("only", rounds, None, [player]), number, {})  # pyright: ignore


class Doubling(nn.Module):
    """A net with all that a preview could disturb: a mode, running statistics, random numbers."""

    def __init__(self) -> None:
        super().__init__()
        self.norm = nn.BatchNorm2d(3)
        self.drop = nn.Dropout()

    def forward(self, low: torch.Tensor) -> torch.Tensor:
        torch.rand(3)
        return self.drop(self.norm(low)).repeat_interleave(2, -1).repeat_interleave(2, -2)


def test_it_draws_after_the_first_the_every_and_the_last_round(made: Make, tmp_path: Path) -> None:
    low, high = made(8, 9), made(16, 18)
    preview = Preview(tmp_path, enlarged({"a": low}), 4, {"a": low}, {"a": high})
    for number in range(10):
        preview(played(Doubling(), number, index=2))
    assert sorted(path.name for path in (tmp_path / "pictures").iterdir()) == [
        "input-a.png",
        *(f"stage-002-round-{number:07}-a.png" for number in (1, 4, 8, 10)),
        "target-a.png",
    ]
    assert np.array_equal(read(tmp_path / "pictures/input-a.png").pixels, low.pixels)
    assert np.array_equal(read(tmp_path / "pictures/target-a.png").pixels, high.pixels)
    shown = read(tmp_path / "pictures/stage-002-round-0000010-a.png").pixels
    assert np.abs(shown - low.pixels.repeat(2, 0).repeat(2, 1)).max() <= 0.51 / 255 + 1e-4, "in eval mode: no dropout"


def test_net_and_random_numbers_are_as_before(made: Make, tmp_path: Path) -> None:
    net = Doubling()
    net.drop.eval()  # a mode that is not the whole net's
    before = {name: tensor.clone() for name, tensor in net.state_dict().items()}
    torch.manual_seed(5)
    expected = torch.rand(4)
    torch.manual_seed(5)
    Preview(tmp_path, enlarged({"a": made(8, 8)}))(played(net, 0))
    assert torch.equal(torch.rand(4), expected)
    assert [module.training for module in (net, net.norm, net.drop)] == [True, True, False]
    assert all(torch.equal(tensor, before[name]) for name, tensor in net.state_dict().items())


def test_a_training_ends_in_the_same_bits_with_and_without(tmp_path: Path) -> None:
    recipe = GANRecipe(**GANRecipe.presets["smoke"])
    preview = preview_of(tmp_path / "seen", recipe, None, every=2)
    assert preview is not None
    seen = train_into(tmp_path / "seen", recipe, None, Settings(device="cpu"), preview)
    unseen = train_into(tmp_path / "unseen", recipe, None, Settings(device="cpu"))
    assert seen.read_bytes() == unseen.read_bytes()
    names = sorted(path.name for path in (tmp_path / "seen/pictures").iterdir())
    assert names == [
        f"stage-000-round-000000{number}-{name}.png" for number in (1, 2, 4) for name in ("answers", "points")
    ]


@pytest.mark.parametrize("kind", [CompactRecipe, ESPCNRecipe])
def test_an_enlarger_is_shown_crops_reduced_as_in_training(
    kind: type[CompactRecipe] | type[ESPCNRecipe], crops: np.ndarray, tmp_path: Path
) -> None:
    recipe = kind(**{**kind.presets["smoke"], "scale": 3})
    preview = preview_of(tmp_path, recipe, crops, every=1)  # pyright: ignore
    assert preview is not None
    assert list(preview.targets) == ["1", "2", "3"]
    for name, target in preview.targets.items():
        assert target.pixels.shape == (30, 30, 3), "32 is no multiple of 3"
        expected = reduce(target.tensor(), 3, recipe.reduction)
        assert torch.allclose(preview.inputs[name].tensor(), expected)
    preview(played(recipe.generator(), 0))
    assert read(tmp_path / "pictures/stage-000-round-0000001-1.png").pixels.shape == (30, 30, 3)


def test_without_data_there_is_nothing_to_enlarge(tmp_path: Path) -> None:
    assert preview_of(tmp_path, CompactRecipe(), None) is None


def test_an_untrained_enlarger_shows_its_interpolation(made: Make) -> None:
    net = nn.Sequential(interpolation(2, 3), nn.PixelShuffle(2))
    low = made(10, 12)
    (shown,) = enlarged({"a": low})(net.requires_grad_(False)).values()
    assert torch.allclose(shown.tensor(), net(low.tensor()).clamp(0, 1))


def test_points_lie_where_they_are() -> None:
    data = torch.tensor([[1.0, 0.0], [-1.0, 0.0]])
    empty = scatter(torch.empty(0, 2), data).pixels
    rows, columns = np.nonzero((np.abs(empty - np.float32(DATA.colour)) < 0.01).all(axis=2))
    assert rows.mean() == pytest.approx((SIDE - 1) / 2, abs=0.3)
    right = columns[columns > SIDE / 2]
    assert right.mean() == pytest.approx((1 / 1.3 + 1) / 2 * (SIDE - 1), abs=0.3)
    up = scatter(torch.tensor([[0.0, 0.9]]), data).pixels
    rows, columns = np.nonzero(np.abs(up - empty).sum(axis=2) > 0.01)
    assert rows.mean() == pytest.approx((1 - 0.9 / 1.3) / 2 * (SIDE - 1), abs=0.5), "up is up"


def test_points_out_of_sight_are_at_the_edge_and_no_number_is_nowhere() -> None:
    data = torch.tensor([[1.0, 0.0]])
    empty = scatter(torch.empty(0, 2), data).pixels
    far = scatter(torch.tensor([[1e9, -1e9]]), data).pixels
    rows, columns = np.nonzero(np.abs(far - empty).sum(axis=2) > 0.01)
    assert min(rows.mean(), columns.mean()) == pytest.approx(SIDE - 1 - MARGIN, abs=0.5)
    lost = scatter(torch.tensor([[float("nan"), 0.0], [float("inf"), 0.0]]), data).pixels
    assert np.array_equal(lost, empty)


def test_generated_pictures_stand_in_rows() -> None:
    net = nn.Sequential(nn.Linear(2, 3 * 4 * 5), nn.Sigmoid(), nn.Unflatten(1, (3, 4, 5))).requires_grad_(False)
    noise = fixed_noise(7, 2)
    (sheet,) = generated(noise, columns=3)(net).values()
    assert sheet.pixels.shape == (12, 15, 3)
    assert torch.allclose(sheet.tensor()[0, :, 4:8, 5:10], net(noise)[4])
    assert (sheet.pixels[8:, 5:] == 1).all(), "white where there is none"
    assert torch.equal(fixed_noise(7, 2), noise)


class Classes(nn.Module):
    """Its label in tenths, and beside it the noise."""

    def __init__(self) -> None:
        super().__init__()
        self.factor = nn.Parameter(torch.tensor(0.1), requires_grad=False)

    def forward(self, noise: torch.Tensor, label: torch.Tensor) -> torch.Tensor:
        return torch.stack([self.factor * label, noise[:, 0]], dim=1)[:, None, None]


def test_each_class_has_a_row_and_each_noise_a_column() -> None:
    noise = fixed_noise(4, 1, uniform=True)
    (sheet,) = of_classes(noise, 3)(Classes()).values()
    assert sheet.pixels.shape == (3, 8, 1)
    assert np.allclose(sheet.pixels[:, ::2, 0], [[0.0] * 4, [0.1] * 4, [0.2] * 4])
    assert np.allclose(sheet.pixels[:, 1::2, 0], noise.flatten())


def test_the_same_uniform_noise_in_every_run() -> None:
    noise = fixed_noise(100, 100, uniform=True)
    assert torch.equal(noise, fixed_noise(100, 100, uniform=True))
    assert 0 <= noise.min() < 0.01
    assert 0.99 < noise.max() < 1


def test_a_conditional_gan_shows_ten_digits_of_each_class(tmp_path: Path) -> None:
    recipe = CGANRecipe()
    preview = preview_of(tmp_path, recipe, None)
    assert preview is not None
    preview(played(recipe.generator(), 0))
    shown = read(tmp_path / "pictures/stage-000-round-0000001-classes.png")
    assert shown.pixels.shape == (280, 280, 1)


def test_the_scatter_of_a_run_is_always_of_the_same_noise() -> None:
    net = nn.Linear(4, 2).requires_grad_(False)
    draw = scattered(fixed_noise(5, 4), torch.ones(1, 2))
    first, second = draw(net)["points"], draw(net)["points"]
    assert np.array_equal(first.pixels, second.pixels)
