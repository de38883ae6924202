"""Requests for a child to be seen: what was asked, found, determined and decided."""

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Numeric, text
from sqlalchemy.orm import Mapped, mapped_column

from portage.core.db import (
    CaseRecord,
    CheckConstraint,
    Editable,
    Index,
    Model,
    Paper,
    TenantOwned,
    UniqueConstraint,
    one_of,
    to,
)

STAGES = (
    "new",  # nobody has looked at it yet
    "information",  # something is wanted from somebody
    "assessment",  # an assessment is to be booked or recorded
    "panel",  # on the agenda of a panel
    "to-decide",  # a named person decides
    "to-offer",  # accepted; the offer is to be made
    "offered",  # the family thinks about the offer
    "waiting",  # on the waiting list
    "supported",  # an episode of support is open
    "declined",
    "signposted",
    "closed",
)


class Referral(TenantOwned, Editable, CaseRecord, Model):
    """A request for one child, judged by the edition in force on the day it was received.

    `facts` are the policy's facts as known now (`portage.policy.Facts` as JSON); `limit_on` (the first day on which the
    age rule no longer holds) and `delayed_areas` are stored for lists and previews.
    """

    __tablename__ = "referral"
    __table_args__ = (
        UniqueConstraint("tenant_id", "reference"),
        UniqueConstraint("tenant_id", "notification_id"),
        Index("ix_referral_tenant_id_stage", "tenant_id", "stage", "received_on"),
        Index("ix_referral_tenant_id_area_id", "tenant_id", "area_id", "stage"),
        Index("ix_referral_tenant_id_received_on", "tenant_id", "received_on"),
        Index("ix_referral_tenant_id_child_id", "tenant_id", "child_id"),
        to("child", "child_id"),
        to("policy_edition", "edition_id"),
        to("area", "area_id"),
        to("person", "entered_by"),
        to("notification", "notification_id"),
        one_of("stage", *STAGES),
        one_of("received_how", "online", "paper", "email", "telephone"),
    )

    reference: Mapped[str]
    child_id: Mapped[UUID]
    edition_id: Mapped[UUID]
    area_id: Mapped[UUID | None]
    route: Mapped[str]
    stage: Mapped[str] = mapped_column(server_default=text("'new'"), default="new")
    received_on: Mapped[date]
    received_how: Mapped[str]
    received_known_by: Mapped[str | None]  # how the day is known, for what came on paper
    form_used: Mapped[str | None]  # the form that it really came on, when that was another
    entered_by: Mapped[UUID | None]
    referrer: Mapped[str]
    referrer_name: Mapped[str]
    referrer_role: Mapped[str | None]
    referrer_organisation: Mapped[str | None]
    referrer_email: Mapped[str | None]
    referrer_telephone: Mapped[str | None]
    in_their_words: Mapped[str | None]
    agreed_by: Mapped[str | None]
    agreed_relationship: Mapped[str | None]
    agreed_on: Mapped[date | None]
    agreed_how: Mapped[str | None]
    early_help_reference: Mapped[str | None]
    early_help_discussed_on: Mapped[date | None]
    answers: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"), default=dict)  # no fact, no column
    flags: Mapped[list[str]] = mapped_column(server_default=text("'[]'"), default=list)  # for people to look at
    facts: Mapped[dict[str, Any]]
    outcome: Mapped[str | None]  # the last determination's recommendation
    delayed_areas: Mapped[int] = mapped_column(server_default=text("0"), default=0)
    limit_on: Mapped[date | None]
    closed_on: Mapped[date | None]
    closed_reason: Mapped[str | None]
    possible_duplicate_of: Mapped[UUID | None]  # another request, for a child of this name and date of birth
    notification_id: Mapped[UUID | None]  # the health notification whose case file this is; such count as those


class StageChange(TenantOwned, CaseRecord, Model):
    """One step in a request's history."""

    __tablename__ = "stage_change"
    __table_args__ = (
        Index("ix_stage_change_tenant_id_referral_id", "tenant_id", "referral_id", "at"),
        to("referral", "referral_id"),
    )

    referral_id: Mapped[UUID]
    at: Mapped[datetime]
    stage: Mapped[str]
    actor: Mapped[str]
    person_id: Mapped[UUID | None]
    note: Mapped[str | None]


