"""Whatever is killed while families send requests: none is lost, none doubled, and no mail is missing."""

import random
import sys
import threading
import time
from collections import Counter

import pytest

from support.rig import LEASE, Family, Rig, families, send_all

ADDRESSES = "select c.email, count(*) from carer c join referral r on r.child_id = c.child_id group by 1"


def the_storm(service: Rig, *, requests: int, kills: int, seconds: float, seed: int) -> None:
    chance = random.Random(seed)
    people = families(service, requests)
    killer = threading.Thread(target=service.kill_at_random, args=(kills, seconds / kills, chance))
    killer.start()
    wrong = send_all(service, people, random.Random(seed + 1), over=seconds)
    killer.join()
    assert wrong == []
    assert sum(service.kills.values()) >= kills
    service.wait_until_idle(60 + 5 * LEASE)

    known = {str(reference) for (reference,) in service.ask("select reference from referral")}
    assert {family.reference for family in people} == known, "a request was lost or invented"
    sent = dict(service.ask(ADDRESSES))
    assert sent == {family.email: 1 for family in people}, "a request was doubled"
    mails = service.mails()
    assert set(mails) == set(sent), "a mail is missing, or went to somebody else"
    assert all(len(set(ids)) == 1 for ids in mails.values()), "a repeated mail has another Message-ID"
    assert service.ask("select count(*) from outbox where dead_at is not null") == [(0,)]
    assert Counter(status for (status,) in service.ask("select status from message")) == {"sent": requests}
    repeated = sum(len(ids) - 1 for ids in mails.values())
    tries = sum(family.tries for family in people)
    told = f"kills {dict(service.kills)}, {requests} requests in {tries} tries, {repeated} mails repeated"
    sys.stdout.write(told + "\n")  # shown by -s, and with a failure


def test_ten_kills_during_sixty_requests(service: Rig) -> None:
    the_storm(service, requests=60, kills=10, seconds=12, seed=20_261)


@pytest.mark.long
def test_a_hundred_kills_during_three_hundred_requests(service: Rig) -> None:
    the_storm(service, requests=300, kills=100, seconds=120, seed=20_262)


def test_everything_queued_is_done_after_valkey_was_flushed_and_killed(service: Rig) -> None:
    people = families(service, 20)
    service.hold("worker")
    assert send_all(service, people, random.Random(1), over=1) == []
    service.wait_until(lambda: bool(service.broker.llen("rq:queue:portage")), 20)
    service.kill("flush")
    service.kill("valkey")
    service.let_go("worker")
    service.wait_until_idle(60 + 5 * LEASE)
    assert {address: len(set(ids)) for address, ids in service.mails().items()} == {each.email: 1 for each in people}


def test_requests_are_taken_as_quickly_while_valkey_is_away(service: Rig) -> None:
    people = families(service, 20)
    with_valkey = seconds_to_send(service, people[:10])
    service.hold("valkey")
    without = seconds_to_send(service, people[10:])
    service.let_go("valkey")
    # The rate limiter waits 50 ms for an answer, then leaves Valkey alone for five seconds.
    assert without < 2 * with_valkey + 1
    service.wait_until_idle(60 + 5 * LEASE)
    assert set(service.mails()) == {each.email for each in people}


def seconds_to_send(service: Rig, people: list[Family]) -> float:
    begun = time.monotonic()
    assert send_all(service, people, random.Random(2), over=0) == []
    return time.monotonic() - begun
