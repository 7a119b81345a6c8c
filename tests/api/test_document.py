"""The document of the API is made once, and sharing what operations have in common changes nothing."""

import dataclasses
from collections import defaultdict
from typing import get_args, get_type_hints

import pytest
from ninja import NinjaAPI, Query, Router, Schema
from ninja.openapi.schema import get_schema
from pydantic import BaseModel

from dunwell.api import api
from dunwell.api.debtor_desk import debtor_desk
from dunwell.api.schema import DocumentedAPI, _Document


class Told(Schema):
    word: str
    more: list["Told"] = []


class Refused(Schema):
    detail: str


def test_a_document_that_shares_is_the_one_that_repeats():
    router = Router()

    @router.get("/one", response={200: list[Told], 404: Refused, 422: Refused})
    def one(request, word: str):
        """Tell one."""

    @router.post("/other", response={200: Told, 201: Told, 422: Refused, 204: None})
    def other(request, body: Told):
        """Tell another."""

    small = DocumentedAPI(urls_namespace="small")
    small.add_router("/small", router)
    assert isinstance(small, NinjaAPI)
    document = _Document(small, "v1")
    assert document == get_schema(small, "v1")
    answers = document["paths"]["/v1/small/other"]["post"]["responses"]
    assert answers[200]["content"] == answers[201]["content"]
    assert answers[422]["content"] != answers[201]["content"]


def test_the_document_is_made_once_for_every_address():
    document = api.get_openapi_schema()
    assert api.get_openapi_schema() is document
    assert api.get_openapi_schema(path_prefix="/api/v1/") == document
    assert api.get_openapi_schema(path_prefix="/elsewhere/")["paths"] != document["paths"]


def classes_of(kind, found):
    """Put into those found what is a class of fields, and every one that it holds."""
    for part in get_args(kind):
        classes_of(part, found)
    if not isinstance(kind, type) or kind in found:
        return
    if issubclass(kind, BaseModel):
        held = [field.annotation for field in kind.model_fields.values()]
    elif dataclasses.is_dataclass(kind):
        held = get_type_hints(kind).values()
    else:
        return
    found.add(kind)
    for part in held:
        classes_of(part, found)


def modules_by_name(of_api):
    """Where the classes of bodies, answers and filters stand, by their names in the document."""
    found = set()
    for router in of_api._get_bound_routers():
        for view in router.path_operations.values():
            for operation in view.operations:
                for wrapper in [*operation.models, *operation.response_models.values()]:
                    for field in getattr(wrapper, "model_fields", {}).values():
                        classes_of(field.annotation, found)
    modules = defaultdict(list)
    for one in found:
        modules[one.__name__].append(f"{one.__module__}.{one.__qualname__}")
    return modules


@pytest.mark.parametrize(("of_api", "least"), [(api, 1_000), (debtor_desk, 10)])
def test_every_class_of_the_document_has_a_name_of_its_own(of_api, least):
    """Where two shared one, the document and the client showed the later in the place of both."""
    modules = modules_by_name(of_api)

    assert {name: sorted(of) for name, of in modules.items() if len(of) > 1} == {}
    assert len(modules) > least


def test_two_classes_of_one_name_are_noticed_in_bodies_answers_and_filters():
    def named(name):
        return type(name, (Schema,), {"__annotations__": {"word": str}})

    router = Router()
    sent, asked = named("Sent"), named("Asked")
    held = dataclasses.dataclass(
        type("Held", (), {"__annotations__": {"parts": list[named("Sent")]}})
    )

    @router.post("/one", response={200: held, 204: None})
    def one(request, body: sent, query: Query[asked]):
        """Send one."""

    @router.get("/other", response={200: list[named("Told")]})
    def other(request, query: Query[named("Asked")]):
        """Ask another."""

    small = DocumentedAPI(urls_namespace="names")
    small.add_router("/names", router)
    shared = {name for name, of in modules_by_name(small).items() if len(of) > 1}

    assert shared == {"Sent", "Asked"}
