package rman

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

// FuzzLines: however the output is cut into chunks, every byte arrives, in
// lines as a plain split would give them.
func FuzzLines(f *testing.F) {
	f.Add([]byte("a\r\nb\n\nc"), uint8(1))
	f.Add([]byte("\r\r\n\n\x00\xff"), uint8(3))
	f.Fuzz(func(t *testing.T, out []byte, step uint8) {
		var got []string
		s := (&Runner{}).newSession(Job{OnLine: func(_ time.Time, l string) { got = append(got, l) }}, jobFiles{}, &Result{Summary: NewSummary()})
		for rest := out; len(rest) > 0; {
			n := min(int(step)+1, len(rest))
			s.take(rest[:n])
			rest = rest[n:]
		}
		s.finish()
		var want []string
		for _, l := range bytes.Split(out, []byte("\n")) {
			want = append(want, string(bytes.TrimRight(l, "\r")))
		}
		if len(out) == 0 || out[len(out)-1] == '\n' {
			want = want[:len(want)-1]
		}
		if strings.Join(got, "\n") != strings.Join(want, "\n") || len(got) != len(want) {
			t.Fatalf("%q in steps of %d:\n got %q\nwant %q", out, step, got, want)
		}
	})
}

func TestEndlessLineIsCut(t *testing.T) {
	var sizes []int
	s := (&Runner{}).newSession(Job{OnLine: func(_ time.Time, l string) { sizes = append(sizes, len(l)) }}, jobFiles{}, &Result{Summary: NewSummary()})
	chunk := bytes.Repeat([]byte("x"), chunkSize)
	for range 40 {
		s.take(chunk)
		if len(s.rest) > maxLine+chunkSize {
			t.Fatalf("%d bytes are held", len(s.rest))
		}
	}
	s.finish()
	total := 0
	for _, n := range sizes {
		total += n
	}
	if total != 40*chunkSize || len(sizes) != total/maxLine {
		t.Errorf("%d bytes in %v", total, sizes)
	}
}
