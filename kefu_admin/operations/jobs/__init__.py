"""Work done later, by a worker, in chunks.

- `kinds`: what a kind of job is, and the step a worker hands to it
- `asking`: asking for a job within an operation's transaction
- `acting`: for whom a job acts, as that person is now
- `listing`: what a person sees of jobs · `managing`: retrying and cancelling

`operations.job_kinds` is the closed table of kinds a worker runs.
"""

from kefu_admin.operations.jobs.acting import asker_of
from kefu_admin.operations.jobs.asking import ask
from kefu_admin.operations.jobs.kinds import JobKind, Step

__all__ = ["JobKind", "Step", "ask", "asker_of"]
