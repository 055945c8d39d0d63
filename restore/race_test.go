//go:build race

package restore

// With the race detector the simulated database is ten times slower, and all
// that runs at once here are the downloads: one case of each kind is enough.
func underRace(cases ...string) map[string]bool {
	keep := map[string]bool{}
	for _, c := range cases {
		keep[c] = true
	}
	return keep
}
