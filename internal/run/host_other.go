//go:build unix && !linux

package run

// processStart is not known without /proc: a pid is taken at its word.
func processStart(int) (start string, known bool) { return "", false }

// onNetwork cannot tell and assumes the harder case.
func onNetwork(string) bool { return true }
