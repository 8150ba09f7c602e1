"""Between two models: the formula, the ends bit for bit, and only what belongs together."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from typer.testing import CliRunner

from ganvas.blending import BlendError, blend, interpolated
from ganvas.cli.main import app
from ganvas.errors import GanvasError
from ganvas.nets.foreign import LAYOUTS
from ganvas.nets.rrdb import RRDBNet
from ganvas.recipes.compact import CompactRecipe
from ganvas.recipes.espcn import ESPCNRecipe
from ganvas.weights import describe, load, store, tensors_of


def made(path: Path, seed: int, recipe: CompactRecipe | ESPCNRecipe, **facts: str) -> str:
    torch.manual_seed(seed)
    net = recipe.generator()
    for parameter in net.parameters():
        torch.nn.init.normal_(parameter)
    store(path, net, describe(recipe, net, **facts))
    return str(path)


@pytest.fixture
def small() -> CompactRecipe:
    return CompactRecipe(scale=2, width=4, depth=2)


@pytest.fixture
def pair(tmp_path: Path, small: CompactRecipe) -> tuple[str, str]:
    a = made(tmp_path / "a.safetensors", 1, small, name="faithful", licence="CC0", data="photos")
    return a, made(tmp_path / "b.safetensors", 2, small, name="vivid", licence="Apache-2.0", data="photos")


@pytest.mark.parametrize("alpha", [0.25, 0.5, 0.8])
def test_every_tensor_is_between(alpha: float, pair: tuple[str, str], tmp_path: Path) -> None:
    blend(*pair, alpha, tmp_path / "c.safetensors")
    first, second, mixed = (tensors_of(path) for path in (*pair, tmp_path / "c.safetensors"))
    assert mixed.keys() == first.keys()
    for name, tensor in mixed.items():
        expected = (1 - alpha) * first[name].double() + alpha * second[name].double()
        assert torch.allclose(tensor.double(), expected, rtol=0, atol=1e-6), name


@pytest.mark.parametrize("alpha", [0, 1])
def test_the_ends_are_the_models_bit_for_bit(alpha: float, pair: tuple[str, str], tmp_path: Path) -> None:
    blend(*pair, alpha, tmp_path / "c.safetensors")
    for name, tensor in tensors_of(pair[int(alpha)]).items():
        assert tensors_of(tmp_path / "c.safetensors")[name].numpy().tobytes() == tensor.numpy().tobytes()


def test_not_even_the_sign_of_zero_changes_at_an_end() -> None:
    first, second = {"a": torch.tensor([-0.0])}, {"a": torch.tensor([5.0])}
    assert torch.signbit(interpolated(first, second, 0)["a"]).all()


def test_counters_and_halves_keep_their_kind() -> None:
    first = {"count": torch.tensor(3), "half": torch.tensor([1.0]).half()}
    second = {"count": torch.tensor(9), "half": torch.tensor([2.0])}
    mixed = interpolated(first, second, 0.5)
    assert mixed["count"] == 3
    assert mixed["half"].dtype == torch.float16
    assert mixed["half"].item() == 1.5


def test_the_card_says_what_it_is_made_of(pair: tuple[str, str], tmp_path: Path) -> None:
    card = blend(*pair, 0.25, tmp_path / "c.safetensors")
    assert card == load(tmp_path / "c.safetensors").card
    assert card.name == "c"
    assert card.blend == f"0.75 of {pair[0]}, 0.25 of {pair[1]}"
    assert card.licence == "faithful: CC0; vivid: Apache-2.0"
    assert card.data == "photos"
    assert card.figures == {}


def test_checkpoints_of_others_blend_too(tmp_path: Path) -> None:
    names = {ours: theirs for theirs, ours in LAYOUTS[-1].names(1).items()}
    paths: list[str] = []
    for seed in (1, 2):
        torch.manual_seed(seed)
        parts = ((key.rpartition("."), value) for key, value in RRDBNet(4, 4, 2, 1).state_dict().items())
        paths.append(str(tmp_path / f"{seed}.pth"))
        torch.save({"params": {f"{names[name]}.{kind}": value for (name, _, kind), value in parts}}, paths[-1])
    blend(*paths, 0.5, tmp_path / "c.safetensors")
    net, first, second = (load(path).net.state_dict() for path in (tmp_path / "c.safetensors", *paths))
    for name, tensor in net.items():
        assert torch.allclose(tensor, (first[name] + second[name]) / 2), name


def test_what_does_not_belong_together(pair: tuple[str, str], tmp_path: Path) -> None:
    wider = made(tmp_path / "wide.safetensors", 1, CompactRecipe(scale=2, width=6, depth=2))
    other = made(tmp_path / "espcn.safetensors", 1, ESPCNRecipe(scale=2))
    out = tmp_path / "c.safetensors"
    for second in (wider, other):
        with pytest.raises(BlendError, match="are not the same net"):
            blend(pair[0], second, 0.5, out)
    for alpha in (-0.1, 1.1, float("nan")):
        with pytest.raises(BlendError, match="from 0 to 1"):
            blend(*pair, alpha, out)
    with pytest.raises(BlendError, match=r"ends in \.safetensors"):
        blend(*pair, 0.5, tmp_path / "c.pth")
    with pytest.raises(BlendError, match="there is no folder"):
        blend(*pair, 0.5, tmp_path / "nowhere" / "c.safetensors")
    assert not out.exists()


def test_the_command(pair: tuple[str, str], tmp_path: Path) -> None:
    out = tmp_path / "c.safetensors"
    result = CliRunner().invoke(app, ["blend", *pair, "--alpha", "0.3", "-o", str(out)])
    assert result.exit_code == 0, result.output
    assert "0.7 of" in result.output
    assert load(out).card.blend.startswith("0.7 of")
    result = CliRunner().invoke(app, ["blend", *pair, "--alpha", "3", "-o", str(out)])
    assert isinstance(result.exception, GanvasError)
