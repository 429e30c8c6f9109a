"""Numbers for Prometheus: what the desk counted itself, and what the book says at this moment."""

from collections.abc import Iterable, Mapping

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_1_0_0, generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from vitascope.server.edge import Observed
from vitascope.videos.metrics import Counts

_SECONDS = (0.005, 0.01, 0.02, 0.04, 0.1, 0.25, 0.5, 1, 2.5, 10, 60)


class Meters:
    """The counters of one desk."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        labels = ("method", "route", "status")
        self._requests = Counter("vitascope_requests", "Requests answered.", labels, registry=self._registry)
        self._refusals = Counter("vitascope_refusals", "Requests refused, by code.", ("code",), registry=self._registry)
        self._seconds = Histogram(
            "vitascope_request_seconds", "Seconds to an answer.", ("route",), buckets=_SECONDS, registry=self._registry
        )

    def count(self, seen: Observed, seconds: float) -> None:
        """One request more. Labels are routes, never paths: no id and no path of a client becomes a label."""
        self._requests.labels(seen.method, seen.route, str(seen.status)).inc()
        self._seconds.labels(seen.route).observe(seconds)
        if seen.refusal:
            self._refusals.labels(seen.refusal).inc()

    def exposition(self, counts: Counts | None) -> str:
        """Everything as Prometheus reads it; without ``counts`` what the desk counted itself."""
        own = generate_latest(self._registry)
        return (own + (b"" if counts is None else _book(counts))).decode()


MEDIA_TYPE = CONTENT_TYPE_PLAIN_1_0_0


class _Book(Collector):
    def __init__(self, counts: Counts) -> None:
        self._counts = counts

    def collect(self) -> Iterable[Metric]:
        """The book at this moment."""
        counts = self._counts
        yield GaugeMetricFamily("vitascope_jobs_queued", "Jobs that wait.", counts.queued)
        yield GaugeMetricFamily("vitascope_jobs_in_progress", "Jobs being made.", counts.in_progress)
        yield GaugeMetricFamily("vitascope_workers", "Workers that beat.", counts.workers)
        yield _stages(counts)
        yield _labelled("vitascope_jobs_ended", "Jobs that ended.", "state", counts.ended)
        yield _labelled("vitascope_video_seconds", "Seconds of video made.", "model", counts.video_seconds)
        yield _labelled("vitascope_engine_seconds", "Seconds of engine.", "model", counts.engine_seconds)


def _labelled(name: str, text: str, label: str, values: Mapping[str, float]) -> Metric:
    family = CounterMetricFamily(name, text, labels=(label,))
    for value, number in values.items():
        family.add_metric((value,), number)
    return family


def _stages(counts: Counts) -> Metric:
    family = GaugeMetricFamily("vitascope_jobs_by_stage", "Jobs being made, by stage.", labels=("stage",))
    for stage, number in counts.stages.items():
        family.add_metric((stage,), number)
    return family


def _book(counts: Counts) -> bytes:
    registry = CollectorRegistry()
    registry.register(_Book(counts))
    return generate_latest(registry)
