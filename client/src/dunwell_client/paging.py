"""Lists that go on by cursor."""

from collections.abc import Callable, Iterator
from typing import Any, Generic, ParamSpec, TypedDict, TypeVar

R = TypeVar("R")
P = ParamSpec("P")


class Page(TypedDict, Generic[R]):
    """One page of a list; `next` is the cursor of the next one, empty at the end."""

    rows: list[R]
    next: str


def every_row(
    operation: Callable[P, Page[R]], /, *arguments: P.args, **choice: P.kwargs
) -> Iterator[R]:
    """Yield the rows of all pages of a list, asking for the next page when it is needed.

    `every_row(desk.items.list_items, scope="overdue", limit=500)`.
    """
    call: Callable[..., Any] = operation
    asked: dict[str, Any] = dict(choice)
    while True:
        page = call(*arguments, **asked)
        yield from page["rows"]
        if not page["next"]:
            return
        asked["cursor"] = page["next"]
