// Tools is the simulated rman and sqlplus without the rest of the program: what
// the harness puts into a simulated ORACLE_HOME, because it starts in a fifth
// of the time. Its name says which of the two it is.
package main

import (
	"os"
	"path/filepath"

	"orabak-tui/internal/demo/rmansim"
	"orabak-tui/internal/demo/sqlsim"
)

func main() {
	if filepath.Base(os.Args[0]) == "rman" {
		os.Exit(rmansim.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.Environ()))
	}
	os.Exit(sqlsim.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.Environ()))
}
