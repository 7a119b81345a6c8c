"""/apply/reference/: somebody whom an applicant named answers a few questions, once."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_http_methods

from dunwell import clock
from dunwell.actions.application_references import answer_reference
from dunwell.actions.gate import Refused
from dunwell.models import ApplicationReference
from dunwell.portal.application_forms import ReferenceAnswerForm
from dunwell.portal.visitors import REFUSED, outsider, visitor
from dunwell.queries.application_links import reference_of_link
from dunwell.templatetags.sentences import spoken

OPEN = (ApplicationReference.Status.ASKED, ApplicationReference.Status.GIVEN_UP)


@visitor("reference", most=20)
@require_http_methods(["GET", "POST"])
def apply_reference(request: HttpRequest, token: str) -> HttpResponse:
    """Show the questions, and keep the answers when they are sent; looking burns nothing."""
    reference = reference_of_link(token)
    is_open = (
        reference is not None
        and reference.status in OPEN
        and reference.link_until_at is not None
        and reference.link_until_at > clock.now()
    )
    if reference is None or not is_open:
        return render(request, "portal/reference_gone.html", status=REFUSED)
    application = reference.application
    translation.activate(application.language)
    form = ReferenceAnswerForm(application.currency, request.POST or None)
    context = {
        "reference": reference,
        "application": application,
        "company": application.company,
        "form": form,
    }
    declines = "declines" in request.POST
    if request.method == "POST" and (form.is_valid() or declines):
        try:
            answer_reference(
                actor=outsider(application.company, f"reference {reference.name}"),
                token=token,
                answer={"declines": True} if declines else form.told(),
                as_of=clock.today(application.company.zone),
                at=clock.now(),
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            return render(request, "portal/reference_thanks.html", context)
    status = REFUSED if form.is_bound else 200
    return render(request, "portal/reference.html", context, status=status)
