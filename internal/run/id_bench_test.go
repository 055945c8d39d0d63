package run

import (
	"regexp"
	"strings"
	"testing"
)

// The form of an id, as documentation has it.
var idForm = regexp.MustCompile(`^(\d{8}T\d{6}Z)-([a-z]{1,20})(?:-([A-Za-z0-9_]{1,30}))?-([0-9a-f]{4})$`)

func FuzzCutID(f *testing.F) {
	for _, s := range []string{
		"20261123T140312Z-full-7f3a", "20261123T140312Z-full-ORCL-7f3a", "20261123T140312Z-full-a-b-7f3a", "20261123T140312Z--7f3a",
		"20261123T140312Z-full--7f3a", "20261123T140312Z-full-7F3A", "20261123T140312Z-full-7f3a\n", "2026112çT14031Z-full-7f3a", "x", "--", "---",
		"20261123T140312Z-" + strings.Repeat("a", 21) + "-7f3a", "20261123T140312Z-full-" + strings.Repeat("A", 31) + "-7f3a", "20261123T140312Z-full-Ü-7f3a",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		m := idForm.FindStringSubmatch(s)
		id, ok := cutID(s)
		if ok != (m != nil) {
			t.Fatalf("%q: %v, the form says %v", s, ok, m != nil)
		}
		if ok && (id.Kind != m[2] || id.DBName != m[3] || id.Suffix != m[4]) {
			t.Fatalf("%q: %+v, want %q", s, id, m)
		}
	})
}

func BenchmarkParseID(b *testing.B) {
	for b.Loop() {
		if _, err := ParseID("20261123T140312Z-full-ORCL-7f3a"); err != nil {
			b.Fatal(err)
		}
	}
}
