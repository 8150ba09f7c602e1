"""There and back: what each side pays, worked out by hand with nets of one parameter."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from ganvas.data.batches import Unpaired
from ganvas.game import Stage, versus
from ganvas.losses.adversarial import LeastSquares
from ganvas.losses.pixel import l1, mse
from ganvas.nets.both import Both
from ganvas.objectives.cycle import Cycle, Paid
from ganvas.objectives.pool import Pool
from ganvas.training import train


class Times(nn.Module):
    """x · factor; it remembers what it was given."""

    def __init__(self, factor: float) -> None:
        super().__init__()
        self.factor = nn.Parameter(torch.tensor(factor))
        self.given = list[torch.Tensor]()

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        self.given.append(image.detach().clone())
        return self.factor * image


def of(a: float, b: float) -> Unpaired:
    return Unpaired(torch.full((1, 3, 2, 2), a), torch.full((1, 3, 2, 2), b))


def game(
    makes: tuple[float, float],
    judges: tuple[float, float] = (1.0, 1.0),
    cycle: tuple[float, float] = (10.0, 20.0),
    identity: tuple[float, float] = (3.0, 7.0),
    weight: float = 1.0,
    pool: int = 0,
) -> Cycle:
    return Cycle(
        Both(*(Times(factor) for factor in makes)),
        Both(*(Times(factor) for factor in judges)),
        LeastSquares(),
        {"cycle": Paid(l1, *cycle)},
        {"identity": Paid(l1, *identity)},
        (Pool(pool), Pool(pool)),
        weight,
    )


def times(net: nn.Module) -> Times:
    assert isinstance(net, Times)
    return net


def test_the_generators_by_hand() -> None:
    """F is 0.5 x, G is 2.5 x; judges pass on what they see. With a = 0.4 and b = 0.2 the fakes are F(b) = 0.1 and
    G(a) = 1.0, what comes back F(1.0) = 0.5 and G(0.1) = 0.25, what should stay F(a) = 0.2 and G(b) = 0.5.
    """
    terms = game((0.5, 2.5), weight=2.0).generator_loss(of(0.4, 0.2))
    assert {name: term.item() for name, term in terms.items()} == pytest.approx(
        {
            "adversarial_a": 2 * (0.1 - 1) ** 2,
            "adversarial_b": 2 * (1.0 - 1) ** 2,
            "cycle_a": 10 * 0.1,
            "cycle_b": 20 * 0.05,
            "identity_a": 3 * 0.2,
            "identity_b": 7 * 0.3,
        },
        rel=1e-5,
        abs=1e-6,
    )


def test_the_discriminators_by_hand() -> None:
    """The judges double and triple: of a real 0.4 and fake 0.1, of b real 0.2 and fake 1.0."""
    play = game((0.5, 2.5), judges=(2.0, 3.0))
    play.generator_loss(of(0.4, 0.2))
    terms = play.discriminator_loss(of(0.4, 0.2))
    assert {name: term.item() for name, term in terms.items()} == pytest.approx(
        {"adversarial_a": ((0.8 - 1) ** 2 + 0.2**2) / 2, "adversarial_b": ((0.6 - 1) ** 2 + 3.0**2) / 2}, rel=1e-5
    )


def test_what_nothing_is_done_to_comes_back() -> None:
    terms = game((1.0, 1.0)).generator_loss(of(0.4, 0.2))
    assert [terms[f"{name}_{domain}"].item() for name in ("cycle", "identity") for domain in "ab"] == [0, 0, 0, 0]
    assert terms["adversarial_a"].item() == pytest.approx((0.2 - 1) ** 2), "the fake of a is b"


@pytest.mark.parametrize(
    ("cycle", "identity", "names", "calls"),
    [
        ((1.0, 1.0), (1.0, 1.0), {"cycle_a", "cycle_b", "identity_a", "identity_b"}, (3, 3)),
        ((1.0, 0.0), (0.0, 0.0), {"cycle_a"}, (2, 1)),
        ((0.0, 1.0), (0.0, 0.0), {"cycle_b"}, (1, 2)),
        ((0.0, 0.0), (1.0, 0.0), {"identity_a"}, (2, 1)),
        ((0.0, 0.0), (0.0, 0.0), set(), (1, 1)),
    ],
)
def test_what_has_no_weight_is_not_computed(
    cycle: tuple[float, float], identity: tuple[float, float], names: set[str], calls: tuple[int, int]
) -> None:
    play = game((0.5, 2.5), cycle=cycle, identity=identity)
    terms = play.generator_loss(of(0.4, 0.2))
    assert terms.keys() == names | {"adversarial_a", "adversarial_b"}
    assert tuple(len(times(net).given) for net in (play.generators.a, play.generators.b)) == calls


def test_several_losses_share_what_came_back() -> None:
    play = game((0.5, 2.5), identity=(0.0, 0.0))
    play.cycle = {"cycle": Paid(l1, 1.0, 1.0), "content": Paid(mse, 4.0, 0.0)}
    terms = play.generator_loss(of(0.4, 0.2))
    assert terms["content_a"].item() == pytest.approx(4 * 0.1**2, rel=1e-5)
    assert "content_b" not in terms
    assert len(times(play.generators.a).given) == 2


def test_both_directions_are_taught() -> None:
    play = game((0.5, 2.5))
    terms = play.generator_loss(of(0.4, 0.2))
    for name, term in terms.items():
        for net in (play.generators.a, play.generators.b):
            times(net).factor.grad = None
        term.backward(retain_graph=True)
        taught = {domain for domain in "ab" if times(getattr(play.generators, domain)).factor.grad is not None}
        assert taught == ({"a", "b"} if name.startswith("cycle") else {name[-1]}), name


def test_each_cycle_by_its_slope() -> None:
    """|f·g·a - a| with f·g above 1 rises by g·a with f and by f·a with g."""
    play = game((0.5, 2.5))
    play.generator_loss(of(0.4, 0.2))["cycle_a"].backward()
    assert times(play.generators.a).factor.grad == pytest.approx(10 * 2.5 * 0.4)
    assert times(play.generators.b).factor.grad == pytest.approx(10 * 0.5 * 0.4)


def test_the_discriminators_do_not_move_the_generators() -> None:
    play = game((0.5, 2.5))
    play.generator_loss(of(0.4, 0.2))
    play.discriminator_loss(of(0.4, 0.2)).total.backward()
    assert all(parameter.grad is None for parameter in play.generators.parameters())
    assert all(parameter.grad is not None for parameter in play.discriminators.parameters())


class Repeated:
    """A stream of one batch, again and again."""

    def __init__(self, batch: Unpaired) -> None:
        self.batch, self.position = batch, 0

    def __next__(self) -> Unpaired:
        self.position += 1
        return self.batch

    def share(self, rank: int, world: int) -> None:
        assert (rank, world) == (0, 1)


def test_discriminators_see_fakes_made_before_the_step_and_earlier_ones() -> None:
    """One picture in each pool: the fake of the first round comes out once, whenever chance wants it."""
    torch.manual_seed(0)
    play = game((0.5, 2.5), pool=1)
    makes, judges = play.generators, play.discriminators
    optimizers = [torch.optim.SGD(net.parameters(), lr=0.01) for net in (makes, judges)]
    players = versus(play, (makes, optimizers[0]), (judges, optimizers[1]))
    factors, seen = list[float](), list[float]()
    before = times(makes.b).factor.item()
    for _ in train([Stage("cycle", 12, Repeated(of(0.4, 0.2)), players)]):
        factors.append(before)
        before = times(makes.b).factor.item()
        seen.append(times(judges.b).given[-1][0, 0, 0, 0].item())
    made = [factor * 0.4 for factor in factors]
    assert len({round(value, 6) for value in made}) == 12, "the generator moves in every round"
    assert seen[0] == pytest.approx(made[0])
    came = [min(range(12), key=lambda k: abs(made[k] - value)) for value in seen]
    assert [made[k] for k in came] == pytest.approx(seen, abs=1e-7)
    assert all(k <= number for number, k in enumerate(came))
    assert 2 < sum(k < number for number, k in enumerate(came)) < 10
