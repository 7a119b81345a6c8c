"""Addresses of shadow mode, under /shadow/."""

from django.urls import path

from dunwell.web import shadow

urlpatterns = [
    path("", shadow.shadow, name="shadow"),
    path("template.<str:kind>", shadow.shadow_template, name="shadow-template"),
]
