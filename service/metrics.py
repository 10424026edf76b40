"""What the service counts, for Prometheus; each application has counters of its own, of this process alone."""

from __future__ import annotations

from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

_BUCKETS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0)


@dataclass(frozen=True, slots=True)
class Metrics:
    """Requests, refusals by rule, completions, and how far the jobs lag behind."""

    collectors: CollectorRegistry
    requests: Counter
    seconds: Histogram
    refusals: Counter
    completions: Counter
    jobs_late: Gauge
    job_lag: Gauge
    _answered: dict[tuple[str, str, int], Counter] = field(default_factory=dict)

    @staticmethod
    def start() -> Metrics:
        """Counters that stand at nothing."""
        own = CollectorRegistry()
        return Metrics(
            own,
            Counter("wijk_requests", "Answered requests", ["method", "route", "status"], registry=own),
            Histogram("wijk_request_seconds", "Time to an answer", buckets=_BUCKETS, registry=own),
            Counter("wijk_refusals", "Acts refused, by rule", ["rule"], registry=own),
            Counter("wijk_completions", "Tasks completed", registry=own),
            Gauge("wijk_jobs_late", "Jobs that are due and not done", registry=own),
            Gauge("wijk_job_lag_seconds", "Age of the oldest job that is due", registry=own),
        )

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one request."""
        key = (method, route, status)
        counter = self._answered.get(key)
        if counter is None:
            counter = self._answered[key] = self.requests.labels(method, route, str(status))
        counter.inc()
        self.seconds.observe(seconds)

    def text(self) -> bytes:
        """All counters in Prometheus' own format."""
        return generate_latest(self.collectors)
