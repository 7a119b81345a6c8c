"""Addresses of the pages about contact rules, under /contact-rules/."""

from django.urls import path

from dunwell.web import consents, contact_rules, contact_steps

urlpatterns = [
    path("", contact_rules.rule_list, name="contact-rules"),
    path("export.<str:kind>", contact_rules.rules_export, name="contact-rules-export"),
    path("consents/", consents.consent_list, name="consents"),
    path("consents/export.<str:kind>", consents.consents_export, name="consents-export"),
    path("attempts/", contact_rules.attempt_list, name="contact-attempts"),
    path(
        "attempts/export.<str:kind>",
        contact_rules.attempts_export,
        name="contact-attempts-export",
    ),
    path(
        "customers/<int:customer_id>/",
        contact_rules.rules_customer,
        name="contact-rules-customer",
    ),
    path(
        "customers/<int:customer_id>/restriction/",
        contact_steps.restriction_add,
        name="restriction-add",
    ),
    path("customers/<int:customer_id>/consent/", contact_steps.consent_add, name="consent-add"),
    path("customers/<int:customer_id>/attempt/", contact_steps.attempt_add, name="attempt-add"),
    path("customers/<int:customer_id>/facts/", contact_steps.contact_facts, name="contact-facts"),
    path(
        "restrictions/<int:restriction_id>/lift/",
        contact_steps.restriction_lift,
        name="restriction-lift",
    ),
    path(
        "consents/<int:consent_id>/withdraw/",
        contact_steps.consent_withdraw,
        name="consent-withdraw",
    ),
]
