package batch

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"orabak-tui/s3store"
)

// content says in words what a piece holds.
func content(p s3store.Piece) string {
	var parts []string
	for _, f := range p.Files {
		parts = append(parts, fmt.Sprintf("datafile %d level %d", f.Number, f.Level))
	}
	if len(p.Logs) > 0 {
		parts = append(parts, ranges(p.Logs)...)
	}
	if p.ControlFile {
		parts = append(parts, "control file")
	}
	if p.Spfile {
		parts = append(parts, "SPFILE")
	}
	if p.Autobackup {
		parts = append(parts, "(autobackup)")
	}
	if p.Of > 1 {
		parts = append(parts, fmt.Sprintf("piece %d of %d", p.Number, p.Of))
	}
	return strings.Join(parts, ", ")
}

// logRanges lists the archived logs of a set as ranges without gaps.
func logRanges(m *s3store.Manifest) []string {
	var logs []s3store.Log
	for _, p := range m.Pieces {
		logs = append(logs, p.Logs...)
	}
	return ranges(logs)
}

func ranges(logs []s3store.Log) []string {
	logs = slices.Clone(logs)
	slices.SortFunc(logs, func(a, b s3store.Log) int {
		return cmp.Or(cmp.Compare(a.ResetlogsSCN, b.ResetlogsSCN), cmp.Compare(a.Thread, b.Thread), cmp.Compare(a.Sequence, b.Sequence))
	})
	var out []string
	for i := 0; i < len(logs); {
		j := i
		for j+1 < len(logs) && follows(logs[j], logs[j+1]) {
			j++
		}
		out = append(out, fmt.Sprintf("logs thread %d sequence %d–%d", logs[i].Thread, logs[i].Sequence, logs[j].Sequence))
		i = j + 1
	}
	return out
}

func follows(a, b s3store.Log) bool {
	return a.ResetlogsSCN == b.ResetlogsSCN && a.Thread == b.Thread && b.Sequence <= a.Sequence+1
}
