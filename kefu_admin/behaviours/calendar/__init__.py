"""Counting time: natural and working minutes, hours and days, and months.

`Times` of a calendar is made once: a table of all days from 1992 to 2099, so that each question is
a look-up. Every answer says whether it is `provisional`: it leans on a day whose
year has not been announced yet.

  · minutes and hours pass in real time; a day moves the wall clock; a month keeps the day, or
    takes the month's last day where it has fewer
  · working minutes pass only in working spans; what ends with a span ends there, not at the next
  · the first working day counted is the one after the day counting begins (or, counting back, the
    one before); the time of day stays
"""

from kefu_admin.behaviours.calendar.announcement import Announced, Unread, announced
from kefu_admin.behaviours.calendar.days import (
    FIRST_DAY,
    LAST_DAY,
    BeyondCalendar,
    DayMark,
    NeverOpens,
)
from kefu_admin.behaviours.calendar.times import Answer, Times

__all__ = [
    "FIRST_DAY",
    "LAST_DAY",
    "Announced",
    "Answer",
    "BeyondCalendar",
    "DayMark",
    "NeverOpens",
    "Times",
    "Unread",
    "announced",
]
