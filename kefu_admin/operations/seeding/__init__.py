"""Master data and invented data, loaded through the one write path; safe to run twice.

- `files`: the seeds directory as values · `ground`: departments, demo people, master rows by their
  natural key · `invented`: as many rows as asked, deterministic, topped up on a second run
"""

from kefu_admin.operations.seeding.files import Seeds, read
from kefu_admin.operations.seeding.ground import DemoLogin, departments, master_rows, people
from kefu_admin.operations.seeding.invented import invent

__all__ = ["DemoLogin", "Seeds", "departments", "invent", "master_rows", "people", "read"]
