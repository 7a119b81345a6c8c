"""What tools take: exactly these fields, each of exactly its type, and pages that stay small."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from dunwell.queries.request_fields import Cursor, Key

MOST_ROWS = 100
"""Rows of one page: a model reads all that it is sent."""

USUAL_ROWS = 25


class Arguments(BaseModel):
    """The arguments of a tool that reads; others than these are refused."""

    model_config = ConfigDict(extra="forbid", strict=True)


class PageArguments(Arguments):
    """Which page of a list."""

    cursor: Cursor = ""
    limit: Annotated[int, Field(ge=1, le=MOST_ROWS, description="Rows of the page.")] = USUAL_ROWS


class CustomerArguments(Arguments):
    """Which customer."""

    customer_id: Annotated[Key, Field(description="Key from find_customers.")]


class WriteArguments(Arguments):
    """The arguments of a tool that writes."""

    idempotency_key: Annotated[
        str,
        Field(
            pattern="^[!-~]{8,200}$",
            description="New for each intended change; the same key gets the same answer again.",
        ),
    ]
