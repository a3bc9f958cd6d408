"""What was handed in: orders, their lines, and a sample for each piece

Revision: 0003, after 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("customers", sa.Column("email", sa.String(128), nullable=False, server_default=""))
    op.add_column("customers", sa.Column("language", sa.String(8), nullable=False, server_default="zh"))
    op.create_index("ix_customers_phone", "customers", ["hall", "phone"])
    op.create_index("ix_appointments_customer", "appointments", ["customer"])
    op.create_table(
        "orders",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("hall", sa.String(32), nullable=False),
        sa.Column("number", sa.String(12), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("appointment", sa.String(32), nullable=True),
        sa.Column("ticket", sa.String(32), nullable=True),
        sa.Column("customer", sa.String(32), nullable=True),
        sa.Column("customer_type", sa.String(16), nullable=False),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("service", sa.String(32), nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("while_you_wait", sa.Boolean(), nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("labelled_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["hall"], ["halls.id"], name=op.f("fk_orders_hall_halls")),
        sa.ForeignKeyConstraint(
            ["appointment"], ["appointments.id"], name=op.f("fk_orders_appointment_appointments")
        ),
        sa.ForeignKeyConstraint(["customer"], ["customers.id"], name=op.f("fk_orders_customer_customers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders")),
        sa.UniqueConstraint("number", name=op.f("uq_orders_number")),
        sa.UniqueConstraint("appointment", name=op.f("uq_orders_appointment")),
    )
    op.create_index("ix_orders_day", "orders", ["hall", "day"])
    op.create_index("ix_orders_ticket", "orders", ["ticket"])
    op.create_table(
        "order_lines",
        sa.Column("order", sa.String(32), nullable=False),
        sa.Column("item", sa.String(64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("pieces", sa.Integer(), nullable=False),
        sa.Column("regulation", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(["order"], ["orders.id"], name=op.f("fk_order_lines_order_orders")),
        sa.PrimaryKeyConstraint("order", "item", name=op.f("pk_order_lines")),
    )
    op.create_table(
        "samples",
        sa.Column("code", sa.String(16), nullable=False),
        sa.Column("flow", sa.String(16), nullable=False),
        sa.Column("hall", sa.String(32), nullable=False),
        sa.Column("order", sa.String(32), nullable=False),
        sa.Column("item", sa.String(64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("serial", sa.String(64), nullable=False, server_default=""),
        sa.Column("foreign", sa.String(128), nullable=True),
        sa.Column("state", sa.String(16), nullable=False),
        sa.ForeignKeyConstraint(["hall"], ["halls.id"], name=op.f("fk_samples_hall_halls")),
        sa.ForeignKeyConstraint(["order"], ["orders.id"], name=op.f("fk_samples_order_orders")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_samples")),
        sa.UniqueConstraint("flow", name=op.f("uq_samples_flow")),
        sa.UniqueConstraint("hall", "foreign", name="uq_samples_foreign_once"),
        sa.UniqueConstraint("order", "position", name="uq_samples_place_once"),
    )


def downgrade() -> None:
    op.drop_table("samples")
    op.drop_table("order_lines")
    op.drop_table("orders")
    op.drop_index("ix_appointments_customer", "appointments")
    op.drop_index("ix_customers_phone", "customers")
    op.drop_column("customers", "language")
    op.drop_column("customers", "email")
