package rmansim

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// stdin runs rman with commands on standard input.
func (l *lab) stdin(input string, args ...string) (string, int) {
	l.t.Helper()
	var out bytes.Buffer
	p := Program{Stdin: strings.NewReader(input), Stdout: &out, Stderr: &out, Env: l.env}
	code := p.Run(append([]string{"target", "/"}, args...))
	return out.String(), code
}

// TestMain lets the test binary be rman itself, for the tests that need a
// process.
func TestMain(m *testing.M) {
	if os.Getenv("RMANSIM_TEST_PROCESS") != "" {
		os.Exit(Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.Environ()))
	}
	os.Exit(m.Run())
}

// TestPrompts: commands from standard input are not echoed; those of a command
// file are, all of them before the first one runs.
func TestPrompts(t *testing.T) {
	t.Parallel()
	l := newLab(t, nil)
	out, code := l.stdin("show\nbackup optimization;\nset echo on;\nreport schema;\n")
	if code != 0 {
		t.Fatalf("exit %d\n%s", code, out)
	}
	l.has(out, "connected to target database: DEMO (DBID=", ")\n", "\nRMAN> 2> \n", "using target database control file instead of recovery catalog\n",
		"CONFIGURE BACKUP OPTIMIZATION OFF; # default\n", "\nRMAN> ", "RMAN> report schema;\n", "Report of database schema", "\n\nRecovery Manager complete.\n")
	l.lacks(out, "show")
	out = l.ok("show\nbackup optimization;\n# done\nreport schema;")
	l.has(out, "RMAN> show\n2> backup optimization;\n3> # done\n4> report schema;\n5> \n", "CONFIGURE BACKUP", "Report of")
}

// TestGoesOn: at the prompt an error does not end the session; a command file
// ends with its first error. Both end with status 1.
func TestGoesOn(t *testing.T) {
	t.Parallel()
	l := newLab(t, nil)
	script := "bogus;\nbackup datafile 99;\nreport schema;\n"
	out, code := l.stdin(script)
	l.has(out, "RMAN-01008: the bad identifier was: bogus", "RMAN-01007: at line 1 column 1 file: standard input",
		"RMAN-03002: failure of backup command at", "RMAN-20201", "Report of database schema", "Recovery Manager complete.")
	if code != 1 {
		t.Errorf("exit %d", code)
	}
	out = l.fails(script, "RMAN-01008: the bad identifier was: bogus", "RMAN-01007: at line 1 column 1 file: /", "Recovery Manager complete.")
	l.lacks(out, "RMAN-03002", "Report of")
	out = l.fails("report schema;\nrun {\nbackup datafile 1;\nbackup datafile 99;\nbackup datafile 2;\n}\nshow all;\n", "Report of", "RMAN-20201")
	l.lacks(out, "file number=00002", "CONFIGURE RETENTION")
}

func TestMessageNumbers(t *testing.T) {
	t.Parallel()
	l := newLab(t, nil)
	out := l.ok(run("BACKUP DATAFILE 1;"), "msgno")
	l.has(out, "RMAN-06005: connected to target database: DEMO", "RMAN-06009: using target", "RMAN-08030: allocated channel: d1",
		"RMAN-08500: channel d1: SID=", "RMAN-03090: Starting backup at", "RMAN-08008: channel d1: starting full", "RMAN-08522: input datafile",
		"RMAN-08038: channel d1: starting piece 1", "RMAN-08044: channel d1: finished piece 1", "RMAN-08530: piece handle=",
		"RMAN-08540: channel d1: backup set complete", "RMAN-03091: Finished backup", "RMAN-08031: released channel: d1")
}

