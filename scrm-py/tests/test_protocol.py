"""Protocols: loaded, checked, analysed, asked; from Python and from the command line, with the same answers."""

import copy
import json
import pickle
import subprocess
import sys
from datetime import date, datetime, timezone

import pytest
import scrm

from conftest import PLAYBOOK, ROOT, said

ACME = ROOT / "scrm-core/src/route/tests/protocols/acme.toml"
NOW = datetime(2026, 8, 24, 10, 2, tzinfo=timezone.utc)
LOUD = {
    "type": "complaint", "issue": "service.delivery", "sentiment": -0.7, "influence": 91, "seen": "public", "pii": False,
}


def run_scrm(*words: object, **options: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "scrm", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, **options)


@pytest.fixture(scope="module")
def acme() -> scrm.Protocol:
    return scrm.Protocol.load(ACME)


def test_a_protocol_is_loaded_as_it_stands(acme):
    assert (acme.id, acme.version, len(acme)) == ("acme-social", "2026.08.1", 10)
    assert repr(acme) == "<scrm.Protocol acme-social 2026.08.1: 10 rules>"
    assert acme.hash.startswith("sha256:")
    rule = acme.rules[0]
    assert rule == {
        "id": "billing", "owner": "finance", "why": "Money questions are private", "when": 'issue under "billing"',
        "shadow": False,
    }
    assert [diagnostic.code for diagnostic in acme.check()] == ["P031"]


def test_it_is_one_value(acme):
    again = scrm.Protocol.from_text(ACME.read_text())
    assert acme == again and hash(acme) == hash(again) and acme != "acme"
    assert pickle.loads(pickle.dumps(acme)) == acme and copy.copy(acme) == acme
    # Its canonical form is the same protocol, but for its examples.
    assert 'when = "type is complaint and issue under \\"service\\""' in acme.canonical()


def test_toml_and_json_are_the_same_protocol():
    rule = {
        "id": "loud", "owner": "comms", "why": "Reach plus anger",
        "when": {"and": [{"field": "influence", ">=": 80}, {"not": {"question": "text has pii"}}]},
        "set": {"priority": 1},
    }
    from_json = scrm.Protocol.from_text(
        json.dumps({"protocol": {"id": "p", "version": "1"}, "rule": [rule]}), name="p.json"
    )
    toml = """
        [protocol]
        id = "p"
        version = "1"
        [[rule]]
        id = "loud"
        owner = "comms"
        why = "Reach plus anger"
        when = 'influence >= 80 and not text has pii'
        set = { priority = 1 }
    """
    assert from_json == scrm.Protocol.from_text(toml) and from_json.hash == scrm.Protocol.from_text(toml).hash


def test_facts_are_decided(acme):
    decision = acme.decide(LOUD, NOW)
    assert decision["facets"]["department"] == "care"
    assert decision["facets"]["escalate"] == {"reputation": 1}
    assert decision["due"]["first_response"] == "2026-08-24T11:02:00Z"
    assert decision["fired"] == ["loud-and-angry", "service-complaint"]
    many = acme.decide(iter([LOUD] * 2500), NOW)
    assert len(many) == 2500 and many[2499] == decision
    assert acme.decide([], NOW) == []


def test_it_says_why_and_why_not(acme):
    explained = acme.explain({**LOUD, "influence": 79}, NOW)
    assert explained["facets"]["department"] == {"value": "care", "by": ["service-complaint"], "defeated": []}
    near = explained["near"][0]
    assert near["rule"] == "loud-and-angry" and near["smallest_change"] == {"influence": 80}
    assert near["would_change"] == {"escalate": "reputation/1", "priority": "1"}
    assert "department: care (by service-complaint)" in acme.explain_text(LOUD, NOW)

    why_not = acme.why_not("praise", LOUD, NOW)
    assert [atom["atom"] for atom in why_not["failing"]] == ["type is compliment", "sentiment >= 0.3"]
    assert why_not["smallest_change"] == {"type": "compliment", "sentiment": 0.3}
    # The smallest change does what it says.
    assert "praise" in acme.decide({**LOUD, **why_not["smallest_change"]}, NOW)["fired"]
    with pytest.raises(ValueError, match="did you mean `praise`"):
        acme.why_not("prase", LOUD, NOW)


