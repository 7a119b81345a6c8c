"""Pages that not everybody may open: the right is asked for before the page is built."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar, cast

from django.core.exceptions import PermissionDenied
from django.http.response import HttpResponseBase

from dunwell.web.staff import StaffRequest

Rest = ParamSpec("Rest")
R = TypeVar("R", bound=HttpResponseBase)
View = Callable[Concatenate[StaffRequest, Rest], R]


def needs(right: str) -> Callable[[View[Rest, R]], View[Rest, R]]:
    """Answer 403 unless the person holds the right; actions check their own rights again."""

    def guard(view: View[Rest, R]) -> View[Rest, R]:
        @wraps(view)
        def guarded(request: StaffRequest, *args: Rest.args, **kwargs: Rest.kwargs) -> R:
            if right not in request.actor.rights:
                raise PermissionDenied(right)
            return view(request, *args, **kwargs)

        return cast("View[Rest, R]", guarded)

    return guard
