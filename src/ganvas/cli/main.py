"""``ganvas``: the commands, and the one place where a failure becomes a sentence."""

from __future__ import annotations

import sys

import typer

from ganvas.cli.blend import blend
from ganvas.cli.degrade import degrade
from ganvas.cli.distance import distance
from ganvas.cli.enhance import enhance
from ganvas.cli.evaluate import evaluate
from ganvas.cli.experiment import experiment
from ganvas.cli.export import export
from ganvas.cli.latent import latent
from ganvas.cli.models import models
from ganvas.cli.prepare import prepare
from ganvas.cli.recipes import recipes
from ganvas.cli.recognise import recognise
from ganvas.cli.report import report
from ganvas.cli.serve import serve
from ganvas.cli.single import single
from ganvas.cli.sweep import sweep
from ganvas.cli.train import train
from ganvas.errors import GanvasError

app = typer.Typer(
    name="ganvas",
    help="Makes pictures better with generative adversarial networks, and trains, compares and explains them.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for command in (
    enhance,
    prepare,
    train,
    sweep,
    evaluate,
    report,
    recipes,
    models,
    blend,
    degrade,
    experiment,
    distance,
    export,
    serve,
):
    app.command()(command)
app.add_typer(single, name="single")
app.add_typer(latent, name="latent")
app.add_typer(recognise, name="recognise")


@app.callback(invoke_without_command=True)
def version(show: bool = typer.Option(False, "--version", help="Print the version and stop.")) -> None:
    if show:
        from importlib.metadata import version as installed

        typer.echo(f"ganvas {installed('ganvas')}")
        raise typer.Exit


def main() -> None:
    """Runs the command line; what a user can mend is one sentence on stderr and exit code 1."""
    try:
        app()
    except KeyboardInterrupt:
        _end("stopped", 130)
    except BrokenPipeError:
        sys.stderr.close()
        raise SystemExit(1) from None
    except GanvasError as error:
        _end(str(error), 1)


def _end(sentence: str, code: int) -> None:
    sys.stderr.write(f"ganvas: {sentence}\n")
    raise SystemExit(code)
