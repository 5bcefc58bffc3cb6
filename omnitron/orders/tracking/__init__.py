"""Reading files of tracking numbers. Pure: bytes in, rows out, nothing known of the database."""
