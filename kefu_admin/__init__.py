"""kefu_admin: a directory of config files becomes a working customer-service desk.

`definitions` are pure values read from YAML; `store` keeps them as tables; `behaviours` decide;
`operations` put them together, one transaction each; two faces (`faces.admin`, `faces.api`), the
command line and the worker call operations and nothing below them.
"""

__version__ = "0.1.0"
