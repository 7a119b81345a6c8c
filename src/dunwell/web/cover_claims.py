"""Pages about claims under covers: the list, drawing one up, filing, the answer, the payment."""

from datetime import date
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from dunwell import clock
from dunwell.actions.cover_claims import (
    answer_claim,
    draw_claim,
    drop_claim,
    file_claim,
    pay_claim,
)
from dunwell.actions.uploads import upload_path
from dunwell.models import Cover, CoverClaim, Item
from dunwell.queries.cover_claims import claim_rows
from dunwell.templatetags.money import MoneyField
from dunwell.web.answers import posted, told_page
from dunwell.web.fields import day_field
from dunwell.web.lists import page_asked
from dunwell.web.reasons import reason_page
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

Status = CoverClaim.Status


class DrawForm(forms.Form):
    """For which items, and why."""

    reason = forms.CharField(label=_("Why the provider should pay"), max_length=300)

    def __init__(self, cover: Cover, as_of: date, *args: Any, **kwargs: Any) -> None:
        """Offer the overdue open items of the cover's customer in its currency."""
        super().__init__(*args, **kwargs)
        items = Item.objects.filter(
            customer=cover.customer_id,
            currency=cover.currency,
            due_on__lt=as_of,
            open_now__open_minor__gt=0,
        )
        self.fields["items"] = forms.ModelMultipleChoiceField(
            items.order_by("due_on", "pk"),
            label=_("Items past due"),
            widget=forms.CheckboxSelectMultiple,
        )
        self.order_fields(("items", "reason"))


class FileForm(forms.Form):
    """The provider's reference of the claim."""

    reference = forms.CharField(
        label=_("Reference of the provider, if known"), max_length=80, required=False
    )


class AnswerForm(forms.Form):
    """What the provider answered."""

    is_accepted = forms.TypedChoiceField(
        label=_("Answer"),
        choices=[("yes", _("accepted")), ("no", _("refused"))],
        coerce=lambda value: value == "yes",
    )
    answer = forms.CharField(label=_("In its words"), max_length=300, required=False)

    def __init__(self, currency: str, *args: Any, **kwargs: Any) -> None:
        """Ask for the accepted amount in the claim's currency."""
        super().__init__(*args, **kwargs)
        self.fields["amount_minor"] = MoneyField(
            currency,
            label=gettext("Accepted amount in %(code)s") % {"code": currency},
            required=False,
        )


class PayForm(forms.Form):
    """What the provider paid."""

    paid_on = day_field(label=_("Paid on"))

    def __init__(self, currency: str, *args: Any, **kwargs: Any) -> None:
        """Ask for the amount in the claim's currency."""
        super().__init__(*args, **kwargs)
        self.fields["paid_minor"] = MoneyField(
            currency, label=gettext("Amount in %(code)s") % {"code": currency}
        )


@require_GET
def claim_list(request: StaffRequest) -> HttpResponse:
    """List claims under covers, the newest first."""
    status = request.GET.get("status", "")
    status = status if status in Status.values else ""
    company = request.actor.company
    page = page_asked(request, lambda cursor: claim_rows(company, status=status, cursor=cursor))
    context = {"page": page, "status": status, "statuses": Status.choices}
    return render(request, "web/cover_claims.html", context)


