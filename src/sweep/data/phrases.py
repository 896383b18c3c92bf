"""The words and sentence patterns from which the built-in corpus is made."""

from collections.abc import Callable, Mapping
from random import Random
from typing import NamedTuple

STAFF = ("clerk", "driver", "manager", "cashier", "courier", "seller", "porter", "fitter")
CUSTOMERS = ("buyer", "customer", "client", "visitor", "guest", "caller", "tenant", "student")
ITEMS = (
    "kettle lamp toaster radio printer camera heater mixer "
    "blender freezer scanner speaker clock drill fan oven"
).split()
TOWNS = ("York", "Leeds", "Bath", "Derby", "Dover", "Luton", "Ripon", "Truro")
HARMED = ("lost", "broke", "damaged", "scratched", "misplaced", "dented", "cracked", "spoiled")
MENDED = ("replaced", "repaired", "fixed", "refunded", "returned", "found", "mended", "promised")
WRONGED = (
    "cheated",
    "insulted",
    "ignored",
    "overcharged",
    "misled",
    "mocked",
    "pushed",
    "tricked",
)
UNPLEASANT = ("rude", "late", "careless", "unfair", "impatient", "dishonest", "unkind", "slow")
PLEASANT = ("polite", "quick", "careful", "fair", "patient", "honest", "kind", "punctual")
WHERE = ("to me", "on the phone", "at the door", "in the shop")
WORK = ("start", "open", "heat up", "switch on", "charge", "close", "light up", "turn")
PAST = ("last week", "last month", "in spring", "a year ago", "at first", "before Easter")
PRESENT = ("today", "this morning", "now", "this week", "since noon", "tonight")
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
COLOURS = ("red", "blue", "green", "black", "white", "grey")
NUMBERS = tuple(str(number) for number in range(10, 60))

OPENERS = (
    "Hello.",
    "Good morning.",
    "Hi there.",
    "Dear team.",
    "It's me again.",
    "I'm a regular here.",
    "I've one thing to say.",
    "Here's my note.",
    "Sorry to write so late.",
    "Just a short message.",
)
CLOSERS = (
    "Thank you.",
    "Best wishes.",
    "That's all.",
    "Kind regards.",
    "Have a nice day.",
    "Bye for now.",
    "I'll be at home.",
    "You've got my number.",
    "My order is number {number}.",
    "Sent from my phone.",
)
ORDINARY = (
    "What time do you open on {day} in {town}?",
    "Do you sell a {colour} {item} or a {colour} {other}?",
    "Can I change the {colour} {item} for a {other}?",
    "How much is the {colour} {item} with delivery to {town}?",
    "I'd like to order one {item} and one {other} for {day}.",
    "Is the shop in {town} open on {day}?",
    "The {colour} {item} came on {day} and it's lovely.",
    "My {item} is great, I told a {customer} in {town} about it.",
    "Please add a {colour} {item} to my order for {day}.",
    "The {staff} in {town} was a great help on {day}.",
)
ORDINARY_WORDS: Mapping[str, tuple[str, ...] | list[str]] = {
    "colour": COLOURS,
    "customer": CUSTOMERS,
    "day": DAYS,
    "item": ITEMS,
    "other": ITEMS,
    "staff": STAFF,
    "town": TOWNS,
}


class Relation(NamedTuple):
    """Sentences with two places whose contents may be exchanged; what stands at `{key}` decides.

    Both contents begin alike and end alike, so the exchange leaves the words, and the pairs of
    neighbouring words, as they were.

    Args:
        frames: patterns with the places `{key}` and `{other}`, and places that stay as they are.
        words: choices for the places that stay.
        contents: draws the content that makes a message positive at `{key}`, and the one that
            makes it negative there.
    """

    frames: tuple[str, ...]
    words: Mapping[str, tuple[str, ...]]
    contents: Callable[[Random], tuple[str, str]]


def _event(rng: Random) -> tuple[str, str]:
    one, two = rng.sample(STAFF, 2)
    item = rng.choice(ITEMS)
    return (
        f"your {one} {rng.choice(HARMED)} the {item}",
        f"your {two} {rng.choice(MENDED)} the {item}",
    )


def _manner(rng: Random) -> tuple[str, str]:
    one, two = rng.sample(STAFF, 2)
    where = rng.choice(WHERE)
    return (
        f"the {one} was {rng.choice(UNPLEASANT)} {where}",
        f"the {two} was {rng.choice(PLEASANT)} {where}",
    )


def _person(rng: Random) -> tuple[str, str]:
    return rng.choice(STAFF), rng.choice(CUSTOMERS)


def _state(rng: Random) -> tuple[str, str]:
    item = rng.choice(ITEMS)
    work = rng.choice(WORK)
    return f"the {item} would not {work}", f"the {item} would {work}"


RELATIONS = {
    # What happened last stands: a promise, then a loss is a complaint; the reverse is settled.
    "sequence": Relation(
        ("first {other} and then {key}", "{other} and later {key}", "{key} after {other}"),
        {},
        _event,
    ),
    # What is said and what is denied.
    "negation": Relation(
        (
            "I write not because {other} but because {key}",
            "I write because {key} and not because {other}",
        ),
        {},
        _manner,
    ),
    # Who did it to whom: the shop answers for its own staff.
    "agent": Relation(
        (
            "the {key} from {town} {wronged} the {other} from {city}",
            "the {other} from {city} was {wronged} by the {key} from {town}",
        ),
        {"town": TOWNS, "city": TOWNS, "wronged": WRONGED},
        _person,
    ),
    # What is so now, and what was so once.
    "state": Relation(
        ("{past} {other} and {present} {key}", "{present} {key} but {past} {other}"),
        {"past": PAST, "present": PRESENT},
        _state,
    ),
}
