"""Addresses of the pages about advisors and auditors."""

from django.urls import path

from dunwell.web import advisors

urlpatterns = [
    path("", advisors.advisor_list, name="advisors"),
    path("invite/", advisors.advisor_invite, name="advisor-invite"),
    path("verify/", advisors.advisor_verify, name="advisor-verify"),
    path("<int:access_id>/", advisors.advisor_show, name="advisor"),
    path("<int:access_id>/end/", advisors.advisor_end, name="advisor-end"),
    path("<int:access_id>/extend/", advisors.advisor_extend, name="advisor-extend"),
    path(
        "<int:access_id>/export.<str:kind>",
        advisors.advisor_traces_export,
        name="advisor-traces-export",
    ),
    path(
        "extensions/<int:extension_id>/grant/",
        advisors.advisor_extension,
        {"answer": "grant"},
        name="advisor-extension-grant",
    ),
    path(
        "extensions/<int:extension_id>/decline/",
        advisors.advisor_extension,
        {"answer": "decline"},
        name="advisor-extension-decline",
    ),
]
