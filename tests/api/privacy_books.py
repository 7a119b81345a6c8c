"""A customer that is a natural person, settled, with a contact, for calls that need one."""

from dunwell.models import Contact
from tests.conftest import add_customer


def keep_persons(company, tag="", *, at):
    """Add them; return the keys."""
    person = add_customer(company, f"PERSON{tag}", "Ina Quill", party="person")
    contact = Contact.objects.create(
        customer=person, name="Ina Quill", email=f"ina{tag}@quill.example", recorded_at=at
    )
    return {"person_customer_id": person.pk, "person_contact_id": contact.pk}
