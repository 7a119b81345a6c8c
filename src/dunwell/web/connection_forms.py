"""Forms about connections: which kind, its settings, and a test before anything is kept.

What a kind asks for is read from the kit, so a kind that is added there has its form.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from dunwell import clock
from dunwell.actions.connections import (
    LONGEST,
    LONGEST_MINUTES,
    SHORTEST_MINUTES,
    add_connection,
    change_connection,
)
from dunwell.formats.connection_kinds import KINDS, ConnectionField, ConnectionKind
from dunwell.jobs.connection_trials import try_settings
from dunwell.models import Connection
from dunwell.web.answers import posted, told_page
from dunwell.web.connections import connection_or_404
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

PREFIX = "set_"


def _field(one: ConnectionField) -> forms.Field:
    label, help_text = gettext(one.label), gettext(one.help) if one.help else ""
    if one.choices:
        choices = [(word, word) for word in one.choices]
        return forms.ChoiceField(
            label=label, help_text=help_text, choices=choices, required=one.is_needed
        )
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=one.most,
        required=one.is_needed,
        widget=_widget(one),
    )


def _widget(one: ConnectionField) -> forms.Widget:
    if one.is_long:
        return forms.Textarea(attrs={"rows": 5})
    return forms.URLInput() if one.is_address else forms.TextInput()


class ConnectionForm(forms.Form):
    """What a connection needs to be told, by its kind; the secret is never shown."""

    name = forms.CharField(label=_("Name"), max_length=80)
    secret = forms.CharField(
        max_length=LONGEST["secret"],
        required=False,
        strip=True,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    every_minutes = forms.IntegerField(
        label=_("Sync every so many minutes"),
        min_value=SHORTEST_MINUTES,
        max_value=LONGEST_MINUTES,
        initial=60,
    )

    def __init__(
        self, data: Any = None, *, kind: ConnectionKind, has_secret: bool, **options: Any
    ) -> None:
        """Take the fields of the kind in; a kept secret may stay as it is."""
        super().__init__(data, **options)
        for one in kind.fields:
            self.fields[PREFIX + one.name] = _field(one)
        if kind.secret:
            self.fields["secret"].label = gettext(kind.secret)
            self.fields["secret"].required = not has_secret
            self.fields["secret"].help_text = (
                gettext("Empty: the one before stays. Another address or host key needs it anew.")
                if has_secret
                else gettext("It is kept sealed and shown to nobody.")
            )
        else:
            del self.fields["secret"]
        settings = [PREFIX + one.name for one in kind.fields]
        self.order_fields(["name", *settings, "secret", "every_minutes"])


class ConnectionChangeForm(ConnectionForm):
    """Settings of a connection that is there; `version` says which ones the page showed."""

    version = forms.IntegerField(widget=forms.HiddenInput)


@needs("connection.manage")
@require_GET
def connection_kinds(request: StaffRequest) -> HttpResponse:
    """Let somebody choose what to connect."""
    return render(request, "web/connection_kinds.html", {"kinds": list(KINDS.values())})


@needs("connection.manage")
@require_http_methods(["GET", "POST"])
def connection_add(request: StaffRequest, connector: str) -> HttpResponse:
    """Test what is told and add the connection; what fails the test is not kept."""
    if connector not in KINDS:
        raise Http404
    kind = KINDS[connector]
    form = ConnectionForm(posted(request), kind=kind, has_secret=False)

    def act(name: str, every_minutes: int, secret: str = "", **told: str) -> None:  # nosec B107
        settings = _settings(told)
        try_settings(actor=request.actor, kind=connector, settings=settings, secret=secret)
        add_connection(
            actor=request.actor,
            kind=connector,
            name=name,
            settings=settings,
            secret=secret,
            every_minutes=every_minutes,
            at=clock.now(),
        )

    context = {
        "heading": gettext("Connect %(product)s") % {"product": gettext(kind.label)},
        "lead": gettext("The connection is tested first; nothing is kept unless it answers."),
        "button": gettext("Test the connection and add it"),
        "action": reverse("connection-add", args=[connector]),
        "crumb": gettext("Connections"),
        "is_page": True,
    }
    said = gettext("The connection answers and is added. Its first sync is due now.")
    return told_page(request, form, act, said=said, back=reverse("connections"), context=context)


@needs("connection.manage")
@require_http_methods(["GET", "POST"])
def connection_change(request: StaffRequest, connection_id: int) -> HttpResponse:
    """Change settings or the secret of a connection; the new ones are tested first."""
    connection = connection_or_404(request, connection_id)
    if connection.kind not in KINDS:
        raise Http404
    initial = {
        "name": connection.name,
        "every_minutes": connection.every_minutes,
        "version": connection.version,
        **{PREFIX + name: value for name, value in connection.settings.items()},
    }
    form = ConnectionChangeForm(
        posted(request),
        kind=KINDS[connection.kind],
        has_secret=bool(connection.secret),
        initial=initial,
    )
    context = {
        "heading": gettext("Change %(name)s") % {"name": connection.name},
        "lead": gettext("The new settings are tested first; without an answer the old ones stay."),
        "button": gettext("Test the connection and save"),
        "action": reverse("connection-change", args=[connection.pk]),
        "crumb": connection.name,
        "is_page": True,
    }
    act = partial(_change, request, connection)
    back = reverse("connection", args=[connection.pk])
    said = gettext("The connection is changed.")
    return told_page(request, form, act, said=said, back=back, context=context)


def _change(
    request: StaffRequest,
    connection: Connection,
    *,
    name: str,
    every_minutes: int,
    version: int,
    secret: str = "",
    **told: str,
) -> None:
    settings = _settings(told)
    is_moved = KINDS[connection.kind].is_moved(connection.settings, settings)
    if secret or (settings != connection.settings and not is_moved):
        # a kept secret is never tried at another address: the action asks for it anew
        try_settings(
            actor=request.actor,
            kind=connection.kind,
            settings=settings,
            secret=secret or connection.secret,
        )
    change_connection(
        actor=request.actor,
        connection=connection,
        name=name,
        settings=settings,
        secret=secret,
        every_minutes=every_minutes,
        is_on=connection.is_on,
        version=version,
        at=clock.now(),
    )


def _settings(told: Mapping[str, str]) -> dict[str, str]:
    return {name.removeprefix(PREFIX): value for name, value in told.items()}
