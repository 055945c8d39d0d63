//go:build !race

package restore

const raceDetector = false
