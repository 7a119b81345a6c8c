"""Addresses of the watch-list, under /warnings/."""

from django.urls import path

from dunwell.web import early_warnings

urlpatterns = [
    path("", early_warnings.warning_list, name="early-warnings"),
    path("export.<str:kind>", early_warnings.warnings_export, name="early-warnings-export"),
    path("<int:warning_id>/", early_warnings.warning_show, name="early-warning"),
    path("<int:warning_id>/accept/", early_warnings.warning_accept, name="early-warning-accept"),
    path(
        "<int:warning_id>/dismiss/", early_warnings.warning_dismiss, name="early-warning-dismiss"
    ),
]
