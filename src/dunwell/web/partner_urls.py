"""Addresses of what an agency's own people see, under /partner/."""

from django.urls import path

from dunwell.web import partners

urlpatterns = [
    path("", partners.partner_placements, name="partner-placements"),
    path("<int:placement_id>/", partners.partner_show, name="partner-placement"),
    path("<int:placement_id>/evidence.zip", partners.partner_pack, name="partner-pack"),
    path(
        "<int:placement_id>/acknowledge/", partners.partner_acknowledge, name="partner-acknowledge"
    ),
    path("<int:placement_id>/accept/", partners.partner_accept, name="partner-accept"),
    path("<int:placement_id>/refuse/", partners.partner_refuse, name="partner-refuse"),
    path("<int:placement_id>/end/", partners.partner_end, name="partner-end"),
    path("<int:placement_id>/note/", partners.partner_note, name="partner-note"),
    path("<int:placement_id>/collect/", partners.partner_collect, name="partner-collect"),
]
