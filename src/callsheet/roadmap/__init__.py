"""Roadmap: goals, initiatives, promises, priorities and the decisions behind them."""
