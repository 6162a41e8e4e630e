"""Pure mathematics, one method a file: arrays and sufficient statistics in, frozen results out.

Nothing here reads a store or a clock. Everything random takes a seed. scipy is imported inside functions,
so that commands start quickly.
"""
