"""ESPNet with its authors' weights: the segmenter of street scenes for the FCN score."""

from __future__ import annotations

from pathlib import Path

import torch
from torch.nn.functional import interpolate

from ganvas.foreign.files import flat
from ganvas.foreign.refusal import ForeignError
from ganvas.metrics.cityscapes import LABELS
from ganvas.metrics.segmentation import Segmenter
from ganvas.nets.espnet import ESPNet

SIZE = (512, 1024)
"""The height and width that the net was trained at."""


def espnet(path: Path) -> Segmenter:
    """The segmenter with the weights ``path`` (espnet_p_2_q_8.pth): pictures of any size to Cityscapes' nineteen
    classes, at 512 x 1024.

    The net's twentieth class, none of them, is not answered, as in the evaluation of Cityscapes. Raises
    :class:`ForeignError`.
    """
    net = ESPNet().eval().requires_grad_(False)
    try:
        net.load_state_dict(flat(path))
    except RuntimeError:
        raise ForeignError(f"{path} does not hold the weights of ESPNet for Cityscapes with p = 2 and q = 8") from None

    def segment(image: torch.Tensor) -> torch.Tensor:
        # Not antialiased: for photos of 2048 x 1024 that is the mean of 2 x 2 pixels, with which the net was trained.
        return net.to(image.device)(interpolate(image, SIZE, mode="bilinear"))[:, : len(LABELS)].argmax(1)

    return segment
