"""What the clock does between colleagues: what rises and is escalated, and mails about it."""

from collections import Counter
from email.utils import formataddr

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext, gettext_noop, override

from dunwell import clock
from dunwell.actions.escalation_steps import rise_escalations
from dunwell.actions.gate import system
from dunwell.actions.hand_off_steps import escalate_hand_offs
from dunwell.actions.team_mails import claim_team_mails, mark_team_mail
from dunwell.formats.mail import Mail
from dunwell.jobs.plain_mails import hand_over_mails
from dunwell.models import Company, TeamMail

BATCH = 50

PAGES = {
    TeamMail.Kind.MENTION: "mentions",
    TeamMail.Kind.HAND_OFF: "hand-off",
    TeamMail.Kind.ANSWER: "hand-off",
    TeamMail.Kind.ESCALATION: "escalation",
    TeamMail.Kind.FACTOR: "mfa_index",
}
"""The page a mail leads to, by its kind."""

OWN_PAGES = ("mentions", "mfa_index")
"""Pages of whoever reads them, without a key."""

FACTOR_TEXT = gettext_noop(
    "Your sessions have ended. Sign in and set up a second factor anew. If you did not ask for "
    "this, tell another admin at once."
)


def turn_clocks(company: Company) -> Counter[str]:
    """Escalate hand-offs nobody took on and let what nobody answered rise; return how many.

    Safe to call every minute; where nothing is late it asks two questions.
    """
    as_of, at, actor = clock.today(company.zone), clock.now(), system(company)
    return Counter(
        escalated=escalate_hand_offs(actor=actor, as_of=as_of, at=at),
        risen=rise_escalations(actor=actor, as_of=as_of, at=at),
    )


def deliver_team_mails(company_id: int) -> Counter[str]:
    """Hand over what is ready; return how many were sent, failed or given up."""
    return hand_over_mails(
        company_id, claim=claim_team_mails, mark=mark_team_mail, written=team_mail, batch=BATCH
    )


def team_mail(mail: TeamMail) -> Mail:
    """Return the mail to a colleague in its language: what waits, about whom, and where.

    The words of a remark stay inside: mail leaves the house, a note of a customer must not.
    """
    language = mail.user.language or mail.company.language
    with override(language):
        subject = {
            TeamMail.Kind.MENTION: gettext("%(who)s calls you: %(customer)s"),
            TeamMail.Kind.HAND_OFF: gettext("%(who)s hands work to you: %(customer)s"),
            TeamMail.Kind.ANSWER: gettext("%(who)s answered your hand-off: %(customer)s"),
            TeamMail.Kind.ESCALATION: gettext("An escalation waits for you: %(customer)s"),
            TeamMail.Kind.FACTOR: gettext("%(who)s took away your second factor"),
        }[TeamMail.Kind(mail.kind)] % {
            "who": mail.by,
            "customer": "" if mail.customer is None else mail.customer.name,
        }
        lines = [subject + "."]
        if mail.kind == TeamMail.Kind.FACTOR:
            lines += ["", gettext(FACTOR_TEXT)]
        if settings.SITE:
            page = PAGES[TeamMail.Kind(mail.kind)]
            keys = [] if page in OWN_PAGES else [mail.subject_id]
            lines += ["", gettext("You find it here:"), settings.SITE + reverse(page, args=keys)]
    return Mail(
        message_id=mail.message_id,
        sender=formataddr((mail.company.name, settings.DEFAULT_FROM_EMAIL)),
        to=mail.to,
        subject=subject,
        body="\n".join(lines) + "\n",
        language=language,
        reply_to=mail.company.reply_to,
    )
