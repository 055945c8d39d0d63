package run

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestLockOfThisProcess(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "logs")
	me := Self(childID, noon)
	l, err := Acquire(dir, "ORCL", me)
	if err != nil {
		t.Fatal(err)
	}
	var held *HeldError
	if _, err := Acquire(dir, "ORCL", me); !errors.As(err, &held) || held.Holder != me {
		t.Errorf("second lock: %v", err)
	}
	if err := l.Release(); err != nil {
		t.Fatal(err)
	}
	l, err = Acquire(dir, "ORCL", me)
	if err != nil || l.Previous() != nil {
		t.Fatalf("after release: %v, previous %v", err, l.Previous())
	}
	if err := l.Release(); err != nil {
		t.Error(err)
	}
	if fi, err := os.Stat(filepath.Join(dir, ".lock-ORCL")); err != nil || fi.Mode().Perm() != 0o600 || fi.Size() != 0 {
		t.Errorf("lock file: %v %v", fi, err)
	}
}

// foreign leaves the lock file of a holder on another host whose flock this
// kernel cannot see.
func foreign(t *testing.T, dir string, silentFor time.Duration) {
	t.Helper()
	path := filepath.Join(dir, ".lock-ORCL")
	if err := writeJSON(path, Holder{RunID: childID, Host: "dbhost2", PID: 7, Started: noon}); err != nil {
		t.Fatal(err)
	}
	at := time.Now().Add(-silentFor)
	if err := os.Chtimes(path, at, at); err != nil {
		t.Fatal(err)
	}
}

func TestLockHeldOnAnotherHost(t *testing.T) {
	yes, no := func(string) bool { return true }, func(string) bool { return false }
	dir := t.TempDir()
	foreign(t, dir, 10*time.Second)
	_, err := acquire(dir, "ORCL", Self(childID, noon), yes)
	var held *HeldError
	if !errors.As(err, &held) || !strings.Contains(err.Error(), "dbhost2") {
		t.Errorf("a beating lock on a network: %v", err)
	}
	if h, ok := readHolder(filepath.Join(dir, ".lock-ORCL")); !ok || h.Host != "dbhost2" {
		t.Errorf("the holder's name was lost: %+v", h)
	}
	for name, c := range map[string]struct {
		silent  time.Duration
		network func(string) bool
	}{"silent on a network": {time.Hour, yes}, "another host name on a local disk": {0, no}} {
		foreign(t, dir, c.silent)
		l, err := acquire(dir, "ORCL", Self(childID, noon), c.network)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if p := l.Previous(); p == nil || p.Host != "dbhost2" {
			t.Errorf("%s: previous %+v", name, p)
		}
		if err := l.Release(); err != nil {
			t.Error(err)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".lock-probe-*")); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestLockBeats(t *testing.T) {
	dir := t.TempDir()
	l, err := Acquire(dir, "ORCL", Self(childID, noon))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, ".lock-ORCL")
	old := time.Now().Add(-time.Hour)
	if err := os.Chtimes(path, old, old); err != nil {
		t.Fatal(err)
	}
	l.touch()
	fi, err := os.Stat(path)
	h, ok := readHolder(path)
	if err != nil || fi.ModTime().Sub(old) < time.Minute || !ok || h.RunID != childID {
		t.Errorf("after a beat: %v %v %+v", fi.ModTime(), err, h)
	}
	if err := l.Release(); err != nil {
		t.Error(err)
	}
}

func TestLockRefuses(t *testing.T) {
	dir := t.TempDir()
	if _, err := Acquire(dir, "", Holder{}); err == nil {
		t.Error("lock of nothing")
	}
	target := filepath.Join(dir, "target")
	if err := os.WriteFile(target, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(target, filepath.Join(dir, ".lock-ORCL")); err != nil {
		t.Fatal(err)
	}
	if _, err := Acquire(dir, "ORCL", Self(childID, noon)); err == nil {
		t.Error("a symlink was followed")
	}
	if data, _ := os.ReadFile(target); string(data) != "precious" {
		t.Errorf("the target holds %q", data)
	}
	l, err := Acquire(dir, "../a$b", Self(childID, noon))
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Release(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(dir, ".lock-%2e%2e%2fa%24b")); err != nil {
		t.Error(err)
	}
}

func FuzzLockFile(f *testing.F) {
	f.Add([]byte(`{"run":"x","host":"h","pid":1,"proc":"p","started":"2026-11-23T14:03:12Z"}`))
	f.Add([]byte(`{"run":"\u001b[2J","host":"\u202e","pid":9223372036854775807}`))
	f.Add([]byte("{{{"))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, data []byte) {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, ".lock-ORCL"), data, 0o600); err != nil {
			t.Fatal(err)
		}
		// Whatever a dead process left, the lock is to be had.
		l, err := acquire(dir, "ORCL", Self(childID, noon), func(string) bool { return false })
		if err != nil {
			t.Fatal(err)
		}
		if p := l.Previous(); p != nil && Clean(p.String()) != p.String() {
			t.Errorf("unsafe name %q", p)
		}
		if err := l.Release(); err != nil {
			t.Error(err)
		}
	})
}