def test_it_says_what_if(acme):
    found = acme.what_if(LOUD, {"influence": 20}, NOW)
    assert [change["facet"] for change in found["changed"]] == ["priority", "escalate"]
    assert found["after"] == acme.decide({**LOUD, "influence": 20}, NOW)
    assert found["before"] == acme.decide(LOUD, NOW)


def test_it_is_analysed(acme):
    findings = acme.analyze()
    conflicts = [finding.rules for finding in findings if finding.code == "P020"]
    assert conflicts == [["billing", "praise"], ["billing", "question"], ["outage-other", "praise"]]
    assert [finding.facet for finding in findings if finding.code == "P030"] == ["department", "visibility", "sla"]
    shadowed = next(finding for finding in findings if finding.code == "P012")
    assert shadowed.rules[0] == "outage-old" and shadowed.witness is None and "override" in str(shadowed)
    # Every witness does what the finding says.
    for finding in findings:
        if finding.code == "P020":
            decision = acme.decide(finding.witness, NOW)
            assert {rule for rules in decision["conflicts"][0]["values"].values() for rule in rules} >= set(finding.rules)
        if finding.code == "P030":
            assert finding.facet in acme.decide(finding.witness, NOW)["gaps"]
    assert not [finding for finding in acme.analyze(unknown=True) if finding.code == "P012"]
    assert [finding.rules for finding in acme.analyze(on=date(2027, 2, 1)) if finding.code == "P070"] == [["praise"]]
    assert "P090" in [finding.code for finding in acme.analyze(budget=10)]


def test_bad_facts_are_refused_with_every_fault(acme):
    with pytest.raises(scrm.MessageError) as raised:
        acme.decide({"typ": "complaint", "influence": 101})
    assert "did you mean `type`" in str(raised.value) and "goes from 0 to 100" in str(raised.value)
    with pytest.raises(scrm.MessageError) as raised:
        acme.decide([LOUD, {"type": "angry"}])
    assert raised.value.index == 1
    for wrong in ("text", 7, None, [7]):
        with pytest.raises(TypeError):
            acme.decide(wrong)
    with pytest.raises(ValueError, match="no time zone"):
        acme.decide(LOUD, datetime(2026, 8, 24))
    with pytest.raises(TypeError):
        acme.analyze(on="2026-08-24")


def test_a_protocol_with_faults_is_none():
    with pytest.raises(scrm.PlaybookError) as raised:
        scrm.Protocol.from_text(ACME.read_text().replace("type is complaint", "type is complaynt"))
    assert {diagnostic.code for diagnostic in raised.value.diagnostics} >= {"P002"}
    with pytest.raises(scrm.PlaybookError, match="no such folder or file"):
        scrm.Protocol.load("no/such/file.toml")
    for text, name in [("", "p.toml"), ("[", "p.toml"), ("[]", "p.json"), ("{" * 100_000, "p.json")]:
        with pytest.raises(scrm.PlaybookError):
            scrm.Protocol.from_text(text, name)


def test_it_is_drawn(acme):
    assert acme.diagram().startswith("flowchart")
    assert acme.diagram("ladders", "graphviz").startswith("digraph")
    with pytest.raises(ValueError, match="rules, departments, ladders"):
        acme.diagram("houses")


TRIGGERS = {
    "triggers": [
        {
            "id": 1, "title": "Money", "active": True, "position": 1,
            "conditions": {"all": [{"field": "description_includes_word", "operator": "includes", "value": "refund"}], "any": []},
            "actions": [{"field": "group_id", "value": "20"}, {"field": "priority", "value": "high"}],
        },
        {
            "id": 2, "title": "Angry", "active": True, "position": 2,
            "conditions": {"all": [{"field": "current_tags", "operator": "includes", "value": "angry"}], "any": []},
            "actions": [{"field": "group_id", "value": "30"}],
        },
    ]
}


