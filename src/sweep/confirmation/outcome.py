"""What the confirmation found: the winner, each arm's confirmed score, and which arm is better."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sweep.config import Config
from sweep.confirmation.finalists import Finalist, Standing, scores, win
from sweep.confirmation.members import Folds, Member, job_of
from sweep.records import TrainedMember
from sweep.workspace import SweepFolder


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """A race that is over."""

    config: Config
    """The sweep's."""
    entered: Sequence[Finalist]
    standing: Standing
    members: Mapping[tuple[str, int], Member]
    """By the finalist's name and the fold."""
    folds: Folds
    folder: SweepFolder
    """The sweep's own."""

    @property
    def winner(self) -> Finalist | None:
        """The winner, or None where every finalist has dropped out."""
        if not self.standing.running:
            return None
        confirm, metric = self.config.confirm, self.config.objective.metric
        return win(
            self.standing.running,
            self._answers,
            folds=self.folds.count,
            repeats=confirm.repeats,
            maximize=metric.maximize,
        )

    def best_of_arms(self) -> dict[str, Finalist]:
        """The finalist of each arm with the best mean over all folds; arms that have none are left out."""
        sign = 1 if self.config.objective.metric.maximize else -1
        found: dict[str, Finalist] = {}
        for finalist in self.standing.running:
            rival = found.get(finalist.arm)
            if rival is None or sign * self.mean(finalist) > sign * self.mean(rival):
                found[finalist.arm] = finalist
        return found

    def mean(self, finalist: Finalist) -> float:
        """Mean score over all folds of one who is still running."""
        return float(self._scores(finalist).mean())

    def bag(self, finalist: Finalist) -> list[TrainedMember]:
        """The networks of one who is still running, fold after fold."""
        found = []
        for fold in range(len(self.folds.corpora)):
            member = self.members[finalist.name, fold]
            job = self._job(finalist, fold)
            result = member.result
            assert result.sha256 is not None
            assert result.decision_sha256 is not None
            assert member.answers_sha256 is not None
            found.append(
                TrainedMember(
                    corpus=job.corpus,
                    folder=job.folder,
                    sha256=result.sha256,
                    decision_sha256=result.decision_sha256,
                    answers_sha256=member.answers_sha256,
                )
            )
        return found

    def tell(self, found: dict[str, Any]) -> None:
        """Put into a summary what the confirmation found; the winner's scores come later.

        Args:
            found: the summary of the search; `confirm`, `arms.*.confirmed` and `verdict` are added, and `best` is
                the winner of the confirmation.
        """
        from sweep.statistics.fold_means import FoldMean
        from sweep.statistics.paired import paired, search_luck

        maximize = self.config.objective.metric.maximize
        found["confirm"] = {
            "folds": self.folds.count,
            "repeats": self.config.confirm.repeats,
            "finalists": {f.name: self._told(f) for f in self.entered},
        }
        best = self.best_of_arms()
        for arm, finalist in best.items():
            mean = FoldMean.of(self._scores(finalist), folds=self.folds.count)
            told: dict[str, Any] = {"number": finalist.number, "mean": mean.value}
            # Two or three folds say so little that the interval would leave what a score can be.
            low, high = self.config.objective.metric.bounds
            interval = [min(max(end, low), high) for end in mean.interval()]
            told |= {"interval": interval, "folds": mean.n}
            found["arms"][arm]["confirmed"] = told
        if len(best) > 1:
            of_arms = {arm: self._scores(finalist) for arm, finalist in best.items()}
            rivals = {arm: [f for f in self.entered if f.arm == arm and f.chosen] for arm in best}
            searched = {
                arm: [self._scores(f) for f in found] for arm, found in rivals.items() if found
            }
            luck = search_luck(searched, folds=self.folds.count)
            pairs = paired(of_arms, folds=self.folds.count, maximize=maximize, luck=luck)
            found["verdict"] = [_plain(asdict(pair)) for pair in pairs]
        if (winner := self.winner) is not None:
            found["best"] = self._best(winner)

    def _best(self, winner: Finalist) -> dict[str, Any]:
        mean = self.mean(winner)
        return {
            "arm": winner.arm,
            "number": winner.number,
            "settings": dict(winner.values),
            "value": winner.value,
            "confirmed": mean,
            "optimism": winner.value - mean,
            "members": [self._member(winner, fold) for fold in range(len(self.folds.corpora))],
        }

    def _member(self, finalist: Finalist, fold: int) -> dict[str, Any]:
        member, job = self.members[finalist.name, fold], self._job(finalist, fold)
        result = member.result
        return {
            "fold": fold,
            "corpus": job.corpus.name,
            "seed": job.seed,
            "epoch": result.epoch,
            "value": result.value,
            "sha256": result.sha256,
            "decision_sha256": result.decision_sha256,
            "answers_sha256": member.answers_sha256,
        }

    def _told(self, finalist: Finalist) -> dict[str, Any]:
        dropped = self.standing.dropped.get(finalist.name)
        last = len(self.folds.corpora) if dropped is None else dropped.folds
        values = [self.members[finalist.name, fold].result.value for fold in range(last)]
        told: dict[str, Any] = {"value": finalist.value, "scores": values}
        return told if dropped is None else told | {"dropped": dropped.why}

    @property
    def _answers(self) -> dict[tuple[str, int], Any]:
        return {place: member.answered for place, member in self.members.items()}

    def _scores(self, finalist: Finalist) -> Any:
        dropped = self.standing.dropped.get(finalist.name)
        # A free worker may have trained more folds than the race has looked at; they tell nothing.
        until = None if dropped is None else dropped.folds
        return scores([finalist], self._answers, len(self.folds.corpora), until=until)[0]

    def _job(self, finalist: Finalist, fold: int) -> Any:
        return job_of(
            finalist, fold, config=self.config, corpora=self.folds.corpora, folder=self.folder
        )


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, tuple) else value
