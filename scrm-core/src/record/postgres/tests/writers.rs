//! What happens when many write at once, and when connections and servers break?

#![allow(clippy::disallowed_methods, reason = "the tests write from several threads")]

use std::ops::ControlFlow;

use crate::model::Event;
use crate::record::postgres::tests::server::{Server, fresh, shared};
use crate::record::tests::fixtures::*;
use crate::record::{PostgresStore, Seen, Store, StoreErrorKind};

fn group(first: u64, size: u64) -> Vec<Event> {
    (first..first + size).map(|number| said(number, 1).captured()).collect()
}

fn numbers(store: &mut PostgresStore, after: u64) -> Vec<u64> {
    let mut found = Vec::new();
    let visit = &mut |seq, _| {
        found.push(seq);
        ControlFlow::Continue(())
    };
    store.log(&tenant(), after, visit).unwrap();
    found
}

/// Ends every connection of the stores to this server, as an operator would.
fn end_connections(server: &Server) {
    let mut client = server.client();
    let sql = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1 AND pid <> pg_backend_pid()";
    client.execute(sql, &[&"scrm"]).unwrap();
}

#[test]
fn writers_take_turns_and_a_reader_misses_none() {
    let schema = fresh();
    let open = || PostgresStore::open_schema(&shared().address(), &schema).unwrap();
    let (writers, groups, size) = (4, 6, 5);
    let mut reader = open();
    std::thread::scope(|threads| {
        for writer in 0..writers {
            let mut store = open();
            threads.spawn(move || {
                for turn in 0..groups {
                    let first = 1_000 * (writer + 1) + turn * size;
                    let receipt = store.commit(&tenant(), &group(first, size)).unwrap();
                    assert_eq!((receipt.appended, receipt.duplicates), (size, 0));
                }
            });
        }
        // Whoever asks for what came after the last number that was seen gets every number once.
        let mut seen: Vec<u64> = Vec::new();
        while seen.len() < usize::try_from(writers * groups * size).unwrap() {
            let last = seen.last().copied().unwrap_or(0);
            seen.extend(numbers(&mut reader, last));
            assert!(seen.iter().copied().eq(1..=seen.len() as u64), "{seen:?}");
        }
    });
    let totals = reader.totals(&tenant()).unwrap();
    assert_eq!(totals.messages, writers * groups * size);
}

#[test]
fn a_commit_waits_for_the_one_before_it() {
    let schema = fresh();
    let mut store = PostgresStore::open_schema(&shared().address(), &schema).unwrap();
    let mut other = PostgresStore::open_schema(&shared().address(), &schema).unwrap();
    // One is in the middle of its commit …
    let key = super::super::session::lock_key(&schema, "acme");
    let mut slow = shared().client();
    let mut holding = slow.transaction().unwrap();
    holding.execute("SELECT pg_advisory_xact_lock($1)", &[&key]).unwrap();
    let sql =
        format!("INSERT INTO {schema}.log (tenant, seq, kind, body) VALUES ('acme', 1, 'quarantined', $1)");
    let body = serde_json::to_string(&quarantined(1, "slow")).unwrap();
    holding.execute(&sql, &[&body]).unwrap();
    std::thread::scope(|threads| {
        let second = threads.spawn(move || store.commit(&tenant(), &group(1, 1)).unwrap());
        // … so the next one waits, while readers, and writers of other tenants, do not.
        while shared().client().query_one("SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'advisory' AND (classid::int8 << 32 | objid::int8) = $1", &[&key]).unwrap().get::<_, i64>(0) == 0 {}
        let elsewhere = crate::model::Tenant::new("other").unwrap();
        assert_eq!(other.commit(&elsewhere, &group(1, 1)).unwrap().last, 1);
        assert_eq!(numbers(&mut other, 0), [0; 0]);
        holding.commit().unwrap();
        assert_eq!(second.join().unwrap().last, 2);
        assert_eq!(numbers(&mut other, 0), [1, 2]);
    });
}

#[test]
fn one_delivery_from_two_machines_has_one_effect() {
    let schema = fresh();
    let open = || PostgresStore::open_schema(&shared().address(), &schema).unwrap();
    let appended: u64 = std::thread::scope(|threads| {
        let writers: Vec<_> = (0..3)
            .map(|_| {
                let mut store = open();
                threads.spawn(move || {
                    (0..5)
                        .map(|turn| store.commit(&tenant(), &group(turn * 4, 4)).unwrap().appended)
                        .sum::<u64>()
                })
            })
            .collect();
        writers.into_iter().map(|writer| writer.join().unwrap()).sum()
    });
    assert_eq!(appended, 20);
    assert_eq!(open().totals(&tenant()).unwrap().versions, 20);
}

