"""The panel: Flask-Admin for routing and menu, everything else ours.

- `mounting` puts the views on an application · `view` the base of every page · `theme`, `menu`,
  `notices`, `words`, `errors` the frame around them
- `record/` the pages of a content type · `inputs/` forms · `cells` values as text · `uploads`
  files · `sealed` what must not be read in an address
- `pages/` everything that belongs to no type · `templates/`, `static/` what is printed and sent
"""

from kefu_admin.faces.admin.mounting import mount

__all__ = ["mount"]
