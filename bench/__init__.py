"""Measurements that guard a promise, each beside the raw driver in the same run.

`python -m bench desk` measures list, get, create and update through panel and API beside bare
Flask and raw SQL; `python -m bench smoke` does so at a small size with a wide margin, for CI;
`python -m bench load` writes many customers and visits through `Change`;
`python -m bench.audit_cost` measures what the audit book costs eight writers. Machines are noisy:
quote ratios of one run, never milliseconds of two.
"""
