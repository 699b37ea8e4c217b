"""Reading spreadsheets people upload, in a child process that may break without harm.

`reading` starts the child and hands its lines on · `child` the program it runs.
"""

from kefu_admin.behaviours.spreadsheets.reading import LOST, Found, Portion, Unreadable, reading

__all__ = ["LOST", "Found", "Portion", "Unreadable", "reading"]
