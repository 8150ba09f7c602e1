"""ProGAN: its stages, that its levels fade in by the code's formula, and what goes on from stage to stage."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
import torch
from torch.nn.functional import avg_pool2d, interpolate
from torch.optim import Adam

from ganvas.data.batches import Images
from ganvas.data.collection import Collection
from ganvas.game import Round, Stage
from ganvas.nets.progan import ProGANGenerator
from ganvas.recipes import RECIPES, SettingsError, resolve
from ganvas.recipes.progan import ProGANRecipe
from ganvas.training import train
from ganvas.training.average import Average

TINY = ("side=16", "base=16", "largest=8", "batches=[4, 4, 2]", "stabilise=0.008", "fade=0.016", "total=0.06")


@pytest.fixture
def data(pairs_folder: Path) -> Collection:
    return Collection(pairs_folder)


def rounds(data: Collection, *settings: str) -> list[Round]:
    torch.manual_seed(0)
    return list(train(resolve(RECIPES, "progan", "smoke", settings).stages(data)))


def generator_of(stage: Stage[Images]) -> ProGANGenerator:
    net = next(player.net for player in stage.players if player.name == "generator")
    assert isinstance(net, ProGANGenerator)
    return net


def lod(kimg: float, last: int, stabilise: float, fade: float) -> float:
    """The code's level of detail, 0 at full resolution."""
    length = stabilise + fade
    phase = math.floor(kimg / length + 1e-9)
    return max(0.0, last - phase - max(kimg - phase * length - stabilise, 0) / fade)


def test_two_stages_a_resolution_and_the_trace_of_the_codes_formula(data: Collection) -> None:
    torch.manual_seed(0)
    shown, names = 0, list[tuple[str, int]]()
    for played in train(resolve(RECIPES, "progan", "smoke", TINY).stages(data)):
        nets = [player.net for player in played.stage.players]
        (level,), (alpha,) = ({int(net.level) for net in nets}, {float(net.alpha) for net in nets})
        expected = lod(shown / 1000, 2, 0.008, 0.016)
        assert 2 - level + 1 - alpha == pytest.approx(expected, abs=1e-6)
        if alpha:  # at 0 nothing of the new level is seen
            assert 4 * 2**level == 16 / 2 ** math.floor(expected)
        shown += played.stage.data.batch(0).image.shape[0]
        if played.last:
            names.append((played.stage.name, played.stage.rounds))
    assert names == [
        ("4 x 4", 2),
        ("8 x 8, fading in", 4),
        ("8 x 8", 2),
        ("16 x 16, fading in", 8),
        ("16 x 16", 6),
    ]
    assert shown == 60


def test_the_papers_numbers() -> None:
    recipe = ProGANRecipe()
    assert [recipe.lengths(level) for level in (0, 1, 7)] == [(0, 800), (800, 800), (800, 800)]
    assert recipe.lengths(8) == (800, 19_000 - 15 * 800 - 800)
    assert sum(sum(recipe.lengths(level)) for level in range(9)) == 19_000
    assert [recipe.batch_of(level) for level in range(10)] == [16] * 6 + [14, 6, 3, 3]
    with torch.device("meta"):
        assert sum(p.numel() for p in recipe.generator().parameters()) == 23_079_115
    code = resolve(RECIPES, "progan", "as-code")
    assert isinstance(code, ProGANRecipe)
    assert code.lengths(8) == (600, 15_000 - 16 * 600)


def test_pictures_are_those_of_the_level(data: Collection) -> None:
    whole = data.at(8).pixels
    seen = {played.stage.name: played.stage.data.batch(0).image for played in rounds(data)}
    assert [image.shape[-1] for image in seen.values()] == [4, 8, 8]
    means = whole.reshape(len(whole), 3, 4, 2, 4, 2).mean((3, 5))
    for image in seen["4 x 4"].numpy() * 255:
        distances = [
            min(abs(each - mean).max(), abs(each - mean[..., ::-1]).max()) for mean in means for each in [image]
        ]
        assert min(distances) < 0.51


