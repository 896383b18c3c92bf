"""The command `compare`: finished sweeps side by side, their winners on the same folds."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from sweep.commands.setting import Setting, taken_alone
from sweep.compose.begun import settings_of, which_sweep
from sweep.confirmation.across import Side, differing, refusals, unpaired, verdicts
from sweep.coordinator.fingerprint import about_of, command_of
from sweep.coordinator.guard import held
from sweep.errors import UserError
from sweep.files import write_json
from sweep.plugins.load import load_all
from sweep.report.answer import gate, verdict
from sweep.report.summary import read_summary
from sweep.report.table import SHOWN, make_console
from sweep.storage.place import place_of
from sweep.typed import unspelled
from sweep.workspace import Workspace

NAME = "name="
LONGEST = 40  # characters of a value in the table of settings


def run(plugins: list[str], words: list[str], settings: Sequence[Setting]) -> int:
    """Print what differs between sweeps and what each reached, and compare their winners where they share folds.

    Args:
        plugins: files of code of one's own that sweeps were run with.
        words: names of sweeps, bare or as `name=`, and the command's settings.
        settings: those that the command takes.

    Returns:
        0.

    Raises:
        UserError: a sweep is not there or not finished, or they do not compare; all reasons at once.
    """
    names = [unspelled(w.removeprefix(NAME)) for w in words if w.startswith(NAME) or "=" not in w]
    rest = [word for word in words if not word.startswith(NAME) and "=" in word]
    given, mistakes = _given(rest, settings)
    if len(set(names)) < 2:
        got = ", ".join(names) or "none"
        mistakes.append(
            f"`compare` takes the names of two sweeps or more, each once, but got {got}; `list` shows which there are."
        )
    if mistakes:
        raise UserError(*mistakes)
    load_all(plugins)
    sides = _sides(Workspace(Path(given["workdir"])), list(dict.fromkeys(names)))
    told = _told(sides)
    console = make_console()
    if "output" in given:
        write_json(Path(given["output"]).expanduser(), told)
    _show(console, sides, told)
    if "output" in given:
        console.print(f"all of it: {given['output']}", markup=False)
    return 0


def _given(words: list[str], settings: Sequence[Setting]) -> tuple[dict[str, str], list[str]]:
    try:
        given = taken_alone("compare", words, settings)
    except UserError as wrong:
        return {}, list(wrong.mistakes)
    output = Path(given["output"]).expanduser() if "output" in given else None
    if output is not None and (output.is_dir() or not output.parent.is_dir()):
        return {}, [f"output={given['output']}: must be a file in a folder that exists."]
    return given, []


def _sides(workspace: Workspace, names: list[str]) -> list[Side]:
    sides: list[Side] = []
    mistakes: list[str] = []
    for name in names:
        try:
            sides.append(_side(workspace, name))
        except UserError as wrong:
            mistakes += wrong.mistakes
    mistakes += refusals(sides)
    if mistakes:
        raise UserError(*mistakes)
    return sides


def _side(workspace: Workspace, name: str) -> Side:
    files = workspace.sweep(name)
    if not files.config.is_file():
        raise UserError(which_sweep(workspace.root, name))
    config = settings_of(workspace, name)
    found, about = read_summary(files.root), about_of(config)
    if held(files.root):
        raise UserError(f"{files.root} is running; wait until it has ended.")
    if found is None or "test" not in found.get("best", {}) or found["status"] != "complete":
        if found is not None and found["status"] == "fruitless":
            raise UserError(
                f"{files.root}: no trial has completed, so there is no winner to compare."
            )
        raise UserError(
            f"{files.root} has not been run to its end; the same command goes on: {command_of(config)}"
        )
    if "corpus" not in about:
        raise UserError(
            f"{place_of(config)} holds no trials of `{name}` any more, so nothing says which corpus they had; put "
            "that file back."
        )
    return Side(name=name, config=config, found=found, about=about)


def _told(sides: Sequence[Side]) -> dict[str, Any]:
    return {
        "sweeps": {side.name: _of(side) for side in sides},
        "settings": {
            path: dict(zip([side.name for side in sides], values, strict=True))
            for path, values in differing(sides).items()
        },
        "verdict": verdicts(sides),
        "unpaired": unpaired(sides),
    }


def _of(side: Side) -> dict[str, Any]:
    found, best = side.found, side.found["best"]
    winner = {name: best[name] for name in ("arm", "number", "settings", "threshold", "test")}
    confirmed = {
        "confirmed": best.get("confirmed"),
        "interval": side.interval,
        "folds": side.scores,
    }
    kept = ("objective", "arms", "baselines", "gate", "wall_s", "seed")
    return {
        "corpus": side.about["corpus"],
        **{name: found[name] for name in kept if name in found},
        "winner": winner | (confirmed if side.folds else {}),
    }


def _show(console: Console, sides: Sequence[Side], told: Mapping[str, Any]) -> None:
    console.print(_settings(sides, told["settings"]))
    console.print(_arms(sides))
    console.print(_winners(sides))
    console.print(_scores(sides))
    for side in sides:
        if (sentence := gate(dict(side.found))) is not None:
            console.print(f"{side.name}: {sentence}", markup=False, soft_wrap=True)
    for line in [*verdict({"verdict": told["verdict"]}), *told["unpaired"]]:
        console.print(line, markup=False, soft_wrap=True, style="bold")


def _settings(sides: Sequence[Side], settings: Mapping[str, Mapping[str, str]]) -> Table | str:
    if not settings:
        return "no setting differs"
    table = _table("settings that differ", ["setting"], [side.name for side in sides])
    for path, values in settings.items():
        table.add_row(path, *(_short(values[side.name]) for side in sides))
    return table


def _short(value: str) -> str:
    return value if len(value) <= LONGEST else f"{value[: LONGEST - 1]}…"


def _arms(sides: Sequence[Side]) -> Table:
    title = f"arms: {sides[0].found['objective']}, the best of the search and the best on folds held out"
    table = _table(title, ["sweep", "arm"], ["trials", "failed", "search", "folds", "interval"])
    for side in sides:
        for arm, told in side.found["arms"].items():
            confirmed = told.get("confirmed")
            done = sum(told[name] for name in ("complete", "no_learning", "pruned", "failed"))
            table.add_row(
                side.name,
                arm,
                f"{done} of {told['budget']}",
                str(told["failed"]),
                f"{told['best']['value']:.4f}" if "best" in told else "-",
                f"{confirmed['mean']:.4f}" if confirmed else "-",
                _range(confirmed["interval"] if confirmed else None),
            )
    return table


def _winners(sides: Sequence[Side]) -> Table:
    metric = str(sides[0].found["objective"])
    table = _table(
        f"winners: {metric}, the mean of the folds and its 95 % interval, and on the test part",
        ["sweep", "winner"],
        ["folds", "mean", "interval", "test"],
    )
    for side in sides:
        best = side.found["best"]
        mean = f"{best['confirmed']:.4f}" if side.folds else "-"
        row = (str(len(side.folds)), mean, _range(side.interval), f"{best['test'][metric]:.4f}")
        table.add_row(side.name, side.winner, *row)
    return table


def _range(interval: Sequence[float] | None) -> str:
    return "-" if interval is None else "{:.4f} to {:.4f}".format(*interval)


def _scores(sides: Sequence[Side]) -> Table:
    table = _table("test part, each at its own threshold", ["sweep", "model"], [*SHOWN.values()])
    for side in sides:
        rows = {side.winner: side.found["best"]["test"]}
        rows |= {name: told["test"] for name, told in side.found.get("baselines", {}).items()}
        for model, scores in rows.items():
            table.add_row(side.name, model, *(f"{scores[metric]:.4f}" for metric in SHOWN))
    return table


def _table(title: str, words: Sequence[str], numbers: Sequence[str]) -> Table:
    table = Table(title=title)
    for name in words:
        table.add_column(name, overflow="fold")
    for name in numbers:
        table.add_column(name, justify="right", overflow="fold")
    return table
