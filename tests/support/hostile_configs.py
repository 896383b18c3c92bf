"""Configurations by somebody who means ill: what a setting is given, and the file or words that give it."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from sweep.config.settings import settings

SECRET = "SWEEP_TEST_SECRET"
VALUE = "never-to-be-seen-7f3a"

VALUES = (
    "${oc.env:SECRET}", "${oc.decode:${oc.env:SECRET}}", "${${data.text}:SECRET}", "a${oc.env:SECRET}b",
    r"\\${oc.env:SECRET}", "${oc.create:{a: 1}}", "${oc.dict.keys:model}", "${hydra:runtime.cwd}",
    "${seed}", "${search}", "${..seed}", "${", "../..", "../../../../etc/passwd", "/dev/zero", "/",
    "..", ".", "a/../../b", "..\\..\\x", "~", "x\0y", "\n", "\x1b[2J", "", " ", "-1", "0", "1e999", "nan",
    "-inf", "0x10", "1_000", "1:1:1", "2001-13-45", "9" * 5000, "null", "~x", "true", "[]", "{}",
    "[[[[[[[[]]]]]]]]", "[" * 99, "{a: {b: {c: 1}}}", "{_target_: os.mkdir, _args_: [CANARY]}",
    "{_target_: builtins.eval, _args_: ['1']}", "!!python/object/apply:os.mkdir [CANARY]",
    "!!python/name:os.system", "\U0001f600" * 500, "\u202e", "%s%n", "{0.__class__}", "{{7*7}}",
    "<script>1</script>", "'; DROP TABLE studies; --", "$(touch CANARY)", "`touch CANARY`", "| touch CANARY",
    "a" * 9_999, "a" * 20_000, "1," * 4_000, "[" + "1," * 490 + "1]",
)  # fmt: skip
KEYS = (
    "_target_", "model._target_", "search.space.x._target_", "hydra.run.dir", "hydra.searchpath",
    "hydra.job_logging.root", "__class__", "search.space.model", "search.space", "search", "name",
    "workdir", "model", "data", "a.b.c", "model..hidden", ".", "model.", "${seed}", "plugins.os.system",
    "tracking.uri", "search.arms", "search.compare", "search.space.model.hidden",
)  # fmt: skip
FILES = (
    "a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a]\n"
    "c: &c [*b, *b, *b, *b, *b, *b, *b, *b]\n"
    "d: &d [*c, *c, *c, *c, *c, *c, *c, *c]\ne: &e [*d, *d, *d, *d, *d, *d, *d, *d]\nf: &f [*e, *e, *e, *e, *e, *e]\n"
    "g: [*f, *f, *f, *f, *f, *f, *f, *f]\n",
    "a: &a [*a]\n",
    "a: &a {b: *a}\n<<: *a\n",
    "a: " + "[" * 3_000 + "]" * 3_000,
    "a: " + "{b: " * 500 + "1" + "}" * 500,
    "- " * 4_000 + "x",
    "seed: " + "9" * 6_000,
    "seed: 2001-99-99\n",
    "seed: !!python/object/apply:os.mkdir ['CANARY']\n",
    "seed: !!int ''\n",
    "seed: !!timestamp x\n",
    "name: !!binary CANARY\n",
    "{1: 2, [1]: 3}\n",
    "? [a]\n: b\n",
    "defaults: ['${oc.env:SECRET}']\n",
    "defaults: [/hydra/job_logging@_global_: x]\n",
    "defaults: [override /model: ../../../etc/passwd]\n",
    "defaults: [{/model@hydra.job_logging: gru}]\n",
    "# @package hydra\nrun: {dir: CANARY}\n",
    "# @package hydra.job_logging\nroot: {handlers: [x]}\n",
    "hydra: {searchpath: ['pkg://os']}\n",
    "# @package _global_\nsearch: {name: ../../x, trials: 1}\n",
    "# @package _global_\nworkdir: ${oc.env:SECRET}\nsearch: {name: x, trials: 1}\n",
    "name: x\nspace: {model: {hidden: {type: categorical, choices: ['${oc.env:SECRET}', ../..]}}}\n",
    "name: x\ncompare: ../../x\n",
    "name: x\nspace: {../../x: {type: int, low: 1, high: 1.0e+308}}\n",
    "name: x\nspace: {model: {hidden: {type: int, low: 1, high: 1000000000000000000000}}}\n",
    "x" * 100_000,
    "\xff\xfe\x00",
    "%YAML 9.9\n---\na: 1\n",
    "--- a\n--- b\n",
    "",
    "null\n",
    "[]\n",
)  # fmt: skip


@dataclass(frozen=True)
class Hostile:
    """One attempt: words of a command line, and the file that goes with them."""

    door: str
    """words, patch, search, or config: the file that a sweep keeps its settings in."""
    words: list[str] = field(default_factory=list)
    content: str = ""


def _filled(text: str, canary: Path) -> str:
    return text.replace("SECRET", SECRET).replace("CANARY", str(canary))


def hostile_configs(count: int, seed: int, canary: Path, written: str) -> list[Hostile]:
    """Generate attempts.

    Args:
        count: how many.
        seed: of the generator.
        canary: what those that would run code make.
        written: settings as a sweep keeps them, to be changed in one place.
    """
    draw = random.Random(seed)
    paths = [*settings(), *KEYS]
    made: list[Callable[[], Hostile]] = [
        lambda: _words(draw, paths, canary),
        lambda: _patch(draw, paths, canary),
        lambda: _search(draw, canary),
        *[lambda: _config(draw, paths, canary, written)] * 7,
    ]
    return [draw.choice(made)() for _ in range(count)]


def _pair(draw: random.Random, paths: list[str], canary: Path) -> tuple[str, str]:
    return draw.choice(paths), _filled(draw.choice(VALUES), canary)


def _words(draw: random.Random, paths: list[str], canary: Path) -> Hostile:
    pairs = [_pair(draw, paths, canary) for _ in range(draw.randint(1, 2))]
    signs = ("", "", "+", "++", "~")
    words = [f"{draw.choice(signs)}{path}={value}" for path, value in pairs]
    return Hostile("words", words)


def _patch(draw: random.Random, paths: list[str], canary: Path) -> Hostile:
    if draw.random() < 0.3:
        return Hostile("patch", content=_filled(draw.choice(FILES), canary))
    path, value = _pair(draw, paths, canary)
    return Hostile("patch", content=f"{path}: {value}\n")


def _search(draw: random.Random, canary: Path) -> Hostile:
    return Hostile("search", content=_filled(draw.choice(FILES), canary))


def _config(draw: random.Random, paths: list[str], canary: Path, written: str) -> Hostile:
    if draw.random() < 0.2:
        return Hostile("config", content=_filled(draw.choice(FILES), canary))
    path, value = _pair(draw, paths, canary)
    tree = yaml.safe_load(written)
    *groups, leaf = path.split(".")
    node = tree
    for group in groups:
        node = node.setdefault(group, {}) if isinstance(node.get(group, {}), dict) else {}
    node[leaf] = "HERE"
    text = yaml.safe_dump(tree).replace("HERE", value, 1)
    return Hostile("config", content=text)
