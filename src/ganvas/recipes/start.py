"""Beginning where another training ended."""

from __future__ import annotations

from pathlib import Path

from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import nn

from ganvas.recipes.settings import SettingsError


def adopt(net: nn.Module, path: Path | None, setting: str = "start") -> None:
    """Gives ``net`` the weights of the model in ``path``, where they have its names and shapes; None: nothing.

    What has other shapes, such as the ends of a net for another scale, keeps its fresh weights. ``setting`` is what the
    recipe calls ``path``.
    """
    if path is None:
        return
    try:
        found = load_file(path)
    except (SafetensorError, OSError) as error:
        raise SettingsError(f"{setting} = {path} is not a model that can be read: {error}") from None
    own = net.state_dict()
    fitting = {name: tensor for name, tensor in found.items() if name in own and tensor.shape == own[name].shape}
    if not fitting:
        raise SettingsError(f"{setting} = {path} has no weights of the names and shapes of this recipe's net")
    net.load_state_dict({**own, **fitting})
