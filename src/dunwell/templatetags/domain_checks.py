"""What findings about a mail domain say: a heading, what it means, and what to do."""

from django import template
from django.utils.translation import gettext_lazy as _

from dunwell.templatetags.sentences import spoken

register = template.Library()

SUBJECTS = {
    "spf": _("SPF: who may send for us"),
    "dkim": _("DKIM: signatures"),
    "dmarc": _("DMARC: what happens to forged mail"),
    "alignment": _("Alignment"),
    "mx": _("Mail to us"),
}
TEXTS = {
    "unreachable": _(
        "The name servers did not answer in time, so nothing is known. Check again later."
    ),
    "spf_missing": _(
        "There is no SPF record, so any server may send in our name and large receivers refuse "
        "the mail. Put one record into the zone that names your mail service."
    ),
    "spf_several": _(
        "There are %(n)s SPF records; receivers then take none. Leave one that holds all terms."
    ),
    "spf_broken": _("The record cannot be evaluated: %(problem)s. Receivers treat it as none."),
    "spf_lookups": _(
        "Evaluating the record takes %(n)s queries and receivers stop at %(most)s (RFC 7208, "
        "4.6.4). Take out services that are no longer used, or name their networks by ip4."
    ),
    "spf_lookups_near": _(
        "Evaluating the record takes %(n)s queries of at most %(most)s: the next service that is "
        "added may break it."
    ),
    "spf_void": _(
        "%(n)s of the names in the record do not exist; receivers stop after %(most)s. Take them "
        "out."
    ),
    "spf_ptr": _("The record uses ptr, which is slow and which receivers may ignore. Replace it."),
    "spf_partly": _(
        "Some of what the record includes could not be asked for; the count may be too low."
    ),
    "spf_all": _("The record ends with +all: it allows every server in the world to send for us."),
    "spf_neutral": _(
        "The record does not say what holds for all other servers. End it with ~all, and with "
        "-all once everything that sends is named."
    ),
    "spf_good": _("One record, evaluated with %(n)s queries, ends with %(sign)sall."),
    "dkim_absent": _(
        "There is no key named %(selector)s. Take the record from your mail service and put it "
        "into the zone; without a signature a forwarded mail fails."
    ),
    "dkim_unknown": _(
        "No key was found under common names. Enter the selector your mail service signs with "
        "and check again."
    ),
    "dkim_broken": _(
        "The key %(selector)s cannot be used: %(problem)s. Put it into the zone anew."
    ),
    "dkim_revoked": _("The key %(selector)s is empty: it was revoked. Nothing may sign with it."),
    "dkim_weak": _(
        "The key %(selector)s has %(bits)s bits; receivers ignore keys below 1024 (RFC 8301)."
    ),
    "dkim_short": _("The key %(selector)s has %(bits)s bits; 2048 are what is asked for today."),
    "dkim_test": _(
        "The key %(selector)s is marked as a test (t=y): failing signatures count for nothing."
    ),
    "dkim_good": _("The key %(selector)s can be used (%(kind)s, %(bits)s bits)."),
    "dmarc_missing": _(
        "There is no DMARC record; large receivers ask for one of everybody who sends many mails."
    ),
    "dmarc_several": _("There are %(n)s DMARC records; receivers then take none. Leave one."),
    "dmarc_broken": _("The record cannot be used: %(problem)s."),
    "dmarc_none": _(
        "The policy is none: forged mail is only reported. Go on to quarantine once the reports "
        "show that all of ours passes."
    ),
    "dmarc_part": _("The policy holds for %(pct)s %% of the mails that fail, not for all."),
    "dmarc_good": _("Mail that fails is treated as %(policy)s."),
    "dmarc_blind": _("Nobody gets the reports (rua), so a break is not noticed."),
    "aligned": _("Mail from this very domain can pass DMARC by %(ways)s."),
    "aligned_spf": _(
        "Mail from this very domain can pass DMARC by %(ways)s alone; forwarded mail fails. Sign "
        "with DKIM too."
    ),
    "aligned_none": _(
        "Nothing lets mail from this very domain pass DMARC: it is treated as forged. Mend SPF or "
        "DKIM first."
    ),
    "mx_good": _("Answers and delivery reports can reach us."),
    "mx_missing": _(
        "The domain has no mail server, so answers and delivery reports are lost. Put an MX "
        "record into the zone."
    ),
    "reserved": _(
        "%(domain)s is kept for examples and belongs to nobody, so no mail can come from it. Set "
        "DUNWELL_MAIL_FROM to an address of ours."
    ),
    "mx_null": _("The domain says that it takes no mail (null MX): answers are refused."),
}


def finding_text(code: str, values: dict[str, str]) -> str:
    """Return what a finding says; a code of an older version stands for itself."""
    text = TEXTS.get(code)
    if text is None:
        return code
    try:
        return str(text) % {name: spoken(value) for name, value in values.items()}
    except KeyError:
        return str(text)


@register.filter
def finding_words(finding: object) -> str:
    """Return what a finding of a check says."""
    return finding_text(getattr(finding, "code", ""), getattr(finding, "values", {}))


@register.filter
def subject_words(about: str) -> str:
    """Return what findings of a subject are about."""
    return str(SUBJECTS.get(about, about))


@register.filter
def finding_chip(level: str) -> str:
    """Return the colour of a finding; its words carry the meaning."""
    return {"good": "chip-good", "warn": "chip-warn", "bad": "chip-bad"}.get(level, "")


LEVELS = {"good": _("In order"), "warn": _("Could be better"), "bad": _("To be mended")}


@register.filter
def level_words(level: str) -> str:
    """Return how much a finding matters."""
    return str(LEVELS.get(level, level))
