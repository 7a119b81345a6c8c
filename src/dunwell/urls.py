"""Every address of the product, by surface."""

from django.urls import include, path

from dunwell.api import api
from dunwell.api.debtor_desk import debtor_desk
from dunwell.web import probes

urlpatterns = [
    path("api/v1/", api.urls),
    path("accounts/", include("dunwell.web.sign_on_urls")),
    path("accounts/", include("allauth.urls")),
    path("apply/", include("dunwell.portal.urls")),
    path("feedback-link/", include("dunwell.portal.survey_urls")),
    path("follow-up/", include("dunwell.portal.follow_up_urls")),
    path("health/", probes.health, name="health"),
    path("guest/", include("dunwell.portal.guest_urls")),
    path("hooks/", include("dunwell.portal.hook_urls")),
    path("loopback-bank/", include("dunwell.portal.practice_urls")),
    path("mcp/", include("dunwell.mcp_server.urls")),
    path("metrics/", probes.metrics, name="metrics"),
    path("portal-api/v1/", debtor_desk.urls),
    path("portal/", include("dunwell.portal.debtor_urls")),
    path("ready/", probes.ready, name="ready"),
    path("unsubscribe/", include("dunwell.portal.unsubscribe_urls")),
    path("", include("dunwell.web.urls")),
]
