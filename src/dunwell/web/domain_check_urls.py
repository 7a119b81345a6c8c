"""Addresses of the page about the domain we send from, under /mail-domain/."""

from django.urls import path

from dunwell.web import domain_checks

urlpatterns = [
    path("", domain_checks.domain_check_show, name="mail-domain"),
    path("check/", domain_checks.domain_check_start, name="mail-domain-check"),
    path("progress/", domain_checks.domain_check_running, name="mail-domain-progress"),
    path("export.<str:kind>", domain_checks.domain_checks_export, name="mail-domain-export"),
]