func TestCommandLine(t *testing.T) {
	t.Parallel()
	l := newLab(t, nil)
	log := filepath.Join(l.stage, "rman.log")
	out, code := l.exec("show all;", "log="+log)
	text, err := os.ReadFile(log)
	if code != 0 || out != "" || err != nil || !strings.Contains(string(text), "CONFIGURE RETENTION") {
		t.Errorf("exit %d, output %q, log %q, %v", code, out, text, err)
	}
	l.exec("show all;", "LOG", log, "APPEND")
	if twice, _ := os.ReadFile(log); len(twice) < 2*len(text)-20 {
		t.Errorf("APPEND: %d bytes after %d", len(twice), len(text))
	}
	l.has(l.ok("bogus"[:0]+"show all;", "checksyntax"), "The cmdfile has no syntax errors")
	if out, code := l.exec("bogus;", "checksyntax"); code != 1 || !strings.Contains(out, "RMAN-01009") {
		t.Errorf("checksyntax: %d\n%s", code, out)
	}
	l.has(l.ok("backup datafile &1 tag '&2';", "using", "2", "hello"), "file number=00002", "tag=HELLO")
	if out, code := l.stdin("", "nonsense"); code != 1 || !strings.Contains(out, "RMAN-00552: syntax error in command line arguments") {
		t.Errorf("%d\n%s", code, out)
	}
	file := filepath.Join(l.stage, "a.rcv")
	if err := os.WriteFile(file, []byte("report schema;\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, code := l.stdin("", "@"+file); code != 0 || !strings.Contains(out, "RMAN> report schema;") {
		t.Errorf("%d\n%s", code, out)
	}
	if out, code := l.stdin("@"+file+"\nshow all;\n", "nocatalog"); code != 0 || !strings.Contains(out, "**end-of-file**") {
		t.Errorf("%d\n%s", code, out)
	}
	if out, code := l.stdin("", "cmdfile=/nowhere"); code != 1 || !strings.Contains(out, "RMAN-00569") {
		t.Errorf("%d\n%s", code, out)
	}
}

func TestConnect(t *testing.T) {
	t.Parallel()
	l := newLab(t, nil)
	try := func(env []string, args ...string) string {
		t.Helper()
		var out bytes.Buffer
		if code := (Program{Stdout: &out, Stderr: &out, Env: env}).Run(args); code != 1 && args[len(args)-1] != "ok" {
			t.Errorf("%v: exit %d\n%s", args, code, out.String())
		}
		return out.String()
	}
	l.has(try(l.env, "target", "sys/wrong@DEMO"), "RMAN-00554: initialization of internal recovery manager package failed",
		"RMAN-04005: error from target database: ", "ORA-01017")
	l.has(try(l.env, "target", "sys/demo@NOWHERE"), "ORA-12154")
	l.has(try(append(l.env, "ORACLE_SID="), "target", "/"), "ORA-12162")
	l.has(try(append(l.env, "ORACLE_HOME=/nowhere"), "target", "/"), "Message file RMAN<lang>.msb not found")
	l.has(try(append(l.env, `RMANSIM_FAULTS={"denied":true}`), "target", "/"), "ORA-01031")
	out, code := l.stdin("backup database;\nconnect target /\nreport schema;\nconnect target /\n")
	_ = out
	if code != 1 {
		t.Errorf("exit %d", code)
	}
	var b bytes.Buffer
	code = Program{Stdin: strings.NewReader("backup database;\nconnect target sys/demo@DEMO\nconnect target 'sys/demo@DEMO'\nreport schema;\n"),
		Stdout: &b, Env: l.env}.Run(nil)
	l.has(b.String(), "RMAN-06171: not connected to target database", "connected to target database: DEMO", "Report of")
	if code != 1 {
		t.Errorf("exit %d", code)
	}
}

// process starts the test binary as rman.
func (l *lab) process(script string) (*exec.Cmd, *bytes.Buffer) {
	l.t.Helper()
	file := filepath.Join(l.t.TempDir(), "run.rcv")
	if err := os.WriteFile(file, []byte(strings.ReplaceAll(script, "$S", l.stage)), 0o600); err != nil {
		l.t.Fatal(err)
	}
	exe, err := os.Executable()
	if err != nil {
		l.t.Fatal(err)
	}
	var out bytes.Buffer
	cmd := exec.Command(exe, "target", "/", "nocatalog", "cmdfile="+file)
	cmd.Env = append(append(os.Environ(), "RMANSIM_TEST_PROCESS=1"), l.env...)
	cmd.Stdout, cmd.Stderr = &out, &out
	return cmd, &out
}

// waitFor polls until a condition holds.
func waitFor(t *testing.T, what string, ok func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for !ok() {
		if err := sleep(ctx, 5*time.Millisecond); err != nil {
			t.Fatalf("%s did not happen", what)
		}
	}
}

// TestInterrupt: Ctrl-C ends the command, removes the piece under way and ends
// the program with status 1.
func TestInterrupt(t *testing.T) {
	t.Parallel()
	l := newLab(t, nil)
	if err := (Faults{Pieces: []PieceFault{{At: 1, Kind: "hang", After: 40000}}}).Save(l.db.Base()); err != nil {
		t.Fatal(err)
	}
	cmd, out := l.process(run("BACKUP DATABASE;"))
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "the piece", func() bool { return len(l.staged()) == 1 })
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err == nil || cmd.ProcessState.ExitCode() != 1 {
		t.Fatalf("%v\n%s", err, out)
	}
	l.has(out.String(), "user interrupt received", "released channel: d1", "RMAN-00569", "RMAN-03099: job cancelled at user request", "Recovery Manager complete.")
	if got := l.staged(); len(got) != 0 {
		t.Errorf("left %v", got)
	}
}

