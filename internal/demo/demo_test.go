package demo

import (
	"context"
	"os"
	"testing"
	"time"

	"orabak-tui/internal/demo/oradb"
	"orabak-tui/s3store"
)

// The test binary is also the demo's rman and sqlplus.
func TestMain(m *testing.M) {
	if code, ok := Tool(os.Args, os.Stdin, os.Stdout, os.Stderr); ok {
		os.Exit(code)
	}
	os.Exit(m.Run())
}

// A new demo has the history that it was asked for, made by the real engine,
// and its database equals the truth.
func TestHistory(t *testing.T) {
	t.Setenv(EnvHistory, "3")
	ctx := context.Background()
	d, err := Open(ctx, t.TempDir(), os.Stderr)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	h, err := d.historian(ctx)
	if err != nil {
		t.Fatal(err)
	}
	sets, err := h.store.List(ctx, s3store.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]int{}
	for _, s := range sets {
		kinds[s.Kind]++
	}
	if kinds[s3store.KindFull] != 1 || kinds[s3store.KindIncremental] != 2 || kinds[s3store.KindArchivelog] != 3 {
		t.Fatalf("sets of three days: %v", kinds)
	}
	c, err := d.db.Control()
	if err != nil {
		t.Fatal(err)
	}
	if first := sets[len(sets)-1]; !c.Resetlogs.Time.Before(first.StartedAt) {
		t.Errorf("the database is of %v, its first backup of %v: RMAN restores to no time before RESETLOGS", c.Resetlogs.Time, first.StartedAt)
	}
	if age := time.Since(sets[0].StartedAt); age < 0 || age > 100*time.Minute {
		t.Errorf("the newest set is %v old: a new demo would look neglected", age)
	}
	p, err := d.db.Prove(ctx, oradb.Target{})
	if err != nil || !p.OK() {
		t.Fatalf("proof %+v, %v", p, err)
	}
}

func TestLastNight(t *testing.T) {
	for now, want := range map[string]string{
		"2026-11-29T16:12:00Z":      "2026-11-29T01:00:00Z",
		"2026-11-29T03:00:00Z":      "2026-11-29T01:00:00Z",
		"2026-11-29T02:59:00Z":      "2026-11-28T01:00:00Z", // no room for archived logs since
		"2026-11-29T00:30:00Z":      "2026-11-28T01:00:00Z",
		"2026-11-29T01:30:00-08:00": "2026-11-29T01:00:00Z",
	} {
		at, err := time.Parse(time.RFC3339, now)
		if err != nil {
			t.Fatal(err)
		}
		if got := lastNight(at).Format(time.RFC3339); got != want {
			t.Errorf("at %s: %s, want %s", now, got, want)
		}
	}
}
