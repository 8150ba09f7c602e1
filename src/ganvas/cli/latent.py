"""``ganvas latent``: what the codes of a generator mean."""

from __future__ import annotations

import typer

from ganvas.cli.latent_brush import brush
from ganvas.cli.latent_edits import arithmetic, boundary, edit, walk
from ganvas.cli.latent_recovery import complete, encode, invert

latent = typer.Typer(
    help="Walk among the codes of a generator, add them, edit and find them again.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@latent.callback()
def about() -> None:
    """Walk among the codes of a generator, add them, edit and find them again."""


for task in (walk, arithmetic, boundary, edit, brush, invert, complete, encode):
    latent.command()(task)
