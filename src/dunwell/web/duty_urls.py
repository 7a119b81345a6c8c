"""Addresses of the pages about duties kept apart, access reviews and privacy."""

from django.urls import path

from dunwell.web import access_reviews, duty_overrides, privacy

urlpatterns = [
    path("people/duties/", duty_overrides.kept_apart, name="kept-apart"),
    path(
        "people/duties/export.<str:kind>",
        duty_overrides.kept_apart_export,
        name="kept-apart-export",
    ),
    path("people/<int:user_id>/duties/allow/", duty_overrides.duties_allow, name="duties-allow"),
    path("people/duties/<int:override_id>/end/", duty_overrides.duties_end, name="duties-end"),
    path("people/reviews/", access_reviews.access_reviews, name="access-reviews"),
    path(
        "people/reviews/export.<str:kind>",
        access_reviews.access_reviews_export,
        name="access-reviews-export",
    ),
    path(
        "people/<int:user_id>/review/", access_reviews.access_review_add, name="access-review-add"
    ),
    path("privacy/", privacy.privacy_register, name="privacy"),
    path("privacy/export.<str:kind>", privacy.privacy_export, name="privacy-export"),
    path("privacy/log/", privacy.privacy_log_page, name="privacy-log"),
    path("privacy/log/export.<str:kind>", privacy.privacy_log_export, name="privacy-log-export"),
    path(
        "privacy/customers/<int:customer_id>/", privacy.privacy_customer, name="privacy-customer"
    ),
    path(
        "privacy/customers/<int:customer_id>/file/",
        privacy.privacy_customer_file,
        name="privacy-customer-file",
    ),
    path(
        "privacy/customers/<int:customer_id>/erase/",
        privacy.privacy_customer_erase,
        name="privacy-customer-erase",
    ),
    path(
        "privacy/contacts/<int:contact_id>/file/",
        privacy.privacy_contact_file,
        name="privacy-contact-file",
    ),
    path(
        "privacy/contacts/<int:contact_id>/erase/",
        privacy.privacy_contact_erase,
        name="privacy-contact-erase",
    ),
]
