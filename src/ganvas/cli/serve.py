"""``ganvas serve``: the page and the REST service."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 is every network.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 is any free one.")] = 8000,
    allow_host: Annotated[
        list[str] | None, typer.Option(help="A name beside localhost by which a proxy asks; may be given again.")
    ] = None,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Pictures done at the same time.")] = 1,
    max_megapixels: Annotated[float, typer.Option(help="Largest picture that is taken.")] = 40,
    max_result_megapixels: Annotated[float, typer.Option(help="Largest result that is made.")] = 200,
    max_megabytes: Annotated[float, typer.Option(help="Largest file that is taken.")] = 64,
    max_queue: Annotated[int, typer.Option(min=1, help="Pictures that may wait.")] = 16,
    max_seconds: Annotated[float, typer.Option(help="Longest time for one picture.")] = 900,
    keep_hours: Annotated[float, typer.Option(help="How long results are kept.")] = 24,
    worker_gigabytes: Annotated[float, typer.Option(help="Memory for one picture.")] = 12,
    api_key: Annotated[
        Path | None, typer.Option(help="File of keys, one a line: who asks must give one of them.")
    ] = None,
    folder: Annotated[
        Path | None, typer.Option(help="Where jobs are kept [default: ~/.local/state/ganvas/service].")
    ] = None,
    singles: Annotated[
        Path | None, typer.Option(help="Let visitors have a photo learnt (SinGAN), one at a time, into this folder.")
    ] = None,
    runs: Annotated[Path | None, typer.Option(help="Show the runs in this folder and their reports.")] = None,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or mps.")] = "auto",
    engine: Annotated[
        Literal["auto", "torch", "onnx", "openvino"],
        typer.Option(help="What runs the nets, as for `ganvas enhance`; torch takes over those that it cannot."),
    ] = "torch",
) -> None:
    """Serve the page and the REST service over HTTP, to this machine unless told otherwise.

    Examples: ganvas serve; curl -F picture=@photo.jpg -F scale=2 http://127.0.0.1:8000/v1/enhance -o large.jpg
    """
    from pydantic import ValidationError

    from ganvas.enhancement.engines import check
    from ganvas.enhancement.precision import choose
    from ganvas.web.settings import ServiceError, Settings, default_folder, read_keys

    try:
        from ganvas.web.run import is_loopback, listening, server
    except ImportError as error:
        raise ServiceError(f"the service needs more packages ({error.name}): pip install 'ganvas[web]'") from error
    if runs is not None and not runs.is_dir():
        raise ServiceError(f"there is no folder {runs}: --runs takes the one that holds the folders of runs")
    choose("auto", device)
    if engine != "auto":
        check(engine, "auto", device)
    keys = read_keys(api_key) if api_key is not None else frozenset[str]()
    guarded = is_loopback(host) and not keys  # others need a key, or were meant to reach it by any name
    try:
        settings = Settings(
            folder=folder or default_folder(),
            workers=workers,
            device=device,
            engine=engine,
            max_bytes=int(max_megabytes * 2**20),
            max_megapixels=max_megapixels,
            max_result_megapixels=max_result_megapixels,
            max_queue=max_queue,
            job_seconds=max_seconds,
            keep_seconds=keep_hours * 3600,
            worker_gigabytes=worker_gigabytes,
            singles=singles,
            runs=runs,
            keys=keys,
            hosts=frozenset(allow_host or ()) if guarded else None,
        )
    except ValidationError as error:
        fault = error.errors()[0]
        raise ServiceError(f"the limit {fault['loc'][0]}: {fault['msg'][0].lower()}{fault['msg'][1:]}") from None
    with listening(host, port) as place:
        running = server(settings)
        name = f"[{host}]" if ":" in host else host
        typer.echo(f"ganvas serves on http://{name}:{place.getsockname()[1]} (Ctrl-C stops it)", err=True)
        if not is_loopback(host) and not settings.keys:
            typer.echo("ganvas: others can reach this service, and it needs no key: give it an --api-key", err=True)
        try:
            running.run(sockets=[place])
        except KeyboardInterrupt:
            running.told = True
    if running.told:
        typer.echo("ganvas: stopped: jobs that wait go on when it is started again", err=True)
        raise typer.Exit(130)