def test_rules_of_another_tool_are_imported(tmp_path):
    imported = scrm.import_rules(json.dumps(TRIGGERS), tool="zendesk")
    protocol = scrm.Protocol.from_text(imported["protocol"])
    assert imported["rules"] == len(protocol) == 2
    both = protocol.decide({"text": "I want a refund", "zendesk.current_tags": ["angry"]}, NOW)
    assert both["facets"]["department"] == "group-30" and not both.get("conflicts")
    with pytest.raises(ValueError, match="zendesk, chatwoot, zammad"):
        scrm.import_rules("[]", tool="zendisk")
    with pytest.raises(scrm.InputError):
        scrm.import_rules("no json", tool="zendesk")
    source = tmp_path / "triggers.json"
    source.write_text(json.dumps(TRIGGERS))
    ran = run_scrm("import-rules", "--from", "zendesk", "--input", source, "--json")
    assert ran.returncode == 0 and json.loads(ran.stdout) == imported


def corpus() -> list[dict]:
    return [
        {
            "id": f"m{number}", "at": f"2026-08-24T{8 + number % 10:02}:00:00Z",
            "type": ["complaint", "question", "compliment"][number % 3],
            "issue": ["service.delivery", "billing", "product"][number % 2], "sentiment": -0.7,
            "influence": number % 100, "seen": "public", "pii": False,
            "outcome": {"department": "care"},
        }
        for number in range(300)
    ]


def test_the_past_is_decided_by_other_rules(acme, tmp_path):
    changed = ACME.read_text().replace("influence >= 80", "influence >= 50")
    other = scrm.Protocol.from_text(changed)
    done = []
    result = scrm.backtest(acme, other, corpus(), seed=7, progress=done.append)
    assert result["cases"] == 300 and done[-1] == 300
    # What differs is what deciding one by one says.
    differ = sum(
        acme.decide({k: v for k, v in facts.items() if k not in ("id", "outcome")})["facets"]
        != other.decide({k: v for k, v in facts.items() if k not in ("id", "outcome")})["facets"]
        for facts in corpus()
    )
    assert result["changed"] == differ > 0
    assert result == scrm.backtest(acme, other, reversed(corpus()), seed=7, threads=1)
    assert scrm.backtest(acme, acme, corpus())["changed"] == 0
    sampled = [case for stratum in result["strata"] for case in stratum["sample"]]
    assert sampled and all(50 <= int(case["id"][1:]) % 100 < 80 for case in sampled)
    assert "P040" in {finding["code"] for finding in result["findings"]}
    with pytest.raises(scrm.MessageError) as raised:
        scrm.backtest(acme, other, [{"type": "question"}, {"typ": "x"}])
    assert raised.value.index == 1
    with pytest.raises(RuntimeError, match="enough"):
        scrm.backtest(acme, other, corpus(), progress=lambda _: (_ for _ in ()).throw(RuntimeError("enough")))

    (tmp_path / "other.toml").write_text(changed)
    facts = tmp_path / "facts.jsonl"
    facts.write_text("\n".join(map(json.dumps, corpus())))
    options = ["backtest", "--old", ACME, "--new", tmp_path / "other.toml", "--input", facts, "--seed", "7"]
    ran = run_scrm(*options, "--json")
    assert ran.returncode == 0 and json.loads(ran.stdout) == result
    told = run_scrm(*options).stdout
    assert "300 cases decided" in told
    for table in ("sample of what is decided otherwise", "load on", "examples notice"):
        assert table in told, told
    assert all(survivor["rule"] in told for survivor in result["mutation"]["survivors"][:10])
    # What cannot be read is told, and the rest is decided.
    facts.write_text("no facts\n" + facts.read_text() + "\n" + "x" * 2_000_000)
    ran = run_scrm(*options)
    assert ran.returncode == 0 and "300 cases decided" in ran.stdout
    assert "2 of 302 rows cannot be read" in ran.stderr and "longer than the limit" in ran.stderr


