"""What somebody wants to send, read from the composer's form: never more than what is this
customer's."""

from collections.abc import Sequence
from dataclasses import dataclass

from django import forms
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from dunwell.actions.compositions import MOST_BODY, MOST_ITEMS
from dunwell.models import Contact, Conversation, Customer, InboundMessage, Item, ItemDocument
from dunwell.queries.compositions import CHANNELS, COMPOSABLE, Wish
from dunwell.queries.item_documents import documents_of_items
from dunwell.queries.message_facts import NamedItem
from dunwell.templatetags.reasons import channel_label
from dunwell.templatetags.strategies import template_label
from dunwell.web.answers import customer_or_404
from dunwell.web.keys import read_key
from dunwell.web.staff import StaffRequest

SHOWN_ITEMS = 60
"""So many open items can be chosen on the page; a statement goes out for more."""


class ComposerForm(forms.Form):
    """The words and the way; items, papers and files stand beside it."""

    channel = forms.ChoiceField(label=_("Channel"))
    contact = forms.ChoiceField(label=_("To"), required=False)
    template = forms.ChoiceField(label=_("Start from"), required=False)
    subject = forms.CharField(label=_("Subject"), max_length=200, required=False)
    body = forms.CharField(
        label=_("Text"),
        max_length=MOST_BODY,
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 16, "autofocus": True}),
    )

    def __init__(self, *args: object, contacts: Sequence[Contact], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["channel"].choices = [(name, channel_label(name)) for name in CHANNELS]  # type: ignore[attr-defined]
        self.fields["contact"].choices = [  # type: ignore[attr-defined]
            *((str(one.pk), contact_words(one)) for one in contacts),
            ("", _("nobody by name")),
        ]
        self.fields["template"].choices = [  # type: ignore[attr-defined]
            ("", _("no text: write freely")),
            *((name, template_label(name)) for name in COMPOSABLE),
        ]


def contact_words(contact: Contact) -> str:
    """Return a contact as a choice: name, address, number and role."""
    told = [contact.name, contact.email, contact.phone]
    return f"{', '.join(filter(None, told))} ({contact.get_role_display()})"


@dataclass(frozen=True, kw_only=True, slots=True)
class Composer:
    """The page's records: whom it is about, what may be named, and what it answers."""

    customer: Customer
    contacts: tuple[Contact, ...]
    offered: tuple[NamedItem, ...]
    chosen: tuple[Item, ...]
    documents: tuple[ItemDocument, ...]
    conversation: Conversation | None
    answered: InboundMessage | None

    @property
    def chosen_keys(self) -> frozenset[int]:
        """Return the keys of the items the message is about."""
        return frozenset(item.pk for item in self.chosen)

    @property
    def in_reply_to(self) -> str:
        """Return the id of the mail that is answered, empty for none."""
        return self.answered.message_id if self.answered else ""

    def contact(self, key: str) -> Contact | None:
        """Return the contact of a key, None for nobody by name."""
        return next((one for one in self.contacts if str(one.pk) == key), None)

    def wish(self, form: ComposerForm, *, writer: str) -> Wish:
        """Return what the form asks for."""
        told = form.cleaned_data
        return Wish(
            customer=self.customer,
            contact=self.contact(told.get("contact", "")),
            channel=told.get("channel", "email"),
            subject=told.get("subject", ""),
            body=told.get("body", ""),
            template=told.get("template", ""),
            items=self.chosen,
            is_answer=bool(self.in_reply_to),
            writer=writer,
        )


def composer_of(request: StaffRequest, customer_id: int) -> Composer:
    """Return the records of the page, chosen as the form or the address says.

    At first every item named in the address is chosen, else what is overdue. Http404 for another
    company's customer, conversation or mail.
    """
    customer = customer_or_404(request, customer_id)
    told = request.POST if request.method == "POST" else request.GET
    asked = {key for text in told.getlist("item") if (key := read_key(text)) is not None}
    is_new = request.method == "GET" and not asked
    offered = _offered(customer, asked)
    chosen = tuple(
        one.item
        for one in offered
        if one.item.pk in asked
        or (is_new and one.open_minor > 0 and one.item.due_on < request.as_of)
    )[:MOST_ITEMS]
    contacts = tuple(customer.contacts.order_by("-is_primary", "role", "id"))
    conversation = _conversation(request, customer, read_key(told.get("conversation", "")))
    return Composer(
        customer=customer,
        contacts=contacts,
        offered=offered,
        chosen=chosen,
        documents=documents_of_items(customer.company, [one.item.pk for one in offered]),
        conversation=conversation,
        answered=_answered(request, customer, conversation, read_key(told.get("answers", ""))),
    )


def first_contact(composer: Composer) -> str:
    """Return the key of whom a message is written to at first: who wrote, else payables."""
    answered = composer.answered
    if answered is not None and answered.contact_id is not None:
        return str(answered.contact_id)
    return str(composer.contacts[0].pk) if composer.contacts else ""


def _offered(customer: Customer, asked: set[int]) -> tuple[NamedItem, ...]:
    """Return the open items, oldest due first, and those asked for though they are settled."""
    opened = Item.objects.filter(customer=customer, open_now__isnull=False)
    rows = list(opened.select_related("open_now").order_by("open_now__due_on", "id")[:SHOWN_ITEMS])
    missing = asked - {row.pk for row in rows}
    if missing:
        rows += Item.objects.filter(customer=customer, pk__in=missing).select_related("open_now")
    return tuple(
        NamedItem(item=row, open_minor=row.open_now.open_minor if hasattr(row, "open_now") else 0)
        for row in rows
    )


def _conversation(
    request: StaffRequest, customer: Customer, key: int | None
) -> Conversation | None:
    if key is None:
        return None
    found = Conversation.objects.filter(pk=key, company=request.actor.company).first()
    if found is None or found.customer_id not in {None, customer.pk}:
        raise Http404
    return found


def _answered(
    request: StaffRequest,
    customer: Customer,
    conversation: Conversation | None,
    key: int | None,
) -> InboundMessage | None:
    """Return the mail that is answered: the one named, else the last of the conversation."""
    received = InboundMessage.objects.filter(company=request.actor.company)
    if key is not None:
        found = received.filter(pk=key, customer=customer).first()
        if found is None:
            raise Http404
        return found
    if conversation is None:
        return None
    people = received.filter(
        conversation=conversation, kind=InboundMessage.Kind.PERSON, message_id__gt=""
    )
    return people.order_by("-received_at", "-id").first()
