"""A model over every kind of picture."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from ganvas.enhancement import Model, SizeError, Target
from ganvas.images import Picture
from ganvas.nets.compact import Compact
from ganvas.recipes.compact import CompactRecipe
from ganvas.weights import Product, WeightsError, describe


@pytest.fixture
def product() -> Product:
    """An untrained Compact is bicubic interpolation: any difference to that is the wrapping's."""
    recipe = CompactRecipe(scale=2, width=8, depth=3)
    net = recipe.generator().eval().requires_grad_(False)
    return Product(net, describe(recipe, net))


def picture(height: int = 24, width: int = 20, channels: int = 3, **more: object) -> Picture:
    pixels = np.random.default_rng(0).random((height, width, channels), dtype=np.float32)
    return Picture(pixels, **more)  # type: ignore[arg-type]


def test_the_result_carries_what_the_photo_carried(product: Product) -> None:
    made = Model(product, precision="fp32")(picture(icc=b"profile", exif=b"exif", depth=16, dpi=(300, 300)))
    assert made.pixels.shape == (48, 40, 3)
    assert (made.icc, made.exif, made.depth, made.dpi) == (b"profile", b"exif", 16, (300, 300))


def test_sixteen_bits_are_not_rounded_to_eight_on_the_way(product: Product) -> None:
    level = np.full((12, 12, 3), 12345 / 65535, np.float32)
    made = Model(product, precision="fp32")(Picture(level, depth=16))
    assert np.abs(made.pixels * 65535 - 12345).max() < 0.2


def test_grey_stays_grey(product: Product) -> None:
    grey = picture(channels=1)
    made = Model(product, precision="fp32")(grey)
    assert made.grey
    colour = Model(product, precision="fp32")(Picture(np.repeat(grey.pixels, 3, axis=2)))
    assert np.abs(made.pixels - colour.pixels.mean(axis=2, keepdims=True)).max() < 1e-5


def test_opaque_alpha_changes_nothing(product: Product) -> None:
    model, plain = Model(product, precision="fp32"), picture()
    made = model(plain.with_pixels(plain.pixels, np.ones((24, 20), np.float32)))
    assert made.alpha is not None
    assert (made.alpha == 1).all()
    assert np.array_equal(made.pixels, model(plain).pixels)


def test_no_dark_fringe_around_a_disc_on_hidden_black(product: Product) -> None:
    y, x = np.mgrid[:32, :32] - 15.5
    inside = (x**2 + y**2 < 100).astype(np.float32)
    red = np.stack([inside, 0 * inside, 0 * inside], axis=2)  # what is hidden is black
    made = Model(product, precision="fp32")(Picture(red, inside))
    assert made.alpha is not None
    over_white = made.pixels * made.alpha[..., None] + 1 - made.alpha[..., None]
    assert over_white[..., 0].min() > 0.995  # red over white has full red everywhere
    assert made.alpha.max() == 1
    assert made.alpha.min() == 0


@pytest.mark.parametrize(
    ("size", "passes"), [((40, 48), 1), ((30, 36), 1), ((80, 96), 2), ((70, 84), 2), ((10, 12), 1)]
)
def test_any_size_can_be_asked_for(product: Product, size: tuple[int, int], passes: int) -> None:
    model = Model(product, precision="fp32", tile=16)
    made = model(picture(), size)
    assert (made.width, made.height) == size
    assert model.passes(size[0] / 20) == passes


@pytest.mark.parametrize("shape", [(1, 1), (3, 500)])
def test_small_and_thin(product: Product, shape: tuple[int, int]) -> None:
    made = Model(product, precision="fp32")(picture(*shape))
    assert made.pixels.shape == (shape[0] * 2, shape[1] * 2, 3)
    assert np.isfinite(made.pixels).all()


def test_bf16_stays_close_to_fp32(product: Product) -> None:
    torch.manual_seed(0)
    assert isinstance(product.net, Compact)
    torch.nn.init.normal_(product.net.last.weight, std=0.02)
    one, other = (Model(product, precision=name)(picture(64, 64)).pixels for name in ("fp32", "bf16"))
    assert 10 * np.log10(1 / np.mean((one - other) ** 2)) > 40


def test_a_model_that_makes_no_picture_of_one_is_refused(product: Product) -> None:
    card = product.card.model_copy(update={"task": "generate", "name": "digits"})
    with pytest.raises(WeightsError, match="digits makes no picture of one"):
        Model(Product(product.net, card))


@pytest.mark.parametrize(
    ("target", "size"),
    [
        (Target(), (400, 200)),
        (Target(scale=3), (300, 150)),
        (Target(width=150), (150, 75)),
        (Target(width=300, height=100), (200, 100)),
        (Target(megapixels=0.02), (200, 100)),
        (Target(scale=0.001), (1, 1)),
    ],
)
def test_sizes(target: Target, size: tuple[int, int]) -> None:
    assert target.size(100, 50) == size


def test_sizes_that_cannot_be() -> None:
    with pytest.raises(SizeError, match="not several"):
        Target(scale=2, width=100)
    with pytest.raises(SizeError, match="--scale must be more than 0"):
        Target(scale=-1)
    with pytest.raises(SizeError, match="the most is 16 times"):
        Target(scale=100).size(10, 10)
