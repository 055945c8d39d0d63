//go:build !linux

package harness

import (
	"errors"
	"os"
	"os/exec"
)

const powerWord = "under-power"

func launchUnderPower([]string) { os.Exit(99) }

func (p *powerLoss) underPower(*exec.Cmd) (wait func(), err error) {
	return nil, errors.ErrUnsupported
}

func inode(os.FileInfo) uint64 { return 0 }
