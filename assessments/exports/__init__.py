"""Taking a plan away: `report` assembles it once, `pdf` draws it."""
