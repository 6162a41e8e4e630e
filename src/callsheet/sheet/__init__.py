"""The call sheet: a headline and a lead written from findings, then sections of figures and tables."""
