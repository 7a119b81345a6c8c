"""What is done with a cover: asked for, granted, refused, ended, and its deadlines met."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from dunwell import clock
from dunwell.actions.cover_notices import record_notice
from dunwell.actions.covers import CoverAsk, ask_cover, end_cover, grant_cover, refuse_cover
from dunwell.engine.cover_clock import CONDITIONS, MOST_DAYS, PPM
from dunwell.models import Cover, CoverNotice
from dunwell.templatetags.credit_words import condition_label
from dunwell.templatetags.money import MoneyField
from dunwell.web.answers import customer_or_404, posted, told_page
from dunwell.web.fields import day_field
from dunwell.web.reasons import reason_page
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest


class ConditionsForm(forms.Form):
    """A share and the provider's conditions in days; what is left empty is not stated."""

    share = forms.DecimalField(
        label=_("Share covered, %"), min_value=0, max_value=100, max_digits=7, decimal_places=4
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Add a field for each condition."""
        super().__init__(*args, **kwargs)
        for name in CONDITIONS:
            self.fields[name] = forms.IntegerField(
                label=condition_label(name), min_value=0, max_value=MOST_DAYS, required=False
            )

    def share_ppm(self, told: dict[str, Any]) -> int:
        """Return the share in ppm, taken out of what was told."""
        share: Decimal = told.pop("share")
        return int(share * PPM / 100)

    def conditions(self, told: dict[str, Any]) -> dict[str, int]:
        """Return the conditions that are stated, taken out of what was told."""
        stated = {name: told.pop(name, None) for name in CONDITIONS}
        return {name: days for name, days in stated.items() if days is not None}


class AskForm(ConditionsForm):
    """What is asked of a provider."""

    kind = forms.ChoiceField(label=_("Kind"), choices=Cover.Kind.choices)
    provider = forms.CharField(label=_("Insurer, guarantor or bank"), max_length=120)
    number = forms.CharField(label=_("Number, if known"), max_length=80, required=False)
    effect = forms.ChoiceField(label=_("Effect"), choices=Cover.Effect.choices)
    until_on = day_field(label=_("Until"), required=False)
    note = forms.CharField(label=_("Note"), max_length=300, required=False)
    field_order = ("kind", "provider", "number", "effect", "asked_minor", "share")

    def __init__(self, currency: str, *args: Any, **kwargs: Any) -> None:
        """Ask for the amount in the company's currency."""
        super().__init__(*args, **kwargs)
        self.currency = currency
        self.fields["asked_minor"] = MoneyField(
            currency, label=gettext("Amount in %(code)s") % {"code": currency}
        )
        self.order_fields(self.field_order)

    def ask(self, told: dict[str, Any]) -> CoverAsk:
        """Return what was told as a request."""
        share_ppm, conditions = self.share_ppm(told), self.conditions(told)
        return CoverAsk(currency=self.currency, share_ppm=share_ppm, conditions=conditions, **told)


class GrantForm(ConditionsForm):
    """What the provider granted."""

    number = forms.CharField(label=_("Number"), max_length=80)
    from_on = day_field(label=_("From"))
    until_on = day_field(label=_("Until"), required=False)
    field_order = ("number", "amount_minor", "share", "from_on", "until_on")

    def __init__(self, currency: str, *args: Any, **kwargs: Any) -> None:
        """Ask for the amount in the cover's currency."""
        super().__init__(*args, **kwargs)
        self.fields["amount_minor"] = MoneyField(
            currency, label=gettext("Amount in %(code)s") % {"code": currency}
        )
        self.order_fields(self.field_order)


class DoneForm(forms.Form):
    """When and how a deadline was met."""

    done_on = day_field(label=_("Done on"))
    note = forms.CharField(label=_("How"), max_length=300, required=False)


@needs("cover.edit")
@require_http_methods(["GET", "POST"])
def cover_add(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Record that a cover was asked for; somebody else enters the grant."""
    customer = customer_or_404(request, customer_id)
    currency = request.actor.company.currency
    form = AskForm(currency, posted(request), initial={"share": 100})

    def act(**told: Any) -> None:
        ask_cover(
            actor=request.actor,
            customer=customer,
            ask=form.ask(told),
            as_of=request.as_of,
            at=clock.now(),
        )

    return told_page(
        request,
        form,
        act,
        said=gettext("Recorded; it counts once somebody else enters that it was granted."),
        back=reverse("covers") + "?scope=requested",
        context={
            "heading": gettext("Ask for a cover"),
            "lead": gettext("For %(name)s. Days count from the due day of an item, but for terms.")
            % {"name": customer.name},
            "button": gettext("Record the request"),
            "action": reverse("cover-add", args=[customer.pk]),
            "crumb": gettext("Covers"),
        },
    )


@needs("cover.edit")
@require_http_methods(["GET", "POST"])
def cover_grant(request: StaffRequest, cover_id: int) -> HttpResponse:
    """Enter what the provider granted."""
    cover = _cover(request, cover_id)
    initial = {
        "number": cover.number,
        "amount_minor": cover.asked_minor,
        "share": Decimal(cover.share_ppm) * 100 / PPM,
        "from_on": cover.from_on or request.as_of,
        "until_on": cover.until_on,
        **cover.conditions,
    }
    form = GrantForm(cover.currency, posted(request), initial=initial)

    def act(**told: Any) -> None:
        share_ppm, conditions = form.share_ppm(told), form.conditions(told)
        grant_cover(
            actor=request.actor,
            cover=cover,
            share_ppm=share_ppm,
            conditions=conditions,
            as_of=request.as_of,
            at=clock.now(),
            **told,
        )

    return told_page(
        request,
        form,
        act,
        said=gettext("The cover is in force."),
        back=reverse("cover", args=[cover.pk]),
        context={
            "heading": gettext("Enter the grant"),
            "lead": gettext("What %(provider)s granted. Who asked for it does not enter it.")
            % {"provider": cover.provider},
            "button": gettext("Enter"),
            "action": reverse("cover-grant", args=[cover.pk]),
            "crumb": cover.provider,
        },
    )


@needs("cover.edit")
@require_http_methods(["GET", "POST"])
def cover_refuse(request: StaffRequest, cover_id: int) -> HttpResponse:
    """Enter that the provider grants nothing."""
    cover = _cover(request, cover_id)

    def refuse(reason: str) -> None:
        refuse_cover(
            actor=request.actor, cover=cover, reason=reason, as_of=request.as_of, at=clock.now()
        )

    return reason_page(
        request,
        refuse,
        said=gettext("Entered; the request is answered."),
        back=reverse("cover", args=[cover.pk]),
        context={
            "heading": gettext("The provider refuses"),
            "lead": gettext("Write down the reason it gave."),
            "button": gettext("Enter"),
            "action": reverse("cover-refuse", args=[cover.pk]),
            "crumb": cover.provider,
        },
    )


@needs("cover.edit")
@require_http_methods(["GET", "POST"])
def cover_end(request: StaffRequest, cover_id: int) -> HttpResponse:
    """End a cover."""
    cover = _cover(request, cover_id)

    def end(reason: str) -> None:
        end_cover(
            actor=request.actor, cover=cover, reason=reason, as_of=request.as_of, at=clock.now()
        )

    return reason_page(
        request,
        end,
        said=gettext("The cover has ended."),
        back=reverse("cover", args=[cover.pk]),
        context={
            "heading": gettext("End the cover"),
            "lead": gettext("It counts for nothing from now on, and its deadlines fall away."),
            "button": gettext("End the cover"),
            "action": reverse("cover-end", args=[cover.pk]),
            "crumb": cover.provider,
        },
    )


@needs("cover.report")
@require_http_methods(["GET", "POST"])
def notice_done(request: StaffRequest, notice_id: int) -> HttpResponse:
    """Record that a deadline was met."""
    notice = get_object_or_404(CoverNotice, pk=notice_id, company=request.actor.company)
    form = DoneForm(posted(request), initial={"done_on": request.as_of})

    def act(*, done_on: date, note: str) -> None:
        record_notice(
            actor=request.actor,
            notice=notice,
            done_on=done_on,
            note=note,
            as_of=request.as_of,
            at=clock.now(),
        )

    return told_page(
        request,
        form,
        act,
        said=gettext("The deadline is met."),
        back=reverse("cover-deadlines"),
        context={
            "heading": gettext("The deadline was met"),
            "lead": gettext("Done after its day it counts as done, and as late."),
            "button": gettext("Record"),
            "action": reverse("cover-notice-done", args=[notice.pk]),
            "crumb": gettext("Deadlines"),
        },
    )


def _cover(request: StaffRequest, cover_id: int) -> Cover:
    return get_object_or_404(Cover, pk=cover_id, company=request.actor.company)
