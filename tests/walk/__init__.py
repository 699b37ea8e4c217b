"""A walk over every route of panel and API as everybody, against an oracle of its own.

`ground` the shipped desk with rows whose every value is unique · `oracle` who may see and do what,
read from the role files · `asks` how each route is called · `looking` what an answer gives away ·
`roles/` roles added for the walk: pairs, denials, an all-seeing one.

Rule: reliability-security S01-S08, S11, S16, S23.
"""
