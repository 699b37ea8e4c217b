"""The walk: every route of panel and API, as every role, against an oracle of its own.

`world` records full of canaries and who may see them, worked out without the product · `asking` how
each route is asked · `test_walk` the walk. A route the walk does not know fails it.
"""
