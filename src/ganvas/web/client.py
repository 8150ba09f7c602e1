"""The Python client of the service, on the standard library alone."""

from __future__ import annotations

import io
import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from http.client import HTTPException, HTTPMessage
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, overload
from urllib.parse import quote, urlencode, urlsplit

from ganvas.errors import GanvasError

if TYPE_CHECKING:
    from ganvas.images import Picture
    from ganvas.models import EnhanceTask, Style

LOCAL = ("127.0.0.1", "localhost", "::1")


class ClientError(GanvasError):
    """An answer other than the one asked for; ``status`` is that of HTTP, 0 where there was no answer."""

    def __init__(self, sentence: str, status: int = 0, retry_after: float | None = None) -> None:
        super().__init__(sentence)
        self.status = status
        self.retry_after = retry_after


class _Stays(urllib.request.HTTPRedirectHandler):
    """Follows no redirection: the key is for this service only."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> None:
        return None


class Client:
    """A Ganvas service at ``url``, opened by ``key`` if it needs one.

    An answer is awaited for ``timeout`` seconds. Where the queue is full, pictures are sent again for ``patience``
    seconds. Every failure is a :class:`ClientError`.
    """

    def __init__(
        self, url: str = "http://127.0.0.1:8000", key: str | None = None, *, timeout: float = 600, patience: float = 60
    ) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ClientError(f"{url!r} is no address of a service: it looks like http://127.0.0.1:8000")
        self._url, self._key, self._timeout, self._patience = url.rstrip("/"), key, timeout, patience
        near = [urllib.request.ProxyHandler({})] if parts.hostname in LOCAL else []
        self._opener = urllib.request.build_opener(_Stays, *near)

    @overload
    def enhance(
        self, picture: Picture, *, progress: Callable[[float], None] | None = None, **fields: Any
    ) -> Picture: ...
    @overload
    def enhance(
        self,
        picture: str | Path | bytes,
        *,
        task: EnhanceTask = "enlarge",
        scale: float | None = None,
        width: int | None = None,
        height: int | None = None,
        megapixels: float | None = None,
        style: Style | None = None,
        model: str | None = None,
        format: str | None = None,
        quality: int | None = None,
        progress: Callable[[float], None] | None = None,
    ) -> bytes: ...

    def enhance(
        self, picture: str | Path | bytes | Picture, *, progress: Callable[[float], None] | None = None, **fields: Any
    ) -> bytes | Picture:
        """The contents of the file that ``picture``, a file or its contents, becomes; of a Picture, a Picture.

        With ``progress``, which is called with numbers from 0 to 1, or for long work it is a job on the service.
        """
        if not isinstance(picture, str | Path | bytes):
            from ganvas.images import read, write

            content = io.BytesIO()
            write(picture, content, format="png")
            kept: dict[str, Any] = {**fields, "format": "png"}
            return read(self.enhance(content.getvalue(), progress=progress, **kept))
        if progress is None:
            return self._send("/v1/enhance", picture, fields)
        job = self.submit(picture, **fields)
        try:
            return job.wait(progress)
        finally:
            job.delete()

    def submit(self, picture: str | Path | bytes, **fields: Any) -> RemoteJob:
        """Queues a picture, with the fields of :meth:`enhance`."""
        return self.job(json.loads(self._send("/v1/jobs", picture, fields))["id"])

    def job(self, job_id: str) -> RemoteJob:
        """A job that was submitted before."""
        return RemoteJob(self, job_id)

    def models(self) -> list[dict[str, Any]]:
        """The models that the service has."""
        return json.loads(self.ask("GET", "/v1/models"))["models"]

    def _send(self, path: str, picture: str | Path | bytes, fields: Mapping[str, Any]) -> bytes:
        try:
            content = picture if isinstance(picture, bytes) else Path(picture).read_bytes()
        except OSError as error:
            raise ClientError(f"{picture} cannot be read: {error.strerror}") from error
        query = urlencode({name: value for name, value in fields.items() if value is not None})
        until = time.monotonic() + self._patience
        while True:
            try:
                return self.ask("POST", f"{path}?{query}" if query else path, content)
            except ClientError as error:
                pause = min(10.0, error.retry_after or 1)
                if error.status != 429 or time.monotonic() + pause > until:
                    raise
            time.sleep(pause)

    def ask(self, method: str, path: str, content: bytes | None = None) -> bytes:
        """The body of the answer to one request."""
        headers = {"Content-Type": "application/octet-stream"} if content is not None else {}
        if self._key is not None:
            headers["Authorization"] = f"Bearer {self._key}"
        request = urllib.request.Request(f"{self._url}{path}", content, headers, method=method)
        try:
            with self._opener.open(request, timeout=self._timeout) as answer:
                return answer.read()
        except urllib.error.HTTPError as error:
            with error:
                raise _refused(error) from None
        except (OSError, HTTPException) as error:
            reason = getattr(error, "reason", None) or error
            raise ClientError(f"the service at {self._url} does not answer: {reason}") from error


class RemoteJob:
    """A picture's work on a service; its ``id`` is enough to find it again."""

    def __init__(self, client: Client, job_id: str) -> None:
        self._client, self.id = client, job_id
        self._path = f"/v1/jobs/{quote(job_id, safe='')}"

    def state(self) -> dict[str, Any]:
        """What the service says of it: ``state``, ``progress``, ``error``, ``remarks`` and more."""
        return json.loads(self._client.ask("GET", self._path))

    def wait(self, progress: Callable[[float], None] = lambda share: None, *, pause: float = 0.2) -> bytes:
        """The result, once it is there; ``progress`` is called with numbers from 0 to 1 meanwhile."""
        while True:
            shown = self.state()
            progress(shown["progress"])
            if shown["state"] not in ("queued", "running"):
                return self.result()
            time.sleep(pause)

    def result(self) -> bytes:
        """The contents of the result's file."""
        return self._client.ask("GET", f"{self._path}/result")

    def cancel(self) -> None:
        """Ends it if it waits or runs."""
        if self.state()["state"] in ("queued", "running"):
            self.delete()

    def delete(self) -> None:
        """Ends it if it waits or runs, and forgets it with its result if it is over."""
        self._client.ask("DELETE", self._path)


def _refused(error: urllib.error.HTTPError) -> ClientError:
    try:
        sentence = str(json.loads(error.read(2**16))["error"])
    except (ValueError, KeyError, TypeError, OSError, HTTPException):
        sentence = f"the service answers {error.code} {error.reason}"
    after = error.headers.get("Retry-After", "")
    return ClientError(sentence, error.code, float(after) if after.isdecimal() else None)
