package restore

import (
	"cmp"
	"slices"

	"orabak-tui/s3store"
)

// orderBySCN puts the sets of each incarnation, oldest first by the clocks, in
// the order of the redo that they reach, in the places that its sets have. The
// manifests of sets that stand in the wrong order are read, since two restores
// to one SCN make two incarnations that a row cannot tell apart.
func orderBySCN(in *Input, rows []*s3store.Set) {
	if in.Load == nil {
		return
	}
	for _, places := range outOfOrder(rows) {
		branches := map[branch][]int{}
		for _, i := range places {
			if m, err := in.Load(*rows[i]); err == nil {
				b := branch{m.ResetlogsSCN, m.ResetlogsTime}
				branches[b] = append(branches[b], i)
			}
		}
		for _, at := range branches {
			sortPlaces(rows, at)
		}
	}
}

// outOfOrder gives, by RESETLOGS SCN, the places of the sets that reach further
// than a later one, or less far than an earlier one.
func outOfOrder(rows []*s3store.Set) map[int64][]int {
	all := map[int64][]int{}
	for i, row := range rows {
		if row.ToSCN > 0 {
			all[row.ResetlogsSCN] = append(all[row.ResetlogsSCN], i)
		}
	}
	for inc, places := range all {
		wrong := make([]bool, len(places))
		highest, lowest := int64(0), int64(endless)
		for n, i := range places {
			wrong[n] = rows[i].ToSCN < highest
			highest = max(highest, rows[i].ToSCN)
		}
		for n, i := range slices.Backward(places) {
			wrong[n] = wrong[n] || rows[i].ToSCN > lowest
			lowest = min(lowest, rows[i].ToSCN)
		}
		n := -1
		all[inc] = slices.DeleteFunc(places, func(int) bool { n++; return !wrong[n] })
	}
	return all
}

// sortPlaces sorts the sets that stand in some places among themselves.
func sortPlaces(rows []*s3store.Set, places []int) {
	sorted := make([]*s3store.Set, len(places))
	for n, i := range places {
		sorted[n] = rows[i]
	}
	slices.SortStableFunc(sorted, func(a, b *s3store.Set) int { return cmp.Compare(a.ToSCN, b.ToSCN) })
	for n, i := range places {
		rows[i] = sorted[n]
	}
}
