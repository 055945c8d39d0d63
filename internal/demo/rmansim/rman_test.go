package rmansim

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"orabak-tui/internal/demo/oradb"
)

// lab is a small database with an rman.
type lab struct {
	t     *testing.T
	db    *oradb.DB
	stage string
	env   []string
}

func newLab(t *testing.T, change func(*oradb.Spec)) *lab {
	t.Helper()
	base := t.TempDir()
	spec := oradb.Spec{Base: base, SID: "DEMO", RedoSize: 128 << 10, Files: []oradb.FileSpec{
		{Tablespace: "SYSTEM", Name: "system01.dbf", Bytes: 1 << 20},
		{Tablespace: "SYSAUX", Name: "sysaux01.dbf", Bytes: 192 << 10},
		{Tablespace: "UNDOTBS1", Name: "undotbs01.dbf", Bytes: 160 << 10},
		{Tablespace: "USERS", Name: "users01.dbf", Bytes: 160 << 10},
	}}
	if change != nil {
		change(&spec)
	}
	db, err := oradb.Create(t.Context(), spec)
	if err != nil {
		t.Fatal(err)
	}
	l := &lab{t: t, db: db, stage: filepath.Join(base, "stage")}
	if err := os.MkdirAll(l.stage, 0o700); err != nil {
		t.Fatal(err)
	}
	l.env = []string{"ORACLE_HOME=" + db.Home(), "ORACLE_SID=DEMO", "NLS_LANG=AMERICAN_AMERICA.AL32UTF8",
		"NLS_DATE_FORMAT=YYYY-MM-DD HH24:MI:SS", "TZ=UTC"}
	return l
}

// exec runs rman with a command file and gives its output and exit status.
// $S stands for the staging folder.
func (l *lab) exec(script string, args ...string) (string, int) {
	l.t.Helper()
	file := filepath.Join(l.t.TempDir(), "run.rcv")
	script = strings.ReplaceAll(script, "$S", l.stage)
	if err := os.WriteFile(file, []byte(script), 0o600); err != nil {
		l.t.Fatal(err)
	}
	var out bytes.Buffer
	p := Program{Stdout: &out, Stderr: &out, Env: l.env}
	code := p.Run(append([]string{"target", "/", "nocatalog", "cmdfile=" + file}, args...))
	return out.String(), code
}

// ok runs a script that must succeed.
func (l *lab) ok(script string, args ...string) string {
	l.t.Helper()
	out, code := l.exec(script, args...)
	if code != 0 || strings.Contains(out, "RMAN-00569") {
		l.t.Fatalf("exit %d\n%s", code, out)
	}
	return out
}

// fails runs a script that must fail with the messages given.
func (l *lab) fails(script string, want ...string) string {
	l.t.Helper()
	out, code := l.exec(script)
	if code != 1 {
		l.t.Fatalf("exit %d, want 1\n%s", code, out)
	}
	l.has(out, want...)
	return out
}

// has demands lines or parts of lines, in their order.
func (l *lab) has(out string, want ...string) {
	l.t.Helper()
	rest := out
	for _, w := range want {
		w = strings.ReplaceAll(w, "$S", l.stage)
		i := strings.Index(rest, w)
		if i < 0 {
			l.t.Fatalf("missing %q in\n%s", w, out)
		}
		rest = rest[i+len(w):]
	}
}

func (l *lab) lacks(out string, bad ...string) {
	l.t.Helper()
	for _, b := range bad {
		if strings.Contains(out, b) {
			l.t.Fatalf("unexpected %q in\n%s", b, out)
		}
	}
}

// work changes the database.
func (l *lab) work(transactions int, seed uint64) {
	l.t.Helper()
	if _, err := l.db.Work(context.Background(), oradb.Work{Transactions: transactions, Seed: seed}); err != nil {
		l.t.Fatal(err)
	}
}

// control gives the control file.
func (l *lab) control() *oradb.Control {
	l.t.Helper()
	c, err := l.db.Control()
	if err != nil {
		l.t.Fatal(err)
	}
	return c
}

// proves demands that the open database equals the truth of a branch at an SCN.
func (l *lab) proves(b oradb.Branch, until oradb.SCN) {
	l.t.Helper()
	p, err := l.db.Prove(l.t.Context(), oradb.Target{Branch: &b, Until: until})
	if err != nil {
		l.t.Fatal(err)
	}
	if !p.OK() || p.Blocks == 0 {
		l.t.Fatalf("%d of %d blocks differ: %v", p.Total, p.Blocks, p.Differences)
	}
}

// staged lists the names of the files in the staging folder.
func (l *lab) staged() (names []string) {
	l.t.Helper()
	entries, err := os.ReadDir(l.stage)
	if err != nil {
		l.t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}
