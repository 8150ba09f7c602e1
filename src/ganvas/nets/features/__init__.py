"""Networks trained by others, cut open: frozen, pictures in [0, 1] to the values of the layers that were asked for."""

from ganvas.nets.features.inception import InceptionV3
from ganvas.nets.features.lite import EfficientNetLite0
from ganvas.nets.features.vgg import VGG

__all__ = ["VGG", "EfficientNetLite0", "InceptionV3"]
