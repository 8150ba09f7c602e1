"""The game of restoration: what each side pays, and that the shared fake changes nothing."""

from __future__ import annotations

import torch
from torch import nn

from ganvas.data.batches import Pairs, Sharpened
from ganvas.losses.adversarial import NonSaturating, Pairing
from ganvas.losses.pixel import l1, mse
from ganvas.objectives.restoration import Restoration, shifted


class Judge(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 1, 3)
        self.seen = list[torch.Tensor]()

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        self.seen.append(image.detach())
        return self.conv(image)


def game(weight: float = 0.5) -> tuple[Restoration, Judge]:
    torch.manual_seed(0)
    generator = nn.Sequential(nn.Conv2d(3, 12, 3, padding=1), nn.PixelShuffle(2))
    judge = Judge()
    return Restoration(generator, judge, {"l1": (2.0, l1), "mse": (1.0, mse)}, NonSaturating(), weight), judge


def batch() -> Pairs:
    return Pairs(torch.rand(2, 3, 6, 6), torch.rand(2, 3, 12, 12))


def test_terms_are_named_and_weighted() -> None:
    play, judge = game()
    pairs = batch()
    fake = play.generator(pairs.input)
    terms = play.generator_loss(pairs)
    assert list(terms) == ["l1", "mse", "adversarial"]
    assert torch.equal(terms["l1"], 2 * l1(fake, pairs.target))
    assert torch.equal(terms["adversarial"], 0.5 * NonSaturating().generator_loss(judge, pairs.target, fake))


def test_the_fake_is_made_once_and_gives_the_same_gradients() -> None:
    pairs = batch()
    shared, judge = game()
    shared.generator_loss(pairs)
    shared.discriminator_loss(pairs).total.backward()
    apart, other = game()
    apart.discriminator_loss(pairs).total.backward()
    for one, two in zip(judge.parameters(), other.parameters(), strict=True):
        assert torch.equal(one.grad, two.grad)
    calls = []
    shared.generator.register_forward_hook(lambda *_: calls.append(1))
    shared.generator_loss(pairs)
    shared.discriminator_loss(pairs)
    assert len(calls) == 1
    shared.discriminator_loss(batch())
    assert len(calls) == 2


def test_the_discriminator_does_not_move_the_generator() -> None:
    play, _ = game()
    play.discriminator_loss(batch()).total.backward()
    assert all(parameter.grad is None for parameter in play.generator.parameters())


def test_sharpened_pictures_are_references_but_not_real() -> None:
    play, judge = game()
    low, target, real = torch.rand(1, 3, 6, 6), torch.rand(1, 3, 12, 12), torch.rand(1, 3, 12, 12)
    terms = play.generator_loss(Sharpened(low, target, real))
    assert torch.equal(terms["mse"], mse(play.generator(low), target))
    judge.seen.clear()
    play.discriminator_loss(Sharpened(low, target, real))
    assert torch.equal(judge.seen[0], real)


def test_shifts_are_common_and_cover_their_range() -> None:
    place = torch.arange(20.0)[:, None] * 100 + torch.arange(24.0)
    image = place.expand(1, 3, 20, 24)
    torch.manual_seed(0)
    corners = set()
    for _ in range(400):
        real, fake = shifted(8)(image, image)
        assert torch.equal(real, fake)
        assert real.shape[-2:] == (12, 16)
        corners.add(real[0, 0, 0, 0].item())
    assert corners == {100.0 * top + left for top in range(8) for left in range(8)}
    play, judge = game()
    play.adversarial, play.view = Pairing(), shifted(4)
    play.generator_loss(batch())
    assert judge.seen[-1].shape[-2:] == (8, 8)
