package config

import (
	"flag"
	"os"
	"testing"
)

var update = flag.Bool("update", false, "write .env.example from the table of keys")

const examplePath = "../../.env.example"

func TestExampleFileIsGenerated(t *testing.T) {
	if *update {
		if err := os.WriteFile(examplePath, []byte(Example()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(examplePath)
	if err != nil {
		t.Fatal(err)
	}
	if string(have) != Example() {
		t.Error(".env.example differs from the table of keys; run go generate ./internal/config")
	}
}
