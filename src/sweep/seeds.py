"""Seeds derived from seeds, the same on every machine and in every process."""

import hashlib


def derive(*parts: object) -> int:
    """Derive a seed.

    Args:
        *parts: what decides it, such as the sweep's seed and a trial's number.

    Returns:
        A number below 2**31, which every library takes as a seed.

    >>> derive(0, 1) == derive(0, 1), derive(0, 1) == derive(0, 2)
    (True, False)
    """
    text = "/".join(str(part) for part in parts)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big") >> 1
