"""The product's addresses and one that breaks, to see what a visitor is told then."""

from django.contrib.auth.decorators import login_not_required
from django.urls import path

from dunwell.urls import urlpatterns as ours


@login_not_required
def broken(request):
    raise RuntimeError("secret detail")


urlpatterns = [path("broken/", broken), path("api/v1/broken", broken), *ours]
