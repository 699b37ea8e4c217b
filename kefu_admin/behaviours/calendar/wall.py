"""The wall clock of a zone: from instants to days of the table and microseconds passed on them."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from kefu_admin.behaviours.calendar.days import FIRST_DAY, LAST_DAY, LENGTH, BeyondCalendar

_MIDNIGHT = datetime.combine(FIRST_DAY, time())
_YEARS = range(FIRST_DAY.year, LAST_DAY.year + 1)


class Wall:
    """One zone's. Where it keeps one offset all through the table, as China does, an instant is one
    subtraction away from its day."""

    def __init__(self, zone: ZoneInfo) -> None:
        self.zone = zone
        self._midnight = _fixed_midnight(zone)

    def place(self, moment: datetime) -> tuple[int, int]:
        """A day's place in the table, and the microseconds passed on it.

        Raises:
            BeyondCalendar: not in the table.
            TypeError: the instant has no zone.
        """
        passed = (
            moment - self._midnight
            if self._midnight is not None
            else self.read(moment).replace(tzinfo=None) - _MIDNIGHT
        )
        days = passed.days
        if not 0 <= days < LENGTH:
            raise BeyondCalendar
        return days, passed.seconds * 1_000_000 + passed.microseconds

    def moment(self, place: int, at: int) -> datetime:
        """The instant, UTC, at which so many microseconds of a day have passed."""
        passed = timedelta(place, 0, at)
        if self._midnight is not None:
            return self._midnight + passed
        return (_MIDNIGHT + passed).replace(tzinfo=self.zone).astimezone(UTC)

    def read(self, moment: datetime) -> datetime:
        """What the clock shows, in its zone.

        Raises:
            TypeError: the instant has no zone.
        """
        if moment.tzinfo is None:
            raise TypeError("an instant has a zone")
        return moment.astimezone(self.zone)


def _fixed_midnight(zone: ZoneInfo) -> datetime | None:
    """The first instant of the table, UTC; None where the zone's offset changes later on."""
    firsts = (datetime(year, month, 1, tzinfo=zone) for year in _YEARS for month in range(1, 13))
    if len({first.utcoffset() for first in firsts}) > 1:
        return None
    return _MIDNIGHT.replace(tzinfo=zone).astimezone(UTC)
