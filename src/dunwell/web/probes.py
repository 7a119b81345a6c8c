"""What machines ask: whether we live, whether we can work, and what monitoring draws."""

import os
import secrets
from collections.abc import Iterator

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from dunwell import clock
from dunwell.queries.desk_measures import desk_measures
from dunwell.queries.readiness import missing


@require_safe
@login_not_required
def health(_request: HttpRequest) -> HttpResponse:
    """Answer 200 while the process answers at all; nothing else is asked."""
    return _unkept(HttpResponse("ok\n", content_type="text/plain"))


@require_safe
@login_not_required
def ready(_request: HttpRequest) -> HttpResponse:
    """Answer 200 when all this installation stands on is there, else 503 and what is missing."""
    found = missing()
    answer = JsonResponse({"ready": not found, "missing": found}, status=503 if found else 200)
    return _unkept(answer)


@require_safe
@login_not_required
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer every figure as Prometheus reads it; 404 unless the token is right."""
    told = request.headers.get("Authorization", "").removeprefix("Bearer ").encode()
    token = settings.METRICS_TOKEN.encode()
    if not token or not secrets.compare_digest(told, token):
        raise Http404
    registry = CollectorRegistry()
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        registry.register(REGISTRY)
    registry.register(_Desk())
    return _unkept(HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST))


class _Desk(Collector):
    """The gauges of the desk, asked anew with every reading."""

    def collect(self) -> Iterator[Metric]:
        """Yield each gauge."""
        for measure in desk_measures(clock.now()):
            gauge = GaugeMetricFamily(
                f"dunwell_{measure.name}", measure.means, labels=measure.labels
            )
            for labels, value in measure.values:
                gauge.add_metric(labels, value)
            yield gauge


def _unkept(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "no-store"
    return response
