"""Steps from one shape of the book to the next, in order of their numbers. `make migration` writes them."""
