"""Tasks that keep a photo's size: one pass, whole or in tiles, either direction, with or without chance."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch

import ganvas
from ganvas.enhancement import Model, SizeError
from ganvas.enhancement.guard import GuardError
from ganvas.images import Picture
from ganvas.models import KEEPING
from ganvas.nets.both import Both
from ganvas.nets.folded import Folded
from ganvas.nets.laplacian import AtOneSize
from ganvas.nets.scattering import Scattering
from ganvas.nets.unshaken import Unshaken
from ganvas.weights import Product, WeightsError, load

TRANSLATING = ("pix2pix", "cyclegan")
RESTORING = ("deblur", "unshaken", "deblurgan", "dehaze", "cycle-dehaze")

ModelOf = Callable[..., str]


def picture(height: int = 24, width: int = 20, channels: int = 3, **more: object) -> Picture:
    """Squares of random colours."""
    random = np.random.default_rng(0)
    coarse = random.random((-(-height // 6), -(-width // 6), channels), dtype=np.float32) * 0.5 + 0.25
    pixels = np.ascontiguousarray(coarse.repeat(6, axis=0).repeat(6, axis=1)[:height, :width])
    return Picture(pixels, **more)  # type: ignore[arg-type]


def alpha(height: int = 24, width: int = 20) -> np.ndarray:
    return np.random.default_rng(1).integers(0, 256, (height, width)).astype(np.float32) / np.float32(255)


@pytest.fixture
def bundle(model_of: ModelOf, monkeypatch: pytest.MonkeyPatch) -> None:
    """Small models stand in for the bundled ones."""
    for name in ("deblur", "dehaze"):
        monkeypatch.setitem(KEEPING, name, model_of(name))


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch) -> list[torch.Tensor]:
    """What nets are given from now on."""
    given: list[torch.Tensor] = []
    for kind in (Scattering, AtOneSize, Folded, Unshaken):

        def noted(
            self: torch.nn.Module,
            image: torch.Tensor,
            forward: Callable[[torch.nn.Module, torch.Tensor], torch.Tensor] = kind.forward,
        ) -> torch.Tensor:
            given.append(image)
            return forward(self, image)

        monkeypatch.setattr(kind, "forward", noted)
    return given


@pytest.mark.parametrize("name", [*RESTORING, *TRANSLATING])
@pytest.mark.parametrize("shape", [(37, 23), (1, 1), (3, 50)])
def test_the_size_stays(name: str, shape: tuple[int, int], model_of: ModelOf) -> None:
    made = ganvas.load(model_of(name), precision="fp32")(picture(*shape))
    assert made.pixels.shape == (*shape, 3)
    assert np.isfinite(made.pixels).all()


@pytest.mark.parametrize("name", [*RESTORING, *TRANSLATING])
def test_the_result_carries_what_the_photo_carried(name: str, model_of: ModelOf) -> None:
    before = picture(alpha=alpha(), icc=b"profile", exif=b"exif", depth=16, dpi=(300, 300))
    after = ganvas.load(model_of(name), precision="fp32")(before)
    assert (after.icc, after.exif, after.depth, after.dpi) == (b"profile", b"exif", 16, (300, 300))
    assert after.alpha is not None
    assert before.alpha is not None
    assert after.alpha.tobytes() == before.alpha.tobytes()
    assert not np.allclose(after.pixels, before.pixels, atol=1e-3)


def test_opaque_alpha_changes_nothing(model_of: ModelOf) -> None:
    model = ganvas.load(model_of("deblur"), precision="fp32")
    opaque = picture(alpha=np.ones((24, 20), np.float32))
    assert np.array_equal(model(opaque).pixels, model(picture()).pixels)


def test_sixteen_bits_are_not_rounded_to_eight_on_the_way(model_of: ModelOf) -> None:
    levels = np.random.default_rng(0).integers(0, 65536, (24, 20, 3))
    same = ganvas.load(model_of("deblur", spread=0.0), precision="fp32")
    made = same(Picture((levels / 65535).astype(np.float32), depth=16))
    assert np.abs(made.pixels.astype(np.float64) * 65535 - levels).max() < 0.2


@pytest.mark.parametrize("name", RESTORING)
def test_grey_stays_grey_where_a_photo_is_restored(name: str, model_of: ModelOf) -> None:
    grey = picture(channels=1)
    model = ganvas.load(model_of(name), precision="fp32", steady=True)
    assert model(grey).grey
    made, colour = (np.concatenate(list(model.rows(each))) for each in (grey, Picture(grey.pixels.repeat(3, axis=2))))
    assert made.shape == (24, 20, 1)
    assert np.abs(made - colour.mean(axis=2, keepdims=True)).max() < 1e-5


@pytest.mark.parametrize("name", TRANSLATING)
def test_grey_may_become_colour_where_it_is_translated(name: str, model_of: ModelOf) -> None:
    path, grey = model_of(name, spread=0.2), picture(channels=1)
    for made in (
        ganvas.load(path, precision="fp32")(grey),
        ganvas.enhance(grey, model=path, precision="fp32"),
    ):
        assert made.pixels.shape == (24, 20, 3)
        assert np.ptp(made.pixels, axis=2).max() > 0.01


@pytest.fixture
def folded(model_of: ModelOf) -> Product:
    return load(model_of("deblur", spread=0.2))


def tiles_differ_by(product: Product, **facts: int) -> float:
    """How far the result in small tiles is from that in one piece."""
    tiled = Product(product.net, product.card.model_copy(update=facts))
    scene = Picture(np.random.default_rng(0).random((70, 91, 3), dtype=np.float32))
    models = Model(product, precision="fp32", tile=4096), Model(tiled, precision="fp32", tile=26)
    one, other = (np.concatenate(list(model.rows(scene))) for model in models)
    return float(np.abs(one - other).max())


def test_tiles_give_what_the_whole_gives(folded: Product) -> None:
    assert (folded.card.multiple, folded.card.margin) == (4, 19)
    assert tiles_differ_by(folded) < 1e-5


@pytest.mark.parametrize("facts", [{"receptive_field": 1}, {"multiple": 1}])
def test_tiles_without_margin_or_multiple_would_be_seen(folded: Product, facts: dict[str, int]) -> None:
    assert tiles_differ_by(folded, **facts) > 1e-3


@pytest.mark.parametrize("name", ["dehaze", "cycle-dehaze"])
@pytest.mark.parametrize("shape", [(5, 7), (200, 90), (700, 33)])
def test_a_whole_net_sees_a_picture_once(
    name: str,
    shape: tuple[int, int],
    model_of: ModelOf,
    called: list[torch.Tensor],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("ganvas.enhancement.tiles.STRIP_BYTES", 1)
    product = load(model_of(name))
    model = Model(product, precision="fp32", tile=16)
    called.clear()
    scene = picture(*shape, alpha=alpha(*shape))
    made = np.concatenate(list(model.rows(scene)))
    assert [tuple(image.shape) for image in called] == [(1, 3, *shape)]
    visible = called[0].contiguous()
    assert np.abs(made[..., :3] - product.net(visible).squeeze(0).permute(1, 2, 0).numpy()).max() < 1e-5


def test_a_net_that_is_not_whole_sees_it_in_tiles(
    folded: Product, called: list[torch.Tensor], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ganvas.enhancement.tiles.STRIP_BYTES", 1)
    model = Model(folded, precision="fp32", tile=64)
    called.clear()
    model(picture(64, 16))
    assert len(called) == 2  # of 32 rows, the least that a strip has


def test_tiles_of_a_net_that_looks_at_each_fade_into_each_other(
    model_of: ModelOf, called: list[torch.Tensor], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where one ends and the next begins nothing is to be seen, though they are of different opinions."""
    product = load(model_of("unshaken"))
    assert product.card.blended == 64

    def opinion(self: Unshaken, image: torch.Tensor) -> torch.Tensor:
        called.append(image)
        return image + 0.1 * len(called)

    monkeypatch.setattr(Unshaken, "forward", opinion)
    model = Model(product, precision="fp32", tile=256)
    called.clear()
    scene = Picture(np.zeros((60, 340, 3), np.float32), alpha(60, 340))
    made = np.concatenate(list(model.rows(scene)))
    assert [tuple(image.shape) for image in called] == [(1, 3, 60, 202)] * 2
    assert np.allclose(made[:, :138, :3], 0.1)
    assert np.allclose(made[:, 202:, :3], 0.2)
    assert np.allclose(np.diff(made[0, 139:201, 0]), 0.1 / 64, atol=1e-6)
    assert scene.alpha is not None
    assert np.allclose(made[..., 3], scene.alpha, atol=1e-6)


