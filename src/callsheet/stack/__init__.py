"""The tool stack: tools, what they cost, how fresh they are; and how facts come in from them."""
