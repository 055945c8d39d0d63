// Tools is the simulated rman and sqlplus without the rest of the program: what
// the harness puts into a simulated ORACLE_HOME, because it starts in a fifth
// of the time. Its name says which of the two it is. Its rman can be told to
// fail with any code at all, and both tell how they were called.
package main

import (
	"os"
	"path/filepath"
	"strings"

	"orabak-tui/internal/demo/rmansim"
	"orabak-tui/internal/demo/sqlsim"
)

func main() {
	args := os.Args[1:]
	confess()
	if filepath.Base(os.Args[0]) != "rman" {
		os.Exit(sqlsim.Main(args, os.Stdin, os.Stdout, os.Stderr, os.Environ()))
	}
	rman := func() int { return rmansim.Main(args, os.Stdin, os.Stdout, os.Stderr, os.Environ()) }
	if i, ok := injected(args); ok {
		os.Exit(i.run(rman, os.Stdout))
	}
	os.Exit(rman())
}

// confess writes arguments and environment down where the harness looks for
// secrets in them: a file for each call in the folder "called" beside
// ORACLE_HOME, if there is one.
func confess() {
	dir := filepath.Join(filepath.Dir(filepath.Clean(os.Getenv("ORACLE_HOME"))), "called")
	f, err := os.CreateTemp(dir, filepath.Base(os.Args[0])+"-*")
	if err != nil {
		return
	}
	defer f.Close()
	_, _ = f.WriteString(strings.Join(append(os.Args, os.Environ()...), "\n"))
}
