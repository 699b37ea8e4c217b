"""The archive for machines without a network: `bundle` makes it, `trial` installs it there."""