class Deadline(TenantOwned, Model):
    """A clock of the council's policy running on a request; due on a date, stopped when what it waits for happened."""

    __tablename__ = "deadline"
    __table_args__ = (
        UniqueConstraint("tenant_id", "referral_id", "key"),
        Index("ix_deadline_tenant_id_due_on", "tenant_id", "stopped_on", "due_on"),
        to("referral", "referral_id"),
    )

    referral_id: Mapped[UUID]
    key: Mapped[str]
    name: Mapped[str]
    rule: Mapped[str | None]
    started_on: Mapped[date]
    due_on: Mapped[date]
    stopped_on: Mapped[date | None]
    reminded_on: Mapped[date | None]


class DelayRecord(TenantOwned, CaseRecord, Model):
    """What was found in one area of development, and on what basis; a later row for the area replaces it.

    `basis` is `measured` (instrument, ages, who, when) or `judgement` (a named professional's, with the reason).
    """

    __tablename__ = "delay_record"
    __table_args__ = (
        Index("ix_delay_record_tenant_id_referral_id", "tenant_id", "referral_id", "area"),
        to("referral", "referral_id"),
        to("person", "recorded_by"),
        one_of("basis", "measured", "judgement"),
        CheckConstraint("basis <> 'judgement' OR reason IS NOT NULL", name="judgement_has_a_reason"),
        CheckConstraint("num_nonnulls(percent, months, developmental_age_months) = 1", name="one_form_of_delay"),
    )

    referral_id: Mapped[UUID]
    area: Mapped[str]
    basis: Mapped[str]
    percent: Mapped[Decimal | None] = mapped_column(Numeric(5, 2))
    months: Mapped[Decimal | None] = mapped_column(Numeric(5, 2))
    developmental_age_months: Mapped[Decimal | None] = mapped_column(Numeric(5, 2))
    assessed_on: Mapped[date | None]
    instrument: Mapped[str | None]
    assessed_by: Mapped[str]
    reason: Mapped[str | None]
    recorded_by: Mapped[UUID | None]


class Determination(TenantOwned, CaseRecord, Model):
    """What the policy said of the facts on one day, kept whole so that it can be replayed; never changed."""

    __tablename__ = "determination"
    __table_args__ = (
        Index("ix_determination_tenant_id_referral_id", "tenant_id", "referral_id", "made_at"),
        to("referral", "referral_id"),
        to("policy_edition", "edition_id"),
    )

    referral_id: Mapped[UUID]
    edition_id: Mapped[UUID]
    plugin: Mapped[str]
    plugin_version: Mapped[str]
    rules_digest: Mapped[str]
    facts: Mapped[dict[str, Any]]
    answer: Mapped[dict[str, Any]]  # the contract's JSON: outcome, findings, missing, offers, support, ages_out_on
    outcome: Mapped[str]
    made_at: Mapped[datetime]
    made_by: Mapped[str]


class PolicyUse(TenantOwned, Model):
    """A version of a plugin whose rules have judged requests of the council; no request and no family."""

    __tablename__ = "policy_use"
    __table_args__ = (UniqueConstraint("tenant_id", "plugin", "plugin_version", "rules_digest"),)

    plugin: Mapped[str]
    plugin_version: Mapped[str]
    rules_digest: Mapped[str]


class PolicyTrouble(TenantOwned, CaseRecord, Model):
    """A policy gave no answer for a request, which therefore needs a person, until the policy has answered.

    `what` names a type of error and its place in the plugin, or which part of an answer was wrong; no family's words.
    """

    __tablename__ = "policy_trouble"
    __table_args__ = (
        Index("ix_policy_trouble_tenant_id_settled_at", "tenant_id", "settled_at"),
        Index("ix_policy_trouble_tenant_id_referral_id", "tenant_id", "referral_id"),
        to("referral", "referral_id"),
        one_of("how", "raised", "too-slow", "nonsense", "not-installed"),
    )

    referral_id: Mapped[UUID]
    plugin: Mapped[str]
    plugin_version: Mapped[str]
    rules_digest: Mapped[str]
    how: Mapped[str]
    what: Mapped[str]
    settled_at: Mapped[datetime | None]


