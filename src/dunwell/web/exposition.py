"""What monitoring draws, in Prometheus' form: requests of all workers, and the desk's gauges.

Import this in a worker alone: the library decides at its import whether processes count together,
and a server's first process, which checks every address and middleware, does not know yet.
"""

import os
from collections.abc import Iterator

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Histogram,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from dunwell import clock
from dunwell.queries.desk_measures import desk_measures

CONTENT_TYPE = CONTENT_TYPE_LATEST

SECONDS = Histogram(
    "dunwell_request_seconds",
    "Time to answer a request, by surface, method and class of status.",
    ("surface", "method", "status"),
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)


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


def exposition() -> bytes:
    """Return every figure in Prometheus' form: requests of all workers, and the desk's gauges."""
    registry = CollectorRegistry()
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        registry.register(REGISTRY)
    registry.register(_Desk())
    return generate_latest(registry)
