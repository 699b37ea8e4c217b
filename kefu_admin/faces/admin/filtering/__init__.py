"""The filter builder: rows and groups of rows over the condition language.

`verbs` what may be said of a field, and how that is written · `tree` rows and groups from and to
plain conditions · `offers` the fields a person may ask about, through references too · `posted`
the form and its buttons · `controls` the form as its template prints it · `labels` what picked
values are called · `saying` conditions in words · `page` the page.
"""
