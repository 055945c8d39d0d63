package run

import (
	"testing"
	"time"
)

func TestSpan(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0 s", -time.Hour: "0 s", 400 * time.Millisecond: "0 s", 59 * time.Second: "59 s", time.Minute: "1 min",
		260 * time.Second: "4 min 20 s", 2*time.Hour + 31*time.Minute + 5*time.Second: "2 h 31 min", 48 * time.Hour: "2 d",
		61 * time.Hour: "2 d 13 h", 24*time.Hour + 5*time.Minute: "1 d",
	} {
		if got := Span(d); got != want {
			t.Errorf("%v: %s, want %s", d, got, want)
		}
	}
}
