"""What an event of the outbox becomes in MLflow; a step that is done twice changes nothing."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sweep.config.settings import flat
from sweep.tracking.mlflow_limits import PARAM_LENGTH, TAG_LENGTH, batches, key, texts
from sweep.workspace import SweepFolder

if TYPE_CHECKING:  # the shipper has loaded MLflow when it makes a `Projection`
    from mlflow import MlflowClient
    from mlflow.entities import Metric

BATCH_METRICS = 1000  # MLflow takes no more at once
ARTIFACTS = {".json", ".jsonl", ".yaml", ".yml", ".csv", ".md", ".html", ".txt", ".png", ".svg"}
OWN = ("outbox.", "tracking.")  # files of the sweep's folder that are no results
KEY = "sweep.key"
PARENT = "mlflow.parentRunId"


class UnknownRunError(LookupError):
    """MLflow has no such run any more: someone has deleted it."""


@dataclass(frozen=True)
class Step:
    """One change in MLflow."""

    name: str
    """For the log."""
    action: Callable[[], object]
    """Does it."""


class Projection:
    """Turns events into steps.

    Args:
        client: of the tracking server or database.
        experiment: id of the sweep's experiment.
    """

    def __init__(self, client: "MlflowClient", experiment: str) -> None:
        self.client = client
        self.experiment = experiment
        self._ids: dict[str, str | None] = {}
        self._points: dict[str, list[Metric]] = {}

    def steps(self, event: Mapping[str, Any]) -> list[Step]:
        """List the steps of an event, to be done in this order.

        Args:
            event: as `sweep.tracking.tracker` noted it.

        Returns:
            The steps; an epoch's points wait until its run ends, or until `flush`.
        """
        kinds = {
            "sweep_started": self._sweep_started,
            "trial_started": self._trial_started,
            "epoch": self._epoch,
            "trial_ended": self._trial_ended,
            "tagged": self._tagged,
            "sweep_ended": self._sweep_ended,
            "sweep_broken": self._sweep_broken,
        }
        return kinds[event["kind"]](event["run"], event)

    def flush(self) -> list[Step]:
        """List the steps of the points that wait."""
        return [step for run in list(self._points) for step in self._flush(run)]

    def _sweep_started(self, run: str, event: Mapping[str, Any]) -> list[Step]:
        config = event["config"]
        tags = {"kind": "sweep"} | event["tags"]

        def begin() -> None:
            if not find_runs(self.client, self.experiment, run):
                self._leave_none_running()
            self._create(run, event["name"], event["time"], {})
            self.client.update_run(self._id(run), status="RUNNING")

        # Settings that a resumed sweep may change (workers, say) would be refused as parameters.
        return [
            Step(f"{run}: start", begin),
            *self._tags(run, tags),
            self._text(run, "config.json", _json(config)),
        ]

    def _trial_started(self, run: str, event: Mapping[str, Any]) -> list[Step]:
        params = flat(event["params"])

        def begin() -> None:
            try:
                tags = {PARENT: self._id(event["parent"])} if event["parent"] else {}
            except UnknownRunError:  # deleted by hand; the trial still gets its run
                tags = {}
            self._create(run, event["name"], event["time"], tags)

        steps = [Step(f"{run}: start", begin), *self._tags(run, {"kind": "trial"} | event["tags"])]
        steps += self._params(run, params)
        return (
            [*steps, self._text(run, "settings.json", _json(event["params"]))] if params else steps
        )

    def _epoch(self, run: str, event: Mapping[str, Any]) -> list[Step]:
        points = self._metrics(event["metrics"], event["time"], event["epoch"])
        self._points.setdefault(run, []).extend(points)
        return []

    def _trial_ended(self, run: str, event: Mapping[str, Any]) -> list[Step]:
        result = event["result"]
        final = {f"final.{name}": value for name, value in result["metrics"].items()}
        final |= {name: result[name] for name in ("value", "threshold", "seconds", "epochs")}
        told = ("status", "reason", "message", "stopped", "epoch", "checkpoint", "sha256")
        tags = {name: result[name] for name in told if result[name] not in (None, "")}
        points = self._metrics(final, event["time"], 0)
        return [
            *self._flush(run),
            *self._logged(run, points),
            *self._tags(run, tags),
            *(self._text(run, name, text) for name, text in event["files"].items()),
            self._end(run, event),
        ]

    def _tagged(self, run: str, event: Mapping[str, Any]) -> list[Step]:
        return self._tags(run, event["tags"])

    def _sweep_ended(self, run: str, event: Mapping[str, Any]) -> list[Step]:
        summary = event["summary"]
        best = summary.get("best") or {}
        scores = {part: best.get(part) or {} for part in ("validation", "test")}
        scores |= {"threshold": best.get("threshold")}
        scores |= {name: summary.get(name) for name in ("wall_s", "trials_per_hour")}
        tags = {f"best.{name}": best[name] for name in ("arm", "number") if name in best}
        folder = Path(event["artifacts"])
        report = SweepFolder(folder).report
        files = sorted(folder.iterdir()) if folder.is_dir() else []
        shown = sorted(report.iterdir()) if report.is_dir() else []
        return [
            *self._flush(run),
            *self._logged(run, self._metrics(flat(scores), event["time"], 0)),
            *self._tags(run, tags | {"status": summary.get("status", event["ending"])}),
            self._text(run, "summary.json", _json(summary)),
            *(self._file(run, path) for path in files if _is_result(path)),
            *(self._file(run, path, report.name) for path in shown if _is_result(path)),
            self._end(run, event),
        ]

    def _sweep_broken(self, run: str, event: Mapping[str, Any]) -> list[Step]:
        tags = {"status": "broken", "message": event["message"]}
        return [*self._flush(run), *self._tags(run, tags), self._end(run, event)]

    def _leave_none_running(self) -> None:
        # A new parent run means a new outbox; runs of one that was deleted by hand have nobody to end them.
        for found in self.client.search_runs([self.experiment], "attributes.status = 'RUNNING'"):
            if KEY in found.data.tags:
                self.client.set_terminated(found.info.run_id, status="KILLED")

    def _create(self, run: str, name: str, time: int, tags: Mapping[str, Any]) -> None:
        try:
            self._id(run)
        except UnknownRunError:
            if run in self._ids:  # deleted by hand; not made again
                raise
            made = self.client.create_run(self.experiment, time, {KEY: run, **tags}, name)
            self._ids[run] = made.info.run_id

    def _id(self, run: str) -> str:
        if run not in self._ids:
            found = find_runs(self.client, self.experiment, run)
            if not found:
                raise UnknownRunError(f"MLflow has no run {run}")
            # A request that was answered too late may have made it twice; the first one stays.
            for double in found[1:]:
                if double.info.lifecycle_stage == "active":
                    self.client.delete_run(double.info.run_id)
            alive = found[0].info.lifecycle_stage == "active"
            self._ids[run] = found[0].info.run_id if alive else None
        known = self._ids[run]
        if known is None:
            raise UnknownRunError(f"the run {run} has been deleted in MLflow")
        return known

    def _metrics(self, values: Mapping[str, Any], time: int, step: int) -> "list[Metric]":
        from mlflow.entities import Metric

        numbers = {name: value for name, value in values.items() if isinstance(value, int | float)}
        return [Metric(key(name), float(value), time, step) for name, value in numbers.items()]

    def _flush(self, run: str) -> list[Step]:
        return self._logged(run, self._points.pop(run, []))

    def _logged(self, run: str, points: "list[Metric]") -> list[Step]:
        starts = range(0, len(points), BATCH_METRICS)
        cut = [points[start : start + BATCH_METRICS] for start in starts]
        return [self._step(run, "metrics", self.client.log_batch, metrics=some) for some in cut]

    def _params(self, run: str, params: Mapping[str, Any]) -> list[Step]:
        from mlflow.entities import Param

        cut = [[Param(*pair) for pair in some] for some in batches(texts(params, PARAM_LENGTH))]
        return [self._step(run, "params", self.client.log_batch, params=some) for some in cut]

    def _tags(self, run: str, tags: Mapping[str, Any]) -> list[Step]:
        from mlflow.entities import RunTag

        cut = [[RunTag(*pair) for pair in some] for some in batches(texts(tags, TAG_LENGTH))]
        return [self._step(run, "tags", self.client.log_batch, tags=some) for some in cut]

    def _text(self, run: str, name: str, text: str) -> Step:
        return self._step(run, name, self.client.log_text, text=text, artifact_file=name)

    def _file(self, run: str, path: Path, folder: str | None = None) -> Step:
        given = {"local_path": str(path), "artifact_path": folder}
        return self._step(run, path.name, self.client.log_artifact, **given)

    def _end(self, run: str, event: Mapping[str, Any]) -> Step:
        status = event["ending"]
        time = event["time"]
        return self._step(run, "end", self.client.set_terminated, status=status, end_time=time)

    def _step(self, run: str, what: str, method: Callable[..., Any], **arguments: Any) -> Step:
        return Step(f"{run}: {what}", lambda: method(self._id(run), **arguments))


def find_runs(client: "MlflowClient", experiment: str, run: str) -> list[Any]:
    """Look up the MLflow runs of one key, deleted ones too; more than one is a mishap.

    Args:
        client: of the tracking server or database.
        experiment: the experiment's id.
        run: the text in the tag `sweep.key`.

    Returns:
        MLflow's runs, always in the same order.
    """
    if "'" in run:  # MLflow's queries have no way to write one
        raise ValueError(f"A run's key must hold no quote mark, but got {run!r}.")
    query = f"tags.`{KEY}` = '{run}'"
    everything = 3
    return list(client.search_runs([experiment], query, everything, order_by=["start_time ASC"]))


def _json(value: Any) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"


def _is_result(path: Path) -> bool:
    return path.is_file() and path.suffix in ARTIFACTS and not path.name.startswith(OWN)
