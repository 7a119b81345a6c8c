"""Where programs post what customers wrote: a secret address per mailbox, every post signed.

A post is a mail as it is (message/rfc822), or JSON of a short message (application/json). It is
signed as Standard Webhooks are; the same one again adds nothing.
"""

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from dunwell import clock
from dunwell.actions.gate import Actor, Refused
from dunwell.actions.intake import CHANNELS, take_in
from dunwell.formats.webhook_letters import SignatureError, check_signature
from dunwell.jobs.fetch_mail import begin_looking_after
from dunwell.models import Mailbox
from dunwell.portal.visitors import visitor
from dunwell.queries.mailboxes import mailbox_secret, posted_mailbox
from dunwell.templatetags.sentences import spoken

MOST = 6_000
"""Posts from one address in ten minutes."""
MOST_BYTES = 26 * 1024 * 1024
ACCEPTED, UNSIGNED, TOO_LARGE, REFUSED = 202, 401, 413, 422
RIGHTS = frozenset({"conversation.edit"})


@csrf_exempt
@require_POST
@visitor("inbound-mail", most=MOST)
def inbound_mail(request: HttpRequest, mailbox_id: int, token: str) -> HttpResponse:
    """Take in one mail or short message: 202 with its id, 401 unless signed, 404 elsewhere.

    `?channel=sms` or `whatsapp` says what JSON is; without it a mail is expected.
    """
    mailbox = posted_mailbox(mailbox_id, token)
    if mailbox is None:
        raise Http404
    # read by hand: a mail may be larger than the body of a form, and the rest is not read at all
    body = request.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        return _said(f"More than {MOST_BYTES // 1024**2} MB are not taken.", TOO_LARGE)
    now = clock.now()
    told = {name.lower(): value for name, value in request.headers.items()}
    try:
        check_signature(told, body, [mailbox_secret(mailbox)], now=now)
    except SignatureError as error:
        return _said(spoken(error), UNSIGNED)
    channel = request.GET.get("channel", "email")
    if channel not in CHANNELS:
        return _said(f"There is no such channel; use {', '.join(CHANNELS)}.", REFUSED)
    try:
        inbound = take_in(
            actor=_program(mailbox),
            mailbox=mailbox,
            data=body,
            channel=channel,
            received_at=now,
            at=now,
        )
    except Refused as refusal:
        return _said(spoken(refusal), REFUSED)
    begin_looking_after(mailbox.company_id, at=now)
    return JsonResponse({"id": inbound.pk}, status=ACCEPTED)


def _program(mailbox: Mailbox) -> Actor:
    """Return whoever posts to a mailbox as an actor: may hand in, and nothing else."""
    return Actor(company=mailbox.company, name=f"mailbox {mailbox.name}"[:150], rights=RIGHTS)


def _said(text: str, status: int) -> HttpResponse:
    return JsonResponse({"detail": text}, status=status)
