//go:build race

package restore

// A process of a test binary with the race detector takes a second to start,
// and a restore with real processes starts a hundred.
const raceDetector = true
