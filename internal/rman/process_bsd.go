//go:build unix && !linux

package rman

import (
	"os"
	"syscall"
)

// dieWithParent has no equivalent here.
func dieWithParent(*syscall.SysProcAttr) {}

// makeRaw leaves the terminal as it is: the line reader copes with \r\n, and
// nothing is ever written to the child's input.
func makeRaw(*os.File) error { return nil }
