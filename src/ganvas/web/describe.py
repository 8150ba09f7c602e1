"""What /openapi.json says: the bodies and fields that are read by hand, and the answers there are."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from fastapi import Response
from pydantic import BaseModel, Field

from ganvas.web.asked import MEDIA, Asked, Fields
from ganvas.web.store import State


class Problem(BaseModel):
    error: str = Field(description="one sentence: what was wrong and what to do")


class JobView(BaseModel):
    id: str
    state: State
    progress: float = Field(ge=0, le=1)
    created: str
    started: str | None
    finished: str | None
    error: str | None
    remarks: list[str] = Field(description="what the owner of the picture should know, a sentence each")
    format: str
    result: str | None = Field(description="where the result is, once there is one")


class ModelView(BaseModel):
    name: str
    task: str
    scale: int
    style: str | None = Field(description="the style whose model this is, of those that enlarge")
    parameters: int
    licence: str


class LimitsView(BaseModel):
    megabytes: float = Field(description="largest file that is taken, in units of 2^20 bytes")
    megapixels: float = Field(description="largest picture that is taken")
    result_megapixels: float = Field(description="largest result that is made")


class ModelsView(BaseModel):
    models: list[ModelView]
    formats: list[str]
    tasks: list[str]
    styles: list[str]
    limits: LimitsView


class RunView(BaseModel):
    name: str
    recipe: str | None
    changed: str
    report: str | None = Field(description="where its report is, once there is one")


class RunsView(BaseModel):
    runs: list[RunView]


class StatusView(BaseModel):
    status: str
    workers: int | None = None


ABOUT: dict[str, Any] = {
    "version": version("ganvas"),
    "description": "Makes pictures better: enlarges, deblurs and dehazes. Every failure is a status and a sentence.",
}

_WORDS = {
    400: "No picture, or a body that cannot be read",
    401: "No key, or a wrong one",
    404: "There is no such thing",
    408: "The picture did not arrive in time",
    409: "There is no result yet, or the job was cancelled",
    413: "Too many bytes or pixels",
    415: "Not a picture of a known format",
    422: "A field that makes no sense, or a damaged picture",
    429: "The queue is full; Retry-After says when to try again",
    500: "Went wrong on the side of the service",
    503: "Not now",
    504: "It took longer than is allowed",
}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    return {status: {"model": Problem, "description": _WORDS[status]} for status in statuses}


BINARY = {"schema": {"type": "string", "format": "binary"}}


def parameters(fields: type[Fields]) -> list[dict[str, Any]]:
    """``fields`` as parameters of the query."""
    return [
        {"name": name, "in": "query", "required": False, "description": schema["description"],
         "schema": {k: v for k, v in schema.items() if k != "description"}}
        for name, schema in _schemas(fields).items()
    ]  # fmt: skip


def body(fields: type[Fields], *more: str) -> dict[str, Any]:
    """``fields`` in the query or a form, with a picture as the body or in that form, where files called ``more`` may be
    beside it.
    """
    files = {name: {"type": "string", "format": "binary"} for name in ("picture", *more)}
    form = {
        "type": "object",
        "required": ["picture"],
        "properties": {**files, **_schemas(fields)},
        "additionalProperties": False,
    }
    kinds = {"multipart/form-data": {"schema": form}, "application/octet-stream": BINARY, "image/*": BINARY}
    return {"parameters": parameters(fields), "requestBody": {"required": True, "content": kinds}}


def _schemas(fields: type[Fields]) -> dict[str, Any]:
    """The schema of each of ``fields``, as it is when it is given."""
    schemas: dict[str, Any] = {}
    for name, schema in fields.model_json_schema()["properties"].items():
        kind = next((each for each in schema.get("anyOf", ()) if each.get("type") != "null"), schema)
        schemas[name] = {k: v for k, v in kind.items() if k not in ("default", "title", "description", "anyOf")}
        schemas[name]["description"] = schema["description"]
    return schemas


_PICTURE: dict[str, Any] = {
    "description": "The result",
    "content": dict.fromkeys(MEDIA.values(), BINARY),
    "headers": {"X-Remarks": {"schema": {"type": "string"}, "description": "JSON list of sentences"}},
}
_SEND = (400, 401, 408, 413, 415, 422, 429, 500, 503)

ENHANCE: dict[str, Any] = {
    "response_class": Response,
    "responses": {200: _PICTURE, **problems(*_SEND, 504)},
    "openapi_extra": body(Asked),
}
SUBMIT: dict[str, Any] = {
    "status_code": 202,
    "responses": {202: {"model": JobView, "description": "Queued"}, **problems(*_SEND)},
    "openapi_extra": body(Asked),
}
JOB: dict[str, Any] = {"responses": {200: {"model": JobView}, **problems(401, 404)}}
RESULT: dict[str, Any] = {
    "response_class": Response,
    "responses": {200: _PICTURE, **problems(401, 404, 409, 413, 422, 500, 503, 504)},
}
CANCEL: dict[str, Any] = {"status_code": 204, "response_class": Response, "responses": problems(401, 404)}
MODELS: dict[str, Any] = {"responses": {200: {"model": ModelsView}, **problems(401)}}
HEALTH: dict[str, Any] = {"responses": {200: {"model": StatusView}}}
RUNS: dict[str, Any] = {"responses": {200: {"model": RunsView}, **problems(401, 404, 503)}}
REPORT: dict[str, Any] = {
    "response_class": Response,
    "responses": {
        200: {"description": "The page", "content": {"text/html": {"schema": {"type": "string"}}}},
        **problems(401, 404, 503),
    },
}
READY: dict[str, Any] = {"responses": {200: {"model": StatusView}, **problems(503)}}
METRICS: dict[str, Any] = {
    "response_class": Response,
    "responses": {200: {"content": {"text/plain": {"schema": {"type": "string"}}}}, **problems(401)},
}
