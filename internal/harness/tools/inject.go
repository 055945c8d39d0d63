package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
)

// injection is a failure that the simulated rman cannot have by itself: any
// code, at any script. It lies as inject.json beside ORACLE_HOME and goes when
// it strikes.
type injection struct {
	On    string // part of the command file's name; empty: the next one
	Mode  string // before: instead of the script; flood: the same, a line without end; after: behind it; mute: behind it, without a word; stubborn: none of it, but RMAN takes no SIGTERM
	Lines []string
	Exit  int
	Keep  bool // strike again
	Size  int  // bytes of a flood
}

// injected finds what is to happen to this call.
func injected(args []string) (injection, bool) {
	path := filepath.Join(filepath.Dir(filepath.Clean(os.Getenv("ORACLE_HOME"))), "inject.json")
	b, err := os.ReadFile(path)
	if err != nil {
		return injection{}, false
	}
	var i injection
	if err := json.Unmarshal(b, &i); err != nil {
		fmt.Fprintln(os.Stderr, "inject.json:", err)
		return injection{}, false
	}
	for _, a := range args {
		if file, ok := strings.CutPrefix(a, "cmdfile="); ok && strings.Contains(filepath.Base(strings.Trim(file, `'"`)), i.On) {
			if !i.Keep {
				_ = os.Remove(path)
			}
			return i, true
		}
	}
	return injection{}, false
}

// run runs rman with the failure in it.
func (i injection) run(rman func() int, out io.Writer) int {
	if i.Mode == "stubborn" {
		signal.Ignore(syscall.SIGTERM)
		return rman()
	}
	block := bytes.Repeat([]byte("x"), 1<<20) // once: the memory of a flood is to be the reader's
	for sent := 0; i.Mode == "flood" && sent < i.Size; sent += len(block) {
		_, _ = out.Write(block)
	}
	if i.Mode == "before" || i.Mode == "flood" {
		fmt.Fprint(out, "\nRecovery Manager: Release 19.0.0.0.0 - Production on Tue Nov 24 20:00:00 2026\nVersion 19.23.0.0.0\n\n")
	} else {
		_ = rman()
	}
	for _, l := range i.Lines {
		fmt.Fprintln(out, l)
	}
	return i.Exit
}
