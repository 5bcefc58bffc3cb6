"""`make bench`: our API, a plain DRF version of it and the floor, measured over one database."""
