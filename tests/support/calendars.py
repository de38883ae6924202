"""A calendar file read by its lines alone (RFC 5545, section 3.1), without the library that wrote it."""


def events_in(content: bytes) -> list[dict[str, str]]:
    """Each event's properties as written, without their parameters; fails on lines that the format does not allow."""
    text = content.decode("utf-8")
    assert text.endswith("\r\n")
    assert "\n" not in text.replace("\r\n", "")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    lines = text.replace("\r\n ", "").splitlines()
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-1] == "END:VCALENDAR"
    events: list[dict[str, str]] = []
    inside = False
    for line in lines:
        name, _, value = line.partition(":")
        if line == "BEGIN:VEVENT":
            events.append({})
            inside = True
        elif line == "END:VEVENT":
            inside = False
        elif inside:
            key = name.partition(";")[0]
            assert key not in events[-1], f"{key} comes twice"
            events[-1][key] = value
    return events