def test_messages_of_the_past_are_replayed(tmp_path):
    playbook = scrm.Playbook.load(PLAYBOOK)
    protocol = scrm.Protocol.of(playbook)
    messages = [said("@northwind no signal, this is terrible!", str(number)) for number in range(20)]
    result = scrm.backtest(protocol, protocol, messages)
    assert (result["cases"] + result["noise"], result["changed"]) == (20, 0)
    with pytest.raises(scrm.MessageError, match="one or the other"):
        scrm.backtest(protocol, protocol, [*messages, {"type": "question"}])
    # A line that cannot be read says nothing of the others.
    file = tmp_path / "messages.jsonl"
    file.write_text("\n".join(["no message", *map(json.dumps, messages)]))
    ran = run_scrm("backtest", "--old", PLAYBOOK, "--new", PLAYBOOK, "--input", file, "--json")
    assert ran.returncode == 0 and json.loads(ran.stdout)["cases"] == result["cases"]


def rows(text: str) -> list[dict]:
    return [json.loads(line) for line in text.splitlines()]


def test_the_command_line_says_the_same(acme, tmp_path):
    facts = tmp_path / "facts.jsonl"
    facts.write_text("\n".join([json.dumps({"id": "m1", **LOUD}), "", "no facts", json.dumps({"typ": "x"})]))
    options = ["--protocol", ACME, "--input", facts, "--now", "2026-08-24T10:02:00Z", "--json"]
    ran = run_scrm("decide", *options)
    assert ran.returncode == 0
    first, second, third = rows(ran.stdout)
    assert (first.pop("row"), first.pop("id")) == (1, "m1") and first == acme.decide(LOUD, NOW)
    assert second["row"] == 2 and "not valid JSON" in second["error"]
    assert third["error"] == "there is no field `typ` (did you mean `type`?)"
    explained = rows(run_scrm("explain", *options).stdout)[0]
    assert {key: explained[key] for key in explained if key not in ("row", "id")} == acme.explain(LOUD, NOW)
    why_not = rows(run_scrm("why-not", *options, "--rule", "praise").stdout)[0]
    assert why_not["smallest_change"] == {"type": "compliment", "sentiment": 0.3}
    what_if = rows(run_scrm("what-if", *options, "--set", "influence=20").stdout)[0]
    assert [change["facet"] for change in what_if["changed"]] == ["priority", "escalate"]
    # A line without an end is no more than a line that is too long.
    ran = run_scrm("decide", *options[:2], "--input", "-", "--json", input="{}\n" + "x" * 2_000_000)
    assert ran.returncode == 0 and "longer than the limit" in rows(ran.stdout)[1]["error"]


def test_the_command_line_analyses(acme, tmp_path):
    ran = run_scrm("analyze", ACME, "--json")
    found = json.loads(ran.stdout)
    assert ran.returncode == 6
    assert [(f["code"], f["rules"], f["facet"], f["severity"], f["witness"]) for f in found] == [
        (f.code, f.rules, f.facet, f.severity, f.witness) for f in acme.analyze()
    ]
    sound = tmp_path / "sound.toml"
    sound.write_text(
        '[protocol]\nid = "p"\nversion = "1"\nmandatory = ["department"]\n'
        '[[rule]]\nid = "all"\nowner = "care"\nwhy = "Everything goes to care"\n'
        "when = 'known(type) or not known(type)'\nset = { department = \"care\" }\n"
    )
    ran = run_scrm("analyze", sound)
    assert ran.returncode == 0, ran.stdout
    assert run_scrm("check", sound).returncode == 0


