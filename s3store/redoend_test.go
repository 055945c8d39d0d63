package s3store_test

import (
	"testing"
	"time"

	"orabak-tui/s3store"
)

func TestRedoEnd(t *testing.T) {
	at := func(n int) time.Time { return time.Date(2026, 11, 1, 0, n, 0, 0, time.UTC) }
	log := func(thread int, resetlogs, next int64, minute int) s3store.Log {
		return s3store.Log{Thread: thread, ResetlogsSCN: resetlogs, NextSCN: next, NextTime: at(minute)}
	}
	for name, c := range map[string]struct {
		threads []int
		logs    []s3store.Log
		scn     int64
		at      time.Time
	}{
		"no logs":                          {[]int{1}, nil, 0, time.Time{}},
		"the last log of one thread":       {[]int{1}, []s3store.Log{log(1, 7, 100, 1), log(1, 7, 200, 2)}, 200, at(2)},
		"the thread that ends first":       {[]int{1, 2}, []s3store.Log{log(1, 7, 200, 2), log(2, 7, 205, 3)}, 200, at(2)},
		"a closed thread holds back none":  {[]int{1}, []s3store.Log{log(1, 7, 500, 9), log(2, 7, 50, 1)}, 500, at(9)},
		"threads not known: all":           {nil, []s3store.Log{log(1, 7, 500, 9), log(2, 7, 50, 1)}, 50, at(1)},
		"another incarnation counts not":   {[]int{1}, []s3store.Log{log(1, 3, 900, 5), log(1, 7, 200, 2)}, 200, at(2)},
		"only logs of another incarnation": {[]int{1}, []s3store.Log{log(1, 3, 900, 5)}, 0, time.Time{}},
	} {
		m := &s3store.Manifest{ResetlogsSCN: 7, Threads: c.threads, Pieces: []s3store.Piece{{Logs: c.logs}}}
		if scn, when := m.RedoEnd(); scn != c.scn || !when.Equal(c.at) {
			t.Errorf("%s: %d at %v, want %d at %v", name, scn, when, c.scn, c.at)
		}
	}
}