#[test]
fn schemas_are_begun_by_many_at_once() {
    let schema = fresh();
    std::thread::scope(|threads| {
        for _ in 0..4 {
            threads.spawn(|| PostgresStore::open_schema(&shared().address(), &schema).unwrap());
        }
    });
    let mut store = PostgresStore::open_schema(&shared().address(), &schema).unwrap();
    assert_eq!(store.client().query("SELECT * FROM scrm_format", &[]).unwrap().len(), 1);
}

#[test]
fn a_connection_that_was_ended_is_made_anew() {
    let server = Server::start_fast();
    let mut store = server.store();
    store.commit(&tenant(), &group(1, 3)).unwrap();
    end_connections(&server);
    assert_eq!(store.totals(&tenant()).unwrap().messages, 3);
    end_connections(&server);
    assert_eq!(store.commit(&tenant(), &group(4, 3)).unwrap().last, 6);
    end_connections(&server);
    assert_eq!(numbers(&mut store, 0), [1, 2, 3, 4, 5, 6]);
    // In the middle of a visit it is said, because rows were visited; the next call works.
    store.commit(&tenant(), &group(7, 300)).unwrap();
    let mut visited = 0;
    let visit = &mut |_, _| {
        if visited == 0 {
            end_connections(&server);
        }
        visited += 1;
        ControlFlow::Continue(())
    };
    let error = store.log(&tenant(), 0, visit).unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Connection, "{error}");
    assert!((1..300).contains(&visited), "{visited}");
    assert_eq!(store.totals(&tenant()).unwrap().messages, 306);
}

#[test]
fn connections_ended_at_any_moment_lose_and_double_nothing() {
    let server = Server::start_fast();
    let schema = fresh();
    let mut store = PostgresStore::open_schema(&server.address(), &schema).unwrap();
    let (size, groups) = (3, 40);
    let done = std::sync::atomic::AtomicBool::new(false);
    let (mut acknowledged, mut told) = (0, 0);
    std::thread::scope(|threads| {
        threads.spawn(|| {
            for turn in 0.. {
                if done.load(std::sync::atomic::Ordering::Relaxed) {
                    break;
                }
                end_connections(&server);
                std::thread::sleep(std::time::Duration::from_millis(turn * 7 % 200));
            }
        });
        for turn in 0..groups {
            // An event of a case stands by itself, and would count twice if it were committed twice.
            let case = case_of(&said(turn, 1));
            loop {
                match store.commit(&tenant(), &[group(turn * size, size), vec![opened(&case)]].concat()) {
                    Ok(receipt) => {
                        assert!([0, size + 1].contains(&receipt.appended), "{receipt:?}");
                        break;
                    }
                    Err(error) => {
                        assert_eq!(error.kind(), StoreErrorKind::Connection, "{error}");
                        assert!(
                            error.is_retryable() && !format!("{error:?}").contains("a_secret"),
                            "{error:?}"
                        );
                        told += 1;
                        assert!(told < 10_000, "{error}");
                    }
                }
            }
            acknowledged += size;
        }
        done.store(true, std::sync::atomic::Ordering::Relaxed);
    });
    let mut store = PostgresStore::open_schema(&server.address(), &schema).unwrap();
    let keys: Vec<_> = (0..acknowledged).map(|number| said(number, 1).key()).collect();
    assert!(store.seen(&tenant(), &keys).unwrap().iter().all(|seen| *seen == Seen::Duplicate));
    let totals = store.totals(&tenant()).unwrap();
    assert_eq!((totals.messages, totals.versions), (acknowledged, acknowledged));
    assert_eq!(numbers(&mut store, 0).len() as u64, groups * (size + 1));
}

