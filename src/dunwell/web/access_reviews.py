"""Pages about access reviews: whose rights are looked at next, and the look itself."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from dunwell import clock
from dunwell.actions.access_reviews import LONGEST_DAYS, LONGEST_NOTE, review_access
from dunwell.actions.role_rights import ROLE_RIGHTS
from dunwell.models import AccessReview, Role
from dunwell.queries.access_reviews import access_review_rows, held_roles, review_history
from dunwell.web.answers import colleague_or_404, posted, told_page
from dunwell.web.exports import file_response
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

COLUMNS = (
    _("Whose rights"),
    _("Roles held"),
    _("Outcome"),
    _("Taken away"),
    _("Note"),
    _("Reviewed by"),
    _("Reviewed on"),
    _("Due again"),
)


class ReviewForm(forms.Form):
    """Which of the roles somebody keeps, and when to look again."""

    taken = forms.MultipleChoiceField(
        label=_("Take away"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Nothing chosen: every role is kept."),
    )
    note = forms.CharField(label=_("Note"), max_length=LONGEST_NOTE, required=False)
    days = forms.IntegerField(
        label=_("Look again in days"), min_value=1, max_value=LONGEST_DAYS, initial=180
    )
    seen = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, roles: list[str], *args: Any, **kwargs: Any) -> None:
        """Offer the roles that are held."""
        super().__init__(*args, **kwargs)
        self.fields["taken"].choices = [  # type: ignore[attr-defined]
            (role, Role(role).label) for role in roles
        ]
        self.fields["seen"].initial = ",".join(roles)


@needs("access.review")
@require_GET
def access_reviews(request: StaffRequest) -> HttpResponse:
    """Show whose turn it is, and what was found before."""
    company = request.actor.company
    rows = access_review_rows(company, rights=ROLE_RIGHTS, as_of=request.as_of)
    context = {"rows": rows, "history": review_history(company)[:50]}
    return render(request, "web/access_reviews.html", context)


@needs("access.review")
@require_GET
def access_reviews_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return every review there was."""
    return file_response(
        kind,
        name=f"access-reviews-{request.as_of.isoformat()}",
        columns=[str(name) for name in COLUMNS],
        rows=(
            (
                one.username,
                ", ".join(one.roles),
                one.outcome_label,
                ", ".join(one.taken),
                one.note,
                one.by,
                one.reviewed_on,
                one.due_on,
            )
            for one in review_history(request.actor.company)
        ),
    )


@needs("access.review")
@require_http_methods(["GET", "POST"])
def access_review_add(request: StaffRequest, user_id: int) -> HttpResponse:
    """Look at a person's roles: keep them or take some away."""
    company = request.actor.company
    user = colleague_or_404(request, user_id)
    roles = list(held_roles(company, as_of=request.as_of, only=user.pk).get(user.pk, ()))

    def act(seen: str, **told: Any) -> AccessReview:
        return review_access(
            actor=request.actor,
            user=user,
            seen=seen.split(","),
            as_of=request.as_of,
            at=clock.now(),
            **told,
        )

    return told_page(
        request,
        ReviewForm(roles, posted(request)),
        act,
        said=gettext("Recorded: the rights of %(name)s.") % {"name": user.username},
        back=reverse("access-reviews"),
        context={
            "heading": gettext("Rights of %(name)s") % {"name": user.username},
            "lead": gettext("Does this person still need these roles?"),
            "button": gettext("Record the review"),
            "action": reverse("access-review-add", args=[user.pk]),
            "crumb": gettext("Access reviews"),
        },
    )
