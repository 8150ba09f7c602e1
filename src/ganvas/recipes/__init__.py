"""One file a paper: its numbers, its nets, its stages. The table below is all there is; nothing registers itself."""

from __future__ import annotations

from collections.abc import Mapping

from ganvas.recipes.bigan import BiGANRecipe
from ganvas.recipes.candy import CANDYRecipe
from ganvas.recipes.cgan import CGANRecipe
from ganvas.recipes.compact import CompactRecipe
from ganvas.recipes.cycle_dehaze import CycleDehazeRecipe
from ganvas.recipes.cyclegan import CycleGANRecipe
from ganvas.recipes.dcgan import DCGANRecipe
from ganvas.recipes.deblur import DeblurRecipe
from ganvas.recipes.deblurgan import DeblurGANRecipe
from ganvas.recipes.dehaze import DehazeRecipe
from ganvas.recipes.digits import DigitsRecipe
from ganvas.recipes.espcn import ESPCNRecipe
from ganvas.recipes.esrgan import ESRGANRecipe
from ganvas.recipes.gan import GANRecipe
from ganvas.recipes.improved_singan import ImprovedSinGANRecipe
from ganvas.recipes.notes import NotesRecipe
from ganvas.recipes.pix2pix import Pix2PixRecipe
from ganvas.recipes.progan import ProGANRecipe
from ganvas.recipes.real_esrgan import RealESRGANRecipe
from ganvas.recipes.recipe import Paper, Recipe
from ganvas.recipes.settings import SettingsError, build, describe_settings, find, resolve
from ganvas.recipes.sharp import SharpRecipe
from ganvas.recipes.singan import SinGANRecipe
from ganvas.recipes.slides import SlidesRecipe
from ganvas.recipes.srgan import SRGANRecipe
from ganvas.recipes.srresnet import SRResNetRecipe
from ganvas.recipes.unrolled import UnrolledRecipe
from ganvas.recipes.unshaken import UnshakenRecipe
from ganvas.recipes.wgan import WGANRecipe
from ganvas.recipes.wgan_gp import WGANGPRecipe

RECIPES: Mapping[str, type[Recipe]] = {
    kind.name: kind
    for kind in (
        CompactRecipe,
        SharpRecipe,
        ESPCNRecipe,
        SRResNetRecipe,
        SRGANRecipe,
        SlidesRecipe,
        NotesRecipe,
        ESRGANRecipe,
        RealESRGANRecipe,
        DeblurRecipe,
        UnshakenRecipe,
        DehazeRecipe,
        Pix2PixRecipe,
        DeblurGANRecipe,
        CANDYRecipe,
        CycleGANRecipe,
        CycleDehazeRecipe,
        GANRecipe,
        UnrolledRecipe,
        WGANRecipe,
        WGANGPRecipe,
        CGANRecipe,
        DCGANRecipe,
        ProGANRecipe,
        BiGANRecipe,
        DigitsRecipe,
        SinGANRecipe,
        ImprovedSinGANRecipe,
    )
}

__all__ = ["RECIPES", "Paper", "Recipe", "SettingsError", "build", "describe_settings", "find", "resolve"]