@pytest.mark.parametrize(
    ("name", "dtype"),
    [
        *((name, torch.float32) for name in ("dehaze", "cycle-dehaze", "unshaken")),
        ("deblur", torch.bfloat16),
    ],
)
def test_a_net_that_looks_first_runs_in_fp32(
    name: str, dtype: torch.dtype, model_of: ModelOf, called: list[torch.Tensor]
) -> None:
    model = ganvas.load(model_of(name), precision="bf16", device="cpu")
    called.clear()
    model(picture())
    assert {image.dtype for image in called} == {model.arithmetic.dtype} == {dtype}


@pytest.mark.usefixtures("bundle")
def test_a_task_chooses_its_model() -> None:
    results = [ganvas.enhance(picture(), task=task, precision="fp32").pixels for task in ("deblur", "dehaze")]
    expected = [ganvas.load(KEEPING[task], precision="fp32")(picture()).pixels for task in ("deblur", "dehaze")]
    assert [result.shape for result in results] == [(24, 20, 3)] * 2
    assert all(np.array_equal(*pair) for pair in zip(results, expected, strict=True))


@pytest.mark.usefixtures("bundle")
def test_what_does_not_go_with_a_task_is_refused(model_of: ModelOf, monkeypatch: pytest.MonkeyPatch) -> None:
    same = model_of("deblur")
    with pytest.raises(SizeError, match="the task dehaze keeps the size of a picture: leave out the size"):
        ganvas.enhance(picture(), 2, task="dehaze")
    with pytest.raises(SizeError, match=r"the model .*model\.safetensors keeps the size of a picture"):
        ganvas.enhance(picture(), width=300, model=same)
    with pytest.raises(SizeError, match="the task deblur has no styles: leave out --style sharp"):
        ganvas.enhance(picture(), style="sharp", task="deblur")
    with pytest.raises(SizeError, match=r"the model .* has no styles"):
        ganvas.enhance(picture(), style="sharp", model=same)
    with pytest.raises(WeightsError, match="and the task dehaze are both asked for: give one of them"):
        ganvas.enhance(picture(), model=same, task="dehaze")
    monkeypatch.setitem(KEEPING, "deblur", "not-there")
    with pytest.raises(WeightsError, match="there is no model 'not-there'"):
        ganvas.enhance(picture(), task="deblur")


