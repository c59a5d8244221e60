"""Cells of Excel workbooks."""

# What a spreadsheet program would take for a formula when the text is typed or saved as CSV.
STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
