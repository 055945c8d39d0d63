package sqlsim_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"orabak-tui/internal/demo/oradb"
	"orabak-tui/internal/demo/sqlsim"
)

// host is a simulated home with a small open database.
type host struct {
	t   *testing.T
	db  *oradb.DB
	env []string
}

func newHost(t *testing.T) *host {
	t.Helper()
	db, err := oradb.Create(context.Background(), oradb.Spec{
		Base: t.TempDir(), SID: "DEMO", Seed: 3, RedoSize: 64 << 10, DBID: 1234567890,
		Files: []oradb.FileSpec{
			{Tablespace: "SYSTEM", Name: "system01.dbf", Bytes: 20 * oradb.BlockSize},
			{Tablespace: "USERS", Name: "users01.dbf", Bytes: 20 * oradb.BlockSize},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return &host{t, db, []string{"ORACLE_HOME=" + db.Home(), "ORACLE_SID=DEMO", "TZ=UTC", "NLS_LANG=AMERICAN_AMERICA.AL32UTF8",
		"NLS_DATE_FORMAT=YYYY-MM-DD HH24:MI:SS"}}
}

// run gives the output and the exit status.
func (h *host) run(script string, args ...string) (string, int) {
	h.t.Helper()
	var out bytes.Buffer
	if args == nil {
		args = []string{"-S", "-L", "/ as sysdba"}
	}
	code := sqlsim.Main(args, strings.NewReader(script), &out, &out, h.env)
	return out.String(), code
}

const plain = "SET PAGESIZE 0 FEEDBACK OFF HEADING OFF LINESIZE 32767 TRIMSPOOL ON TAB OFF\nWHENEVER SQLERROR EXIT FAILURE\n"

// ask gives the answer of a question, which must succeed.
func (h *host) ask(sql string) string {
	h.t.Helper()
	out, code := h.run(plain + sql + ";\nEXIT\n")
	if code != 0 {
		h.t.Fatalf("%s: exit %d\n%s", sql, code, out)
	}
	return strings.TrimRight(out, "\n")
}

func TestQuestions(t *testing.T) {
	h := newHost(t)
	if _, err := h.db.Work(context.Background(), oradb.Work{Transactions: 5, Seed: 1}); err != nil {
		t.Fatal(err)
	}
	if out, code := h.run("ALTER SYSTEM ARCHIVE LOG CURRENT;\n"); code != 0 || !strings.Contains(out, "System altered.") {
		t.Fatalf("%d %s", code, out)
	}
	c, err := h.db.Control()
	if err != nil {
		t.Fatal(err)
	}
	l := c.ArchivedLogs[0]
	cases := []struct{ sql, want string }{
		{"SELECT 'D|'||dbid||'|'||name||'|'||log_mode||'|'||open_mode||'|'||controlfile_type||'|'||cdb||'|' FROM v$database",
			"D|1234567890|DEMO|ARCHIVELOG|READ WRITE|CURRENT|NO|"},
		{"SELECT 'I|'||status||'|'||version||'|'||instance_name FROM v$instance", "I|OPEN|19.0.0.0.0|DEMO"},
		{"SELECT COUNT(*) FROM v$version WHERE banner LIKE '%Enterprise Edition%'", "         1"},
		{"SELECT name||'='||value FROM v$parameter WHERE name IN ('control_file_record_keep_time','db_name') ORDER BY name",
			"control_file_record_keep_time=7\ndb_name=DEMO"},
		{"SELECT file#||'|'||t.name||'|'||bytes FROM v$datafile d, v$tablespace t WHERE d.ts# = t.ts# ORDER BY file#",
			"1|SYSTEM|163840\n2|USERS|163840"},
		{"SELECT d.file#||' '||h.fuzzy||' '||NVL(h.error,'fine') FROM v$datafile d JOIN v$datafile_header h ON h.file# = d.file# AND h.checkpoint_change# = d.checkpoint_change#",
			"1 YES fine\n2 YES fine"},
		{"SELECT thread#||'|'||sequence#||'|'||first_change#||'|'||next_change#||'|'||deleted||'|'||status||'|'||name FROM v$archived_log",
			fmt.Sprintf("1|1|%d|%d|NO|A|%s", l.FirstSCN, l.NextSCN, l.Name)},
		{"SELECT group#||status||archived FROM v$log WHERE status='CURRENT'", "2CURRENTNO"},
		{"SELECT COUNT(*) FROM v$log l, v$logfile f WHERE f.group# = l.group#", "         3"},
		{"SELECT destination FROM v$archive_dest WHERE status <> 'INACTIVE'", "USE_DB_RECOVERY_FILE_DEST"},
		{"SELECT incarnation#||status FROM v$database_incarnation", "1CURRENT"},
		{"SELECT status FROM v$block_change_tracking", "DISABLED"},
		{"SELECT TO_CHAR(resetlogs_time,'YYYY-MM-DD HH24:MI:SS') FROM v$database", c.Resetlogs.Time.Format(time.DateTime)},
		{"SELECT resetlogs_time FROM v$database", c.Resetlogs.Time.Format(time.DateTime)},
		{"SELECT COUNT(*) FROM v$backup_piece p, v$backup_set s WHERE p.set_stamp=s.set_stamp AND p.set_count=s.set_count", "         0"},
		{"SELECT name FROM v$recovery_file_dest WHERE space_used > 0", filepath.Join(h.db.Base(), "fra")},
		{"SELECT dbid FROM v$database", "1234567890"},
		{"SELECT next_change# FROM v$log WHERE status='CURRENT'", "  1.8447E+19"},
		{"SELECT COUNT(*) FROM v$recover_file", "         0"},
	}
	for _, tc := range cases {
		if got := h.ask(tc.sql); got != tc.want {
			t.Errorf("%s\n got %q\nwant %q", tc.sql, got, tc.want)
		}
	}
}

func TestErrorsAsSQLPlusPrintsThem(t *testing.T) {
	h := newHost(t)
	out, code := h.run("WHENEVER SQLERROR EXIT SQL.SQLCODE\nSELECT dbid,\n  nonsense\nFROM v$database;\nSELECT 1 FROM dual;\n")
	want := "  nonsense\n  *\nERROR at line 2:\nORA-00904: \"NONSENSE\": invalid identifier\n\n\n"
	if out != want || code != 904&0xff {
		t.Errorf("exit %d\n%s", code, out)
	}
	out, code = h.run("SELECT * FROM v$nothing;\nPROMPT still here\n")
	if code != 0 || !strings.Contains(out, "ORA-00942: table or view does not exist") || !strings.HasSuffix(out, "still here\n") {
		t.Errorf("exit %d\n%s", code, out)
	}
	out, _ = h.run("FROB x\nSELECT 1 FROM dual\n\nHELLO\n")
	if out != "SP2-0734: unknown command beginning \"FROB x...\" - rest of line ignored.\nSP2-0042: unknown command \"HELLO\" - rest of line ignored.\n" {
		t.Errorf("%s", out)
	}
}

func TestPagesAndFeedback(t *testing.T) {
	h := newHost(t)
	out, _ := h.run("SET TAB OFF\nCOLUMN name FORMAT A10\nSELECT file#, status, enabled FROM v$datafile;\nSELECT 1 x FROM dual WHERE 1=2;\n")
	want := "\n     FILE# STATUS  ENABLED\n---------- ------- ----------\n         1 SYSTEM  READ WRITE\n         2 ONLINE  READ WRITE\n\n\nno rows selected\n\n"
	if out != want {
		t.Errorf("got\n%s\nwant\n%s", out, want)
	}
	out, _ = h.run("SET PAGESIZE 0\nSELECT 'a  b     c' FROM dual;\n")
	if out != "a  b\t c\n" {
		t.Errorf("SET TAB ON is the default: %q", out)
	}
	out, _ = h.run("SET PAGESIZE 0 FEEDBACK OFF\nSELECT 'a&b' FROM dual;\nvalue\n")
	if !strings.Contains(out, "Enter value for b: ") || !strings.HasSuffix(out, "avalue\n") {
		t.Errorf("SET DEFINE ON is the default: %q", out)
	}
	out, _ = h.run("SET PAGESIZE 0 FEEDBACK OFF LINESIZE 40\nSELECT RPAD('x',50,'y') FROM dual;\n")
	if lines := strings.Split(strings.TrimSpace(out), "\n"); len(lines) != 2 || len(lines[0]) != 40 {
		t.Errorf("LINESIZE folds: %q", out)
	}
}

func TestStates(t *testing.T) {
	h := newHost(t)
	steps := []struct {
		script string
		want   []string
		never  string
	}{
		{"SHUTDOWN IMMEDIATE\n", []string{"Database closed.", "Database dismounted.", "ORACLE instance shut down."}, "ORA-"},
		{"SELECT status FROM v$instance;\n", []string{"ORA-01034: ORACLE not available"}, "OPEN"},
		{"SHUTDOWN ABORT\n", []string{"ORA-01034"}, "shut down"},
		{"STARTUP NOMOUNT\n", []string{"ORACLE instance started."}, "mounted"},
		{"STARTUP\n", []string{"ORA-01081"}, "started."},
		{"SELECT status FROM v$instance;\nSELECT name FROM v$database;\n", []string{"STARTED", "ORA-01507: database not mounted"}, ""},
		{"SELECT name FROM v$datafile;\n", []string{"ORA-01507"}, ""},
		{"ALTER DATABASE OPEN;\n", []string{"ORA-01507"}, "altered"},
		{"ALTER DATABASE MOUNT;\n", []string{"Database altered."}, ""},
		{"SELECT open_mode, current_scn FROM v$database;\n", []string{"MOUNTED"}, ""},
		{"ALTER SYSTEM SWITCH LOGFILE;\n", []string{"ORA-01109: database not open"}, "altered"},
		{"ALTER DATABASE OPEN RESETLOGS;\n", []string{"ORA-01139"}, "altered"},
		{"ALTER DATABASE OPEN;\n", []string{"Database altered."}, ""},
		{"ALTER DATABASE OPEN;\n", []string{"ORA-01531"}, ""},
		{"ALTER SYSTEM SET db_recovery_file_dest_size=1G SCOPE=BOTH;\nSHOW USER\n", []string{"System altered.", "USER is \"SYS\""}, "ORA-"},
		{"SHUTDOWN ABORT\n", []string{"ORACLE instance shut down."}, "closed"},
		{"STARTUP\n", []string{"Database mounted.", "Database opened."}, "ORA-"},
		{"ARCHIVE LOG LIST\n", []string{"Archive Mode", "Current log sequence           1"}, ""},
	}
	for _, st := range steps {
		out, code := h.run(st.script)
		if code != 0 {
			t.Errorf("%q: exit %d", st.script, code)
		}
		for _, w := range st.want {
			if !strings.Contains(out, w) {
				t.Errorf("%q does not say %q:\n%s", st.script, w, out)
			}
		}
		if st.never != "" && strings.Contains(out, st.never) {
			t.Errorf("%q says %q:\n%s", st.script, st.never, out)
		}
	}
	if in, err := h.db.Instance(); err != nil || in.Params.Int("db_recovery_file_dest_size", 0) != 1<<30 {
		t.Errorf("the parameter did not survive: %v %v", in.Params, err)
	}
}

func TestLogons(t *testing.T) {
	h := newHost(t)
	script := "SELECT 'in' FROM dual;\n"
	cases := []struct {
		name   string
		args   []string
		change func()
		want   string
		code   int
	}{
		{"by the operating system", []string{"-S", "-L", "/ as sysdba"}, nil, "in", 0},
		{"split arguments", []string{"-s", "-l", "/", "as", "sysdba"}, nil, "in", 0},
		{"by password", []string{"-S", "-L", "sys/demo@demo as sysdba"}, nil, "in", 0},
		{"wrong password", []string{"-S", "-L", "sys/x@demo as sysdba"}, nil, "ORA-01017", 1},
		{"sys without a role", []string{"-S", "-L", "sys/demo@demo"}, nil, "ORA-28009", 1},
		{"unknown service", []string{"-S", "-L", "sys/demo@other as sysdba"}, nil, "ORA-12154", 1},
		{"later", []string{"-S", "/nolog"}, nil, "SP2-0640: Not connected", 0},
		{"unknown option", []string{"-X"}, nil, "SP2-0306", 1},
		{"denied", []string{"-S", "-L", "/ as sysdba"}, func() {
			if err := os.WriteFile(filepath.Join(h.db.Base(), sqlsim.DeniedFile), []byte(`{"denied":true}`), 0o600); err != nil {
				t.Fatal(err)
			}
		}, "ORA-01031: insufficient privileges", 1},
		{"no SID", []string{"-S", "-L", "/ as sysdba"}, func() { h.env = h.env[:1] }, "ORA-12162", 1},
		{"no home", []string{"-S", "-L", "/ as sysdba"}, func() { h.env = nil }, "SP2-0750", 1},
	}
	for _, tc := range cases {
		if tc.change != nil {
			tc.change()
		}
		out, code := h.run(script, tc.args...)
		if code != tc.code || !strings.Contains(out, tc.want) {
			t.Errorf("%s: exit %d\n%s", tc.name, code, out)
		}
	}
}

func TestConnectAndScriptFile(t *testing.T) {
	h := newHost(t)
	out, _ := h.run("CONNECT sys/demo@DEMO AS SYSDBA\nSET PAGESIZE 0\nSELECT 1 FROM dual;\n", "-S", "/nolog")
	if out != "Connected.\n\t 1\n" {
		t.Errorf("%q", out)
	}
	path := filepath.Join(t.TempDir(), "ask.sql")
	if err := os.WriteFile(path, []byte("SET VERIFY OFF PAGESIZE 0\nSELECT '&1' FROM dual;\nEXIT 7\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	out, code := h.run("SELECT 'never' FROM dual;\n", "-S", "/ as sysdba", "@"+path, "argument")
	if code != 7 || out != "argument\n" {
		t.Errorf("exit %d: %q", code, out)
	}
	out, code = h.run("WHENEVER OSERROR EXIT FAILURE\n@nowhere\nPROMPT no\n")
	if code != 1 || strings.Contains(out, "no\n") || !strings.Contains(out, "SP2-0310") {
		t.Errorf("exit %d: %q", code, out)
	}
}

func TestBannerAndPromptsUnlessSilent(t *testing.T) {
	h := newHost(t)
	out, _ := h.run("EXIT\n", "/ as sysdba")
	for _, w := range []string{"SQL*Plus: Release 19.0.0.0.0", "Connected to:", "SQL> ", "Disconnected from Oracle Database 19c"} {
		if !strings.Contains(out, w) {
			t.Errorf("no %q in\n%s", w, out)
		}
	}
}

func TestLostFilesShow(t *testing.T) {
	h := newHost(t)
	if _, err := h.db.Lose(oradb.LoseDatafile(2)); err != nil {
		t.Fatal(err)
	}
	if got := h.ask("SELECT error FROM v$datafile_header WHERE file#=2"); got != "FILE NOT FOUND" {
		t.Errorf("%q", got)
	}
	if got := h.ask("SELECT bytes||' '||create_bytes FROM v$datafile WHERE file#=2"); got != "0 163840" {
		t.Errorf("%q", got)
	}
	if got := h.ask("SELECT file#||error FROM v$recover_file"); got != "2FILE NOT FOUND" {
		t.Errorf("%q", got)
	}
	if _, err := h.db.Lose(oradb.LoseControl); err != nil {
		t.Fatal(err)
	}
	if out, _ := h.run("SELECT name FROM v$database;\n"); !strings.Contains(out, "ORA-00210") {
		t.Errorf("%s", out)
	}
}

// FuzzScript: no script makes sqlplus fall over. The instance is only started, so
// that some views answer and there is nothing to change.
func FuzzScript(f *testing.F) {
	for _, s := range []string{
		plain + "SELECT name FROM v$datafile;\n", "COLUMN\nCOLUMN x FORMAT\nDEFINE\nSET\nSET NUMWIDTH 2\nSELECT 123456 FROM dual;\n/\n",
		"WHENEVER\nEXIT x y\n", "SELECT '&x' FROM\n dual;\n", "ALTER\n;\nALTER SYSTEM SET x=;\n", "@\nSTART\nARCHIVE LOG\nPROMPT -\n-\n",
		"SET LINESIZE 1 PAGESIZE 1\nSELECT 'abc', 1 FROM dual;\n", "SET COLSEP '|' NULL ~ TAB OFF\nSELECT NULL, 2 FROM dual;\n",
	} {
		f.Add(s)
	}
	db, err := oradb.Open(f.TempDir(), "DEMO")
	if err != nil {
		f.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(db.Home(), "bin"), 0o700); err != nil {
		f.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(db.Home(), "dbs"), 0o700); err != nil {
		f.Fatal(err)
	}
	env := []string{"ORACLE_HOME=" + db.Home(), "ORACLE_SID=DEMO", "TZ=UTC"}
	f.Fuzz(func(t *testing.T, script string) {
		if strings.ContainsAny(script, "@") || strings.Contains(strings.ToUpper(script), "START") {
			return // would read files of the host, or start what is not there
		}
		if _, err := db.Startup(context.Background(), oradb.StartupOptions{Force: true, To: oradb.NoMount, AllowDummy: true}); err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		code := sqlsim.Main([]string{"-S", "/ as sysdba"}, strings.NewReader(script), &out, &out, env)
		if code < 0 || code > 255 {
			t.Fatalf("exit status %d", code)
		}
	})
}
