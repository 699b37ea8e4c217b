"""A walk over every route of panel and API as everybody, against an oracle of its own.

`ground` the shipped desk and the people · `rows` of which every value is unique · `cells` which
value a text is · `oracle` who may see and do what, read from the role files · `asks` how each route
is called, `allowed` by whom · `looking` what an answer gives away · `undoing` a desk as it was ·
`roles/` roles added for the walk: pairs, denials, an all-seeing one.

Rule: reliability-security S01-S08, S11, S16, S23.
"""
