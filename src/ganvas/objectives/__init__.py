"""The kinds of game: what each side of a system pays."""
