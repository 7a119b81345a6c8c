"""Addresses of the pages about customers' access to the portal."""

from django.urls import path

from dunwell.web import portal_access

urlpatterns = [
    path(
        "customers/<int:customer_id>/portal/",
        portal_access.customer_portal,
        name="customer-portal",
    ),
    path("access/<int:seat_id>/role/", portal_access.access_role, name="access-role"),
    path("access/<int:seat_id>/end/", portal_access.access_end, name="access-end"),
    path("access/<int:seat_id>/link/", portal_access.access_link, name="access-link"),
    path(
        "access/contacts/<int:contact_id>/link/",
        portal_access.access_view_link,
        name="access-view-link",
    ),
    path(
        "access/links/<int:link_id>/revoke/",
        portal_access.access_link_revoke,
        name="access-link-revoke",
    ),
    path(
        "access/keys/<int:key_id>/revoke/",
        portal_access.access_key_revoke,
        name="access-key-revoke",
    ),
]
