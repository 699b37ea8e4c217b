"""How much to write at once: as much as keeps others out for a twentieth of a second.

Who changes very many rows does it portion by portion, each a transaction of its own, so that a
writer beside waits for a fraction of the 250 ms promised (`Session.let_others_in` gives him his
turn on SQLite).
"""

from __future__ import annotations

AIM_SECONDS = 0.05
LEAST = 50
MOST = 20_000  # rule D18


def resized(size: int, seconds: float, *, most: int = MOST) -> int:
    """The next portion's size, from how long this one held the database; at most twice or half."""
    aimed = size * 2 if seconds <= AIM_SECONDS / 2 else max(int(size * AIM_SECONDS / seconds), 1)
    return min(max(aimed, size // 2, LEAST), most)