// TestKill: a killed process leaves a piece without a valid header and no
// record.
func TestKill(t *testing.T) {
	t.Parallel()
	l := newLab(t, nil)
	if err := (Faults{Pieces: []PieceFault{{At: 1, Kind: "kill", After: 40000}}}).Save(l.db.Base()); err != nil {
		t.Fatal(err)
	}
	cmd, out := l.process(run("BACKUP DATABASE;"))
	if err := cmd.Run(); err == nil || cmd.ProcessState.ExitCode() != -1 {
		t.Fatalf("%v\n%s", err, out)
	}
	if n := len(l.control().BackupSets); n != 0 {
		t.Errorf("%d sets recorded", n)
	}
	l.has(l.ok("CATALOG START WITH '$S/' NOPROMPT;"), "RMAN-07517")
}

// TestBuffered: with the knob, nothing reaches a pipe before 4 KiB are full or
// the program ends.
func TestBuffered(t *testing.T) {
	t.Parallel()
	l := newLab(t, nil)
	if err := (Faults{Buffered: true, Pieces: []PieceFault{{At: 1, Kind: "hang"}}}).Save(l.db.Base()); err != nil {
		t.Fatal(err)
	}
	cmd, out := l.process(run("BACKUP DATABASE;"))
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "the piece", func() bool { return len(l.staged()) == 1 })
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	l.has(out.String(), "Starting backup", "Recovery Manager complete.")
}

func TestThrottle(t *testing.T) {
	t.Parallel()
	l := newLab(t, nil)
	if err := (Faults{WriteRate: 1 << 20}).Save(l.db.Base()); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	l.ok("RUN {\nSET CONTROLFILE AUTOBACKUP OFF;\nALLOCATE CHANNEL d1 DEVICE TYPE DISK FORMAT '$S/%U';\nBACKUP DATAFILE 1;\n}\n")
	size := l.control().BackupPieces[0].Bytes
	if took, want := time.Since(began), time.Duration(size)*time.Second/(1<<20); took < want*9/10 {
		t.Errorf("%d bytes took %v, want about %v", size, took, want)
	}
}

func TestExitKnob(t *testing.T) {
	t.Parallel()
	l := newLab(t, nil)
	l.env = append(l.env, `RMANSIM_FAULTS={"exit":"zero"}`)
	if out, code := l.exec("bogus;"); code != 0 || !strings.Contains(out, "RMAN-00569") {
		t.Errorf("exit %d", code)
	}
	l.env = append(l.env, `RMANSIM_FAULTS={"exit":"one"}`)
	if _, code := l.exec("show all;"); code != 1 {
		t.Errorf("exit %d", code)
	}
}

// TestTerminated: SIGTERM is not caught; it leaves what a kill leaves.
func TestTerminated(t *testing.T) {
	t.Parallel()
	l := newLab(t, nil)
	if err := (Faults{Pieces: []PieceFault{{At: 1, Kind: "hang", After: 40000}}}).Save(l.db.Base()); err != nil {
		t.Fatal(err)
	}
	cmd, out := l.process(run("BACKUP DATABASE;"))
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "the piece", func() bool { return len(l.staged()) == 1 })
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err == nil || cmd.ProcessState.ExitCode() != -1 || strings.Contains(out.String(), "complete") {
		t.Fatalf("%v\n%s", err, out)
	}
	l.has(l.ok("CATALOG START WITH '$S/' NOPROMPT;"), "RMAN-07517")
}
