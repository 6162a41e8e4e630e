"""Keep which fields a link may show."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the book to this shape."""
    op.add_column("share", sa.Column("fields", sa.JSON(), nullable=False, server_default="[]"))
