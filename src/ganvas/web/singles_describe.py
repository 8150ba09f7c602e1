"""What /openapi.json says of the photos that are learnt."""

from __future__ import annotations

from typing import Any

from fastapi import Response
from pydantic import BaseModel, Field

from ganvas.web.describe import BINARY, body, parameters, problems
from ganvas.web.singles_asked import TASKS, Learn, Sent, Task
from ganvas.web.singles_store import SingleState


class SingleView(BaseModel):
    id: str
    state: SingleState
    level: int = Field(description="the level that is learnt, or the last that was; 0 is the coarsest")
    levels: int | None = Field(description="how many there are to be, once that is known")
    progress: float = Field(ge=0, le=1)
    seconds_left: float | None
    width: int | None = Field(description="of the photo as it is learnt")
    height: int | None
    created: str
    started: str | None
    finished: str | None
    error: str | None
    usable: bool = Field(description="whether something can be made of it")
    preview: str | None = Field(description="where the latest picture of the training is, once there is one")


class SinglesView(BaseModel):
    singles: list[SingleView]


LEARN: dict[str, Any] = {
    "status_code": 202,
    "responses": {
        202: {"model": SingleView, "description": "Queued"},
        **problems(400, 401, 408, 413, 415, 422, 429, 500, 503),
    },
    "openapi_extra": body(Learn),
}
LIST: dict[str, Any] = {"responses": {200: {"model": SinglesView}, **problems(401)}}
SINGLE: dict[str, Any] = {"responses": {200: {"model": SingleView}, **problems(401, 404)}}
PREVIEW: dict[str, Any] = {
    "response_class": Response,
    "responses": {200: {"description": "The picture", "content": {"image/png": BINARY}}, **problems(401, 404, 409)},
}
DELETE: dict[str, Any] = {"status_code": 204, "response_class": Response, "responses": problems(401, 404)}

KINDS = {"png": "image/png", "gif": "image/gif", "zip": "application/zip"}


def making(task: str) -> dict[str, Any]:
    """Of the route that does ``task``."""
    kind = TASKS[task]
    content = {KINDS[each]: BINARY for each in kind.makes}
    found: dict[str, Any] = {"description": "The result", "content": content}
    found["headers"] = {"X-Remarks": {"schema": {"type": "string"}, "description": "JSON list of sentences"}}
    return {
        "summary": (kind.__doc__ or task).partition("\n")[0],
        "response_class": Response,
        "responses": {200: found, **problems(400, 401, 404, 408, 409, 413, 415, 422, 429, 500, 503, 504)},
        "openapi_extra": _taking(kind),
    }


def _taking(kind: type[Task]) -> dict[str, Any]:
    if not issubclass(kind, Sent):
        return {"parameters": parameters(kind)}
    return body(kind, "mask") if kind.masked else body(kind)
