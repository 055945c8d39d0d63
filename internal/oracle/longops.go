package oracle

import (
	"context"
	"errors"
	"time"
)

// Longop is what one session of RMAN's is at, from V$SESSION_LONGOPS.
type Longop struct {
	SID         int
	Op          string // RMAN: full datafile backup, RMAN: archived log backup …
	Done, Total int64  // blocks; Total is at least 1
	Left        time.Duration
	Age         time.Duration // since it began
}

// longopsTimeout bounds the question: an answer that comes later is of no use.
const longopsTimeout = 15 * time.Second

// Longops returns what RMAN's sessions in the instance are at and have not
// finished, those of other RMANs too, and for a while those of sessions that
// died. It is for showing only: whoever asks must do without an answer.
func (i *Instance) Longops(ctx context.Context) ([]Longop, error) {
	ctx, cancel := context.WithTimeout(ctx, longopsTimeout)
	defer cancel()
	rows, err := i.ask(ctx, question{name: "RMAN's progress", key: "LONGOP",
		from:   "v$session_longops WHERE opname LIKE 'RMAN%' AND opname NOT LIKE '%aggregate%' AND totalwork>0 AND sofar<>totalwork",
		fields: []string{"sid", "sofar", "totalwork", "time_remaining", "ROUND((SYSDATE-start_time)*86400)", "opname"},
		may:    []string{"time_remaining"}})
	ops := make([]Longop, 0, len(rows))
	for _, r := range rows {
		ops = append(ops, Longop{SID: r.int(0), Done: r.num(1), Total: r.num(2), Left: time.Duration(r.num(3)) * time.Second,
			Age: time.Duration(r.num(4)) * time.Second, Op: r.text(5)})
	}
	return ops, errors.Join(err, failed(rows))
}

// BlockSize is that of all datafiles, in bytes; 0 when they differ or are not
// known. f may be nil.
func (f *Facts) BlockSize() int64 {
	if f == nil {
		return 0
	}
	var size int64
	for _, d := range f.Datafiles {
		if size != 0 && d.BlockSize != size {
			return 0
		}
		size = d.BlockSize
	}
	return size
}
