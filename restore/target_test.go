package restore

import "testing"

func TestParseTime(t *testing.T) {
	for text, want := range map[string]string{
		"2026-11-23 11:30:05":       "2026-11-23 11:30:05",
		" 2026-11-23 11:30 ":        "2026-11-23 11:30:00", // to the minute
		"2026-11-23T11:30:00-03:00": "",
	} {
		got, err := ParseTime(text)
		if err != nil || got.Local != want || (want == "") == got.Time.IsZero() {
			t.Errorf("%q is %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "2026-11-23", "2026-11-23 11", "2026-11-23 11:3", "2026-11-23 25:00", "23.11.2026 11:30", "2026-11-23 11:30:00:00"} {
		if got, err := ParseTime(text); err == nil {
			t.Errorf("%q was taken: %+v", text, got)
		}
	}
}
