"""Reviews that both agree, when the next is due, packs for a child's next setting, and the log of what was shared."""

import sqlalchemy as sa
from alembic import op
from protection import protect
from sqlalchemy.dialects import postgresql

revision = "0036_reviews"
down_revision = "0035_offline"
branch_labels = None
depends_on = None

HOW = "'in-person', 'telephone', 'paper', 'own-space'"
KINDS = "'block', 'interval', 'limit', 'leaving'"
LINKS = "'letter', 'request', 'waiting', 'notification', 'plan'"
RECIPIENTS = "'carer', 'referrer', 'notifier', 'person'"
AGREED = "old.visitor_agreed_on is not null and old.family_agreed_on is not null"
WORDS = (  # what two people agreed; the rest of a row, such as when it is to be disposed of, may still change
    "episode_id", "kind", "begins_on", "held_on", "who_was_there", "celebrate", "next_focus", "recommendation",
    "assembled", "parents_view", "parents_view_by", "parents_view_on", "parents_view_how", "visitor_agreed_by",
    "visitor_agreed_on", "family_agreed_by", "family_agreed_on", "family_agreed_how",
)  # fmt: skip


def upgrade() -> None:
    _review()
    _due_and_corrections()
    _packs()
    _disclosures()
    _keep_agreed()
    protect("review_due", "transition_pack", "pack_part", "disclosure")
    protect("review_correction", update=False)
    _listed("one_time_link", "purpose", f"{LINKS}, 'family', 'pack'")
    _listed("message", "recipient_kind", f"{RECIPIENTS}, 'pack'")


def _review() -> None:
    for name in ("parents_view", "parents_view_by", "parents_view_how", "family_agreed_by", "family_agreed_how"):
        op.add_column("review", sa.Column(name, sa.Text(), nullable=True))
    for name in ("begins_on", "parents_view_on", "visitor_agreed_on", "family_agreed_on"):
        op.add_column("review", sa.Column(name, sa.Date(), nullable=True))
    op.add_column("review", sa.Column("visitor_agreed_by", sa.Uuid(), nullable=True))
    assembled = sa.Column("assembled", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False)
    op.add_column("review", assembled)
    op.create_foreign_key(
        op.f("fk_review_tenant_id_visitor_agreed_by"), "review", "person", ["tenant_id", "visitor_agreed_by"],
        ["tenant_id", "id"],
    )  # fmt: skip
    _listed("review", "kind", KINDS)
    for column in ("family_agreed_how", "parents_view_how"):
        op.create_check_constraint(op.f(f"ck_review_{column}_known"), "review", f"{column} IN ({HOW})")
    for name, columns in {
        "visitor_agreed_whole": ("visitor_agreed_by", "visitor_agreed_on"),
        "family_agreed_whole": ("family_agreed_by", "family_agreed_on", "family_agreed_how"),
        "parents_view_whole": ("parents_view", "parents_view_by", "parents_view_on", "parents_view_how"),
    }.items():
        op.create_check_constraint(op.f(f"ck_review_{name}"), "review", _whole(*columns))


