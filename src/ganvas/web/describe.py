"""What /openapi.json says: the bodies and fields that are read by hand, and the answers there are."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from fastapi import Response
from pydantic import BaseModel, Field

from ganvas.web.asked import MEDIA, Asked
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
    parameters: int
    licence: str


class ModelsView(BaseModel):
    models: list[ModelView]
    formats: list[str]
    tasks: list[str]
    styles: list[str]


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
    404: "No such job",
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


def _problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    return {status: {"model": Problem, "description": _WORDS[status]} for status in statuses}


def _fields() -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The fields as parameters of the query and as properties of a form."""
    schemas: dict[str, Any] = {}
    for name, schema in Asked.model_json_schema()["properties"].items():
        kind = next((each for each in schema.get("anyOf", ()) if each.get("type") != "null"), schema)
        schemas[name] = {k: v for k, v in kind.items() if k not in ("default", "title", "description", "anyOf")}
        schemas[name]["description"] = schema["description"]
    query = [
        {"name": name, "in": "query", "required": False, "description": schema["description"],
         "schema": {k: v for k, v in schema.items() if k != "description"}}
        for name, schema in schemas.items()
    ]  # fmt: skip
    return query, schemas


_QUERY, _FORM = _fields()
_BINARY = {"schema": {"type": "string", "format": "binary"}}
_BODY: dict[str, Any] = {
    "parameters": _QUERY,
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["picture"],
                    "properties": {"picture": {"type": "string", "format": "binary"}, **_FORM},
                    "additionalProperties": False,
                }
            },
            "application/octet-stream": _BINARY,
            "image/*": _BINARY,
        },
    },
}
_PICTURE: dict[str, Any] = {
    "description": "The result",
    "content": dict.fromkeys(MEDIA.values(), _BINARY),
    "headers": {"X-Remarks": {"schema": {"type": "string"}, "description": "JSON list of sentences"}},
}
_SEND = (400, 401, 408, 413, 415, 422, 429, 500, 503)

ENHANCE: dict[str, Any] = {
    "response_class": Response,
    "responses": {200: _PICTURE, **_problems(*_SEND, 504)},
    "openapi_extra": _BODY,
}
SUBMIT: dict[str, Any] = {
    "status_code": 202,
    "responses": {202: {"model": JobView, "description": "Queued"}, **_problems(*_SEND)},
    "openapi_extra": _BODY,
}
JOB: dict[str, Any] = {"responses": {200: {"model": JobView}, **_problems(401, 404)}}
RESULT: dict[str, Any] = {
    "response_class": Response,
    "responses": {200: _PICTURE, **_problems(401, 404, 409, 413, 422, 500, 503, 504)},
}
CANCEL: dict[str, Any] = {"status_code": 204, "response_class": Response, "responses": _problems(401, 404)}
MODELS: dict[str, Any] = {"responses": {200: {"model": ModelsView}, **_problems(401)}}
HEALTH: dict[str, Any] = {"responses": {200: {"model": StatusView}}}
READY: dict[str, Any] = {"responses": {200: {"model": StatusView}, **_problems(503)}}
METRICS: dict[str, Any] = {
    "response_class": Response,
    "responses": {200: {"content": {"text/plain": {"schema": {"type": "string"}}}}, **_problems(401)},
}
