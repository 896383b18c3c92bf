"""What a sweep's numbers say, in sentences: the answer, the verdict between arms, the gate."""

from typing import Any

BASELINES = {"tfidf_logreg": "TF-IDF with logistic regression"}


def answer(found: dict[str, Any]) -> list[str]:
    """Answer the search's question in two sentences.

    Args:
        found: what `summary.json` holds, with a confirmed winner.

    Returns:
        Which arm is better, and what the winner reaches.
    """
    best, metric = found["best"], found["objective"]
    networks = len(best["members"])
    reached = [f"{best['confirmed']:.4f} {metric} on rows held out, the mean of the folds"]
    if metric in best.get("test", {}):
        reached.append(f"{best['test'][metric]:.4f} on the test part, all {networks} together")
    winner = f"The winner is {best['arm']}-{best['number']}, a bag of {networks} networks: {', '.join(reached)}."
    pairs = found.get("verdict", [])
    decided = [(pair, *_better(pair)) for pair in pairs if pair["decision"] != "no evidence"]
    if not pairs:
        return [winner]
    if not decided:
        arms = " and ".join([", ".join(list(found["arms"])[:-1]), list(found["arms"])[-1]])
        return [f"There is no evidence that any of {arms} is better on this corpus.", winner]
    told = [
        f"{one} is better than {other} (by {abs(pair['difference']):.4f})"
        for pair, one, other in decided
    ]
    return [f"{'; '.join(told)}.", winner]


def verdict(found: dict[str, Any]) -> list[str]:
    """Tell of each pair of arms how much better, how sure, and what would settle it.

    Args:
        found: what `summary.json` holds.

    Returns:
        A line a pair; none where fewer than two arms were confirmed.
    """
    lines = []
    for pair in found.get("verdict", []):
        decided = pair["decision"] != "no evidence"
        said = f"{_better(pair)[0]} is better" if decided else "no evidence"
        difference = _range(pair["difference"], pair["difference_interval"])
        wins = _range(pair["probability"], pair["interval"], ".2f")
        line = (
            f"{pair['a']} against {pair['b']}: {said}; difference {difference}, "
            f"{pair['a']} wins {wins} of folds"
        )
        if not decided:
            more = pair["more_folds"]
            settle = (
                "no number of folds would settle it"
                if more is None
                else f"{more} more folds would settle it if the difference stayed (confirm.repeats)"
            )
            line += f"; {settle}; they show differences from {pair['detectable']:.4f} on"
        lines.append(line)
    return lines


def gate(found: dict[str, Any]) -> str | None:
    """Say whether the winner is better than the simple baseline on the same rows held out.

    Args:
        found: what `summary.json` holds.

    Returns:
        A sentence or two, or None where it was not asked.
    """
    told = found.get("gate")
    if told is None:
        return None
    name = BASELINES.get(told["better_than"], told["better_than"])
    # Another number than the mean of the folds, which each rank their own rows alone.
    numbers = (
        f"{told['metric']} {told['network']:.4f} against {told['baseline']:.4f} on the same rows held out, "
        f"all folds together, difference {_range(told['difference'], told['interval'])}"
    )
    if told["decision"] == "better":
        return f"The network is better than {name}: {numbers}."
    if told["decision"] == "worse":
        return (
            f"NO, the network is worse than {name}: {numbers}. Your corpus does not need a recurrent network, or not "
            "this one."
        )
    return (
        f"NO EVIDENCE that the network is better than {name}: {numbers}. These rows show differences from "
        f"{told['detectable']:.4f} on; your corpus may not need a recurrent network, or not this one."
    )


def passed(found: dict[str, Any]) -> bool:
    """Whether the winner is better than the simple baseline, or was not compared with it."""
    return bool(found.get("gate", {}).get("decision", "better") == "better")


def _better(pair: dict[str, Any]) -> tuple[str, str]:
    first = pair["decision"] == "A better"
    return (pair["a"], pair["b"]) if first else (pair["b"], pair["a"])


def _range(value: float, interval: list[float], form: str = "+.4f") -> str:
    low, high = (format(end, form) for end in interval)
    return f"{format(value, form)} ({low} to {high})"