@pytest.mark.parametrize(
    ("arguments", "exit_status", "says"),
    [
        (["decide", "--protocol", "nowhere.toml", "--input", "-"], 3, "no such folder or file"),
        (["decide", "--protocol", ACME, "--input", "nowhere.jsonl"], 4, "there is no such file"),
        (["decide", "--protocol", ACME, "--input", "-", "--now", "noon"], 2, "--now noon"),
        (["why-not", "--protocol", ACME, "--input", "-", "--rule", "prase"], 2, "did you mean `praise`"),
        (["what-if", "--protocol", ACME, "--input", "-", "--set", "influense=3"], 2, "did you mean `influence`"),
        (["what-if", "--protocol", ACME, "--input", "-", "--set", "influence"], 2, "FIELD=VALUE"),
        (["analyze", "nowhere"], 3, "no such folder or file"),
        (["analyze", ACME, "--on", "today"], 2, "--on today"),
    ],
)
def test_mistakes_are_answered_in_one_line_with_the_way_out(arguments, exit_status, says):
    ran = run_scrm(*arguments, input="{}\n")
    assert (ran.returncode, says in ran.stderr) == (exit_status, True), ran.stderr
    assert "Traceback" not in ran.stderr


def test_the_canonical_form_is_the_whole_protocol(acme, tmp_path):
    again = scrm.Protocol.from_text(acme.canonical())
    assert again == acme and again.hash == acme.hash and again.canonical() == acme.canonical()
    later = scrm.Protocol.from_text(ACME.read_text().replace("09:00", "10:00"))
    assert later.hash != acme.hash
    northwind = scrm.Protocol.load(PLAYBOOK)
    assert scrm.Protocol.from_text(northwind.canonical()).hash == northwind.hash


def test_holidays_stand_beside_the_file(tmp_path):
    ics = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20260427\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    text = ACME.read_text().replace('tz = "Europe/London"', 'tz = "Europe/London"\nholidays = "uk.ics"')
    (tmp_path / "acme3.toml").write_text(text)
    with pytest.raises(scrm.PlaybookError, match="put `uk.ics` beside acme3.toml"):
        scrm.Protocol.load(tmp_path / "acme3.toml")
    (tmp_path / "uk.ics").write_bytes(ics.encode())
    protocol = scrm.Protocol.load(tmp_path / "acme3.toml")
    assert '"2026-04-27" = []' in protocol.canonical()
    assert scrm.Protocol.from_text(text, holidays={"uk.ics": ics}) == protocol
    assert pickle.loads(pickle.dumps(protocol)) == protocol


def test_what_was_given_counts(acme):
    praise = {"type": "compliment", "types": ["compliment"], "sentiment": 0.5, "issue": "product", "seen": "public"}
    assert acme.decide(praise, NOW)["subject_to"] == ["budget 500 GBP per month", "cap 1 per customer per 90d"]
    known = {**praise, "granted": {"thank-you": {"in_period": 49, "to_customer": 0}}}
    decision = acme.decide(known, NOW)
    assert decision["facets"]["incentive"] == "thank-you" and "subject_to" not in decision
    known["granted"]["thank-you"]["in_period"] = 50
    decision = acme.decide(known, NOW)
    assert "incentive" not in decision["facets"]
    assert [proof["atom"] for proof in decision["proof"] if proof["value"] == "50 given"] == ["budget 500 GBP per month"]
    also = {**praise, "types": ["compliment", "complaint"]}
    assert "incentive" not in acme.decide(also, NOW)["facets"]


def test_what_rests_on_an_assumption_is_no_error(tmp_path):
    head = '[protocol]\nid = "p"\nversion = "1"\n'
    rule = '[[rule]]\nid = "{0}"\nowner = "d"\nwhy = "w"\nwhen = \'{1}\'\nset = {{ department = "{0}" }}\n'
    for one, other in [
        ('local_time between "09:00" and "10:00"', 'local_time between "11:00" and "12:00"'),
        ('text has "refund now"', 'not text has "refund"'),
    ]:
        file = tmp_path / "p.toml"
        file.write_text(head + rule.format("a", one) + rule.format("b", other))
        ran = run_scrm("analyze", file, "--json")
        assert ran.returncode == 0 and json.loads(ran.stdout) == [], ran.stdout
