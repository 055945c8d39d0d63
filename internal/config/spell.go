package config

import (
	"maps"
	"slices"
	"strings"
)

// ownPrefixes begin names that only this program uses.
var ownPrefixes = []string{"S3_", "RMAN_", "RETENTION_", "STAGING_", "UPLOAD_", "SCHEDULE_", "ARCHIVELOG_", "RUNS_"}

// nameFileStrangers looks at the keys of the .env file that are not ours. One
// that is a typo of ours is an error, since the setting that was meant would
// silently stay at its default: an encryption, a lock, a limit.
func (l *loader) nameFileStrangers(path string, file map[string]string) {
	for _, name := range slices.Sorted(maps.Keys(file)) {
		switch near, known := nearest(name); {
		case known:
		case near != "":
			l.issues = append(l.issues, Issue{Key: name, Source: path, Problem: "unknown key", Remedy: suggest(near)})
		case slices.ContainsFunc(ownPrefixes, func(p string) bool { return strings.HasPrefix(name, p) }):
			l.warn(name, "see .env.example for the keys", "%s: unknown key %s is ignored", path, name)
		}
	}
}

// nameStrangers looks at the environment, which is shared with other programs
// (a typo there is a warning), and at the overrides, which are ours.
func (l *loader) nameStrangers(env, overrides map[string]string) {
	for _, name := range slices.Sorted(maps.Keys(env)) {
		if near, known := nearest(name); !known && near != "" {
			l.warn(shown(name), suggest(near), "the environment: unknown key %s is ignored", shown(name))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(overrides)) {
		if near, known := nearest(name); !known {
			l.issues = append(l.issues, Issue{Key: shown(name), Source: "the command line", Problem: "unknown key", Remedy: suggest(near)})
		}
	}
}

func suggest(near string) string {
	if near == "" {
		return "see .env.example for the keys"
	}
	return "did you mean " + near + "?"
}

// nearest gives the key that a name was probably meant to be, or known = true
// when the name is a key. Two slips of the finger are forgiven, one in short
// names, because short names of other programs are near each other.
func nearest(name string) (near string, known bool) {
	best := 3
	if len(name) < 9 {
		best = 2
	}
	folded := strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
	for i := range keys {
		for _, n := range append([]string{keys[i].name}, keys[i].aliases...) {
			if n == name {
				return "", true
			}
			if d := distance(folded, n, best); d < best {
				near, best = keys[i].name, d
			}
		}
	}
	return near, false
}

// distance is the number of letters to insert, remove, replace or swap with
// their neighbour; limit or more is not told apart.
func distance(a, b string, limit int) int {
	if len(a)-len(b) >= limit || len(b)-len(a) >= limit {
		return limit
	}
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range len(a) {
		row[0] = i + 1
		for j := range len(b) {
			change := last[j]
			if a[i] != b[j] {
				change++
			}
			row[j+1] = min(change, last[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