CHANGES: dict[str, Callable[[torch.Tensor], torch.Tensor]] = {
    "clear": lambda image: image,
    "other tones": lambda image: (image - 0.3) * 1.9,
    "other colours": lambda image: image * torch.tensor([1.0, 0.8, 0.6]).view(1, 3, 1, 1),
    "black": lambda image: image * 0,
    "blank": lambda image: image * 0 + 0.5,
    "not numbers": lambda image: image * torch.nan,
}


@pytest.mark.usefixtures("bundle")
@pytest.mark.parametrize(
    ("task", "change", "fault"),
    [
        ("dehaze", "clear", None),
        ("dehaze", "other tones", None),
        ("dehaze", "other colours", None),
        ("dehaze", "black", "is black"),
        ("dehaze", "blank", "is blank"),
        ("dehaze", "not numbers", "holds values that are not numbers"),
        ("deblur", "clear", None),
        ("deblur", "other tones", "is not the picture any more"),
        ("deblur", "other colours", "is not the picture any more"),
        ("deblur", "black", "is black"),
        ("deblur", "blank", "is blank"),
        ("deblur", "not numbers", "holds values that are not numbers"),
    ],
)
def test_the_guard_knows_what_a_task_may_change(
    task: str, change: str, fault: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Model, "_run", lambda self, image: CHANGES[change](image))
    if fault is None:
        ganvas.enhance(picture(), task=task)  # type: ignore[arg-type]
    else:
        with pytest.raises(GuardError, match=f"the result {fault}"):
            ganvas.enhance(picture(), task=task)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("aim", "backwards", "taken"), [("b", False, "b"), ("b", True, "a"), ("a", False, "a"), ("a", True, "b")]
)
def test_backwards_is_the_other_direction(aim: str, backwards: bool, taken: str, model_of: ModelOf) -> None:
    path = model_of("cyclegan", aim=aim)
    product = load(path)
    assert isinstance(product.net, Both)
    assert product.net.aim == aim
    expected, other = (
        net(picture().tensor()).squeeze(0).permute(1, 2, 0).clamp(0, 1).numpy()
        for net in ((product.net.a, product.net.b) if taken == "a" else (product.net.b, product.net.a))
    )
    for made in (
        ganvas.load(path, precision="fp32", backwards=backwards)(picture()),
        ganvas.enhance(picture(), model=path, precision="fp32", backwards=backwards),
    ):
        assert np.abs(made.pixels - expected).max() < 1e-5
        assert np.abs(made.pixels - other).max() > 1e-3


