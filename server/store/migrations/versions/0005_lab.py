"""From the counter to the lab and home: acceptance, custody, results, certificates, pick-up

Revision: 0005, after 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "climate",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("hall", sa.String(length=32), nullable=False),
        sa.Column("section", sa.String(length=64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("celsius", sa.Float(), nullable=False),
        sa.Column("humidity", sa.Float(), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["hall"], ["halls.id"], name=op.f("fk_climate_hall_halls")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_climate")),
    )
    with op.batch_alter_table("climate", schema=None) as batch_op:
        batch_op.create_index("ix_climate_when", ["hall", "section", "at"], unique=False)

    op.create_table(
        "equipment",
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("hall", sa.String(length=32), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("section", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["hall"], ["halls.id"], name=op.f("fk_equipment_hall_halls")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_equipment")),
        sa.UniqueConstraint("hall", "number", name="uq_equipment_number"),
    )
    op.create_table(
        "files",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("hall", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("media", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["hall"], ["halls.id"], name=op.f("fk_files_hall_halls")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_files")),
    )
    with op.batch_alter_table("files", schema=None) as batch_op:
        batch_op.create_index("ix_files_subject", ["hall", "subject"], unique=False)

    op.create_table(
        "handovers",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("hall", sa.String(length=32), nullable=False),
        sa.Column("giver", sa.String(length=80), nullable=False),
        sa.Column("taker", sa.String(length=80), nullable=False),
        sa.Column("samples", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("offered_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["hall"], ["halls.id"], name=op.f("fk_handovers_hall_halls")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handovers")),
    )
    with op.batch_alter_table("handovers", schema=None) as batch_op:
        batch_op.create_index("ix_handovers_open", ["hall", "state"], unique=False)

    op.create_table(
        "sequences",
        sa.Column("hall", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["hall"], ["halls.id"], name=op.f("fk_sequences_hall_halls")),
        sa.PrimaryKeyConstraint("hall", "name", name=op.f("pk_sequences")),
    )
    op.create_table(
        "credentials",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("hall", sa.String(length=32), nullable=False),
        sa.Column("user", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("items", sa.Text(), nullable=False),
        sa.Column("title", sa.String(length=128), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["hall"], ["halls.id"], name=op.f("fk_credentials_hall_halls")),
        sa.ForeignKeyConstraint(["user"], ["staff.user"], name=op.f("fk_credentials_user_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credentials")),
    )
    with op.batch_alter_table("credentials", schema=None) as batch_op:
        batch_op.create_index("ix_credentials_user", ["hall", "user"], unique=False)

    op.create_table(
        "acceptances",
        sa.Column("order", sa.String(length=32), nullable=False),
        sa.Column("hall", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("sheet", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_by", sa.String(length=64), nullable=False),
        sa.Column("signed_at", sa.BigInteger(), nullable=True),
        sa.Column("signed_by", sa.String(length=64), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["hall"], ["halls.id"], name=op.f("fk_acceptances_hall_halls")),
        sa.ForeignKeyConstraint(["order"], ["orders.id"], name=op.f("fk_acceptances_order_orders")),
        sa.PrimaryKeyConstraint("order", name=op.f("pk_acceptances")),
    )
    op.create_table(
        "demands",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("hall", sa.String(length=32), nullable=False),
        sa.Column("order", sa.String(length=32), nullable=False),
        sa.Column("missing", sa.Text(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("answered_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["hall"], ["halls.id"], name=op.f("fk_demands_hall_halls")),
        sa.ForeignKeyConstraint(["order"], ["orders.id"], name=op.f("fk_demands_order_orders")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demands")),
    )
    with op.batch_alter_table("demands", schema=None) as batch_op:
        batch_op.create_index("ix_demands_order", ["order"], unique=False)

    op.create_table(
        "fulfilments",
        sa.Column("order", sa.String(length=32), nullable=False),
        sa.Column("hall", sa.String(length=32), nullable=False),
        sa.Column("way", sa.String(length=16), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("carrier", sa.String(length=64), nullable=False),
        sa.Column("tracking", sa.String(length=64), nullable=False),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.Column("received_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["hall"], ["halls.id"], name=op.f("fk_fulfilments_hall_halls")),
        sa.ForeignKeyConstraint(["order"], ["orders.id"], name=op.f("fk_fulfilments_order_orders")),
        sa.PrimaryKeyConstraint("order", name=op.f("pk_fulfilments")),
    )
    op.create_table(
        "pauses",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("hall", sa.String(length=32), nullable=False),
        sa.Column("order", sa.String(length=32), nullable=False),
        sa.Column("sample", sa.String(length=16), nullable=True),
        sa.Column("reason", sa.String(length=24), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["hall"], ["halls.id"], name=op.f("fk_pauses_hall_halls")),
        sa.ForeignKeyConstraint(["order"], ["orders.id"], name=op.f("fk_pauses_order_orders")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pauses")),
    )
    with op.batch_alter_table("pauses", schema=None) as batch_op:
        batch_op.create_index("ix_pauses_order", ["order"], unique=False)

    op.create_table(
        "pickups",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("hall", sa.String(length=32), nullable=False),
        sa.Column("order", sa.String(length=32), nullable=False),
        sa.Column("code", sa.String(length=24), nullable=False),
        sa.Column("number", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("active_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("ticket", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["hall"], ["halls.id"], name=op.f("fk_pickups_hall_halls")),
        sa.ForeignKeyConstraint(["order"], ["orders.id"], name=op.f("fk_pickups_order_orders")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pickups")),
        sa.UniqueConstraint("code", name=op.f("uq_pickups_code")),
        sa.UniqueConstraint("number", name=op.f("uq_pickups_number")),
    )
    with op.batch_alter_table("pickups", schema=None) as batch_op:
        batch_op.create_index("ix_pickups_order", ["order"], unique=False)
        batch_op.create_index("ix_pickups_state", ["hall", "state"], unique=False)

    op.create_table(
        "referrals",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("hall", sa.String(length=32), nullable=False),
        sa.Column("order", sa.String(length=32), nullable=True),
        sa.Column("way", sa.String(length=16), nullable=False),
        sa.Column("to", sa.String(length=128), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("receipt_at", sa.BigInteger(), nullable=True),
        sa.Column("receipt_by", sa.String(length=64), server_default="", nullable=False),
        sa.Column("outcome", sa.Text(), server_default="", nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["hall"], ["halls.id"], name=op.f("fk_referrals_hall_halls")),
        sa.ForeignKeyConstraint(["order"], ["orders.id"], name=op.f("fk_referrals_order_orders")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referrals")),
    )
    with op.batch_alter_table("referrals", schema=None) as batch_op:
        batch_op.create_index("ix_referrals_open", ["hall", "closed_at"], unique=False)

    op.create_table(
        "negotiations",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("hall", sa.String(length=32), nullable=False),
        sa.Column("order", sa.String(length=32), nullable=False),
        sa.Column("sample", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("fault", sa.Text(), nullable=False),
        sa.Column("options", sa.Text(), nullable=False),
        sa.Column("answer", sa.String(length=24), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("opened_by", sa.String(length=64), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("escalated_at", sa.BigInteger(), nullable=True),
        sa.Column("answered_at", sa.BigInteger(), nullable=True),
        sa.Column("answered_by", sa.String(length=80), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("signatures", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["hall"], ["halls.id"], name=op.f("fk_negotiations_hall_halls")),
        sa.ForeignKeyConstraint(["order"], ["orders.id"], name=op.f("fk_negotiations_order_orders")),
        sa.ForeignKeyConstraint(["sample"], ["samples.code"], name=op.f("fk_negotiations_sample_samples")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_negotiations")),
    )
    with op.batch_alter_table("negotiations", schema=None) as batch_op:
        batch_op.create_index("ix_negotiations_open", ["hall", "state"], unique=False)
        batch_op.create_index("ix_negotiations_sample", ["sample"], unique=False)

    op.create_table(
        "results",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("hall", sa.String(length=32), nullable=False),
        sa.Column("sample", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("regulation", sa.String(length=64), nullable=False),
        sa.Column("tested_on", sa.Date(), nullable=False),
        sa.Column("conclusion", sa.String(length=16), nullable=True),
        sa.Column("verifier", sa.String(length=64), nullable=False),
        sa.Column("verified_at", sa.BigInteger(), nullable=True),
        sa.Column("reviewer", sa.String(length=64), nullable=False),
        sa.Column("reviewed_at", sa.BigInteger(), nullable=True),
        sa.Column("approver", sa.String(length=64), nullable=False),
        sa.Column("approved_at", sa.BigInteger(), nullable=True),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["hall"], ["halls.id"], name=op.f("fk_results_hall_halls")),
        sa.ForeignKeyConstraint(["sample"], ["samples.code"], name=op.f("fk_results_sample_samples")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_results")),
        sa.UniqueConstraint("sample", "version", name="uq_results_version_once"),
    )
    with op.batch_alter_table("results", schema=None) as batch_op:
        batch_op.create_index("ix_results_state", ["hall", "state"], unique=False)

    op.create_table(
        "certificates",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("hall", sa.String(length=32), nullable=False),
        sa.Column("order", sa.String(length=32), nullable=False),
        sa.Column("sample", sa.String(length=16), nullable=False),
        sa.Column("result", sa.String(length=32), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("code", sa.String(length=24), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("file", sa.String(length=32), nullable=True),
        sa.Column("signed", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("issued_at", sa.BigInteger(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("successor", sa.String(length=32), nullable=True),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=True),
        sa.Column("claim", sa.String(length=32), nullable=True),
        sa.Column("fault", sa.String(length=80), server_default="", nullable=False),
        sa.Column("pages", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["file"], ["files.id"], name=op.f("fk_certificates_file_files")),
        sa.ForeignKeyConstraint(["hall"], ["halls.id"], name=op.f("fk_certificates_hall_halls")),
        sa.ForeignKeyConstraint(["order"], ["orders.id"], name=op.f("fk_certificates_order_orders")),
        sa.ForeignKeyConstraint(["result"], ["results.id"], name=op.f("fk_certificates_result_results")),
        sa.ForeignKeyConstraint(["sample"], ["samples.code"], name=op.f("fk_certificates_sample_samples")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificates")),
        sa.UniqueConstraint("code", name=op.f("uq_certificates_code")),
        sa.UniqueConstraint("hall", "number", name="uq_certificates_number"),
    )
    with op.batch_alter_table("certificates", schema=None) as batch_op:
        batch_op.create_index("ix_certificates_order", ["order"], unique=False)
        batch_op.create_index("ix_certificates_sample", ["sample"], unique=False)
        batch_op.create_index("ix_certificates_state", ["hall", "state"], unique=False)

    op.create_table(
        "prints",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("hall", sa.String(length=32), nullable=False),
        sa.Column("certificate", sa.String(length=32), nullable=False),
        sa.Column("device", sa.String(length=80), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["certificate"], ["certificates.id"], name=op.f("fk_prints_certificate_certificates")
        ),
        sa.ForeignKeyConstraint(["hall"], ["halls.id"], name=op.f("fk_prints_hall_halls")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prints")),
    )
    with op.batch_alter_table("prints", schema=None) as batch_op:
        batch_op.create_index("ix_prints_certificate", ["certificate"], unique=False)

    op.create_table(
        "links",
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("certificate", sa.String(length=32), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["certificate"], ["certificates.id"], name=op.f("fk_links_certificate_certificates")
        ),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_links")),
    )
    with op.batch_alter_table("links", schema=None) as batch_op:
        batch_op.create_index("ix_links_ends_at", ["ends_at"], unique=False)

    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.add_column(sa.Column("code", sa.String(length=24), nullable=True))
        batch_op.add_column(
            sa.Column("state", sa.String(length=24), server_default="registered", nullable=False)
        )
        batch_op.add_column(sa.Column("handler", sa.String(length=64), server_default="", nullable=False))
        batch_op.add_column(
            sa.Column("handler_section", sa.String(length=64), server_default="", nullable=False)
        )
        batch_op.add_column(sa.Column("accepted_at", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("mode", sa.String(length=16), server_default="hall", nullable=False))
        batch_op.add_column(sa.Column("site", sa.String(length=32), server_default="", nullable=False))
        batch_op.add_column(sa.Column("ecqs", sa.String(length=64), server_default="", nullable=False))
        batch_op.create_index("ix_orders_state", ["hall", "state"], unique=False)
        batch_op.create_unique_constraint(batch_op.f("uq_orders_code"), ["code"])

    with op.batch_alter_table("samples", schema=None) as batch_op:
        batch_op.add_column(sa.Column("section", sa.String(length=64), server_default="", nullable=False))
        batch_op.add_column(sa.Column("conclusion", sa.String(length=16), nullable=True))
        batch_op.add_column(
            sa.Column("holder", sa.String(length=80), server_default="customer", nullable=False)
        )
        batch_op.add_column(sa.Column("held_since", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("rests_until", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("received_at", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("due", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("changed_at", sa.BigInteger(), nullable=True))
        batch_op.alter_column(
            "state", existing_type=sa.VARCHAR(length=16), type_=sa.String(length=24), existing_nullable=False
        )
        batch_op.create_index("ix_samples_bench", ["hall", "section", "state"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("samples", schema=None) as batch_op:
        batch_op.drop_index("ix_samples_bench")
        batch_op.alter_column(
            "state", existing_type=sa.String(length=24), type_=sa.VARCHAR(length=16), existing_nullable=False
        )
        batch_op.drop_column("changed_at")
        batch_op.drop_column("due")
        batch_op.drop_column("received_at")
        batch_op.drop_column("rests_until")
        batch_op.drop_column("held_since")
        batch_op.drop_column("holder")
        batch_op.drop_column("conclusion")
        batch_op.drop_column("section")

    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_orders_code"), type_="unique")
        batch_op.drop_index("ix_orders_state")
        batch_op.drop_column("ecqs")
        batch_op.drop_column("site")
        batch_op.drop_column("mode")
        batch_op.drop_column("accepted_at")
        batch_op.drop_column("handler_section")
        batch_op.drop_column("handler")
        batch_op.drop_column("state")
        batch_op.drop_column("code")

    with op.batch_alter_table("links", schema=None) as batch_op:
        batch_op.drop_index("ix_links_ends_at")

    op.drop_table("links")
    with op.batch_alter_table("prints", schema=None) as batch_op:
        batch_op.drop_index("ix_prints_certificate")

    op.drop_table("prints")
    with op.batch_alter_table("certificates", schema=None) as batch_op:
        batch_op.drop_index("ix_certificates_state")
        batch_op.drop_index("ix_certificates_sample")
        batch_op.drop_index("ix_certificates_order")

    op.drop_table("certificates")
    with op.batch_alter_table("results", schema=None) as batch_op:
        batch_op.drop_index("ix_results_state")

    op.drop_table("results")
    with op.batch_alter_table("negotiations", schema=None) as batch_op:
        batch_op.drop_index("ix_negotiations_sample")
        batch_op.drop_index("ix_negotiations_open")

    op.drop_table("negotiations")
    with op.batch_alter_table("referrals", schema=None) as batch_op:
        batch_op.drop_index("ix_referrals_open")

    op.drop_table("referrals")
    with op.batch_alter_table("pickups", schema=None) as batch_op:
        batch_op.drop_index("ix_pickups_state")
        batch_op.drop_index("ix_pickups_order")

    op.drop_table("pickups")
    with op.batch_alter_table("pauses", schema=None) as batch_op:
        batch_op.drop_index("ix_pauses_order")

    op.drop_table("pauses")
    op.drop_table("fulfilments")
    with op.batch_alter_table("demands", schema=None) as batch_op:
        batch_op.drop_index("ix_demands_order")

    op.drop_table("demands")
    op.drop_table("acceptances")
    with op.batch_alter_table("credentials", schema=None) as batch_op:
        batch_op.drop_index("ix_credentials_user")

    op.drop_table("credentials")
    op.drop_table("sequences")
    with op.batch_alter_table("handovers", schema=None) as batch_op:
        batch_op.drop_index("ix_handovers_open")

    op.drop_table("handovers")
    with op.batch_alter_table("files", schema=None) as batch_op:
        batch_op.drop_index("ix_files_subject")

    op.drop_table("files")
    op.drop_table("equipment")
    with op.batch_alter_table("climate", schema=None) as batch_op:
        batch_op.drop_index("ix_climate_when")

    op.drop_table("climate")
