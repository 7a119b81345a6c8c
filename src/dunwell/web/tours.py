"""Guided tours of the demo company: which there are, and the steps through one."""

from dataclasses import dataclass

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from dunwell.queries.tours import TOURS
from dunwell.templatetags.tours import ABOUT, NAMES, moved, stages, told_tour
from dunwell.web.answers import done
from dunwell.web.demo_story import story
from dunwell.web.staff import StaffRequest


@dataclass(frozen=True, slots=True)
class Choice:
    """A tour to choose; `is_running` while the person stands on one of its stops."""

    tour: str
    name: Promise | str
    about: Promise | str
    stops: int
    is_own: bool
    is_running: bool


@require_GET
def tour_list(request: StaffRequest) -> HttpResponse:
    """Show the tours, those of the person's own roles first, and the demo's story.

    404 outside a demo company.
    """
    _require_demo(request)
    actor = request.actor
    told = told_tour(request, actor.company)
    roles = set(actor.roles)
    choices = [
        Choice(tour, NAMES[tour], ABOUT[tour], len(TOURS[tour]), tour in roles,
               told is not None and told["tour"] == tour)
        for tour in ABOUT
    ]  # fmt: skip
    choices.sort(key=lambda choice: not choice.is_own)
    context = {"choices": choices, "chapters": story(actor.company)}
    return render(request, "web/tours.html", context)


@require_POST
def tour_move(request: StaffRequest, tour: str) -> HttpResponse:
    """Begin a tour, go on with it or end it; leads to the page of the stop."""
    _require_demo(request)
    if tour not in ABOUT:
        raise Http404
    company = request.actor.company
    found = stages(tour, company, rights=request.actor.rights)
    address = moved(request, tour, company, found)
    if address:
        return redirect(address)
    return done(request, gettext("The tour is over. You can take it again."), back="/tours/")


def _require_demo(request: StaffRequest) -> None:
    if not request.actor.company.is_demo or request.actor.access_id is not None:
        raise Http404
