//! How fast are commits, beside a bare COPY of the same rows?
#![allow(clippy::disallowed_methods, reason = "time is what is measured")]
use std::time::Instant;
use crate::record::postgres::tests::server::Server;
use crate::record::tests::fixtures::*;
use crate::record::Store;
use crate::model::Event;

#[test]
#[ignore = "prints figures"]
fn speed() {
    let n: u64 = std::env::var("N").map_or(30_000, |n| n.parse().unwrap());
    for (name, server) in [("fsync on", Server::durable()), ("fsync off", Server::start_fast())] {
        let mut store = server.store();
        let groups: Vec<Vec<Event>> = (0..n / 1000).map(|g| (0..1000).map(|i| { let k = g * 1000 + i; said(format!("{:x}", k * 2654435761 % 4294967296), k as i64).by(&format!("author {}", k * 7919 % 5000)).captured() }).collect()).collect();
        let begin = Instant::now();
        for group in &groups { store.commit(&tenant(), group).unwrap(); }
        let took = begin.elapsed().as_secs_f64();
        println!("{name}: commits of 1000: {:.0} events/s", n as f64 / took);
        let one = Instant::now();
        for k in 0..50 { store.commit(&tenant(), &[said(format!("one {k}"), k).captured()]).unwrap(); }
        println!("{name}: commits of 1: {:.0}/s", 50.0 / one.elapsed().as_secs_f64());
        let mut twin = crate::record::SqliteStore::open(tempfile::tempdir().unwrap().path().join("a.db")).unwrap_or_else(|_| crate::record::SqliteStore::open_in_memory().unwrap());
        let begin = Instant::now();
        for group in &groups { twin.commit(&tenant(), group).unwrap(); }
        println!("sqlite: {:.0} events/s", n as f64 / begin.elapsed().as_secs_f64());
        let mut memory = crate::record::MemoryStore::new();
        let begin = Instant::now();
        for group in &groups { memory.commit(&tenant(), group).unwrap(); }
        println!("memory: {:.0} events/s", n as f64 / begin.elapsed().as_secs_f64());
        // The same rows, copied: text form, out of the server and into an equal schema, table by table per 1000 of log.
        let schema: String = store.client().query_one("SELECT current_schema()", &[]).unwrap().get(0);
        for with_indexes in [true, false] {
        let other = server.store();
        drop(other);
        let mut client = server.client();
        let target: String = client.query_one("SELECT max(nspname) FROM pg_namespace WHERE nspname LIKE 'test_%' AND nspname <> $1", &[&schema]).unwrap().get(0);
        client.batch_execute(&format!("SET search_path TO {target}; SET synchronous_commit TO on; TRUNCATE deliveries, messages, involved, identities; ALTER TABLE log DISABLE TRIGGER USER; TRUNCATE log")).unwrap();
        if !with_indexes { client.batch_execute("DROP INDEX messages_by_author, messages_by_issue, messages_by_thread, messages_by_parent").unwrap(); }
        let mut parts: Vec<Vec<(String, Vec<u8>)>> = Vec::new();
        for g in 0..n / 1000 {
            let mut part = Vec::new();
            for table in ["log", "deliveries", "messages", "involved"] {
                use std::io::Read;
                let mut bytes = Vec::new();
                let sql = format!("COPY (SELECT * FROM {schema}.{table} WHERE seq > {} AND seq <= {} ORDER BY seq) TO STDOUT BINARY", g * 1000, (g + 1) * 1000);
                client.copy_out(&sql).unwrap().read_to_end(&mut bytes).unwrap();
                part.push((table.to_owned(), bytes));
            }
            parts.push(part);
        }
        let begin = Instant::now();
        for part in &parts {
            let mut t = client.transaction().unwrap();
            for (table, bytes) in part {
                use std::io::Write;
                let mut w = t.copy_in(&format!("COPY {table} FROM STDIN BINARY")).unwrap();
                w.write_all(bytes).unwrap();
                w.finish().unwrap();
            }
            t.commit().unwrap();
        }
        println!("{name}: COPY of the same rows, secondary indexes of messages {with_indexes}: {:.0} events/s", n as f64 / begin.elapsed().as_secs_f64());
        client.batch_execute(&format!("DROP SCHEMA {target} CASCADE")).unwrap();
        }
        let sizes = store.client().query("SELECT c.relname, pg_relation_size(c.oid) FROM pg_class c WHERE relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema()) AND pg_relation_size(c.oid) > 500000 ORDER BY 2 DESC", &[]).unwrap();
        for row in sizes { println!("  {} {}", row.get::<_, String>(0), row.get::<_, i64>(1)); }
        let begin = Instant::now();
        let mut count = 0;
        store.entries(&tenant(), &mut |_| { count += 1; std::ops::ControlFlow::Continue(()) }).unwrap();
        println!("{name}: entries {count}: {:.0}/s", count as f64 / begin.elapsed().as_secs_f64());
        let keys: Vec<_> = (0..1000u64).map(|k| said(format!("{:x}", k * 2654435761 % 4294967296), 1).key()).collect();
        let begin = Instant::now();
        store.seen(&tenant(), &keys).unwrap();
        println!("{name}: seen of 1000: {:?}", begin.elapsed());
    }
}
