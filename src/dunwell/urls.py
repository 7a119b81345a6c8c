"""Every address of the product, by surface."""

from django.urls import include, path

from dunwell.api import api

urlpatterns = [
    path("api/v1/", api.urls),
    path("accounts/", include("allauth.urls")),
    path("apply/", include("dunwell.portal.urls")),
    path("", include("dunwell.web.urls")),
]
