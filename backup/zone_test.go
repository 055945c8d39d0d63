package backup

import (
	"testing"
	"time"
)

// A log may go only when it is older than the time to keep, whatever the
// database's clock did in between.
func TestCutoffNeverShortensTheTimeToKeep(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Skip("this machine has no time zone data:", err)
	}
	const keep = 24 * time.Hour
	for _, change := range []time.Time{time.Date(2026, 3, 29, 1, 0, 0, 0, time.UTC), time.Date(2026, 10, 25, 1, 0, 0, 0, time.UTC)} {
		for after := -2 * time.Hour; after < 30*time.Hour; after += 15 * time.Minute {
			now := change.Add(after)
			before := cutoff(now, keep, berlin)
			for age := time.Duration(0); age < keep; age += 15 * time.Minute {
				if shown := now.Add(-age).In(berlin).Format("2006-01-02 15:04:05"); shown < before {
					t.Fatalf("at %v a log of %v, shown as %s, is before %s", now, age, shown, before)
				}
			}
			if shown := now.Add(-keep - 3*time.Hour).In(berlin).Format("2006-01-02 15:04:05"); shown >= before {
				t.Fatalf("at %v a log three hours past its time, shown as %s, stays: %s", now, shown, before)
			}
		}
	}
}

func TestCutoffInAZoneOfItsOwn(t *testing.T) {
	now := time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
	tests := []struct {
		offset int
		keep   time.Duration
		want   string
	}{
		{0, 0, "2026-07-01 12:00:00"},
		{0, time.Hour, "2026-07-01 11:00:00"},
		{120, 0, "2026-07-01 14:00:00"},
		{120, time.Hour, "2026-07-01 12:00:00"}, // nothing is known of its past: an hour more
	}
	for _, tt := range tests {
		if got := cutoff(now, tt.keep, hostZone(now, time.UTC, tt.offset)); got != tt.want {
			t.Errorf("offset %d, keep %v: %s, want %s", tt.offset, tt.keep, got, tt.want)
		}
	}
}
