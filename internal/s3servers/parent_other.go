//go:build !linux

package s3servers

import "syscall"

// dieWithParent is what this system has no word for: a server outlives a test
// that is killed.
func dieWithParent() *syscall.SysProcAttr { return nil }
