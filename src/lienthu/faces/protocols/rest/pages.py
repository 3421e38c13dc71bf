"""The human page of the REST interface, made from its OpenAPI document: no script needed to read it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from lienthu.faces.protocols.rest.api import api


def documentation(request: HttpRequest) -> HttpResponse:
    """Every operation with its parameters and the shape of its answer."""
    schema = api.get_openapi_schema()
    operations = [
        {"path": path, "method": method.upper(), **_operation(operation, schema)}
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    ]
    return render(request, "rest/documentation.html", {"info": schema["info"], "operations": operations})


def _operation(operation: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    answer = operation["responses"].get(200, {}).get("content", {}).get("application/json", {}).get("schema", {})
    return {
        "summary": operation.get("summary", ""),
        "description": operation.get("description", ""),
        "parameters": [
            {
                "name": p["name"],
                "where": p["in"],
                "type": _type(p["schema"]),
                "default": p["schema"].get("default", ""),
            }
            for p in operation.get("parameters", [])
        ],
        "fields": _fields(answer, schema),
    }


def _fields(shape: dict[str, Any], schema: dict[str, Any]) -> list[dict[str, str]]:
    name = shape.get("$ref", "").rpartition("/")[2]
    properties = schema["components"]["schemas"].get(name, {}).get("properties", {})
    return [{"name": n, "type": _type(p)} for n, p in properties.items()]


def _type(shape: dict[str, Any]) -> str:
    if "$ref" in shape:
        return str(shape["$ref"]).rpartition("/")[2].removesuffix("Out")
    if shape.get("type") == "array":
        return f"[{_type(shape.get('items', {}))}]"
    if "anyOf" in shape:
        return " | ".join(_type(s) for s in shape["anyOf"])
    return str(shape.get("type", ""))