def test_a_model_turned_leaves_its_product_as_it_was(model_of: ModelOf) -> None:
    product = load(model_of("cyclegan"))
    there, back = (Model(product, precision="fp32", backwards=backwards)(picture()) for backwards in (False, True))
    assert not np.allclose(there.pixels, back.pixels, atol=1e-3)
    again = Model(product, precision="fp32")(picture())
    assert np.array_equal(there.pixels, again.pixels)


def test_what_works_at_one_size_can_be_turned(model_of: ModelOf) -> None:
    path = model_of("cycle-dehaze")
    there, back = (ganvas.load(path, backwards=backwards)(picture()) for backwards in (False, True))
    assert not np.allclose(there.pixels, back.pixels, atol=1e-3)


@pytest.mark.parametrize("name", ["deblur", "pix2pix"])
def test_a_model_of_one_direction_cannot_be_turned(name: str, model_of: ModelOf) -> None:
    with pytest.raises(WeightsError, match="has one direction only: leave out --backwards"):
        ganvas.load(model_of(name), backwards=True)


@pytest.mark.parametrize("name", ["pix2pix", "deblurgan"])
def test_chance_can_be_switched_off(name: str, model_of: ModelOf) -> None:
    path = model_of(name)
    chance, steady = ganvas.load(path, precision="fp32"), ganvas.load(path, precision="fp32", steady=True)
    assert np.abs(chance(picture()).pixels - chance(picture()).pixels).max() > 1e-3
    assert np.array_equal(steady(picture()).pixels, steady(picture()).pixels)


def test_chance_is_found_within_a_net_of_colours(model_of: ModelOf) -> None:
    path, grey = model_of("pix2pix", spoil="colour"), picture(channels=1)
    results = [ganvas.enhance(grey, model=path, precision="fp32").pixels for _ in range(2)]
    assert np.abs(results[0] - results[1]).max() > 1e-3
    results = [ganvas.enhance(grey, model=path, precision="fp32", steady=True).pixels for _ in range(2)]
    assert np.array_equal(*results)


def test_what_was_steady_already_is_the_same(model_of: ModelOf) -> None:
    path = model_of("cyclegan")
    one, other = (ganvas.load(path, precision="fp32", steady=steady)(picture()) for steady in (False, True))
    assert np.array_equal(one.pixels, other.pixels)
