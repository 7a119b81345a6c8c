"""What a page shows while the contacts of a large book's day are being worked out."""

from django.http import Http404, HttpResponse
from django.shortcuts import render

from dunwell.jobs.day_plans import DayPlan, DayPlanProgress
from dunwell.queries.reminders import ContactPlan
from dunwell.web.staff import StaffRequest

ASKS = "HX-Request"


def plan_waits(
    request: StaffRequest, found: DayPlan | DayPlanProgress, *, heading: str
) -> HttpResponse | None:
    """Return the page with a progress bar while the work goes on, None once it is done.

    The bar asks for the same address again every second, and gets the line alone; with the work
    done the page is loaded anew.
    """
    is_asking = request.headers.get(ASKS) == "true"
    if isinstance(found, DayPlan):
        if is_asking and request.headers.get("HX-Target") == "day-plan-progress":
            answer = HttpResponse(status=204)
            answer["HX-Refresh"] = "true"
            return answer
        return None
    context = {"progress": found, "heading": heading, "address": request.get_full_path()}
    name = "web/day_plan_progress.html" if is_asking else "web/day_plan.html"
    return render(request, name, context)


def made_of(found: DayPlan | DayPlanProgress) -> tuple[DayPlan, ContactPlan]:
    """Return what was worked out, and the plan in it; Http404 as `plan_of` raises it."""
    if isinstance(found, DayPlanProgress) or found.plan is None:
        raise Http404
    return found, found.plan


def plan_of(found: DayPlan | DayPlanProgress) -> ContactPlan:
    """Return the plan that was worked out; Http404 for a version that is not the company's."""
    return made_of(found)[1]
