package oradb_test

import (
	"flag"
	"os"
	"testing"
)

// TestMain makes fewer property checks than rapid's 100 unless told otherwise:
// each makes, breaks and restores a database.
func TestMain(m *testing.M) {
	if base := os.Getenv(childEnv); base != "" {
		childWork(base)
		return
	}
	flag.Parse()
	given := false
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == "rapid.checks" })
	if !given {
		if err := flag.Set("rapid.checks", "8"); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}
