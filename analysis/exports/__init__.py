"""Writers of runs in the forms of other people's tools; each yields its file in pieces, with little in memory."""
