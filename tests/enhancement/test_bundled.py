"""The bundled models: small, explained by their cards, and the same picture in bf16 as in fp32."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from ganvas.degrade import reduce
from ganvas.enhancement import Model, model_for
from ganvas.images import Picture, read
from ganvas.metrics import Protocol, compare
from ganvas.weights import bundled, card_of, load

SAMPLE = Path(__file__).resolve().parents[2] / "examples" / "photos" / "osprey.jpg"


@pytest.mark.parametrize("name", bundled())
def test_card_and_size(name: str) -> None:
    card = card_of(name)
    assert card.name == name
    assert card.licence
    assert card.data
    assert card.figures
    assert card.parameters <= 400_000
    file = files("ganvas.models").joinpath(f"{name}.safetensors")
    assert len(file.read_bytes()) <= 1.5e6


def test_there_is_one_for_two_and_one_for_four() -> None:
    assert {"fidelity-x2", "fidelity-x4"} <= set(bundled())
    assert model_for(1.5).scale == 2
    assert model_for(2).scale == 2
    assert model_for(3).scale == 4
    assert model_for(9).scale == 4


@pytest.mark.parametrize("name", bundled())
def test_bf16_is_as_good_as_fp32(name: str) -> None:
    """Held to 48 dB between the two and 0.02 dB of PSNR against the truth (bf16 is emulated where it is not native)."""
    product = load(name)
    scale = product.card.scale
    whole = read(SAMPLE).tensor()[..., : 144 // scale * scale, : 192 // scale * scale]
    truth = Picture.from_tensor(whole)
    low = Picture.from_tensor(reduce(whole, scale))
    exact, fast = (Model(product, precision=precision, device="cpu")(low) for precision in ("fp32", "bf16"))
    error = np.mean((exact.pixels.astype(np.float64) - fast.pixels) ** 2)
    assert 10 * np.log10(1 / error) > 48
    one, other = (compare(picture, truth, Protocol("y", scale)).psnr for picture in (exact, fast))
    assert abs(one - other) < 0.02


@pytest.mark.parametrize("name", bundled())
def test_better_than_bicubic(name: str) -> None:
    from ganvas.images import resize

    product = load(name)
    scale = product.card.scale
    whole = read(SAMPLE).tensor()[..., : 288 // scale * scale, : 512 // scale * scale]
    truth, low = Picture.from_tensor(whole), reduce(whole, scale)
    made = Model(product, precision="fp32", device="cpu")(Picture.from_tensor(low))
    bicubic = Picture.from_tensor(resize(low, scale=scale))
    one, other = (compare(picture, truth, Protocol("y", scale)).psnr for picture in (made, bicubic))
    assert one > other + 1.0