class Evidence(TenantOwned, Paper, CaseRecord, Model):
    """A paper that came with a request, kept under a random key and only ever given out as an attachment."""

    __tablename__ = "evidence"
    __table_args__ = (
        Index("ix_evidence_tenant_id_referral_id", "tenant_id", "referral_id"),
        to("referral", "referral_id"),
    )

    referral_id: Mapped[UUID]


class Assessment(TenantOwned, Editable, CaseRecord, Model):
    """A meeting with the child that the policy asks for before an offer: booked, then recorded (LDS-04, LDS-05)."""

    __tablename__ = "assessment"
    __table_args__ = (
        Index("ix_assessment_tenant_id_referral_id", "tenant_id", "referral_id"),
        to("referral", "referral_id"),
        to("person", "assessor_id"),
        to("person", "booked_by"),
        to("person", "recorded_by"),
        one_of("status", "booked", "recorded", "cancelled"),
    )

    referral_id: Mapped[UUID]
    assessor_id: Mapped[UUID]
    booked_for: Mapped[date]
    booked_time: Mapped[time]
    place: Mapped[str]
    booked_by: Mapped[UUID]
    status: Mapped[str] = mapped_column(server_default=text("'booked'"), default="booked")
    done_on: Mapped[date | None]
    what_the_child_can_do: Mapped[str | None]
    summary: Mapped[str | None]
    visits_would_help: Mapped[bool | None]
    recorded_by: Mapped[UUID | None]


class Decision(TenantOwned, CaseRecord, Model):
    """What a named person decided, in their own words. A later decision replaces it; none is changed."""

    __tablename__ = "decision"
    __table_args__ = (
        Index("ix_decision_tenant_id_referral_id", "tenant_id", "referral_id", "decided_at"),
        to("referral", "referral_id"),
        to("determination", "determination_id"),
        to("person", "decided_by"),
        to("decision", "looks_again_at"),
        one_of("outcome", "accepted", "declined", "signposted", "information"),
        CheckConstraint("length(btrim(reason)) > 0", name="has_a_reason"),
    )

    referral_id: Mapped[UUID]
    determination_id: Mapped[UUID]
    outcome: Mapped[str]
    reason: Mapped[str]
    agrees: Mapped[bool]  # with the policy's recommendation
    may_help_instead: Mapped[str | None]
    decided_by: Mapped[UUID]
    decided_at: Mapped[datetime]
    panel_item_id: Mapped[UUID | None]
    looks_again_at: Mapped[UUID | None]


class DecisionService(TenantOwned, CaseRecord, Model):
    """A service of the directory that a decision points the family to; kept also when it is withdrawn later."""

    __tablename__ = "decision_service"
    __table_args__ = (
        UniqueConstraint("tenant_id", "decision_id", "service_id"),
        to("decision", "decision_id"),
        to("service", "service_id"),
    )

    decision_id: Mapped[UUID]
    service_id: Mapped[UUID]


class SecondLook(TenantOwned, CaseRecord, Model):
    """Somebody asked for a decision to be looked at again, by another person than the one who made it."""

    __tablename__ = "second_look"
    __table_args__ = (
        Index("ix_second_look_tenant_id_referral_id", "tenant_id", "referral_id"),
        to("referral", "referral_id"),
        to("decision", "decision_id"),
        to("decision", "answered_by_decision"),
    )

    referral_id: Mapped[UUID]
    decision_id: Mapped[UUID]
    asked_by: Mapped[str]
    asked_on: Mapped[date]
    why: Mapped[str]
    answered_by_decision: Mapped[UUID | None]


class AskDraft(TenantOwned, Editable, Model):
    """A request that somebody is filling in, page by page, for one browser; forgotten when sent or after its time."""

    __tablename__ = "ask_draft"
    __table_args__ = (
        Index("ix_ask_draft_tenant_id_browser_hash", "tenant_id", "browser_hash"),
        Index("ix_ask_draft_tenant_id_expires_at", "tenant_id", "expires_at"),
    )

    browser_hash: Mapped[bytes]
    route: Mapped[str]
    answers: Mapped[dict[str, Any]]
    files: Mapped[list[Any]]
    expires_at: Mapped[datetime]