@require_GET
def claim_pack(request: StaffRequest, claim_id: int) -> HttpResponse:
    """Return the evidence that was filed with a claim."""
    claim = _claim(request, claim_id)
    if not claim.pack_sha256 or not (path := upload_path(claim.pack_sha256)).exists():
        raise Http404
    response = HttpResponse(path.read_bytes(), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="cover-claim-{claim.pk}.zip"'
    return response


@needs("cover.report")
@require_http_methods(["GET", "POST"])
def claim_draw(request: StaffRequest, cover_id: int) -> HttpResponse:
    """Draw up a claim for overdue items of the cover's customer."""
    cover = get_object_or_404(Cover, pk=cover_id, company=request.actor.company)
    form = DrawForm(cover, request.as_of, posted(request))

    def act(*, items: Any, reason: str) -> None:
        draw_claim(
            actor=request.actor,
            cover=cover,
            items=list(items),
            reason=reason,
            as_of=request.as_of,
            at=clock.now(),
        )

    return told_page(
        request,
        form,
        act,
        said=gettext("The claim is drawn up; file it when it is complete."),
        back=reverse("cover", args=[cover.pk]),
        context={
            "heading": gettext("Draw up a claim"),
            "lead": gettext("The cover's share of what is open on these items is claimed."),
            "button": gettext("Draw up"),
            "action": reverse("cover-claim-draw", args=[cover.pk]),
            "crumb": cover.provider,
        },
    )


@needs("cover.report")
@require_http_methods(["GET", "POST"])
def claim_file(request: StaffRequest, claim_id: int) -> HttpResponse:
    """File a claim; its evidence is packed and kept."""
    claim = _claim(request, claim_id)

    def act(*, reference: str) -> None:
        file_claim(
            actor=request.actor,
            claim=claim,
            reference=reference,
            as_of=request.as_of,
            at=clock.now(),
        )

    return told_page(
        request,
        FileForm(posted(request)),
        act,
        said=gettext("Filed; send the pack to the provider."),
        back=reverse("cover", args=[claim.cover_id]),
        context={
            "heading": gettext("File the claim"),
            "lead": gettext("Items, payments, reminders and terms are packed as evidence."),
            "button": gettext("File"),
            "action": reverse("cover-claim-file", args=[claim.pk]),
            "crumb": claim.cover.provider,
        },
    )


@needs("cover.report")
@require_http_methods(["GET", "POST"])
def claim_answer(request: StaffRequest, claim_id: int) -> HttpResponse:
    """Enter what the provider answered."""
    claim = _claim(request, claim_id)

    def act(*, is_accepted: bool, answer: str, amount_minor: int | None) -> None:
        answer_claim(
            actor=request.actor,
            claim=claim,
            is_accepted=is_accepted,
            answer=answer,
            amount_minor=amount_minor if is_accepted else None,
            as_of=request.as_of,
            at=clock.now(),
        )

    return told_page(
        request,
        AnswerForm(claim.currency, posted(request), initial={"amount_minor": claim.amount_minor}),
        act,
        said=gettext("Entered."),
        back=reverse("cover", args=[claim.cover_id]),
        context={
            "heading": gettext("The provider's answer"),
            "lead": gettext("It may accept less than was claimed."),
            "button": gettext("Enter"),
            "action": reverse("cover-claim-answer", args=[claim.pk]),
            "crumb": claim.cover.provider,
        },
    )


@needs("cover.report")
@require_http_methods(["GET", "POST"])
def claim_pay(request: StaffRequest, claim_id: int) -> HttpResponse:
    """Enter what the provider paid."""
    claim = _claim(request, claim_id)
    initial = {"paid_minor": claim.amount_minor, "paid_on": request.as_of}

    def act(*, paid_minor: int, paid_on: date) -> None:
        pay_claim(
            actor=request.actor,
            claim=claim,
            paid_minor=paid_minor,
            paid_on=paid_on,
            as_of=request.as_of,
            at=clock.now(),
        )

    return told_page(
        request,
        PayForm(claim.currency, posted(request), initial=initial),
        act,
        said=gettext("Entered; the money itself comes by the bank."),
        back=reverse("cover", args=[claim.cover_id]),
        context={
            "heading": gettext("The provider paid"),
            "lead": gettext("The money itself is recorded as a payment when the bank tells it."),
            "button": gettext("Enter"),
            "action": reverse("cover-claim-pay", args=[claim.pk]),
            "crumb": claim.cover.provider,
        },
    )


@needs("cover.report")
@require_http_methods(["GET", "POST"])
def claim_drop(request: StaffRequest, claim_id: int) -> HttpResponse:
    """Drop a claim that was not filed."""
    claim = _claim(request, claim_id)

    def drop(reason: str) -> None:
        drop_claim(
            actor=request.actor, claim=claim, reason=reason, as_of=request.as_of, at=clock.now()
        )

    return reason_page(
        request,
        drop,
        said=gettext("Dropped."),
        back=reverse("cover", args=[claim.cover_id]),
        context={
            "heading": gettext("Drop the claim"),
            "lead": gettext("Nothing is claimed; another claim may be drawn up later."),
            "button": gettext("Drop"),
            "action": reverse("cover-claim-drop", args=[claim.pk]),
            "crumb": claim.cover.provider,
        },
    )


def _claim(request: StaffRequest, claim_id: int) -> CoverClaim:
    found = CoverClaim.objects.select_related("cover")
    return get_object_or_404(found, pk=claim_id, company=request.actor.company)
