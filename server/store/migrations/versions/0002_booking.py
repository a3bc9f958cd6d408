"""What is offered, who comes, and what is booked

Revision: 0002, after 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "offers",
        sa.Column("hall", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["hall"], ["halls.id"], name=op.f("fk_offers_hall_halls")),
        sa.PrimaryKeyConstraint("hall", "kind", "id", name=op.f("pk_offers")),
    )
    op.create_table(
        "customers",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("hall", sa.String(length=32), nullable=False),
        sa.Column("type", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("company", sa.String(length=128), nullable=False),
        sa.Column("uscc", sa.String(length=18), nullable=False),
        sa.Column("phone", sa.String(length=16), nullable=False),
        sa.Column("consent_at", sa.BigInteger(), nullable=False),
        sa.Column("consent_to", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["hall"], ["halls.id"], name=op.f("fk_customers_hall_halls")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customers")),
    )
    op.create_table(
        "appointments",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("code", sa.String(length=24), nullable=False),
        sa.Column("number", sa.String(length=12), nullable=False),
        sa.Column("hall", sa.String(length=32), nullable=False),
        sa.Column("service", sa.String(length=32), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("slot", sa.String(length=32), nullable=False),
        sa.Column("starts_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.Column("customer", sa.String(length=32), nullable=False),
        sa.Column("customer_type", sa.String(length=16), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("notices", sa.Text(), nullable=False),
        sa.Column("ticket", sa.String(length=32), nullable=True),
        sa.Column("moved", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer"], ["customers.id"], name=op.f("fk_appointments_customer_customers")
        ),
        sa.ForeignKeyConstraint(["hall"], ["halls.id"], name=op.f("fk_appointments_hall_halls")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointments")),
        sa.UniqueConstraint("code", name=op.f("uq_appointments_code")),
        sa.UniqueConstraint("number", name=op.f("uq_appointments_number")),
    )
    with op.batch_alter_table("appointments", schema=None) as batch_op:
        batch_op.create_index("ix_appointments_day", ["hall", "day", "state"], unique=False)
    op.create_table(
        "appointment_lines",
        sa.Column("appointment", sa.String(length=32), nullable=False),
        sa.Column("item", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("pieces", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["appointment"],
            ["appointments.id"],
            name=op.f("fk_appointment_lines_appointment_appointments"),
        ),
        sa.PrimaryKeyConstraint("appointment", "item", name=op.f("pk_appointment_lines")),
    )


def downgrade() -> None:
    op.drop_table("appointment_lines")
    op.drop_table("appointments")
    op.drop_table("customers")
    op.drop_table("offers")
