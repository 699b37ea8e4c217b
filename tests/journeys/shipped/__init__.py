"""The shipped desk as people see it: its demo data served to a browser, page by page.

- `demo`: the desk and what was done at it · `pages`: the key pages, and how each is reached
- `test_key_pages`: what holds on every one of them

`python -m tests.screenshots` looks at the same pages.
"""
