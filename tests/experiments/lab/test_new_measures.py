"""What the newer demonstrations measure, on nets of which the answer is known."""

from __future__ import annotations

import time

import numpy as np
import pytest
import torch
from torch import nn

from ganvas.data.collection import Pictures
from ganvas.data.synthetic import divisor, ring_centres
from ganvas.experiments.lab import gradient_penalty, inversion, learnt_density, loss_and_quality, progan_growing
from ganvas.experiments.lab.known import line, normal_density
from ganvas.game import Player, Stage, Terms
from ganvas.metrics.sliced import Swd
from ganvas.recipes.progan import ProGANRecipe


def test_distance_and_density_of_numbers() -> None:
    torch.manual_seed(0)
    same = learnt_density.MEAN + learnt_density.DEVIATION * torch.randn(4000)
    assert learnt_density.kolmogorov(same) < 1.63 / 4000**0.5
    # Of two normal distributions a deviation apart: 2 Φ(1/2) - 1.
    assert learnt_density.kolmogorov(same + learnt_density.DEVIATION) == pytest.approx(0.383, abs=0.03)
    assert learnt_density.kolmogorov(same + 10) == pytest.approx(1, abs=1e-4)
    places = line(-3.0, 5.0, 81)
    drawn = learnt_density.density(same, places)
    assert (drawn - normal_density(places, learnt_density.MEAN, learnt_density.DEVIATION)).abs().max() < 0.05


def test_a_discriminator_that_cannot_tell_is_sure_of_nothing() -> None:
    torch.manual_seed(0)
    perfect = nn.Linear(1, 1)
    nn.init.constant_(perfect.weight, learnt_density.DEVIATION)
    nn.init.constant_(perfect.bias, learnt_density.MEAN)
    blind, sure = nn.Linear(1, 1), nn.Linear(1, 1)
    for judge, bias in ((blind, 0.0), (sure, 5.0)):
        nn.init.zeros_(judge.weight)
        nn.init.constant_(judge.bias, bias)
    look = learnt_density.look(perfect, blind)
    assert look.unsure == 0
    assert look.distance < 0.03
    assert learnt_density.look(perfect, sure).unsure == pytest.approx(0.493, abs=1e-3)


class Peaks(nn.Module):
    """High at the centres of the ring alone."""

    def forward(self, points: torch.Tensor) -> torch.Tensor:
        away = torch.cdist(points, ring_centres() / divisor("ring", None)).min(1, keepdim=True).values
        return torch.exp(-20 * away.square())


class Bowl(nn.Module):
    def forward(self, points: torch.Tensor) -> torch.Tensor:
        return -points.square().sum(1, keepdim=True)


def test_relief_is_of_the_modes_and_not_of_a_bowl() -> None:
    assert gradient_penalty.relief(Peaks()) > 0.9
    assert abs(gradient_penalty.relief(Bowl())) < 1e-5
    seen = gradient_penalty.surface(Peaks(), ring_centres() / divisor("ring", None))
    assert seen.pixels.shape == (242, 242, 3)
    # The first centre lies on the right, at the height of the middle.
    column = 2 * round((2 / 1.414 / 3 + 1) / 2 * 120)
    assert seen.pixels[121, column].max() == 0
    assert seen.pixels[121, 121, 2] > seen.pixels[121, 121, 0], "blue is low"


def chain(gain: float, layers: int = 5) -> nn.Sequential:
    """Layers that multiply by ``gain``, and one more."""
    first = nn.Linear(2, 1, bias=False)
    nn.init.ones_(first.weight)
    rest = [nn.Linear(1, 1, bias=False) for _ in range(layers)]
    for layer in rest:
        nn.init.constant_(layer.weight, gain)
    return nn.Sequential(first, *rest)


def test_gradients_shrink_by_the_gain_of_each_layer() -> None:
    norms = gradient_penalty.layer_norms(chain(0.1), "ring")
    assert len(norms) == 5, "all but the last"
    assert torch.allclose(norms.diff(), torch.ones(4, dtype=norms.dtype), atol=1e-4)
    assert gradient_penalty.layer_norms(chain(0.0), "ring").isfinite().all()


def test_weights_at_the_edge() -> None:
    critic = nn.Linear(10, 10)
    with torch.no_grad():
        critic.weight.copy_(torch.linspace(0, 0.5, 100).view(10, 10))
        critic.weight[:4] = -1.0
    assert gradient_penalty.at_the_edge(critic) == pytest.approx(0.4)


def test_a_random_net_makes_pictures_of_contrast() -> None:
    torch.manual_seed(0)
    net = inversion.random_net(8, (16, 8, 3)).eval()
    images = net(torch.randn(16, 8))
    assert images.shape == (16, 3, 16, 16)
    assert 0.1 < images.std() < 0.5
    assert images.min() >= 0
    assert images.max() <= 1


def course(side: int = 16, looks: int = 2) -> progan_growing.Course:
    data = Pictures(np.random.default_rng(0).integers(256, size=(16, 1, side, side), dtype=np.uint8))
    size = progan_growing.SIZES["smoke"]._replace(side=side, looks=looks, total=0.08, batch=8)
    return progan_growing.Course(data, size, torch.randn(8, 4))


def test_a_course_counts_rounds_and_not_what_it_measures() -> None:
    """Two stages of five rounds; measuring takes far longer than they do."""
    seen = course()
    net = ProGANRecipe(side=16, channels=1, noise=4, base=16, largest=4, batches=(8,), total=99.0, fade=1, stabilise=1)
    generator = net.generator()
    player = Player("none", generator, lambda batch: Terms(), torch.optim.SGD(generator.parameters(), lr=0.1))
    stages = [Stage(name, 5, seen.data.stream(8), [player]) for name in ("8 x 8", "16 x 16")]
    begin = time.process_time()
    for stage in seen.stages(iter(stages)):
        for number in range(stage.rounds):
            for schedule in stage.schedules:
                schedule(number)
    assert seen.rounds == 10
    assert [pictures for _, pictures in seen.shown] == [0, 40, 80]
    assert seen.full[1] == 40
    assert 0 <= seen.seconds < (time.process_time() - begin) / 2


def test_between_looks_distances_lie_on_a_straight_line() -> None:
    seen = course()
    for seconds, value in ((0.0, 100.0), (10.0, 50.0)):
        seen.seen.append((seconds, Swd(value, {"32": value, "16": 2 * value}, 8, 0, False)))
    assert seen.at(5.0) == pytest.approx(75)
    assert seen.at(20.0) == 50
    assert seen.distances(progan_growing.fine) == [(0.0, 100.0), (10.0, 50.0)]
    assert seen.distances(progan_growing.coarse)[1] == (10.0, 100.0)


@pytest.mark.parametrize(("told", "agreement"), [([3.0, 2.0, 1.0], 1), ([1.0, 2.0, 3.0], -1), ([2.0, 2.0, 2.0], 0)])
def test_a_loss_that_stands_still_agrees_with_nothing(told: list[float], agreement: float) -> None:
    seen = list(enumerate([30.0, 20.0, 10.0]))
    figures = loss_and_quality._figures(list(enumerate(told)), seen)
    assert figures[loss_and_quality.AGREEMENT] == pytest.approx(agreement)