#[test]
fn a_commit_that_the_server_undid_is_made_again_but_not_for_ever() {
    let mut store = shared().store();
    let trap = "CREATE SEQUENCE tries; CREATE FUNCTION trap() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF nextval('tries') < 3 OR NEW.seq > 1 THEN RAISE EXCEPTION 'a trap' USING ERRCODE = '40P01'; END IF;
        RETURN NEW; END $$; CREATE TRIGGER trap BEFORE INSERT ON log FOR EACH ROW EXECUTE FUNCTION trap()";
    store.client().batch_execute(trap).unwrap();
    let tries = |store: &mut PostgresStore| {
        store.client().query_one("SELECT last_value FROM tries", &[]).unwrap().get::<_, i64>(0)
    };
    assert_eq!(store.commit(&tenant(), &group(1, 1)).unwrap().last, 1);
    assert_eq!(tries(&mut store), 3);
    let error = store.commit(&tenant(), &group(2, 1)).unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Busy, "{error}");
    assert_eq!(tries(&mut store), 3 + 8);
    assert_eq!(numbers(&mut store, 0), [1]);
}

#[test]
fn a_writer_does_not_wait_for_ever() {
    let mut store = shared().store();
    let schema = store.place().rsplit(' ').next().unwrap().to_owned();
    let mut other = shared().client();
    let key = super::super::session::lock_key(&schema, "acme");
    other.execute("SELECT pg_advisory_lock($1)", &[&key]).unwrap();
    store.client().batch_execute("SET lock_timeout = '20ms'").unwrap();
    let error = store.commit(&tenant(), &group(1, 1)).unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Busy, "{error}");
    assert!(error.is_retryable());
    drop(other);
    store.client().batch_execute("SET lock_timeout = '30s'").unwrap();
    assert_eq!(store.commit(&tenant(), &group(1, 1)).unwrap().last, 1);
}

#[test]
fn a_commit_that_was_undone_unanswered_is_made_again() {
    let server = Server::start_fast();
    let mut store = server.store();
    // The first commit's connection ends while it commits, and the server undoes it.
    let trap = "CREATE SEQUENCE tries; CREATE FUNCTION trap() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF nextval('tries') = 1 THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF; RETURN NULL; END $$;
        CREATE CONSTRAINT TRIGGER trap AFTER INSERT ON log DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION trap()";
    store.client().batch_execute(trap).unwrap();
    assert_eq!(store.commit(&tenant(), &[opened(&case_of(&said(1, 1)))]).unwrap().last, 1);
    assert_eq!(numbers(&mut store, 0), [1]);
    let tries = store.client().query_one("SELECT last_value FROM tries", &[]).unwrap();
    assert_eq!(tries.get::<_, i64>(0), 2);
}

#[test]
fn a_commit_that_was_made_unanswered_is_not_made_again() {
    let server = Server::start_fast();
    let mut store = server.store();
    // The server has committed, and waits for a second machine before it answers, when the connection ends.
    let mut operator = server.client();
    let mut set = |names: &str| {
        operator.batch_execute(&format!("ALTER SYSTEM SET synchronous_standby_names = '{names}'")).unwrap();
        operator.batch_execute("SELECT pg_reload_conf()").unwrap();
    };
    set("another");
    let receipt = std::thread::scope(|threads| {
        let commit = threads.spawn(|| store.commit(&tenant(), &[opened(&case_of(&said(1, 1)))]).unwrap());
        let sql = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'";
        while server.client().query(sql, &[]).unwrap().is_empty() {}
        set("");
        commit.join().unwrap()
    });
    assert_eq!((receipt.appended, receipt.last), (1, 1));
    assert_eq!(numbers(&mut store, 0), [1]);
}

#[test]
fn a_server_that_falls_keeps_what_was_acknowledged() {
    // Its default is not to wait for its disk: the store makes it.
    let mut server = Server::durable();
    let mut store = server.store();
    let mut last = 0;
    for fall in 0..3 {
        for turn in 0..5 {
            last = store.commit(&tenant(), &group(100 * fall + 10 * turn, 4)).unwrap().last;
        }
        server.fall_and_rise();
        assert_eq!(numbers(&mut store, 0), (1..=last).collect::<Vec<_>>());
    }
    assert_eq!(last, 60);
    let mode = store.client().query_one("SHOW synchronous_commit", &[]).unwrap();
    assert_eq!(mode.get::<_, &str>(0), "on");
}

#[test]
fn a_server_that_is_away_is_said_to_be() {
    let server = Server::start_fast();
    let mut store = server.store();
    drop(server);
    for error in [store.totals(&tenant()).unwrap_err(), store.commit(&tenant(), &group(1, 1)).unwrap_err()] {
        assert_eq!(error.kind(), StoreErrorKind::Connection, "{error}");
        assert!(error.is_retryable());
    }
}
