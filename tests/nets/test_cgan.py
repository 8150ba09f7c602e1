"""The conditional nets: counts, the largest of linear functions, labels that matter."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from ganvas.nets.cgan import ConditionalDiscriminator, ConditionalGenerator, Maxout


def test_counts() -> None:
    with torch.device("meta"):
        nets = ConditionalGenerator(), ConditionalGenerator(joint=False), ConditionalDiscriminator()
    assert [sum(p.numel() for p in net.parameters()) for net in nets] == [2_413_984, 972_784, 1_224_351]


def test_maxout_by_hand() -> None:
    """Two units of two pieces each: max(x, -x) and max(2x, 1)."""
    layer = Maxout(1, 2, 2)
    with torch.no_grad():
        layer.linear.weight.copy_(torch.tensor([[1.0], [-1.0], [2.0], [0.0]]))
        layer.linear.bias.copy_(torch.tensor([0.0, 0.0, 0.0, 1.0]))
    assert layer(torch.tensor([[-3.0], [0.25], [2.0]])).tolist() == [[3.0, 1.0], [0.25, 1.0], [2.0, 4.0]]


@pytest.mark.parametrize("joint", [True, False])
def test_pictures_of_what_was_asked_for(joint: bool) -> None:
    net = ConditionalGenerator(joint).eval()
    noise = torch.rand(1, 100).expand(10, 100)
    made = net(noise, torch.arange(10))
    assert made.shape == (10, 1, 28, 28)
    assert made.min() > 0
    assert made.max() < 1
    distances = torch.cdist(made.flatten(1), made.flatten(1)) + torch.eye(10)
    assert distances.min() > 1e-3
    fours = net(noise, torch.full((10,), 4))
    torch.testing.assert_close(fours[0], fours[9])
    assert not torch.equal(net(torch.rand(1, 100), torch.tensor([4])), made[4:5])


def test_the_label_reaches_the_verdict() -> None:
    net = ConditionalDiscriminator().eval()
    logits = net(torch.rand(1, 1, 28, 28).expand(10, 1, 28, 28), torch.arange(10))
    assert logits.shape == (10, 1)
    assert logits.unique().numel() == 10


def test_both_drop_in_training_alone() -> None:
    label = torch.tensor([1, 2])
    for net, given in (
        (ConditionalGenerator(), torch.rand(2, 100)),
        (ConditionalDiscriminator(), torch.rand(2, 1, 28, 28)),
    ):
        assert not torch.equal(net(given, label), net(given, label))
        net.eval()
        assert torch.equal(net(given, label), net(given, label))


def test_every_parameter_is_taught() -> None:
    generator, discriminator = ConditionalGenerator(dropout=0.0), ConditionalDiscriminator(dropout=0.0)
    label = torch.arange(10)
    discriminator(generator(torch.rand(10, 100), label), label).mean().backward()
    for net in (generator, discriminator):
        assert all(p.grad is not None and p.grad.isfinite().all() and p.grad.any() for p in net.parameters())


def test_the_door_takes_the_classes_it_was_built_for() -> None:
    net = ConditionalGenerator(classes=3)
    first = net.label[0]
    assert isinstance(first, nn.Linear)
    assert first.in_features == 3
    with pytest.raises(RuntimeError):
        net(torch.rand(1, 100), torch.tensor([3]))