def _due_and_corrections() -> None:
    op.create_table(
        "review_due",
        *_begin(),
        sa.Column("episode_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("because", sa.Text(), nullable=True),
        _created(),
        sa.CheckConstraint(f"kind IN ({KINDS})", name=op.f("ck_review_due_kind_known")),
        *_keys("review_due", ("episode_id", "episode")),
        sa.UniqueConstraint("tenant_id", "episode_id", name=op.f("uq_review_due_tenant_id_episode_id")),
    )
    op.create_index("ix_review_due_tenant_id_due_on", "review_due", ["tenant_id", "due_on"])
    op.create_table(
        "review_correction",
        *_begin(),
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("says", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("written_on", sa.Date(), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=False),
        *_case(),
        _created(),
        *_keys("review_correction", ("review_id", "review"), ("written_by", "person")),
    )
    op.create_index("ix_review_correction_tenant_id_review_id", "review_correction", ["tenant_id", "review_id"])


def _packs() -> None:
    table = "transition_pack"
    op.create_table(
        table,
        *_begin(),
        sa.Column("episode_id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("party", "purpose", "recipient_name")),
        sa.Column("recipient_email", sa.Text(), nullable=True),
        sa.Column("address_checked_how", sa.Text(), nullable=True),
        sa.Column("address_checked_by", sa.Uuid(), nullable=True),
        sa.Column("put_together_on", sa.Date(), nullable=False),
        sa.Column("put_together_by", sa.Uuid(), nullable=False),
        sa.Column("status", sa.Text(), server_default=sa.text("'draft'"), nullable=False),
        sa.Column("answered_by", sa.Text(), nullable=True),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("answered_how", sa.Text(), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("issued_by", sa.Uuid(), nullable=True),
        sa.Column("issued_how", sa.Text(), nullable=True),
        *_case(),
        _created(),
        _version(),
        _check(table, "status_known", "status IN ('draft', 'shown', 'answered', 'issued', 'put-aside')"),
        _check(table, "answered_how_known", f"answered_how IN ({HOW})"),
        _check(table, "issued_how_known", "issued_how IN ('link', 'printed')"),
        _check(table, "answered_whole", _whole("answered_by", "answered_on", "answered_how")),
        _check(
            table, "address_checked_whole",
            f"{_whole('address_checked_by', 'address_checked_how')} "
            "AND (address_checked_by IS NULL OR recipient_email IS NOT NULL)",
        ),
        _check(table, "asked_first", "status <> 'issued' OR (issued_on IS NOT NULL AND answered_on IS NOT NULL)"),
        _check(table, "link_to_checked_address", "issued_how <> 'link' OR address_checked_by IS NOT NULL"),
        *_keys(
            table, ("episode_id", "episode"), ("child_id", "child"), ("put_together_by", "person"),
            ("address_checked_by", "person"), ("issued_by", "person"),
        ),
    )  # fmt: skip
    op.create_index("ix_transition_pack_tenant_id_episode_id", table, ["tenant_id", "episode_id"])
    op.create_table(
        "pack_part",
        *_begin(),
        sa.Column("pack_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("lines", postgresql.JSONB(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        *_case(),
        _created(),
        _version(),
        _check("pack_part", "answer_known", "answer IN ('yes', 'no')"),
        *_keys("pack_part", ("pack_id", "transition_pack")),
    )
    op.create_index("ix_pack_part_tenant_id_pack_id", "pack_part", ["tenant_id", "pack_id", "position"])


def _disclosures() -> None:
    table = "disclosure"
    op.create_table(
        table,
        *_begin(),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("episode_id", sa.Uuid(), nullable=True),
        sa.Column("pack_id", sa.Uuid(), nullable=True),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("kind", "with_whom", "what", "why", "how")),
        sa.Column("shared_on", sa.Date(), nullable=False),
        sa.Column("shared_by", sa.Uuid(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("agreed_by", sa.Text(), nullable=True),
        sa.Column("because", sa.Text(), nullable=True),
        sa.Column("hidden_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hidden_by", sa.Uuid(), nullable=True),
        sa.Column("hidden_because", sa.Text(), nullable=True),
        *_case(),
        _created(),
        _version(),
        _check(table, "kind_known", "kind IN ('pack', 'onward', 'other')"),
        _check(table, "basis_known", "basis IN ('agreed', 'without-asking')"),
        _check(table, "agreed_by_somebody", "basis <> 'agreed' OR agreed_by IS NOT NULL"),
        _check(table, "without_asking_has_a_reason", "basis <> 'without-asking' OR because IS NOT NULL"),
        _check(table, "hidden_whole", _whole("hidden_at", "hidden_by", "hidden_because")),
        *_keys(
            table, ("child_id", "child"), ("episode_id", "episode"), ("pack_id", "transition_pack"),
            ("shared_by", "person"), ("hidden_by", "person"),
        ),
    )  # fmt: skip
    op.create_index("ix_disclosure_tenant_id_child_id", table, ["tenant_id", "child_id", "shared_on"])


def _keep_agreed() -> None:
    """What both agreed stays, whatever the application does."""
    old, new = (", ".join(f"{row}.{name}" for name in WORDS) for row in ("old", "new"))
    op.execute(
        f"""
        create function keep_agreed_review() returns trigger language plpgsql
        set search_path = pg_catalog, public as $$
        begin
          if {AGREED} and new.disposed_at is null and row({old}) is distinct from row({new}) then
            raise exception 'a review that both agreed stays as it is' using errcode = 'insufficient_privilege';
          end if;
          return new;
        end $$
        """
    )
    op.execute("create trigger keep_agreed before update on review for each row execute function keep_agreed_review()")


def _listed(table: str, column: str, values: str) -> None:
    name = op.f(f"ck_{table}_{column}_known")
    op.drop_constraint(name, table, type_="check")
    op.create_check_constraint(name, table, f"{column} IN ({values})")


def _whole(first: str, *others: str) -> str:
    return " AND ".join(f"({first} IS NULL) = ({other} IS NULL)" for other in others)


def _check(table: str, name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))


def _begin() -> list[sa.Column[object]]:
    return [sa.Column("tenant_id", sa.Uuid(), nullable=False), sa.Column("id", sa.Uuid(), nullable=False)]


def _case() -> list[sa.Column[object]]:
    return [
        sa.Column("retain_until", sa.Date(), nullable=True),
        sa.Column("legal_hold", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("disposed_at", sa.DateTime(timezone=True), nullable=True),
    ]


def _created() -> sa.Column[object]:
    return sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False)


def _version() -> sa.Column[object]:
    return sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False)


def _keys(table: str, *columns: tuple[str, str]) -> list[sa.Constraint]:
    others = [
        sa.ForeignKeyConstraint(
            ["tenant_id", column], [f"{to}.tenant_id", f"{to}.id"], name=op.f(f"fk_{table}_tenant_id_{column}")
        )
        for column, to in columns
    ]
    council = sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f(f"fk_{table}_tenant_id"))
    return [*others, council, sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{table}"))]


def downgrade() -> None:
    """Refused by the database where links or e-mails of the new kinds were made: the version before knows none."""
    _listed("message", "recipient_kind", RECIPIENTS)
    _listed("one_time_link", "purpose", LINKS)
    op.execute("drop trigger keep_agreed on review")
    op.execute("drop function keep_agreed_review()")
    for table in ("disclosure", "pack_part", "transition_pack", "review_correction", "review_due"):
        op.drop_table(table)
    for name in ("visitor_agreed_whole", "family_agreed_whole", "parents_view_whole"):
        op.drop_constraint(op.f(f"ck_review_{name}"), "review", type_="check")
    _listed("review", "kind", "'block', 'limit', 'leaving'")
    op.drop_constraint(op.f("fk_review_tenant_id_visitor_agreed_by"), "review", type_="foreignkey")
    for name in (
        "parents_view", "parents_view_by", "parents_view_how", "family_agreed_by", "family_agreed_how", "begins_on",
        "parents_view_on", "visitor_agreed_on", "family_agreed_on", "visitor_agreed_by", "assembled",
    ):  # fmt: skip
        op.drop_column("review", name)
