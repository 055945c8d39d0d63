package backup

import (
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"orabak-tui/internal/oracle"
)

func log(seq int64, completed string) oracle.ArchivedLog {
	return oracle.ArchivedLog{Thread: 1, Sequence: seq, ResetlogsSCN: inc, FirstSCN: seq * 10, NextSCN: seq*10 + 10, Completed: completed, Name: "/arch/x"}
}

func TestPlanRelease(t *testing.T) {
	held := newCommitted()
	for _, seq := range []int64{1, 2, 3, 5, 7} {
		held.logs[logKey{1, seq, inc}] = "S"
	}
	gone := log(3, "2026-11-01 00:00:00")
	gone.Deleted = true
	local := []oracle.ArchivedLog{
		log(1, "2026-11-01 00:00:00"), log(2, "2026-11-01 01:00:00"), gone,
		log(4, "2026-11-01 02:00:00"), // in no set
		log(5, "2026-11-01 03:00:00"),
		log(7, "2026-11-20 03:00:00"), // young
	}
	got := planRelease(local, held, "2026-11-10 00:00:00")
	want := releasePlan{Ranges: []logRange{{1, inc, 1, 2}, {1, inc, 5, 5}}, Logs: 3, Kept: 1, Young: 1}
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("got %+v\nwant %+v", got, want)
	}
}

// A log that no committed set holds, or that is younger than the cutoff, is
// never in a range to delete.
func TestReleaseNeverNamesAnUncommittedLog(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		held := newCommitted()
		var local []oracle.ArchivedLog
		may := map[logKey]bool{}
		for seq := int64(1); seq <= 30; seq++ {
			l := log(seq, rapid.SampledFrom([]string{"2026-11-01 00:00:00", "2026-11-20 00:00:00", ""}).Draw(t, "completed"))
			l.ResetlogsSCN = rapid.SampledFrom([]int64{inc, inc + 50}).Draw(t, "incarnation")
			k := logKey{1, seq, l.ResetlogsSCN}
			if rapid.Bool().Draw(t, "held") {
				held.logs[k] = "S"
				may[k] = l.Completed == "2026-11-01 00:00:00"
			}
			local = append(local, l)
		}
		for _, r := range planRelease(local, held, "2026-11-10 00:00:00").Ranges {
			for seq := r.From; seq <= r.To; seq++ {
				if !may[logKey{r.Thread, seq, r.ResetlogsSCN}] {
					t.Fatalf("range %+v names sequence %d", r, seq)
				}
			}
		}
	})
}

func TestMissingLogs(t *testing.T) {
	held, own := newCommitted(), newCommitted()
	held.logs[logKey{1, 1, inc}] = "S"
	own.logs[logKey{1, 3, inc}] = "mine"
	local := []oracle.ArchivedLog{log(1, "x"), log(2, "x"), log(3, "x"), log(4, "x")}
	got := missing(local, held, own)
	if len(got) != 1 || got[0].Sequence != 2 {
		t.Fatalf("got %+v, want sequence 2: 4 came after this run's own logs", got)
	}
}
