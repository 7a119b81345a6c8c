"""Pages that not everybody may open: the right is asked for before the page is built."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse

from dunwell.web.staff import StaffRequest

Rest = ParamSpec("Rest")
View = Callable[Concatenate[StaffRequest, Rest], HttpResponse]


def needs(right: str) -> Callable[[View[Rest]], View[Rest]]:
    """Answer 403 unless the person holds the right; actions check their own rights again."""

    def guard(view: View[Rest]) -> View[Rest]:
        @wraps(view)
        def guarded(
            request: StaffRequest, *args: Rest.args, **kwargs: Rest.kwargs
        ) -> HttpResponse:
            if right not in request.actor.rights:
                raise PermissionDenied(right)
            return view(request, *args, **kwargs)

        return cast("View[Rest]", guarded)

    return guard
