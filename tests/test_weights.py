"""Models by name and by file, ours and those of others."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file
from typer.testing import CliRunner

import ganvas
from ganvas.cli.main import app
from ganvas.enhancement import Model
from ganvas.enhancement.tiles import LARGEST_MARGIN
from ganvas.errors import GanvasError
from ganvas.images import Picture
from ganvas.nets.foreign import LAYOUTS
from ganvas.nets.rrdb import RRDBNet
from ganvas.weights import Product, WeightsError, card_of, load, tensors_of

State = dict[str, torch.Tensor]


@pytest.fixture
def net() -> RRDBNet:
    torch.manual_seed(0)
    return RRDBNet(2, 4, 2, 1, init_scale=1).eval().requires_grad_(False)


@pytest.fixture
def official(net: RRDBNet) -> State:
    """The weights of ``net`` as BasicSR names them."""
    theirs = {ours: name for name, ours in LAYOUTS[-1].names(1).items()}
    parts = ((key.rpartition("."), value) for key, value in net.state_dict().items())
    return {f"{theirs[name]}.{kind}": value for (name, _, kind), value in parts}


def kept(state: State, path: Path) -> Path:
    save_file(state, path) if path.suffix == ".safetensors" else torch.save({"params_ema": state}, path)
    return path


@pytest.mark.parametrize("ending", [".pth", ".PT", ".safetensors"])
def test_an_official_checkpoint_is_a_model(ending: str, net: RRDBNet, official: State, tmp_path: Path) -> None:
    path = kept(official, tmp_path / f"theirs{ending}")
    product = load(path)
    card = product.card
    assert (card.name, card.task, card.scale, card.multiple) == ("theirs", "enlarge", 2, 2)
    assert card.receptive_field == net.receptive_field
    assert card.parameters == sum(parameter.numel() for parameter in net.parameters())
    assert card.licence == card.data == "of its authors, not stated in the file"
    assert card == card_of(path)
    low = torch.rand(1, 3, 7, 6)
    assert torch.equal(product.net(low), net(low))
    assert not product.net.training
    assert tensors_of(path).keys() == official.keys()


def test_it_runs_as_every_model_does(net: RRDBNet, official: State, tmp_path: Path) -> None:
    pixels = np.random.default_rng(0).random((21, 19, 3), dtype=np.float32)
    made = ganvas.load(kept(official, tmp_path / "a.pth"), precision="fp32", device="cpu")(Picture(pixels))
    expected = net(torch.from_numpy(pixels).permute(2, 0, 1)[None]).clamp(0, 1)
    assert np.abs(made.pixels - expected[0].permute(1, 2, 0).numpy()).max() < 1e-5


def test_the_overlap_of_deep_nets_ends_somewhere(net: RRDBNet, official: State, tmp_path: Path) -> None:
    """A card with an exact margin of 10,000 pixels: a tile takes only the allowed overlap."""
    product = load(kept(official, tmp_path / "a.pth"))
    deep = Product(product.net, product.card.model_copy(update={"receptive_field": 20_001}))
    seen: list[int] = []
    product.net.register_forward_pre_hook(lambda layer, given: seen.append(given[0].shape[-1]))
    model = Model(deep, precision="fp32", device="cpu", tile=32)
    model(Picture(np.zeros((8, 400, 3), np.float32)))
    assert max(seen) == 30 + 2 * LARGEST_MARGIN + 2


def test_the_command_line_takes_it(official: State, tmp_path: Path) -> None:
    path = kept(official, tmp_path / "theirs.pth")
    ramp = np.linspace(0.2, 0.8, 24, dtype=np.float32)
    photo = tmp_path / "photos" / "a.png"
    photo.parent.mkdir()
    Image.fromarray((np.stack([np.add.outer(ramp, ramp) / 2] * 3, 2) * 255).astype(np.uint8)).save(photo)
    out = tmp_path / "b.png"
    made = CliRunner().invoke(app, ["enhance", str(photo), "--model", str(path), "--no-guard", "-o", str(out)])
    assert made.exit_code == 0, made.output
    with Image.open(out) as picture:
        assert picture.size == (96, 96)
    made = CliRunner().invoke(app, ["evaluate", str(path), str(photo.parent)])
    assert made.exit_code == 0, made.output
    assert "theirs" in made.output
    made = CliRunner().invoke(app, ["models", str(path)])
    assert '"multiple": 2' in made.output


@pytest.mark.parametrize("ending", [".pth", ".safetensors"])
def test_what_nobody_knows_is_one_sentence(ending: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "spandrel", None)
    path = kept({"a.weight": torch.zeros(2)}, tmp_path / f"a{ending}")
    with pytest.raises(GanvasError, match=rf"a\{ending} was not made by Ganvas: .*pip install 'ganvas\[community\]'"):
        load(path)


def test_what_is_no_file_is_said() -> None:
    with pytest.raises(WeightsError, match=r"there is no model 'nowhere\.pth'"):
        load("nowhere.pth")
