// Tools is the simulated rman and sqlplus without the rest of the program: what
// the harness puts into a simulated ORACLE_HOME, because it starts in a fifth
// of the time. Its name says which of the two it is. Its rman can be told to
// fail with any code at all.
package main

import (
	"os"
	"path/filepath"

	"orabak-tui/internal/demo/rmansim"
	"orabak-tui/internal/demo/sqlsim"
)

func main() {
	args := os.Args[1:]
	if filepath.Base(os.Args[0]) != "rman" {
		os.Exit(sqlsim.Main(args, os.Stdin, os.Stdout, os.Stderr, os.Environ()))
	}
	rman := func() int { return rmansim.Main(args, os.Stdin, os.Stdout, os.Stderr, os.Environ()) }
	if i, ok := injected(args); ok {
		os.Exit(i.run(rman, os.Stdout))
	}
	os.Exit(rman())
}
