"""What people decide about usage, one module a noun."""

from callsheet.usage.actions.features import add_feature, change_feature, restore_feature, retire_feature

__all__ = ["add_feature", "change_feature", "restore_feature", "retire_feature"]
