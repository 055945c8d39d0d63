//go:build linux

package rman

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"orabak-tui/internal/config"
)

func TestCallAndEnvironment(t *testing.T) {
	s := play(t, "tells")
	s.Env = append(s.Env, "AWS_ACCESS_KEY_ID=AKIA", "NLS_LANG=GERMAN_GERMANY.WE8ISO8859P1", "TZ=Asia/Kolkata", "ORACLE_SID=OTHER", "DB_PASSWORD=x")
	res, err := s.Run(context.Background(), s.job)
	check(t, err)
	if got, want := s.noted(t, "args"), "target\n/\nnocatalog\ncmdfile="+res.Script; got != want {
		t.Errorf("arguments\n%s\nwant\n%s", got, want)
	}
	if got := s.noted(t, "cmdfile"); got != s.job.Script.String() {
		t.Errorf("command file\n%s", got)
	}
	env := "\n" + s.noted(t, "env") + "\n"
	for _, want := range []string{"NLS_LANG=AMERICAN_AMERICA.AL32UTF8", "NLS_DATE_FORMAT=YYYY-MM-DD HH24:MI:SS", "TZ=Asia/Kolkata", "ORACLE_SID=ORCL", "ORACLE_HOME=" + s.Home} {
		if strings.Count(env, "\n"+want+"\n") != 1 {
			t.Errorf("the environment lacks %s:\n%s", want, env)
		}
	}
	for _, gone := range []string{"AKIA", "GERMAN", "OTHER", "DB_PASSWORD"} {
		if strings.Contains(env, gone) {
			t.Errorf("the environment has %s", gone)
		}
	}
}

func TestCredentials(t *testing.T) {
	s := play(t, "tells")
	s.SID, s.Target = "", config.NewSecret("sys/tiger1@db1")
	s.job.Dir = filepath.Join(s.dir, "a run")
	check(t, os.Mkdir(s.job.Dir, 0o700))
	check(t, os.WriteFile(filepath.Join(s.job.Dir, ".connect-1.rman"), []byte("left behind"), 0o600))
	var log bytes.Buffer
	lines := s.lines()
	s.job.Log = &log
	res, err := s.Run(context.Background(), s.job)
	check(t, err)
	args := strings.Split(s.noted(t, "args"), "\n")
	if len(args) != 2 || args[0] != "nocatalog" || strings.Contains(args[1], "tiger") {
		t.Errorf("arguments %q", args)
	}
	if got, want := s.noted(t, "cmdfile"), "CONNECT TARGET 'sys/tiger1@db1'\n"+s.job.Script.String(); got != want || s.noted(t, "mode") != "-rw-------" {
		t.Errorf("command file %s\n%s", s.noted(t, "mode"), got)
	}
	left, err := filepath.Glob(filepath.Join(s.job.Dir, ".*"))
	check(t, err)
	kept, err := os.ReadFile(res.Script)
	check(t, err)
	if len(left) != 0 || strings.Contains(string(kept), "tiger") {
		t.Errorf("left %q; kept script\n%s", left, kept)
	}
	if all := log.String() + strings.Join(*lines, "\n"); strings.Contains(all, "tiger") || !strings.Contains(all, "***") {
		t.Errorf("output:\n%s", all)
	}
}

func TestCredentialsThatCannotBeQuoted(t *testing.T) {
	s := play(t, "ok")
	s.Target = config.NewSecret("sys/ti'g\"er@db1")
	_, err := s.Run(context.Background(), s.job)
	if err == nil || strings.Contains(err.Error(), "er@") {
		t.Errorf("error %v", err)
	}
	for in, want := range map[string]string{"/ as sysbackup": "CONNECT TARGET '/ as sysbackup'", "u/p'w@d": `CONNECT TARGET "u/p'w@d"`, `u/"p@w"@d`: `CONNECT TARGET 'u/"p@w"@d'`} {
		if got, err := connectTarget(in); got != want || err != nil {
			t.Errorf("%s: %s %v", in, got, err)
		}
	}
}

func TestHider(t *testing.T) {
	for target, c := range map[string][2]string{
		"sys/tiger1@db1":        {"connect sys/tiger1@db1 tiger1 sys/tiger1", "connect *** *** sys/***"},
		`sys/"ti@ger"@db1`:      {`a ti@ger b "ti@ger"`, "a *** b ***"},
		"sys/tiger1 as sysdba":  {"tiger1", "***"},
		"/":                     {"/u01/x", "/u01/x"},
		"":                      {"a", "a"},
		"sys/abc@db1":           {"abc sys/abc", "abc sys/***"}, // too short to tell from a word
		"/ as sysbackup":        {"/ as sysbackup", "/ as sysbackup"},
		"sys/tiger1@//h:1521/s": {"tiger1", "***"},
	} {
		if got := hider(target).Replace(c[0]); got != c[1] {
			t.Errorf("%s: %q, want %q", target, got, c[1])
		}
	}
}
