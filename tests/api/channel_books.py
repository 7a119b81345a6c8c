"""A channel that rests and a message that was given up, for the calls about them."""

from datetime import timedelta

from dunwell.actions.channels import add_channel
from dunwell.actions.gate import Actor
from dunwell.models import Channel
from tests.actions.test_messages import message_to
from tests.conftest import add_customer


def keep_channels(company, tag="", *, today, at):
    """Add them; return path parameter -> key."""
    admin = Actor(company=company, name="ada", rights=frozenset({"channel.edit"}))
    channel = add_channel(
        actor=admin, kind="sms", provider="json", address="https://api.example/text", at=at
    )
    Channel.objects.filter(pk=channel.pk).update(
        failures=3, rest_until=at + timedelta(minutes=5), error="it did not answer in time"
    )
    dead = message_to(
        add_customer(company, f"DEAD{tag}"), status="dead", as_of=today, attempts=6,
        error="550 no such mailbox",
    )  # fmt: skip
    return {"channel_id": channel.pk, "dead_message_id": dead.pk}
