"""What the desk does by itself (`definitions.schedule`), as jobs of a worker.

- `due`: the last and the next due instant · `ticking`: a job per due instant, once
- `kinds`: the job of each schedule · `cleaning`: what is cleared away
- `runs`: how each schedule stands, for doctor, status page and metrics
"""

from kefu_admin.operations.schedules.kinds import KINDS
from kefu_admin.operations.schedules.runs import Standing, standings
from kefu_admin.operations.schedules.ticking import tick_due

__all__ = ["KINDS", "Standing", "standings", "tick_due"]
