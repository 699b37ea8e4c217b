"""Crash runs: the product is killed at any moment, and what it promised must hold.

- `deeds`: operations a run does, each able to say from the tables whether it happened, wholly, once
- `ground`: a desk to do them on · `oracle`: what was promised, and the judgement after the kill
- `kill_fork`: a forked child killed at a statement or a moment (R02)
- `kill_real`, `command`, `web`: the real product killed while people work in panel and API (R01)
- `crash_points`: every system call of a deed on SQLite as the last (R03)
- `kill_server`: the database server killed under load (R05)
- `workers`: several workers on one queue (R12) · `power_cut`: the power gone (R04)
- `schema_kills`: a change of many rows (R20)
- `receivers`, `senders`, `listeners`: events to receivers that fail (R15)
- `plants`: faults put into a child on purpose, each of which a run must find

`python -m tests.soak --help`; how to add a deed stands in README.md.
"""
