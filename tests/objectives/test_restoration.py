"""The game of restoration: what each side pays, and that the shared fake changes nothing."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from ganvas.data.batches import Pairs, Sharpened
from ganvas.losses.adversarial import NonSaturating, Pairing, WassersteinGP
from ganvas.losses.pixel import l1, mse
from ganvas.objectives.restoration import Restoration, shifted, signed, whole


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


def test_a_conditional_judge_sees_the_input_before_the_picture() -> None:
    torch.manual_seed(0)
    seen = list[torch.Tensor]()
    judge = nn.Conv2d(5, 1, 3)
    judge.register_forward_pre_hook(lambda _, given: seen.append(given[0].detach()))
    generator = nn.Conv2d(2, 3, 3, padding=1)
    pairs = Pairs(torch.rand(2, 2, 6, 6), torch.rand(2, 3, 6, 6))
    play = Restoration(generator, judge, {}, NonSaturating(), conditional=True)
    fake = generator(pairs.input).detach()
    terms = play.generator_loss(pairs)
    (judged,) = seen
    assert torch.equal(judged, torch.cat([pairs.input, fake], dim=1))
    assert terms["adversarial"] == NonSaturating().generator_loss(judge, judged, judged)
    seen.clear()
    play.discriminator_loss(pairs)
    assert any(torch.equal(each, torch.cat([pairs.input, pairs.target], dim=1)) for each in seen)
    assert any(torch.equal(each, torch.cat([pairs.input, fake], dim=1)) for each in seen)


def test_a_penalty_is_on_the_picture_not_on_its_condition() -> None:
    """Of a linear judge a·input + b·picture it is λ (|b| - 1)², whatever a is."""
    judge = nn.Conv2d(2, 1, 4, bias=False)
    with torch.no_grad():
        judge.weight[:, 0], judge.weight[:, 1] = 100.0, 0.75
    pairs = Pairs(torch.rand(3, 1, 4, 4), torch.zeros(3, 1, 4, 4))
    generator = nn.Conv2d(1, 1, 1)
    nn.init.zeros_(generator.weight)
    assert generator.bias is not None
    nn.init.zeros_(generator.bias)  # real and fake are one, so that only the penalty is left
    play = Restoration(generator, judge, {}, WassersteinGP(10.0), conditional=True)
    assert play.discriminator_loss(pairs).total.item() == pytest.approx(10 * (0.75 * 4 - 1) ** 2, rel=1e-4)


def test_a_penalty_is_on_what_the_critic_is_shown() -> None:
    """In [-1, 1] a linear critic of slope 2 pays 10 (2 - 1)²; that of its slope by pictures in [0, 1] would be 90."""
    real, fake = signed(torch.tensor([0.0, 1.0]), torch.tensor([0.5, 0.75]))
    assert (real.tolist(), fake.tolist()) == ([-1.0, 1.0], [0.0, 0.5])
    critic = nn.Conv2d(3, 1, 12, bias=False)
    nn.init.constant_(critic.weight, 2 / (3 * 12 * 12) ** 0.5)  # of norm 2
    play, _ = game()
    play.discriminator, play.adversarial = critic, WassersteinGP(10.0)
    pairs = batch()
    paid = dict[bool, float]()
    for view in (whole, signed):
        play.view = view
        shown = view(pairs.target, play.generator(pairs.input).detach())
        apart = (critic(shown[1]) - critic(shown[0])).mean().item()
        paid[view is signed] = play.discriminator_loss(pairs).total.item() - apart
    assert paid[True] == pytest.approx(10.0, rel=1e-3)
    assert paid[False] == pytest.approx(10.0, rel=1e-3)
