"""Reviews and their revisions."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reviews",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("subject_key", sa.String(600), nullable=False),
        sa.Column("version", sa.String(200), nullable=False),
        sa.Column("newest", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_reviews"),
        sa.UniqueConstraint("subject_key", "version", name="uq_reviews_subject_key_version"),
    )
    op.create_table(
        "review_revisions",
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_by", sa.String(80), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("checklist_key", sa.String(200), nullable=False),
        sa.Column("checklist_since", sa.Integer(), nullable=False),
        sa.Column("tier", sa.String(200), nullable=True),
        sa.Column("review", sa.JSON(), nullable=False),
        sa.Column("checklist", sa.JSON(none_as_null=True), nullable=True),
        sa.PrimaryKeyConstraint("review_id", "revision", name="pk_review_revisions"),
        sa.ForeignKeyConstraint(
            ["review_id"], ["reviews.id"], name="fk_review_revisions_review_id_reviews", ondelete="CASCADE"
        ),
    )
