"""Download a plan: `report` assembles it once, and `formats` lists what can draw it."""