def test_adam_begins_anew_with_each_level_and_only_then(data: Collection) -> None:
    seen, steps = list[Adam](), list[float]()
    for played in rounds(data):
        adam = played.stage.players[0].optimizer
        assert isinstance(adam, Adam)
        if played.last:
            seen.append(adam)
            (group,) = adam.param_groups
            assert (group["lr"], group["betas"], group["eps"]) == (1e-3, (0.0, 0.99), 1e-8)
            steps.append(max(state["step"].item() for state in adam.state.values()))
    assert seen[0] is not seen[1]
    assert seen[1] is seen[2]
    assert steps[0] == 1, "one round of 4x4, and nothing of it is left in the next optimiser"
    assert steps[2] == 4


def test_the_average_goes_on_through_all_levels(data: Collection) -> None:
    """It is compared with one followed by hand from the first round to the last."""
    torch.manual_seed(0)
    recipe = resolve(RECIPES, "progan", "smoke", ("decay=0.15",))
    shadow: dict[str, torch.Tensor] = {}
    count, stage = 0, None
    torch.manual_seed(0)
    for built in recipe.stages(data):
        stage = built
        net = generator_of(built)
        if not shadow:
            shadow = {name: parameter.detach().clone() for name, parameter in net.named_parameters()}
        for _ in train([built]):
            count += 1
            weight = 1 - min(0.15, (1 + count) / (10 + count))
            for name, parameter in net.named_parameters():
                shadow[name] += weight * (parameter.detach() - shadow[name])
    assert stage is not None
    average = stage.memory["average"]
    assert isinstance(average, Average)
    assert int(average.steps) == count == 5
    assert stage.outcome is average.net
    for name, parameter in average.net.named_parameters():
        assert torch.allclose(parameter, shadow[name], atol=1e-6), name
    assert (int(stage.outcome.level), float(stage.outcome.alpha)) == (1, 1.0)


def test_real_pictures_are_faded_as_the_nets_are(data: Collection) -> None:
    torch.manual_seed(0)
    met = list[torch.Tensor]()
    for played in train(resolve(RECIPES, "progan", "smoke", ("fade=0.008", "total=0.02")).stages(data)):
        stage = played.stage
        if stage.name == "8 x 8, fading in" and played.number == 1:
            break
    else:
        raise AssertionError
    assert [float(player.net.alpha) for player in stage.players] == [0.25, 0.25]
    critic = stage.players[0]
    batch = stage.data.batch(7)
    critic.net.register_forward_pre_hook(lambda _, inputs: met.append(inputs[0].detach()))
    critic.loss(batch)
    coarse = interpolate(avg_pool2d(batch.image, 2), scale_factor=2)
    fake, real, mixed = met
    assert torch.allclose(real, 0.75 * coarse + 0.25 * batch.image, atol=1e-6)
    assert fake.shape == mixed.shape == real.shape


def test_drift_and_penalty_are_the_papers(data: Collection) -> None:
    """Against the whole loss without drift: 0.001 of the mean square score of real pictures."""
    paid = list[float]()
    square = 0.0
    for drift in (0.0, 1e-3):
        torch.manual_seed(0)
        stage = next(iter(resolve(RECIPES, "progan", "smoke", (f"drift={drift}",)).stages(data)))
        critic, batch = stage.players[0], stage.data.batch(0)
        torch.manual_seed(1)
        paid.append(critic.loss(batch).total.item())
        square = critic.net(batch.image).square().mean().item()
    assert paid[1] - paid[0] == pytest.approx(1e-3 * square, rel=1e-2, abs=1e-6)


def test_without_growing_all_is_played_at_the_last_level(data: Collection) -> None:
    played = rounds(data, "growing=false")
    assert {each.stage.name for each in played} == {"8 x 8"}
    assert len(played) == 6  # 12 pictures by 2
    assert int(generator_of(played[0].stage).level) == 1
    assert float(generator_of(played[0].stage).alpha) == 1


def test_lengths_that_leave_nothing_are_refused() -> None:
    with pytest.raises(SettingsError, match="total must be more than the 12800 thousand pictures of growing"):
        resolve(RECIPES, "progan", None, ["total=12800.0"])
    resolve(RECIPES, "progan", None, ["total=100.0", "growing=false"])
    with pytest.raises(SettingsError, match="power of two from 4 on, not 100"):
        resolve(RECIPES, "progan", None, ["side=100"])
