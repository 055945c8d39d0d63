package backup

import (
	"cmp"
	"slices"

	"orabak-tui/internal/oracle"
)

// logRange is a run of archived logs of one thread and incarnation, ends
// included.
type logRange struct {
	Thread       int
	ResetlogsSCN int64
	From, To     int64
}

// releasePlan says which local archived logs may go: those that a committed
// set on S3 holds and that are older than the time to keep.
type releasePlan struct {
	Ranges []logRange
	Logs   int
	Kept   int // in no committed set
	Young  int // held by a set, but inside the time to keep
}

// planRelease decides over the logs RMAN's repository knows on local disk.
// Completed and cutoff are in the database host's zone, in the form
// YYYY-MM-DD HH24:MI:SS, which compares as text.
func planRelease(local []oracle.ArchivedLog, held *committed, cutoff string) releasePlan {
	var p releasePlan
	var may []oracle.ArchivedLog
	for _, l := range local {
		switch {
		case l.Deleted || l.Name == "":
		case !held.holdsLog(l):
			p.Kept++
		case l.Completed == "" || l.Completed >= cutoff:
			p.Young++
		default:
			may = append(may, l)
		}
	}
	p.Ranges = ranges(may)
	p.Logs = len(may)
	return p
}

// ranges joins logs into runs without gaps, per thread and incarnation.
func ranges(logs []oracle.ArchivedLog) []logRange {
	logs = slices.Clone(logs)
	slices.SortFunc(logs, func(a, b oracle.ArchivedLog) int {
		return cmp.Or(cmp.Compare(a.ResetlogsSCN, b.ResetlogsSCN), cmp.Compare(a.Thread, b.Thread), cmp.Compare(a.Sequence, b.Sequence))
	})
	var out []logRange
	for _, l := range logs {
		n := len(out)
		if n > 0 && out[n-1].Thread == l.Thread && out[n-1].ResetlogsSCN == l.ResetlogsSCN && l.Sequence <= out[n-1].To+1 {
			out[n-1].To = l.Sequence
			continue
		}
		out = append(out, logRange{l.Thread, l.ResetlogsSCN, l.Sequence, l.Sequence})
	}
	return out
}

// missing returns the local logs that neither a committed set nor this run
// holds, as far as this run's own logs reach: a busy database archives more
// while RMAN works, and those are the next run's.
func missing(local []oracle.ArchivedLog, held, own *committed) []oracle.ArchivedLog {
	newest := map[int]int64{} // per thread, the first SCN of the newest log in this run
	for _, l := range local {
		if own.holdsLog(l) {
			newest[l.Thread] = max(newest[l.Thread], l.FirstSCN)
		}
	}
	var out []oracle.ArchivedLog
	for _, l := range local {
		reach, any := newest[l.Thread]
		if !l.Deleted && l.Name != "" && !held.holdsLog(l) && !own.holdsLog(l) && (!any || l.FirstSCN <= reach) {
			out = append(out, l)
		}
	}
	return out
}
