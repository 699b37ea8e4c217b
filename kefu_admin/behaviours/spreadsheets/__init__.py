"""Reading spreadsheets people upload, in a child process that may break without harm.

`reading` starts the child and takes its lines · `child` the program it runs.
"""

from kefu_admin.behaviours.spreadsheets.reading import LOST, Found, Unreadable, read

__all__ = ["LOST", "Found", "Unreadable", "read"]
