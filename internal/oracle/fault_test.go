package oracle

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"orabak-tui/internal/config"
)

func TestFaults(t *testing.T) {
	for _, c := range []struct {
		out  []string
		want *Fault
	}{
		{[]string{"ERROR:", "ORA-01031: insufficient privileges", "", "", "SP2-0751: Unable to connect to Oracle.  Exiting SQL*Plus"}, ErrNotDBA},
		{[]string{"ERROR:", "ORA-12162: TNS:net service name is incorrectly specified", "", "SP2-0751: Unable to connect to Oracle.  Exiting SQL*Plus"}, ErrNoService},
		{[]string{"ERROR:", "ORA-01089: immediate shutdown in progress - no operations are permitted"}, ErrTransition},
		{[]string{"ERROR:", "ORA-12541: TNS:no listener"}, ErrUnreachable},
		{[]string{"ERROR:", "ORA-01017: invalid username/password; logon denied"}, ErrBadLogin},
	} {
		i := fake(t, &scenario{All: c.out, Exit: 1})
		_, err := i.Facts(context.Background())
		if !errors.Is(err, c.want) || Remedy(err) != c.want.Remedy || !strings.Contains(err.Error(), c.want.Remedy) {
			t.Errorf("%v: error %v", c.out, err)
		}
	}
	down := fake(t, &scenario{All: []string{"ERROR:", "ORA-01034: ORACLE not available", "ORA-27101: shared memory realm does not exist"}, Exit: 1})
	if st, err := down.Status(context.Background()); st != Down || err != nil {
		t.Errorf("status %q, error %v; want down", st, err)
	}
	if _, err := down.ArchivedLogs(context.Background()); !errors.Is(err, ErrNotRunning) {
		t.Errorf("archived logs of an instance that is down: %v", err)
	}
	if _, err := fake(t, &scenario{All: []string{"sqlplus: error while loading shared libraries"}, Exit: 127}).Status(context.Background()); err == nil || !strings.Contains(err.Error(), "shared libraries") {
		t.Errorf("error %v", err)
	}
}

func TestCheckNamesWhatIsMissing(t *testing.T) {
	home := t.TempDir()
	must(t, os.Mkdir(filepath.Join(home, "bin"), 0o700))
	check := func(opt Options, want error) {
		t.Helper()
		i := New(opt)
		if err := i.Check(); !errors.Is(err, want) {
			t.Errorf("check: %v, want %v", err, want)
		}
		if _, err := i.Status(context.Background()); !errors.Is(err, want) {
			t.Errorf("status: %v, want %v", err, want)
		}
	}
	check(Options{SID: "X"}, ErrNoHome)
	check(Options{SID: "X", Home: filepath.Join(home, "none")}, ErrNoHome)
	check(Options{SID: "X", Home: home}, ErrNoTool)
	for _, tool := range []string{"sqlplus", "rman"} {
		must(t, os.WriteFile(filepath.Join(home, "bin", tool), nil, 0o600))
	}
	check(Options{SID: "X", Home: home}, ErrToolDenied)
	for _, tool := range []string{"sqlplus", "rman"} {
		must(t, os.Chmod(filepath.Join(home, "bin", tool), 0o700))
	}
	check(Options{Home: home}, ErrNoSID)
}

func TestPasswordGoesThroughStandardInput(t *testing.T) {
	s := open()
	i := fake(t, s, func(o *Options) {
		o.SID = ""
		o.Target = config.NewSecret(`sys/tiger&1@db1`)
		o.Env = append(o.Env, "AWS_SECRET_ACCESS_KEY=k", "MY_PASSWORD=p", "TWO_TASK=x", "SQLPATH=/tmp", "NLS_SORT=GERMAN", "TZ=UTC")
	})
	facts(t, i)
	if args := recorded(t, *s, "args")[0]; args != "[-S][-L][/nolog]" {
		t.Errorf("arguments %q", args)
	}
	script := recorded(t, *s, "script")[0]
	if !strings.Contains(script, "CONNECT sys/tiger&1@db1 AS SYSDBA\n") || strings.Index(script, "DEFINE OFF") > strings.Index(script, "CONNECT") {
		t.Errorf("script:\n%s", script)
	}
	env := "\n" + recorded(t, *s, "env")[0] + "\n"
	for _, gone := range []string{"AWS_SECRET", "MY_PASSWORD", "TWO_TASK", "SQLPATH", "NLS_SORT", "tiger"} {
		if strings.Contains(env, gone) {
			t.Errorf("%s is in the environment", gone)
		}
	}
	for _, kept := range []string{"TZ=UTC", "NLS_LANG=AMERICAN_AMERICA.AL32UTF8", "NLS_DATE_FORMAT=YYYY-MM-DD HH24:MI:SS"} {
		if !strings.Contains(env, "\n"+kept+"\n") {
			t.Errorf("%s is not in the environment", kept)
		}
	}
}

func TestOperatingSystemAuthentication(t *testing.T) {
	for target, want := range map[string]string{"": "/ as sysdba", "/": "/ as sysdba", "/ as sysbackup": "/ as sysbackup"} {
		s := open()
		_, err := fake(t, s, func(o *Options) { o.Target = config.NewSecret(target) }).Status(context.Background())
		must(t, err)
		if args := recorded(t, *s, "args")[0]; args != "[-S][-L]["+want+"]" {
			t.Errorf("%q: arguments %q", target, args)
		}
	}
}

func TestAQuestionThatHangsIsKilled(t *testing.T) {
	s := &scenario{Hang: true}
	i := fake(t, s, func(o *Options) { o.Timeout = time.Second })
	_, err := i.Status(context.Background())
	if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "alert log") {
		t.Errorf("error %v", err)
	}
	if child, err := os.ReadFile(filepath.Join(s.Dir, "child")); err != nil || !dead(strings.TrimSpace(string(child))) {
		t.Errorf("its child %q lives on: %v", child, err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := i.Status(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

// dead waits for a killed process that is not ours to vanish or be a zombie.
func dead(pid string) bool {
	for range 500 {
		stat, err := os.ReadFile("/proc/" + pid + "/stat")
		if err != nil || strings.Contains(string(stat), ") Z ") {
			return true
		}
		time.Sleep(10 * time.Millisecond)
	}
	return false
}
